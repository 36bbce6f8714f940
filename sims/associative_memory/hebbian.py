"""Hebbian memories asked with a gain, by noisy queries, with correlated keys; their cross-talk."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp

from jtts.associative_memory import draw_keys, draw_overlapping_keys, noisy_queries, recall
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.associative_memory.memories import NUM_VALUES, draw_memories, memories, normal


@memories()
def gain_error(
    key: jax.Array,
    trials: int,
    gain: Numbers,
    num_pairs: Numbers,
    dim: Numbers,
    *,
    keys: Literal["sphere", "rad", "gauss"] = "sphere",
) -> Estimate:
    """Mean squared error per component of the read-out times a gain, averaged over pairs.

    Args:
      gain: any real.
      num_pairs, dim: whole numbers; static.
      keys: "sphere", "gauss" or "rad".

    Returns:
      Estimate of the error; a datum is a memory.

    Raises:
      InputError: sizes that are not whole numbers, or an unknown law of keys.

    >>> print(f"{gain_error(jax.random.key(0), 1000, 0.0, 4, 16).mean:.1f}")
    1.0
    """
    keys, values = draw_memories(key, trials, num_pairs, dim, keys)
    return Estimate.of(jnp.mean((gain * recall(keys, values, keys) - values) ** 2, (-1, -2)))


@memories()
def noisy_query_error(
    key: jax.Array,
    trials: int,
    num_pairs: Numbers,
    dim: Numbers,
    query_noise: Numbers,
    *,
    keys: Literal["sphere", "rad", "gauss"] = "sphere",
) -> Estimate:
    """Mean squared error per component of the read-out at noisy keys, averaged over pairs.

    Args:
      num_pairs, dim: whole numbers; static.
      query_noise: mean square of the noise on a query.
      keys: "sphere", "gauss" or "rad".

    Returns:
      Estimate of the error; a datum is a memory.

    Raises:
      InputError: a negative variance, sizes that are not whole, or an unknown law of keys.

    >>> print(f"{noisy_query_error(jax.random.key(0), 4000, 17, 16, 0.0).mean:.1f}")
    1.0
    """
    of_memories, of_queries = jax.random.split(key)
    keys, values = draw_memories(of_memories, trials, num_pairs, dim, keys)
    queries = noisy_queries(of_queries, keys, jnp.sqrt(query_noise))
    return Estimate.of(jnp.mean((recall(keys, values, queries) - values) ** 2, (-1, -2)))


@memories()
def correlated_key_error(
    key: jax.Array,
    trials: int,
    num_pairs: Numbers,
    dim: Numbers,
    key_overlap: Numbers,
    *,
    mean_value: Numbers = 0.0,
) -> Estimate:
    """Mean squared error per component where all keys share a direction, and values a mean.

    Args:
      num_pairs, dim: whole numbers; static.
      key_overlap: mean overlap of two keys, from 0 to 1.
      mean_value: mean of every value component; the rest of their unit power is normal noise.

    Returns:
      Estimate of the error averaged over pairs; a datum is a memory.

    Raises:
      InputError: sizes that are not whole numbers.

    >>> print(f"{correlated_key_error(jax.random.key(0), 100, 3, 16, 1.0).mean:.0f}")
    2
    """
    of_keys, of_values = jax.random.split(key)
    keys = draw_overlapping_keys(of_keys, (trials, num_pairs), dim, key_overlap)
    noise = normal(of_values, trials, num_pairs, NUM_VALUES)
    values = mean_value + jnp.sqrt(1 - mean_value**2) * noise
    return Estimate.of(jnp.mean((recall(keys, values, keys) - values) ** 2, (-1, -2)))


def overlaps(key, trials, num_pairs, dim):
    """|k_i . k_j| of unit keys, the diagonal left zero: [trials, num_pairs, num_pairs]."""
    keys = draw_keys(key, (trials, num_pairs), dim)
    gram = jnp.einsum("tid,tjd->tij", keys, keys, precision="highest")
    return jnp.abs(gram) * (1 - jnp.eye(num_pairs))


@memories()
def absolute_crosstalk(key: jax.Array, trials: int, num_pairs: Numbers, dim: Numbers) -> Estimate:
    """Sum of |k_j . k_i| over the other pairs, averaged over pairs.

    Args:
      num_pairs, dim: whole numbers; static.

    Returns:
      Estimate of the sum; a datum is a memory.

    Raises:
      InputError: sizes that are not whole numbers.

    >>> float(absolute_crosstalk(jax.random.key(0), 10, 3, 1).mean)
    2.0
    """
    return Estimate.of(jnp.mean(jnp.sum(overlaps(key, trials, num_pairs, dim), -1), -1))


@memories()
def largest_overlap(key: jax.Array, trials: int, num_pairs: Numbers, *, dim: Numbers) -> Estimate:
    """Root of dim times the largest |k_i . k_j| among the keys of a memory.

    Args:
      num_pairs, dim: whole numbers; static.

    Returns:
      Estimate of its mean; a datum is a memory.

    Raises:
      InputError: sizes that are not whole numbers.

    >>> print(f"{largest_overlap(jax.random.key(0), 10, 3, dim=1).mean:.1f}")
    1.0
    """
    largest = jnp.max(overlaps(key, trials, num_pairs, dim), (-1, -2))
    return Estimate.of(jnp.sqrt(dim) * largest)
