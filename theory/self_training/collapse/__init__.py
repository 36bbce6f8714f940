"""Models fitted to their own output: fits, real data, accumulation, regression, curation."""
