"""Figures of linear attention as an associative memory (arXiv:2508.08289)."""

from jtts.figures.associative_memory.batch import many_passes, noise_gain_of_least_squares
from jtts.figures.associative_memory.capacity import capacity_by_criterion, root_or_linear_capacity
from jtts.figures.associative_memory.conditioning import (
    conditioning_gallery,
    second_order_conditioning,
)
from jtts.figures.associative_memory.crosstalk import cross_talk, noisy_and_correlated_keys
from jtts.figures.associative_memory.depth import depth_of_chains, depth_with_clean_up
from jtts.figures.associative_memory.dilution import (
    annealed_bound,
    exponential_load,
    score_dilution,
)
from jtts.figures.associative_memory.explorers import explore_ridge
from jtts.figures.associative_memory.heads import heads_at_fixed_width
from jtts.figures.associative_memory.one_pass import (
    delta_rule_against_hebb,
    error_against_age,
    optimal_write_strength,
)

__all__ = [
    "annealed_bound",
    "capacity_by_criterion",
    "conditioning_gallery",
    "cross_talk",
    "delta_rule_against_hebb",
    "depth_of_chains",
    "depth_with_clean_up",
    "error_against_age",
    "explore_ridge",
    "exponential_load",
    "heads_at_fixed_width",
    "many_passes",
    "noise_gain_of_least_squares",
    "noisy_and_correlated_keys",
    "optimal_write_strength",
    "root_or_linear_capacity",
    "score_dilution",
    "second_order_conditioning",
]
