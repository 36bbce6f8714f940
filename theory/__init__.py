"""Closed forms: pure functions of arrays, one module per family."""
