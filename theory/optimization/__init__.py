"""Noise in optimisation: schedules of the learning rate, when to stop, random perturbations, and
noise that is correlated in time."""

from jtts.theory.optimization.correlated import (
    best_correlated_noise,
    colored_error,
    colored_error_best,
    independent_noise,
)
from jtts.theory.optimization.peak import peak_step
from jtts.theory.optimization.perturbations import improving_share
from jtts.theory.optimization.schedules import mode_risk, schedule_floor

__all__ = [
    "best_correlated_noise",
    "colored_error",
    "colored_error_best",
    "improving_share",
    "independent_noise",
    "mode_risk",
    "peak_step",
    "schedule_floor",
]
