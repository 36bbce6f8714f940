"""Learning at test time, played: a teacher that drifts, and a step on the task at hand."""

from jtts.sims.adaptation.tracking import (
    tracking_error,
    tracking_error_ar1,
    tracking_error_linear,
    tracking_error_transient,
)
from jtts.sims.adaptation.training import same_prompt_training_error, test_time_training_error

__all__ = [
    "same_prompt_training_error",
    "test_time_training_error",
    "tracking_error",
    "tracking_error_ar1",
    "tracking_error_linear",
    "tracking_error_transient",
]
