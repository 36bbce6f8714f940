"""Descents with noisy gradients, filtered noise and random perturbations, step by step."""

from jtts.sims.optimization.correlated import (
    best_correlated_noise,
    colored_error,
    colored_error_best,
    independent_noise,
)
from jtts.sims.optimization.perturbations import improving_share
from jtts.sims.optimization.schedules import mode_risk

__all__ = [
    "best_correlated_noise",
    "colored_error",
    "colored_error_best",
    "improving_share",
    "independent_noise",
    "mode_risk",
]
