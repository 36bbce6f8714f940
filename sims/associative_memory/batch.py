"""Memories fitted to all pairs: least squares, ridge regression, gradient descent."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp

from jtts.arguments import InputError, require_nonnegative, require_whole
from jtts.associative_memory import descend, draw_keys, memorise_exactly, noisy_queries
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.associative_memory.memories import (
    NUM_VALUES,
    draw_memories,
    memories,
    memories_per_chunk,
    normal,
)
from jtts.simulations import simulation

FAINT = 1e-9  # a ridge that leaves least squares of more pairs than dimensions as they are


def read(keys, state):
    return jnp.einsum("...id,...vd->...iv", keys, state, precision="highest")


def fit(keys, values):
    """The least-squares memory."""
    num_pairs, dim = keys.shape[-2:]
    return memorise_exactly(keys, values, ridge=FAINT if num_pairs > dim else 0.0)


def misfit(keys, values, state):
    return Estimate.of(jnp.mean((read(keys, state) - values) ** 2, (-1, -2)))


@memories()
def least_squares_error(key: jax.Array, trials: int, num_pairs: Numbers, dim: Numbers) -> Estimate:
    """Mean squared error per component of a least-squares memory, averaged over pairs.

    Args:
      num_pairs, dim: whole numbers; static.

    Returns:
      Estimate of the error; a datum is a memory.

    Raises:
      InputError: sizes that are not whole numbers.

    >>> bool(least_squares_error(jax.random.key(0), 10, 3, 4).mean < 1e-20)
    True
    """
    keys, values = draw_memories(key, trials, num_pairs, dim)
    return misfit(keys, values, fit(keys, values))


@memories()
def noise_gain(
    key: jax.Array,
    trials: int,
    num_pairs: Numbers,
    dim: Numbers,
    *,
    keys: Literal["sphere", "gauss"] = "sphere",
) -> Estimate:
    """Power that noise of unit power on the query adds to the read-out of a least-squares memory.

    Args:
      num_pairs, dim: whole numbers; static.
      keys: "sphere" or "gauss".

    Returns:
      Estimate of the power per component, averaged over queries; a datum is a memory.

    Raises:
      InputError: sizes that are not whole numbers, or an unknown law of keys.

    >>> estimate = noise_gain(jax.random.key(0), 4000, 1, 4)
    >>> print(f"{estimate.mean:.1f}")
    0.2
    """
    of_memories, of_queries = jax.random.split(key)
    keys, values = draw_memories(of_memories, trials, num_pairs, dim, keys)
    state = fit(keys, values)
    queries = noisy_queries(of_queries, keys, 1.0)
    return Estimate.of(jnp.mean((read(queries, state) - read(keys, state)) ** 2, (-1, -2)))


def whole_load(*, load, dim, ridge=0.0, step=0.0, num_steps=1, **_):
    """Number of pairs N = load dim, held to be a whole number, after checks of everything else."""
    require_whole(dim=dim)
    require_nonnegative(ridge=ridge, step=step)
    require_whole(0, num_steps=num_steps)
    count = float(load) * dim
    if round(count) < 1 or abs(count - round(count)) > 1e-6 * count:
        raise InputError(f"load must make load * dim a whole number, got {load:g} * {dim}")
    return round(count)


def loaded_memories(**options):
    """Declare a simulation whose trials are memories of N = load dim pairs."""
    return simulation(
        chunk=memories_per_chunk, static=("dim",), sizes={"num_pairs": whole_load}, **options
    )


def draw_loaded(key, trials, num_pairs, dim):
    of_keys, of_values = jax.random.split(key)
    values = normal(of_values, trials, num_pairs, NUM_VALUES)
    return draw_keys(of_keys, (trials, num_pairs), dim), values


@loaded_memories()
def ridge_error(
    key: jax.Array, trials: int, load: Numbers, ridge: Numbers, *, dim: Numbers, num_pairs: Numbers
) -> Estimate:
    """Mean squared error per component of a memory fitted with a ridge, averaged over pairs.

    Args:
      load: N/d; load times dim is a whole number.
      ridge: zero or positive.
      dim: d; static.

    Returns:
      Estimate of the error; a datum is a memory.

    Raises:
      InputError: load times dim not a whole number, or a negative ridge.

    >>> print(f"{ridge_error(jax.random.key(0), 10, 0.5, 1e9, dim=4).mean:.0f}")
    1
    """
    keys, values = draw_loaded(key, trials, num_pairs, dim)
    return misfit(keys, values, memorise_exactly(keys, values, ridge=ridge))


@loaded_memories()
def gradient_descent_error(
    key: jax.Array,
    trials: int,
    load: Numbers,
    step: Numbers,
    num_steps: Numbers,
    *,
    dim: Numbers,
    num_pairs: Numbers,
) -> Estimate:
    """Mean squared error per component after gradient descent on all pairs, averaged over pairs.

    Args:
      load: N/d; load times dim is a whole number.
      step: zero or positive.
      num_steps: whole number.
      dim: d; static.

    Returns:
      Estimate of the error; a datum is a memory.

    Raises:
      InputError: load times dim not a whole number, or a negative step or number of steps.

    >>> print(f"{gradient_descent_error(jax.random.key(0), 10, 0.5, 0.5, 0, dim=4).mean:.0f}")
    1
    """
    keys, values = draw_loaded(key, trials, num_pairs, dim)
    return misfit(keys, values, descend(keys, values, step_size=step, num_steps=num_steps))
