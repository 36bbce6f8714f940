"""Bayesian linear regression on finite training sets (arXiv:2512.19905).

A trial is one training set: inputs x ~ N(0, Sigma) in R^dim, features phi = x/sqrt(dim), targets
y = w_T.phi + N(0, noise_var); n = dim / aspect_ratio samples, prior weights N(0, prior_var). The
posterior is solved exactly; averages over test inputs are exact quadratic forms of it. A teacher
not given is drawn anew for every set.

Vectors are in the eigenbasis of Sigma and may be short: of length 1, or a common length that
divides dim; they are then repeated, so that one set of parameters serves every dim. Normal
deviates are float32, everything else the platform's default (float64 in 64-bit mode).
"""

from jtts.sims.regression.power_law import power_law_rho, power_law_statistics
from jtts.sims.regression.statistics import (
    degrees_of_freedom,
    predictive_mean,
    predictive_variance,
    statistics,
)

__all__ = [
    "degrees_of_freedom",
    "power_law_rho",
    "power_law_statistics",
    "predictive_mean",
    "predictive_variance",
    "statistics",
]
