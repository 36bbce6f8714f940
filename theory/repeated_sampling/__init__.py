"""Repeated sampling: success in k attempts, how to share them, and prompts on a stream."""

from jtts.difficulty import Beta, Kumaraswamy, LogUniform
from jtts.theory.repeated_sampling.allocation import allocate, relaxed_allocation, solved_share
from jtts.theory.repeated_sampling.beta import (
    all_pass_at_k,
    expected_tries,
    pass_at_k,
    success_after_failures,
)
from jtts.theory.repeated_sampling.difficulty import failure_at_k, failure_power_law
from jtts.theory.repeated_sampling.exponent import failure_exponent
from jtts.theory.repeated_sampling.filters import (
    best_linear_discount,
    best_linear_error,
    best_linear_prior_strength,
    best_linear_weight,
)
from jtts.theory.repeated_sampling.groups import (
    rollouts_saved,
    selected_useful_group,
    useful_group,
)
from jtts.theory.repeated_sampling.plug_in import plug_in_all_pass_at_k, plug_in_pass_at_k
from jtts.theory.repeated_sampling.tracking import difficulty_tracking_error, optimal_discount

__all__ = [
    "Beta",
    "Kumaraswamy",
    "LogUniform",
    "all_pass_at_k",
    "allocate",
    "best_linear_discount",
    "best_linear_error",
    "best_linear_prior_strength",
    "best_linear_weight",
    "difficulty_tracking_error",
    "expected_tries",
    "failure_at_k",
    "failure_exponent",
    "failure_power_law",
    "optimal_discount",
    "pass_at_k",
    "plug_in_all_pass_at_k",
    "plug_in_pass_at_k",
    "relaxed_allocation",
    "rollouts_saved",
    "selected_useful_group",
    "solved_share",
    "success_after_failures",
    "useful_group",
]
