"""Figures of linear attention as an associative memory (arXiv:2508.08289)."""

from jtts.figures.associative_memory.capacity import (
    capacity_by_criterion,
    root_or_linear_capacity,
)
from jtts.figures.associative_memory.crosstalk import cross_talk, noisy_and_correlated_keys
from jtts.figures.associative_memory.one_pass import (
    delta_rule_against_hebb,
    error_against_age,
    optimal_write_strength,
)

__all__ = [
    "capacity_by_criterion",
    "cross_talk",
    "delta_rule_against_hebb",
    "error_against_age",
    "noisy_and_correlated_keys",
    "optimal_write_strength",
    "root_or_linear_capacity",
]
