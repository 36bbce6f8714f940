"""Figures of Bayesian linear regression: what the generator learns."""

from jtts.figures.regression.mean_error import bias_only_approximation
from jtts.figures.regression.power_law import power_law_learning_curves

__all__ = ["bias_only_approximation", "power_law_learning_curves"]
