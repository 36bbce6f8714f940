"""Candidates that are correlated, Student-t distributed, or pass within a tolerance."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import (
    InputError,
    concrete,
    require_at_least,
    require_nonnegative,
    require_positive,
    require_whole,
)
from jtts.estimate import Estimate
from jtts.regression import Statistics
from jtts.sims.best_of_k.candidates import select
from jtts.sims.best_of_k.contest import winner
from jtts.sims.best_of_k.design import (
    MIN_REPLICATES,
    inputs,
    offset_var,
    proposal_width,
    shifted_lattice,
    wide_normal,
)
from jtts.simulations import simulation


def require_correlated(*, k, correlation, temperature, **_):
    """Raise InputError unless correlated candidates can be drawn."""
    require_whole(1, k=k)
    require_nonnegative(temperature=temperature)
    known = concrete(correlation)
    if known is not None and not np.all((known >= 0) & (known < 1)):
        raise InputError(f"correlation must be in [0, 1), got {correlation}")


def require_tolerance(*, k, tolerance, **_):
    """Raise InputError unless candidates can pass."""
    require_whole(1, k=k)
    require_positive(tolerance=tolerance)


def require_student(*, k, dof, **_):
    """Raise InputError unless the mean square of a Student-t error exists."""
    require_whole(1, k=k)
    require_at_least(1, dof=dof)


@simulation(min_chunks=MIN_REPLICATES, curve="k", validate=require_correlated)
def correlated_error(key, trials, k, stats: Statistics, correlation, temperature=0.0):
    """Error where the noise of a prompt's candidates is shared in part; per trial one input.

    Every trial draws the shared part, and for each candidate its own. A chunk is one replicate of
    a randomised design, whose third coordinate is the shared part.

    Args:
      k: number of candidates; integers of any shape.
      stats: the four numbers that act on selection; scalars.
      correlation: of the noise of any two candidates, in [0, 1).
      temperature: of the selection, >= 0.

    Returns:
      Estimate of E (y_selected - t)^2, of the shape of k.

    Raises:
      InputError: k not a whole number >= 1, a correlation outside [0, 1), a negative temperature.

    Source: docs/best_of_k.md, extensions.

    >>> estimate = correlated_error(jax.random.key(0), 1, 4, Statistics(1.0, 0.15), 0.2)
    >>> bool(estimate.stderr < 0.01 * estimate.mean)
    True
    """
    of_inputs, candidates = jax.random.split(key)
    points = shifted_lattice(of_inputs, trials, 3)
    spread = stats.predictive_var
    own_var, shared_var = (1 - correlation) * spread, correlation * spread
    width = proposal_width(offset_var(stats) + shared_var, own_var)
    gap_of_mean, judge_error, weight = inputs(points[:2], stats, width)
    deviate, other_weight = wide_normal(points[2], width)
    shared = jnp.sqrt(shared_var) * deviate
    weight = weight * other_weight

    def average(gap, _):
        return jnp.mean(weight * (gap + judge_error) ** 2)

    shift = gap_of_mean + shared
    return Estimate.of_one(select(candidates, k, shift, jnp.sqrt(own_var), temperature, average))


@simulation(min_chunks=MIN_REPLICATES, curve="k", validate=require_tolerance)
def tolerance_failure(key, trials, k, stats: Statistics, tolerance):
    """Share of inputs none of whose k explicit candidates lies within the tolerance.

    A chunk is one replicate of a randomised design and one datum.

    Args:
      k: number of candidates; integers of any shape.
      stats: predictive_var and mean_error act; scalars.
      tolerance: largest |y - t| that passes, > 0.

    Returns:
      Estimate of the chance that all fail, of the shape of k.

    Raises:
      InputError: k not a whole number >= 1, or tolerance <= 0.

    Source: docs/best_of_k.md, extensions.

    >>> estimate = tolerance_failure(jax.random.key(0), 1, 10, Statistics.from_rho(0.7), 0.1)
    >>> bool(estimate.stderr < 0.01 * estimate.mean)
    True
    """
    of_inputs, candidates = jax.random.split(key)
    by_target = Statistics(stats.predictive_var, stats.mean_error)
    gap_of_mean, _, weight = inputs(shifted_lattice(of_inputs, trials, 2), by_target)

    def failed(gap, _):
        return jnp.mean(weight * (jnp.abs(gap) >= tolerance))

    scale = jnp.sqrt(stats.predictive_var)
    return Estimate.of_one(select(candidates, k, gap_of_mean, scale, jnp.zeros(()), failed))


@simulation(min_chunks=MIN_REPLICATES, curve="k", validate=require_student)
def student_error(key, trials, k, stats: Statistics, dof):
    """Error of the nearest of k explicit Student-t candidates; per trial one input.

    A chunk is one replicate of a randomised design and one datum. The standard error means
    something where k dof > 4: below, a squared error has no variance.

    Args:
      k: number of candidates; integers of any shape.
      stats: the four numbers that act on selection, predictive_var the square of the scale.
      dof: degrees of freedom, at least 1.

    Returns:
      Estimate of E (y_selected - t)^2, of the shape of k.

    Raises:
      InputError: k not a whole number >= 1, or dof < 1.

    Source: docs/best_of_k.md, extensions.

    >>> estimate = student_error(jax.random.key(0), 1, 16, Statistics.from_rho(0.8), 5.0)
    >>> bool(estimate.stderr < 0.02 * estimate.mean)
    True
    """
    of_inputs, candidates = jax.random.split(key)
    gap_of_mean, judge_error, weight = inputs(shifted_lattice(of_inputs, trials, 2), stats)
    scale = jnp.sqrt(stats.predictive_var)

    def candidate(key):
        # the radius of a bivariate t vector, and its angle
        u, angle = jax.random.uniform(key, (2, trials), minval=1e-300)
        radius = jnp.sqrt(dof * jnp.expm1(-2 / dof * jnp.log(u)))
        gap = gap_of_mean + scale * radius * jnp.cos(2 * np.pi * angle)
        return gap**2, gap

    def average(gap, _):
        return jnp.mean(weight * (gap + judge_error) ** 2)

    return Estimate.of_one(winner(candidates, k, (trials,), candidate, average))
