"""Linear attention as an associative memory (arXiv:2508.08289 and its neighbours), played out."""
