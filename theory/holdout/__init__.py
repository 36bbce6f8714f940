"""One holdout used again and again: the winner's curse, attacks through its answers, and features
chosen on it, with and without a mechanism that guards it."""

from jtts.theory.holdout.attacks import (
    query_budget,
    sign_attack_accuracy,
    weighted_attack_accuracy,
)
from jtts.theory.holdout.features import (
    selected_feature_accuracy,
    thresholdout_accuracy,
    thresholdout_slope,
)
from jtts.theory.holdout.winners import (
    beta_winner_reported,
    beta_winner_true,
    gaussian_winner_bias,
    winner_bias,
)

__all__ = [
    "beta_winner_reported",
    "beta_winner_true",
    "gaussian_winner_bias",
    "query_budget",
    "selected_feature_accuracy",
    "sign_attack_accuracy",
    "thresholdout_accuracy",
    "thresholdout_slope",
    "weighted_attack_accuracy",
    "winner_bias",
]
