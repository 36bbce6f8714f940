"""Loops played out: every sample, every fit, every choice drawn."""
