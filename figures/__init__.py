"""Figures: one function computes the data, one draws it."""
