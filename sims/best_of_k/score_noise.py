"""Selection by scores that carry additive noise."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.arguments import require_nonnegative, require_positive, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.regression import Judge, Statistics
from jtts.sims.best_of_k.contest import winner
from jtts.sims.best_of_k.design import MIN_REPLICATES, inputs, shifted_lattice
from jtts.simulations import simulation


def require_noise(*, k, noise_scale, predictive_var=1.0, **_):
    """Raise InputError unless a noisy selection can be played."""
    require_whole(1, k=k)
    require_nonnegative(noise_scale=noise_scale)
    require_positive(predictive_var=predictive_var)


@simulation(min_chunks=MIN_REPLICATES, curve="k", validate=require_noise)
def gumbel_score_noise_error(
    key: jax.Array, trials: int, k: Numbers, stats: Statistics, noise_scale: Numbers
) -> Estimate:
    """Error of the best score with additive Gumbel noise; per trial one input.

    A chunk is one replicate of a randomised design and one datum.

    Args:
      k: number of candidates; integers of any shape.
      stats: the four numbers that act on selection; scalars.
      noise_scale: of the noise on the score, >= 0.

    Returns:
      Estimate of E (y_selected - t)^2, of the shape of k.

    Raises:
      InputError: k not a whole number >= 1, or a negative noise_scale.

    Source: docs/best_of_k.md, extensions.

    >>> estimate = gumbel_score_noise_error(jax.random.key(0), 1, 4, Statistics(1.0, 0.3), 0.5)
    >>> bool(estimate.stderr < 0.01 * estimate.mean)
    True
    """
    return _score_noise_error(key, trials, k, stats, noise_scale, jax.random.gumbel)


@simulation(min_chunks=MIN_REPLICATES, curve="k", validate=require_noise)
def gaussian_score_noise_error(
    key: jax.Array, trials: int, k: Numbers, stats: Statistics, noise_scale: Numbers
) -> Estimate:
    """Error of the best score with additive Gaussian noise; per trial one input.

    A chunk is one replicate of a randomised design and one datum.

    Args:
      k: number of candidates; integers of any shape.
      stats: the four numbers that act on selection; scalars.
      noise_scale: of the noise on the score, >= 0.

    Returns:
      Estimate of E (y_selected - t)^2, of the shape of k.

    Raises:
      InputError: k not a whole number >= 1, or a negative noise_scale.

    Source: docs/best_of_k.md, extensions.

    >>> estimate = gaussian_score_noise_error(jax.random.key(0), 1, 4, Statistics(1.0, 0.3), 0.5)
    >>> bool(estimate.stderr < 0.01 * estimate.mean)
    True
    """
    return _score_noise_error(key, trials, k, stats, noise_scale, jax.random.normal)


@simulation(curve="k", validate=require_noise)
def pointwise_gaussian_score_noise_error(
    key: jax.Array,
    trials: int,
    k: Numbers,
    *,
    mean: Numbers,
    predictive_var: Numbers,
    target: Numbers,
    judge: Judge,
    noise_scale: Numbers,
) -> Estimate:
    """Error at one input of the best score with additive Gaussian noise; explicit candidates.

    Args:
      k: number of candidates; integers of any shape.
      mean, predictive_var: m and s^2 of the generator at this input.
      target, judge: the noiseless target t and the judge's guess r.
      noise_scale: of the noise on the score, >= 0.

    Returns:
      Estimate of E (y_selected - t)^2, of the shape of k; a datum is a trial.

    Raises:
      InputError: k not a whole number >= 1, a negative noise_scale, predictive_var <= 0.

    Source: docs/best_of_k.md, extensions.

    >>> point = dict(mean=0.3, predictive_var=1.0, target=0.0, judge=0.0, noise_scale=0.5)
    >>> pointwise_gaussian_score_noise_error(jax.random.key(0), 4096, 16, **point).mean.shape
    ()
    """

    def moments(gap, _):
        errors = (gap + (judge - target)) ** 2
        average = jnp.mean(errors)
        return average, jnp.sum((errors - average) ** 2)

    shift = jnp.full(trials, mean - judge)
    candidate = _noisy_score(shift, jnp.sqrt(predictive_var), noise_scale, jax.random.normal)
    average, squares = winner(key, k, (trials,), candidate, moments)
    return Estimate(jnp.asarray(trials, shift.dtype), average, squares)


def _score_noise_error(key, trials, k, stats, noise_scale, noise):
    of_inputs, candidates = jax.random.split(key)
    shift, judge_error, weight = inputs(shifted_lattice(of_inputs, trials, 2), stats)
    candidate = _noisy_score(shift, jnp.sqrt(stats.predictive_var), noise_scale, noise)

    def average(gap, _):
        return jnp.mean(weight * (gap + judge_error) ** 2)

    return Estimate.of_one(winner(candidates, k, (trials,), candidate, average))


def _noisy_score(shift, scale, noise_scale, noise):
    def candidate(key):
        own, of_noise = jax.random.split(key)
        gap = shift + scale * jax.random.normal(own, shift.shape)
        return gap**2 - noise_scale * noise(of_noise, shift.shape), gap

    return candidate
