r"""Bayesian linear regression in the proportional limit: what generator and judge learn.

Inputs x ~ N(0, Sigma) in R^d, features phi = x/sqrt(d), targets y = w_T.phi + N(0, sigma^2), n
samples, prior w ~ N(0, gamma^2). As d, n -> inf at fixed alpha = d/n, every average here depends on
the training set through one number, the renormalized ridge kappa: a learner keeps the share
l/(l + kappa) of the teacher along an eigenvector of eigenvalue l. All vectors are in the eigenbasis
of Sigma; "mean" is over its d eigenvalues. Errors are in squared units of y.

At finite d the laws are off by O(1/d): `kind.finite_size` of each says by how much.
"""

from jtts.regression import Statistics, TiedJudge, TrainedJudge
from jtts.spectra import power_law_spectrum
from jtts.theory.regression.judge_statistics import statistics
from jtts.theory.regression.power_law import (
    power_law_asymptotic_rho,
    power_law_rho,
    power_law_statistics,
)
from jtts.theory.regression.power_law_ridge import power_law_ridge
from jtts.theory.regression.predictive import predictive_mean, predictive_variance
from jtts.theory.regression.ridge import (
    degrees_of_freedom,
    degrees_of_freedom_2,
    renormalized_ridge,
)

__all__ = [
    "Statistics",
    "TiedJudge",
    "TrainedJudge",
    "degrees_of_freedom",
    "degrees_of_freedom_2",
    "power_law_asymptotic_rho",
    "power_law_rho",
    "power_law_ridge",
    "power_law_spectrum",
    "power_law_statistics",
    "predictive_mean",
    "predictive_variance",
    "renormalized_ridge",
    "statistics",
]
