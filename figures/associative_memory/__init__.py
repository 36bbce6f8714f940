"""Figures of linear attention as an associative memory (arXiv:2508.08289)."""
