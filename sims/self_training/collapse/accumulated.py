"""Samples that are kept for all later fits, and tokens drawn from the tokens before."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.self_training.collapse.gaussian import (
    chunk,
    column_class,
    require_loop,
    require_some_of,
)
from jtts.simulations import simulation

TOKENS = np.array([0.5, 0.8, 0.95, 1.0])  # cumulative shares of the real law
DIVERSITY = 1 - (0.5**2 + 0.3**2 + 0.15**2 + 0.05**2)


@simulation(sizes={"columns": column_class}, chunk=chunk, validate=require_loop)
def accumulated_variance(
    key: jax.Array, trials: int, n: Numbers, t: Numbers, *, columns: int
) -> Estimate:
    """Fit a normal law to all samples of t generations, n more of its own in each.

    Args:
      n: samples of a generation, whole, from 2 on; those of the first one are real.
      t: generations, whole.

    Returns:
      Estimate of the mean variance of the last fit, by likelihood; a datum is a loop.

    Raises:
      InputError: an argument out of its range.

    >>> found = accumulated_variance(jax.random.key(0), 2**14, 10, 5)
    >>> bool(abs(found.mean - 0.859) < 0.02)
    True
    """
    used = jnp.arange(columns) < n

    def generation(i, state):
        mean, var, total, squares = state
        noise = jax.random.normal(jax.random.fold_in(key, i), (trials, columns), float)
        new = jnp.where(used, mean[:, None] + jnp.sqrt(var)[:, None] * noise, 0.0)
        total, squares = total + jnp.sum(new, -1), squares + jnp.sum(new**2, -1)
        count = n * (i + 1)
        mean = total / count
        return mean, squares / count - mean**2, total, squares

    zero = jnp.zeros(trials)
    state = zero, jnp.ones(trials), zero, zero
    return Estimate.of(lax.fori_loop(0, jnp.asarray(t, int), generation, state)[1])


def require_tokens(*, n, real, t):
    """Raise InputError unless there are so many real tokens among n."""
    require_whole(1, n=n)
    require_whole(0, real=real, t=t)
    require_some_of(real, n)


@simulation(sizes={"columns": column_class}, chunk=chunk, validate=require_tokens)
def resampling_diversity(
    key: jax.Array, trials: int, n: Numbers, real: Numbers, t: Numbers, *, columns: int
) -> Estimate:
    """Draw n tokens, some real and the others from the n tokens before, t times.

    Args:
      n: tokens of a generation, whole, from 1 on.
      real: real ones among them.
      t: generations, whole.

    Returns:
      Estimate of the diversity left, as a share of that of the real law; a datum is a loop.

    Raises:
      InputError: an argument out of its range, or more real tokens than n.

    >>> found = resampling_diversity(jax.random.key(0), 2**14, 10, 2, 5)
    >>> bool(abs(found.mean - 0.785) < 0.02)
    True
    """
    place = jnp.arange(columns)

    def generation(i, tokens):
        real_key, own_key = jax.random.split(jax.random.fold_in(key, i))
        fresh = jnp.searchsorted(TOKENS, jax.random.uniform(real_key, (trials, columns), float))
        parents = jax.random.randint(own_key, (trials, columns), 0, jnp.asarray(n, int))
        own = jnp.take_along_axis(tokens, parents, 1)
        # before the first generation there is the real law itself, not a sample of it
        return jnp.where((place < real) | (i == 0), fresh, own)

    tokens = jnp.zeros((trials, columns), int)
    tokens = lax.fori_loop(0, jnp.asarray(t, int), generation, tokens)
    one_hot = (tokens[..., None] == jnp.arange(TOKENS.size)) & (place < n)[:, None]
    shares = jnp.sum(one_hot, 1) / n
    left = 1 - jnp.sum(shares**2, -1)
    return Estimate.of(jnp.where(t == 0, 1.0, left / DIVERSITY))
