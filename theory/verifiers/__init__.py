"""Imperfect verifiers: what selection by them reaches, and tournaments between candidates."""

from jtts.theory.verifiers.binary import abstaining_value, binary_accuracy, verifier_calls
from jtts.theory.verifiers.knockout import knockout_accuracy, knockout_exponent
from jtts.theory.verifiers.scores import auc, best_of_n_accuracy, roc_limit_accuracy, roc_slope

__all__ = [
    "abstaining_value",
    "auc",
    "best_of_n_accuracy",
    "binary_accuracy",
    "knockout_accuracy",
    "knockout_exponent",
    "roc_limit_accuracy",
    "roc_slope",
    "verifier_calls",
]
