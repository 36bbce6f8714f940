"""Normal laws fitted to their own samples, each sample drawn."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import InputError, concrete, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation
from jtts.sizes import power_of_two

WORK = 2**16  # samples of a generation at once


def column_class(n, **_):
    """Columns that hold n samples: 16, or the next power of two."""
    return max(16, power_of_two(n))


def chunk(columns, **_):
    return max(1, WORK // columns)


def require_loop(*, n, t, fit="unbiased"):
    """Raise InputError unless a normal law can be fitted to so many samples, so often."""
    require_whole(2, n=n)
    require_whole(0, t=t)
    if fit not in ("unbiased", "likelihood"):
        raise InputError(f"fit must be one of unbiased, likelihood, got {fit!r}")


def require_some_of(real, n):
    """Raise InputError unless the number of real samples is at most that of all."""
    some, total = concrete(real), concrete(n)
    if some is not None and total is not None and (some > total).any():
        raise InputError(f"real must be at most n, got real = {real}, n = {n}")


def masked_moments(samples, used):
    """Mean of the columns that are used and sum of squares about it."""
    count = jnp.sum(used)
    mean = jnp.sum(jnp.where(used, samples, 0.0), -1) / count
    return mean, jnp.sum(jnp.where(used, samples - mean[:, None], 0.0) ** 2, -1)


def fitted(key, trials, n, t, columns, freedom):
    """Mean and variance fitted in generation t; the sum of squares is divided by `freedom`."""
    used = jnp.arange(columns) < n

    def generation(i, model):
        mean, var = model
        noise = jax.random.normal(jax.random.fold_in(key, i), (trials, columns), float)
        mean, squares = masked_moments(mean[:, None] + jnp.sqrt(var)[:, None] * noise, used)
        return mean, squares / freedom

    return lax.fori_loop(0, jnp.asarray(t, int), generation, (jnp.zeros(trials), jnp.ones(trials)))


@simulation(sizes={"columns": column_class}, chunk=chunk, validate=require_loop)
def self_fit_variance(
    key: jax.Array,
    trials: int,
    n: Numbers,
    t: Numbers,
    fit: Literal["unbiased", "likelihood"] = "unbiased",
    *,
    columns: int,
) -> Estimate:
    """Fit a normal law to n of its own samples, t times; the variance of the last fit.

    Args:
      n: samples of a generation, whole, from 2 on.
      t: generations, whole.
      fit: whether the sum of squares is divided by n - 1 (unbiased) or by n (likelihood).

    Returns:
      Estimate of the mean variance; a datum is a loop.

    Raises:
      InputError: an argument out of its range.

    >>> found = self_fit_variance(jax.random.key(0), 2**14, 10, 5, fit="likelihood")
    >>> bool(abs(found.mean - 0.590) < 0.02)
    True
    """
    return Estimate.of(fitted(key, trials, n, t, columns, n - (fit == "unbiased"))[1])


@simulation(sizes={"columns": column_class}, chunk=chunk, validate=require_loop)
def self_fit_deviation(
    key: jax.Array, trials: int, n: Numbers, t: Numbers, *, columns: int
) -> Estimate:
    """Fit a normal law to n of its own samples, t times; the deviation of the last fit.

    Args:
      n: samples of a generation, whole, from 2 on.
      t: generations, whole.

    Returns:
      Estimate of the mean standard deviation; a datum is a loop.

    Raises:
      InputError: an argument out of its range.

    >>> found = self_fit_deviation(jax.random.key(0), 2**14, 10, 5)
    >>> bool(abs(found.mean - 0.8706) < 0.02)
    True
    """
    return Estimate.of(jnp.sqrt(fitted(key, trials, n, t, columns, n - 1)[1]))


@simulation(sizes={"columns": column_class}, chunk=chunk, validate=require_loop)
def self_fit_log_variance(
    key: jax.Array, trials: int, n: Numbers, t: Numbers, *, columns: int
) -> Estimate:
    """Fit a normal law to n of its own samples, t times; the logarithm of the last variance.

    Args:
      n: samples of a generation, whole, from 2 on.
      t: generations, whole.

    Returns:
      Estimate of the mean logarithm; a datum is a loop.

    Raises:
      InputError: an argument out of its range.

    >>> found = self_fit_log_variance(jax.random.key(0), 2**14, 10, 5)
    >>> bool(abs(found.mean + 0.576) < 0.04)
    True
    """
    return Estimate.of(jnp.log(fitted(key, trials, n, t, columns, n - 1)[1]))


@simulation(sizes={"columns": column_class}, chunk=chunk, validate=require_loop)
def self_fit_kl(key: jax.Array, trials: int, n: Numbers, t: Numbers, *, columns: int) -> Estimate:
    """Fit a normal law to n of its own samples, t times; KL of the first law from the last.

    Args:
      n: samples of a generation, whole, from 2 on.
      t: generations, whole.

    Returns:
      Estimate of the mean divergence; a datum is a loop.

    Raises:
      InputError: an argument out of its range.

    >>> found = self_fit_kl(jax.random.key(0), 2**14, 16, 2)
    >>> bool(abs(found.mean - 0.16) < 0.02)
    True
    """
    mean, var = fitted(key, trials, n, t, columns, n - 1)
    return Estimate.of((jnp.log(var) + (1 + mean**2) / var - 1) / 2)


def variance_paths(key: jax.Array, paths: int, n: int, generations: int) -> jax.Array:
    """Unbiased variances of so many loops, [paths, generations], each sample drawn."""

    def generation(model, key):
        mean, var = model
        noise = jax.random.normal(key, (paths, n), float)
        samples = mean[:, None] + jnp.sqrt(var)[:, None] * noise
        model = jnp.mean(samples, -1), jnp.var(samples, -1, ddof=1)
        return model, model[1]

    begun = jnp.zeros(paths), jnp.ones(paths)
    return lax.scan(generation, begun, jax.random.split(key, generations))[1].T
