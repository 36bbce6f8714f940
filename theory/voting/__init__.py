"""Voting: majority and plurality of independent answers, over questions of any difficulty."""

from jtts.theory.voting.majority import (
    beta_majority_accuracy,
    majority_accuracy,
    majority_increment,
)
from jtts.theory.voting.mixtures import best_odd_n, mixed_majority_accuracy
from jtts.theory.voting.plurality import (
    plurality_accuracy,
    plurality_error_exponent,
    plurality_limit,
)

__all__ = [
    "best_odd_n",
    "beta_majority_accuracy",
    "majority_accuracy",
    "majority_increment",
    "mixed_majority_accuracy",
    "plurality_accuracy",
    "plurality_error_exponent",
    "plurality_limit",
]
