"""Selection among explicit candidates."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import log_ndtr

from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.regression import Judge, Statistics
from jtts.sims.best_of_k.contest import winner
from jtts.sims.best_of_k.design import (
    MIN_REPLICATES,
    inputs,
    require_selection,
    shifted_lattice,
)
from jtts.simulations import simulation


@simulation(curve="k", validate=require_selection)
def pointwise_error(
    key: jax.Array,
    trials: int,
    k: Numbers,
    *,
    mean: Numbers,
    predictive_var: Numbers,
    target: Numbers,
    judge: Judge,
    temperature: Numbers = 0.0,
) -> Estimate:
    """Error at one input: k explicit candidates per trial.

    Args:
      k: number of candidates; integers of any shape.
      mean, predictive_var: m and s^2 of the generator at this input.
      target, judge: the noiseless target t and the judge's guess r.
      temperature: of the selection, >= 0; squared units of y.

    Returns:
      Estimate of E (y_selected - t)^2, of the shape of k; a datum is a trial.

    Raises:
      InputError: k not a whole number >= 1, a negative temperature, predictive_var <= 0.

    Source: arXiv:2512.19905.

    >>> point = dict(mean=0.5, predictive_var=1.0, target=0.0, judge=0.2)
    >>> pointwise_error(jax.random.key(0), 4096, jnp.array([1, 4]), **point).mean.shape
    (2,)
    """

    def moments(gap, _):
        errors = (gap + (judge - target)) ** 2
        average = jnp.mean(errors)
        return average, jnp.sum((errors - average) ** 2)

    shift = jnp.full(trials, mean - judge)
    average, squares = select(key, k, shift, jnp.sqrt(predictive_var), temperature, moments)
    return Estimate(jnp.asarray(trials, shift.dtype), average, squares)


@simulation(min_chunks=MIN_REPLICATES, curve="k", validate=require_selection)
def error(
    key: jax.Array, trials: int, k: Numbers, stats: Statistics, temperature: Numbers = 0.0
) -> Estimate:
    """Error averaged over inputs: per trial one input and k explicit candidates.

    The inputs of a chunk are a randomly shifted lattice, importance-sampled: one chunk is one
    replicate of the design and one datum, so `count` is the number of chunks of 4096 trials.

    Args:
      k: number of candidates; integers of any shape. Time grows with the largest.
      stats: the four numbers that act on selection; scalars.
      temperature: of the selection, >= 0; squared units of y.

    Returns:
      Estimate of E (y_selected - t)^2 over inputs and candidates, of the shape of k.

    Raises:
      InputError: k not a whole number >= 1, or a negative temperature.

    Source: arXiv:2512.19905.

    >>> estimate = error(jax.random.key(0), 1, 4, Statistics.from_rho(0.4))
    >>> int(estimate.count), bool(estimate.stderr < 0.01 * estimate.mean)
    (32, True)
    """
    shift_key, candidates = jax.random.split(key)
    gap_of_mean, judge_error, weight = inputs(shifted_lattice(shift_key, trials, 2), stats)

    def average(gap, _):
        return jnp.mean(weight * (gap + judge_error) ** 2)

    scale = jnp.sqrt(stats.predictive_var)
    return Estimate.of_one(select(candidates, k, gap_of_mean, scale, temperature, average))


@simulation(curve="k", validate=require_selection)
def tied_judge_error(
    key: jax.Array,
    trials: int,
    k: Numbers,
    strength: Numbers,
    predictive_var: Numbers,
    mean_error: Numbers,
    temperature: Numbers = 0.0,
) -> Estimate:
    """Error under a judge r = t - strength (m - t), inputs drawn one per trial.

    Args:
      k: number of candidates; integers of any shape.
      strength: of the tie; 0 is the teacher.
      predictive_var, mean_error: s^2 and E (m - t)^2.
      temperature: of the selection, >= 0; squared units of y.

    Returns:
      Estimate of E (y_selected - t)^2, of the shape of k; a datum is a trial.

    Raises:
      InputError: k not a whole number >= 1, a negative temperature, predictive_var <= 0.

    Source: arXiv:2512.19905.

    >>> estimate = tied_judge_error(jax.random.key(0), 4096, 8, 1.0, 1.0, 0.1)
    >>> bool(estimate.mean < 0.2)
    True
    """
    of_inputs, candidates = jax.random.split(key)
    mean = jnp.sqrt(mean_error) * jax.random.normal(of_inputs, (trials,), float)  # m - t
    judge = -strength * mean  # r - t

    def moments(gap, _):
        errors = (gap + judge) ** 2
        average = jnp.mean(errors)
        return average, jnp.sum((errors - average) ** 2)

    scale = jnp.sqrt(predictive_var)
    average, squares = select(candidates, k, mean - judge, scale, temperature, moments)
    return Estimate(jnp.asarray(trials, mean.dtype), average, squares)


@simulation(curve="k", validate=require_selection)
def kl_to_base(key: jax.Array, trials: int, k: Numbers) -> Estimate:
    """KL divergence, in nats, of the law of the best of k from that of one candidate.

    The k candidates of a trial are explicit. The law of the best has the density ratio
    k P(another candidate is worse)^(k-1); its logarithm is averaged. The reward is minus the
    distance to the judge; any other continuous one gives the same.

    Args:
      k: number of candidates; integers of any shape.

    Returns:
      Estimate of the divergence, of the shape of k; a datum is a trial.

    Source: docs/best_of_k.md, extensions.

    >>> float(kl_to_base(jax.random.key(0), 1, 1).mean)
    0.0
    """

    def moments(gap, k):
        log_worse = np.log(2) + log_ndtr(-jnp.abs(gap))
        log_ratio = jnp.log(k) + (k - 1) * log_worse
        average = jnp.mean(log_ratio)
        return average, jnp.sum((log_ratio - average) ** 2)

    average, squares = select(key, k, jnp.zeros(trials), 1.0, jnp.zeros(()), moments)
    return Estimate(jnp.asarray(trials, average.dtype), average, squares)


def select(key, k, shift, scale, temperature, summary):
    """Play the selection candidate by candidate; `summary` of it after each of the numbers k.

    Args:
      k: numbers of candidates, of any shape.
      shift, scale: m - r and s, per trial; a candidate lies at y - r = shift + scale * normal.
      summary: function of the chosen y - r, shape (trials,), and of k; a pytree of scalars.

    Returns:
      The pytree of `summary`, its leaves of the shape of k.
    """
    drawable = (temperature >= 0) & jnp.isfinite(temperature)

    def score_at_zero(gap, _):
        return gap**2

    def noisy_score(gap, key):
        # the maximum of reward / T + Gumbel noise is a draw from the softmax at temperature T
        return gap**2 - temperature * jax.random.gumbel(key, gap.shape, gap.dtype)

    def candidate(key):
        normal, gumbel = jax.random.split(key)
        gap = shift + scale * jax.random.normal(normal, shift.shape, shift.dtype)
        return lax.cond(temperature > 0, noisy_score, score_at_zero, gap, gumbel), gap

    return winner(key, jnp.where(drawable, k, jnp.nan), shift.shape, candidate, summary)
