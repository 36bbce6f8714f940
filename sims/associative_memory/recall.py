"""One pass over random pairs, then the question for one of them, or all."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp

from jtts.arguments import InputError, concrete
from jtts.associative_memory import recall
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.associative_memory.memories import (
    draw_memories,
    memories,
    normal,
    require_drawable,
)

MIN_REPLICATES = 32


def require_written(*, age, num_pairs, **others):
    """Raise InputError unless a pair of that age is among those written."""
    require_drawable(age=age, num_pairs=num_pairs, **others)
    known = concrete(age)
    if known is not None and (known != round(float(known)) or known > num_pairs - 1):
        raise InputError(f"age must be a whole number from 0 to {num_pairs - 1}, got {age}")


def one_pass(key, trials, num_pairs, dim, *, value_noise, keys, **strengths):
    """Noiseless values and read-outs of all pairs, both [trials, num_pairs, NUM_VALUES]."""
    of_memories, of_noise = jax.random.split(key)
    keys, values = draw_memories(of_memories, trials, num_pairs, dim, keys)
    written = values + jnp.sqrt(value_noise) * normal(of_noise, *values.shape)
    return values, recall(keys, written, keys, **strengths)


@memories(validate=require_written)
def recall_error(
    key: jax.Array,
    trials: int,
    age: Numbers,
    num_pairs: Numbers,
    dim: Numbers,
    *,
    decay: Numbers = 1.0,
    erase: Numbers = 0.0,
    write: Numbers = 1.0,
    value_noise: Numbers = 0.0,
    keys: Literal["sphere", "rad", "gauss"] = "sphere",
) -> Estimate:
    """Mean squared error per component of the pair written `age` steps before the end.

    Args:
      age: whole number from 0 to num_pairs - 1.
      num_pairs, dim: whole numbers; static.
      decay, erase, write: strengths of the memory.
      value_noise: variance per component of noise on the values written.
      keys: "sphere", "gauss" or "rad".

    Returns:
      Estimate of E|r - v|^2 per component; values are standard normal; a datum is a memory.

    Raises:
      InputError: sizes or strengths that cannot be played.

    >>> estimate = recall_error(jax.random.key(0), 1000, 0, 8, 16, erase=1.0, write=1.0)
    >>> bool(estimate.mean < 1e-12)
    True
    """
    memory = {"decay": decay, "erase": erase, "write": write, "value_noise": value_noise}
    values, out = one_pass(key, trials, num_pairs, dim, keys=keys, **memory)
    errors = jnp.mean((out - values) ** 2, -1)
    return Estimate.of(jnp.take(errors, num_pairs - 1 - jnp.asarray(age, int), axis=1))


@memories(min_chunks=MIN_REPLICATES, validate=require_written)
def recall_cosine(
    key: jax.Array,
    trials: int,
    age: Numbers,
    num_pairs: Numbers,
    dim: Numbers,
    *,
    decay: Numbers = 1.0,
    erase: Numbers = 0.0,
    write: Numbers = 1.0,
    value_noise: Numbers = 0.0,
    keys: Literal["sphere", "rad", "gauss"] = "sphere",
) -> Estimate:
    """Aggregate cosine E r.v / sqrt(E|r|^2 E|v|^2) of the pair written `age` steps before the end.

    A datum is the cosine of the averages over a chunk of memories, freed of its bias by the
    jackknife.

    Args: as `recall_error`.

    Returns:
      Estimate of the cosine.

    Raises:
      InputError: sizes or strengths that cannot be played.

    >>> estimate = recall_cosine(jax.random.key(0), 1000, 0, 8, 16, erase=1.0, write=1.0)
    >>> print(f"{estimate.mean:.6f}")
    1.000000
    """
    memory = {"decay": decay, "erase": erase, "write": write, "value_noise": value_noise}
    values, out = one_pass(key, trials, num_pairs, dim, keys=keys, **memory)
    index = num_pairs - 1 - jnp.asarray(age, int)
    value, out = jnp.take(values, index, axis=1), jnp.take(out, index, axis=1)
    sums = jnp.stack([jnp.sum(a * b, -1) for a, b in ((out, value), (out, out), (value, value))])

    def cosine(sums):
        return sums[0] / jnp.sqrt(sums[1] * sums[2])

    total = jnp.sum(sums, 1)
    without_one = jnp.mean(cosine(total[:, None] - sums))
    return Estimate.of_one(trials * cosine(total) - (trials - 1) * without_one)


@memories()
def mean_recall_error(
    key: jax.Array,
    trials: int,
    num_pairs: Numbers,
    dim: Numbers,
    *,
    decay: Numbers = 1.0,
    erase: Numbers = 0.0,
    write: Numbers = 1.0,
    value_noise: Numbers = 0.0,
    keys: Literal["sphere", "rad", "gauss"] = "sphere",
) -> Estimate:
    """Mean squared error per component, averaged over all pairs of the memory.

    Args: as `recall_error`, without the age.

    Returns:
      Estimate of the error; a datum is a memory.

    Raises:
      InputError: sizes or strengths that cannot be played.

    >>> estimate = mean_recall_error(jax.random.key(0), 1000, 17, 16)
    >>> print(f"{estimate.mean:.1f}")
    1.0
    """
    memory = {"decay": decay, "erase": erase, "write": write, "value_noise": value_noise}
    values, out = one_pass(key, trials, num_pairs, dim, keys=keys, **memory)
    return Estimate.of(jnp.mean((out - values) ** 2, (-1, -2)))
