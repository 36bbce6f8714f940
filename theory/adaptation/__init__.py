"""Learning at test time: a gradient step on the task at hand, and following a task that drifts."""

from jtts.theory.adaptation.tracking import (
    optimal_tracking_error,
    optimal_tracking_step,
    tracking_error,
    tracking_error_ar1,
    tracking_error_linear,
    tracking_error_transient,
)
from jtts.theory.adaptation.training import (
    best_test_time_training_error,
    best_test_time_training_step,
    limit_test_time_training_error,
    same_prompt_training_error,
    test_time_training_error,
)

__all__ = [
    "best_test_time_training_error",
    "best_test_time_training_step",
    "limit_test_time_training_error",
    "optimal_tracking_error",
    "optimal_tracking_step",
    "same_prompt_training_error",
    "test_time_training_error",
    "tracking_error",
    "tracking_error_ar1",
    "tracking_error_linear",
    "tracking_error_transient",
]
