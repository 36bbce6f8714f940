"""Imperfect verifiers: what selection by them reaches, tournaments and cascades of two models."""

from jtts.theory.verifiers.binary import abstaining_value, binary_accuracy, verifier_calls
from jtts.theory.verifiers.cascade import cascade_accuracy, cascade_deferred, cascade_threshold
from jtts.theory.verifiers.knockout import (
    knockout_accuracy,
    knockout_exponent,
    repeated_knockout_accuracy,
)
from jtts.theory.verifiers.roc import auc, operating_point, roc_limit_accuracy, roc_slope
from jtts.theory.verifiers.scores import best_of_n_accuracy

__all__ = [
    "abstaining_value",
    "auc",
    "best_of_n_accuracy",
    "binary_accuracy",
    "cascade_accuracy",
    "cascade_deferred",
    "cascade_threshold",
    "knockout_accuracy",
    "knockout_exponent",
    "operating_point",
    "repeated_knockout_accuracy",
    "roc_limit_accuracy",
    "roc_slope",
    "verifier_calls",
]
