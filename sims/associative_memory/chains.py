"""Memories in series: each layer asks the next with what it has recalled."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_nonnegative, require_probability, require_whole
from jtts.associative_memory import draw_keys, recall
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.associative_memory.batch import draw_loaded, loaded_memories
from jtts.sims.associative_memory.memories import draw_memories, memories, require_drawable
from jtts.simulations import simulation


def require_faults(*, fault, depth):
    """Raise InputError unless the layers can be gone through."""
    require_probability(fault=fault)
    require_nonnegative(depth=depth)


@simulation(validate=require_faults)
def reliability(key: jax.Array, trials: int, fault: Numbers, depth: Numbers) -> Estimate:
    """Whether a chain of layers with independent faults has none.

    Args:
      fault: probability, of one layer.
      depth: whole number; time grows with it.

    Returns:
      Estimate of the probability.

    Raises:
      InputError: a probability outside [0, 1], or a negative depth.

    >>> float(reliability(jax.random.key(0), 10, 0.0, 3).mean)
    1.0
    """

    def layer(i, sound):
        return sound & (jax.random.uniform(jax.random.fold_in(key, i), (trials,)) >= fault)

    return Estimate.of(lax.fori_loop(0, depth, layer, jnp.ones(trials, bool)))


def require_chain(*, depth, **sizes):
    require_whole(depth=depth)
    require_drawable(**sizes)


def last_layer(key, trials, num_pairs, dim, depth):
    """Keys and values of the last layer, and what the layers before it ask, for every pair."""
    of_values, of_keys = jax.random.split(key)
    keys, values = draw_memories(of_values, trials, num_pairs, dim)

    def layer(i, now):
        keys, queries = now
        following = draw_keys(jax.random.fold_in(of_keys, i), keys.shape[:-1], dim)
        return following, recall(keys, following, queries)

    return (values, *lax.fori_loop(0, depth - 1, layer, (keys, keys)))


@memories(validate=require_chain)
def chain_power(
    key: jax.Array, trials: int, num_pairs: Numbers, dim: Numbers, depth: Numbers
) -> Estimate:
    """Power per component of the read-out of a chain of Hebbian layers with fresh keys.

    Args:
      num_pairs, dim: whole numbers; static.
      depth: whole number from 1; time grows with it.

    Returns:
      Estimate of the power, averaged over pairs; a datum is a chain.

    Raises:
      InputError: numbers that are not whole.

    >>> print(f"{chain_power(jax.random.key(0), 1000, 1, 4, 3).mean:.1f}")
    1.0
    """
    values, keys, queries = last_layer(key, trials, num_pairs, dim, depth)
    return Estimate.of(jnp.mean(recall(keys, values, queries) ** 2, (-1, -2)))


@memories(validate=require_chain)
def chain_signal(
    key: jax.Array, trials: int, num_pairs: Numbers, dim: Numbers, depth: Numbers
) -> Estimate:
    """Power of the pair asked for in the read-out of a chain of Hebbian layers with fresh keys.

    Args: as `chain_power`.

    Returns:
      Estimate of the square of its coefficient, averaged over pairs; a datum is a chain.

    Raises:
      InputError: numbers that are not whole.

    >>> print(f"{chain_signal(jax.random.key(0), 10, 1, 4, 3).mean:.6f}")
    1.000000
    """
    _, keys, queries = last_layer(key, trials, num_pairs, dim, depth)
    coefficients = recall(keys, jnp.eye(num_pairs), queries)
    return Estimate.of(jnp.mean(jnp.diagonal(coefficients, axis1=-2, axis2=-1) ** 2, -1))


@loaded_memories()
def tied_chain_power(
    key: jax.Array, trials: int, load: Numbers, depth: Numbers, *, dim: Numbers, num_pairs: Numbers
) -> Estimate:
    """Power per component of the read-out of a Hebbian memory gone through several times.

    Args:
      load: N/d; load times dim is a whole number.
      depth: whole number from 1; time grows with it.
      dim: d; static.

    Returns:
      Estimate of the power, averaged over pairs; a datum is a memory.

    Raises:
      InputError: load times dim not a whole number.

    >>> print(f"{tied_chain_power(jax.random.key(0), 1000, 0.25, 3, dim=4).mean:.1f}")
    1.0
    """
    keys, values = draw_loaded(key, trials, num_pairs, dim)
    queries = lax.fori_loop(0, depth - 1, lambda _, queries: recall(keys, keys, queries), keys)
    return Estimate.of(jnp.mean(recall(keys, values, queries) ** 2, (-1, -2)))
