"""Softmax selection by its probabilities, computed from all candidates instead of drawn."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import InputError, concrete
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.regression import Statistics
from jtts.sims.best_of_k.design import (
    MIN_REPLICATES,
    inputs,
    require_selection,
    shifted_lattice,
)
from jtts.simulations import simulation


def require_warm(*, k, temperature, **_):
    """Raise InputError unless a softmax over k candidates can be computed."""
    require_selection(k=k, temperature=temperature)
    known = concrete(temperature)
    if known is not None and (known <= 0).any():
        raise InputError(f"temperature must be positive for a softmax, got {temperature}")


def weigh(key, k, shift, scale, temperature, observables):
    """Softmax averages of functions of y - r over k explicit candidates, per trial.

    Args:
      k: number of candidates, a scalar.
      shift, scale: m - r and s; a candidate lies at y - r = shift + scale * normal.
      observables: function of y - r, [trials], to a tuple of arrays of that shape.

    Returns:
      The tuple of averages, [trials] each.
    """

    def add_candidate(j, state):
        largest, total, sums = state
        noise = jax.random.normal(jax.random.fold_in(key, j), shift.shape, shift.dtype)
        gap = shift + scale * noise
        score = -(gap**2) / temperature
        highest = jnp.maximum(largest, score)
        old, new = jnp.exp(largest - highest), jnp.exp(score - highest)
        sums = tuple(old * a + new * b for a, b in zip(sums, observables(gap), strict=True))
        return highest, old * total + new, sums

    never = jnp.full_like(shift, -jnp.inf)
    nothing = jnp.zeros_like(shift)
    start = (never, nothing, tuple(nothing for _ in observables(shift)))
    _, total, sums = lax.fori_loop(0, jnp.asarray(k, int), add_candidate, start)
    return tuple(one / total for one in sums)


@simulation(chunk=512, min_chunks=MIN_REPLICATES, validate=require_warm)
def error_by_probabilities(
    key: jax.Array, trials: int, k: Numbers, stats: Statistics, temperature: Numbers
) -> Estimate:
    """The error of softmax selection, averaged over the probabilities of k explicit candidates.

    `error` selects the candidate of the largest score plus Gumbel noise. Here nothing is selected:
    the probabilities exp(-(y - r)^2 / T) / sum weight the errors.

    Args:
      k: number of candidates; a whole number.
      stats: the four numbers that act on selection; scalars.
      temperature: positive; squared units of y.

    Returns:
      Estimate of E (y_selected - t)^2; a datum is a chunk of 512 trials.

    Raises:
      InputError: k not a whole number >= 1, or a temperature that is not positive.

    Source: arXiv:2512.19905.

    >>> estimate = error_by_probabilities(jax.random.key(0), 1, 4, Statistics.from_rho(0.1), 1.0)
    >>> bool(estimate.stderr < 0.02 * estimate.mean)
    True
    """
    shift_key, candidates = jax.random.split(key)
    gap_of_mean, judge_error, weight = inputs(shifted_lattice(shift_key, trials, 2), stats)

    def squared_error(gap):
        return ((gap + judge_error) ** 2,)

    scale = jnp.sqrt(stats.predictive_var)
    (average,) = weigh(candidates, k, gap_of_mean, scale, temperature, squared_error)
    return Estimate.of_one(jnp.mean(weight * average))


@simulation(chunk=512, min_chunks=MIN_REPLICATES, validate=require_warm)
def weighted_mean_error(
    key: jax.Array, trials: int, stats: Statistics, temperature: Numbers, *, k: Numbers
) -> Estimate:
    """Error of the softmax-weighted mean of k explicit candidates.

    Args:
      stats: the four numbers that act on selection; scalars.
      temperature: positive; squared units of y.
      k: number of candidates; a whole number.

    Returns:
      Estimate of E (sum_i p_i y_i - t)^2; a datum is a chunk of 512 trials.

    Raises:
      InputError: k not a whole number >= 1, or a temperature that is not positive.

    Source: docs/best_of_k.md.

    >>> stats = Statistics(1.0, 0.3, 0.3, 0.0)
    >>> print(f"{weighted_mean_error(jax.random.key(0), 1, stats, 2.0, k=256).mean:.1f}")
    0.2
    """
    shift_key, candidates = jax.random.split(key)
    gap_of_mean, judge_error, weight = inputs(shifted_lattice(shift_key, trials, 2), stats)
    scale = jnp.sqrt(stats.predictive_var)
    (mean,) = weigh(candidates, k, gap_of_mean, scale, temperature, lambda gap: (gap,))
    return Estimate.of_one(jnp.mean(weight * (mean + judge_error) ** 2))
