"""Read-outs other than the plain one: signs, cosines, labels, code words."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp

from jtts.arguments import InputError
from jtts.associative_memory import draw_keys, recall
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.associative_memory.memories import (
    draw_memories,
    memories,
    memories_per_chunk,
    normal,
    signs,
)
from jtts.simulations import simulation


@memories()
def bit_error(
    key: jax.Array,
    trials: int,
    num_pairs: Numbers,
    dim: Numbers,
    *,
    keys: Literal["sphere", "rad", "gauss"] = "sphere",
) -> Estimate:
    """Share of wrong signs in the read-out of binary values; a tie is half an error.

    Args:
      num_pairs, dim: whole numbers; static.
      keys: "sphere", "gauss" or "rad".

    Returns:
      Estimate of the probability; a datum is the share of a memory.

    Raises:
      InputError: sizes that are not whole numbers, or an unknown law of keys.

    >>> float(bit_error(jax.random.key(0), 10, 1, 8).mean)
    0.0
    """
    law = keys
    keys, values = draw_memories(key, trials, num_pairs, dim, keys, signs)
    margin = recall(keys, values, keys) * values
    if law == "rad":  # multiples of 1/dim: ties are exact but for rounding
        margin = jnp.round(margin * dim)
    return Estimate.of(jnp.mean((1 - jnp.sign(margin)) / 2, (-1, -2)))


def cosines(a, b):
    """Along the last axis."""
    return jnp.sum(a * b, -1) / jnp.sqrt(jnp.sum(a**2, -1) * jnp.sum(b**2, -1))


@simulation(static=("num_values",))
def noisy_cosine(key: jax.Array, trials: int, noise: Numbers, num_values: Numbers) -> Estimate:
    """Cosine between a normal vector and itself with independent normal noise.

    Args:
      noise: variance of the noise.
      num_values: length of the vectors; static.

    Returns:
      Estimate of the mean cosine; a datum is a pair of vectors.

    >>> print(f"{noisy_cosine(jax.random.key(0), 10, 0.0, 3).mean:.6f}")
    1.000000
    """
    of_value, of_noise = jax.random.split(key)
    value = normal(of_value, trials, num_values)
    return Estimate.of(
        cosines(value, value + jnp.sqrt(noise) * normal(of_noise, trials, num_values))
    )


def pairs_at(*, load, dim, **_):
    """Number of pairs N = 1 + load dim, held to be a whole number."""
    others = float(load) * dim
    if abs(others - round(others)) > 1e-6 * max(others, 1.0) or others < 0:
        raise InputError(f"load must make load * dim a whole number, got {load:g} * {dim}")
    return 1 + round(others)


def at_load(*static):
    """Declare a simulation whose trials are memories at a given load; `load` is not traced."""
    return simulation(
        chunk=memories_per_chunk, static=("dim", *static), sizes={"num_pairs": pairs_at}
    )


@at_load("num_values")
def mean_cosine(
    key: jax.Array,
    trials: int,
    load: Numbers,
    num_values: Numbers,
    *,
    dim: Numbers,
    num_pairs: Numbers,
) -> Estimate:
    """Mean cosine between normal values and what a Hebbian memory recalls of them.

    Args:
      load: (N - 1)/d.
      num_values: length of a value; static.
      dim: d; static.

    Returns:
      Estimate of the cosine averaged over pairs; a datum is a memory.

    Raises:
      InputError: load times dim not a whole number.

    >>> print(f"{mean_cosine(jax.random.key(0), 10, 0.0, 3, dim=4).mean:.6f}")
    1.000000
    """
    of_keys, of_values = jax.random.split(key)
    keys = draw_keys(of_keys, (trials, num_pairs), dim)
    values = normal(of_values, trials, num_pairs, num_values)
    return Estimate.of(jnp.mean(cosines(recall(keys, values, keys), values), -1))


@at_load("num_classes")
def label_recall(
    key: jax.Array,
    trials: int,
    load: Numbers,
    num_classes: Numbers,
    *,
    dim: Numbers,
    num_pairs: Numbers,
) -> Estimate:
    """Share of queries whose class scores highest, labels drawn uniformly with repeats.

    Args:
      load: (N - 1)/d.
      num_classes: M; static.
      dim: d; static.

    Returns:
      Estimate of the probability; a datum is the share of a memory.

    Raises:
      InputError: load times dim not a whole number.

    >>> float(label_recall(jax.random.key(0), 10, 1.0, 1, dim=4).mean)
    1.0
    """
    of_keys, of_labels = jax.random.split(key)
    keys = draw_keys(of_keys, (trials, num_pairs), dim)
    labels = jax.random.randint(of_labels, (trials, num_pairs), 0, num_classes)
    scores = recall(keys, jax.nn.one_hot(labels, num_classes, dtype=keys.dtype), keys)
    return Estimate.of(jnp.mean(jnp.argmax(scores, -1) == labels, -1, dtype=keys.dtype))


@memories(static=("num_pairs", "dim", "num_values"))
def codebook_recall(
    key: jax.Array, trials: int, num_pairs: Numbers, dim: Numbers, num_values: Numbers
) -> Estimate:
    """Share of queries whose own code word, a random unit vector, scores highest of all.

    Args:
      num_pairs, dim, num_values: pairs, length of keys, length of code words; static.

    Returns:
      Estimate of the probability; a datum is the share of a memory.

    Raises:
      InputError: sizes that are not whole numbers.

    >>> float(codebook_recall(jax.random.key(0), 10, 1, 4, 4).mean)
    1.0
    """
    of_keys, of_words = jax.random.split(key)
    keys = draw_keys(of_keys, (trials, num_pairs), dim)
    words = draw_keys(of_words, (trials, num_pairs), num_values)
    out = recall(keys, words, keys)
    scores = jnp.einsum("tiv,tmv->tim", out, words, precision="highest")
    right = jnp.argmax(scores, -1) == jnp.arange(num_pairs)
    return Estimate.of(jnp.mean(right, -1, dtype=keys.dtype))
