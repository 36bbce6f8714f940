"""Loops of normal fits with real samples in every generation, each sample drawn."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_positive, require_probability, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.self_training.collapse.gaussian import (
    chunk,
    column_class,
    masked_moments,
    require_some_of,
)
from jtts.simulations import simulation

LONG = 16  # of the exponent to which what was before is forgotten


def require_cut(*, cut):
    """Raise InputError unless a normal law can be cut there."""
    require_positive(cut=cut)


@simulation(chunk=2**12, validate=require_cut)
def truncated_variance_factor(key: jax.Array, trials: int, cut: Numbers) -> Estimate:
    """Draw normal samples until one lies within the cut, and square it.

    Args:
      cut: in standard deviations, positive.

    Returns:
      Estimate of the variance of what is kept; a datum is a sample that is kept.

    Raises:
      InputError: a cut that is not positive.

    >>> found = truncated_variance_factor(jax.random.key(0), 2**15, 2.0)
    >>> bool(abs(found.mean - 0.7737) < 0.02)
    True
    """

    def again(state):
        i, sample = state
        drawn = jax.random.normal(jax.random.fold_in(key, i), (trials,), float)
        return i + 1, jnp.where(jnp.abs(sample) > cut, drawn, sample)

    begun = jnp.int32(0), jnp.full(trials, jnp.inf)
    _, sample = lax.while_loop(lambda state: jnp.any(jnp.abs(state[1]) > cut), again, begun)
    return Estimate.of(sample**2)


def require_real(*, n, real, factor):
    """Raise InputError unless there are so many real samples among n."""
    require_whole(2, n=n)
    require_whole(1, real=real)
    require_probability(factor=factor)
    require_some_of(real, n)


def _loop(key, trials, n, real, factor, columns, keeps):
    """Mean and unbiased variance that are fitted after many generations."""
    place = jnp.arange(columns)
    first_key, loop_key = jax.random.split(key)
    first = jax.random.normal(first_key, (trials, columns), float)

    def generation(i, model):
        mean, var = model
        noise = jax.random.normal(jax.random.fold_in(loop_key, i), (trials, columns), float)
        own = mean[:, None] + jnp.sqrt(factor * var)[:, None] * noise
        samples = jnp.where(place < real, first if keeps else noise, own)
        mean, squares = masked_moments(samples, place < n)
        return mean, squares / (n - 1)

    many = jnp.asarray(jnp.ceil(LONG * n / real), int)
    return lax.fori_loop(0, many, generation, (jnp.zeros(trials), jnp.ones(trials)))


def _both(mean, var):
    return Estimate.of({"variance": var, "squared_mean_error": mean**2})


@simulation(sizes={"columns": column_class}, chunk=chunk, validate=require_real)
def fresh_data_loop(
    key: jax.Array, trials: int, n: Numbers, real: Numbers, factor: Numbers, *, columns: int
) -> Estimate:
    """Fit a normal law to fresh real samples and samples of its own, many times.

    Args:
      n: samples of a generation, whole, from 2 on.
      real: real ones among them, drawn anew in each generation.
      factor: variance of the model's samples over that of the model, from 0 to 1.

    Returns:
      Estimate of `variance`, that of the last fit, and `squared_mean_error`, the square of its
      mean; a datum is a loop.

    Raises:
      InputError: an argument out of its range, or more real samples than n.

    >>> found = fresh_data_loop(jax.random.key(0), 2**13, 16, 8, 0.8).mean
    >>> bool(abs(found["variance"] - 0.85) < 0.04)
    True
    """
    return _both(*_loop(key, trials, n, real, factor, columns, keeps=False))


@simulation(sizes={"columns": column_class}, chunk=chunk, validate=require_real)
def fixed_data_loop(
    key: jax.Array, trials: int, n: Numbers, real: Numbers, factor: Numbers, *, columns: int
) -> Estimate:
    """Fit a normal law to the same real samples and samples of its own, many times.

    Args:
      n: samples of a generation, whole, from 2 on.
      real: real ones among them, drawn once.
      factor: variance of the model's samples over that of the model, from 0 to 1.

    Returns:
      Estimate of `variance`, that of the last fit, and `squared_mean_error`, the square of its
      mean; a datum is a loop.

    Raises:
      InputError: an argument out of its range, or more real samples than n.

    >>> found = fixed_data_loop(jax.random.key(0), 2**13, 16, 8, 0.8).mean
    >>> bool(abs(found["variance"] - 0.79) < 0.04)
    True
    """
    return _both(*_loop(key, trials, n, real, factor, columns, keeps=True))
