"""Repeated sampling, played: attempts at tasks, groups of rollouts, streams of prompts."""

from jtts.sims.repeated_sampling.attempts import (
    all_pass_at_k,
    expected_tries,
    failure_at_k,
    pass_at_k,
    plug_in_all_pass_at_k,
    plug_in_pass_at_k,
    solved_share,
    success_after_failures,
)
from jtts.sims.repeated_sampling.groups import (
    selected_useful_group,
    useful_group,
)
from jtts.sims.repeated_sampling.streams import (
    best_linear_error,
    difficulty_tracking_error,
)

__all__ = [
    "all_pass_at_k",
    "best_linear_error",
    "difficulty_tracking_error",
    "expected_tries",
    "failure_at_k",
    "pass_at_k",
    "plug_in_all_pass_at_k",
    "plug_in_pass_at_k",
    "selected_useful_group",
    "solved_share",
    "success_after_failures",
    "useful_group",
]
