"""A Bayesian learner in the proportional limit."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp

from jtts.theory.regression.ridge import as_floats, renormalize, shares


class Learner(NamedTuple):
    """A Bayesian learner through its deterministic equivalent; `kept` and `lost` are [..., d]."""

    spectrum: Any
    aspect_ratio: Any
    noise_var: Any
    prior_var: Any
    ridge: Any
    kappa: Any
    kept: Any
    lost: Any

    @classmethod
    def of(cls, spectrum, aspect_ratio, noise_var, prior_var, renormalize=renormalize):
        spectrum, alpha, noise_var, prior_var = as_floats(
            spectrum, aspect_ratio, noise_var, prior_var
        )
        ridge = alpha * noise_var / prior_var
        kappa = renormalize(spectrum, alpha, ridge)
        return cls(spectrum, alpha, noise_var, prior_var, ridge, kappa, *shares(spectrum, kappa))

    def mean_error(self, teacher_square, *, bias_only=False, amplified=True):
        """Delta for a teacher with the squared weights given, [..., d]."""
        bias = jnp.mean(teacher_square * self.spectrum * self.lost**2, -1)
        variance = self.noise_var * self.aspect_ratio * jnp.mean(self.kept**2, -1)
        # 1 - alpha df2 as a sum of positive terms
        unused = self.ridge / self.kappa + self.aspect_ratio * jnp.mean(self.kept * self.lost, -1)
        full = (bias + variance) / (unused if amplified else 1.0)
        return jnp.where(jnp.asarray(bias_only), bias, full)


def bare_ridge(spectrum, aspect_ratio, ridge):
    """What the renormalized ridge is not (for the mutants)."""
    return ridge
