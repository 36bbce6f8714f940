"""Voting: majority and plurality of independent answers, of one model or several."""

from jtts.theory.voting.best_weights import best_vote_weights
from jtts.theory.voting.ensembles import weighted_plurality_accuracy, weighted_plurality_limit
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
    "best_vote_weights",
    "beta_majority_accuracy",
    "majority_accuracy",
    "majority_increment",
    "mixed_majority_accuracy",
    "plurality_accuracy",
    "plurality_error_exponent",
    "plurality_limit",
    "weighted_plurality_accuracy",
    "weighted_plurality_limit",
]
