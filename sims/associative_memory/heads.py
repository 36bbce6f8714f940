"""Several heads: the same pairs under independent keys, averaged or put to the vote."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp

from jtts.arguments import InputError, require_probability, require_whole
from jtts.associative_memory import draw_keys, recall
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.associative_memory.batch import fit, read
from jtts.sims.associative_memory.memories import (
    NUM_VALUES,
    NUMBERS,
    normal,
    require_drawable,
    signs,
)
from jtts.simulations import simulation


def memories_per_chunk(num_pairs, dim, heads, **_):
    return max(1, NUMBERS // (heads * num_pairs * (dim + NUM_VALUES + num_pairs)))


def require_heads(*, heads, **others):
    """Raise InputError unless memories of these sizes and heads can be drawn."""
    require_whole(heads=heads)
    require_drawable(**others)


def headed_memories(validate=require_heads):
    """Declare a simulation whose trials are memories of several heads."""
    static = ("num_pairs", "dim", "heads")
    return simulation(chunk=memories_per_chunk, static=static, validate=validate)


def draw_heads(key, trials, num_pairs, dim, heads, keys="sphere", values=signs):
    """Keys [trials, heads, num_pairs, dim] and values [trials, num_pairs, NUM_VALUES]."""
    of_keys, of_values = jax.random.split(key)
    drawn = draw_keys(of_keys, (trials, heads, num_pairs), dim, keys)
    return drawn, values(of_values, trials, num_pairs, NUM_VALUES)


def require_layout(*, layout="averaged", heads, **others):
    require_heads(heads=heads, **others)
    if layout == "sliced" and NUM_VALUES % heads:
        raise InputError(f"heads must divide {NUM_VALUES} where values are sliced, got {heads}")


@headed_memories(validate=require_layout)
def heads_error(
    key: jax.Array,
    trials: int,
    num_pairs: Numbers,
    dim: Numbers,
    heads: Numbers,
    *,
    layout: Literal["averaged", "single", "sliced"] = "averaged",
    keys: Literal["sphere", "rad", "gauss"] = "sphere",
) -> Estimate:
    """Mean squared error per component of a Hebbian memory of several heads.

    Args:
      num_pairs, dim, heads: whole numbers, dim of each head; static.
      layout: "averaged", "single" (one head of width heads * dim) or "sliced".
      keys: "sphere", "gauss" or "rad".

    Returns:
      Estimate of the error averaged over pairs; a datum is a memory.

    Raises:
      InputError: sizes that are not whole numbers, an unknown law of keys, or slices of unequal
        sizes.

    >>> print(f"{heads_error(jax.random.key(0), 1000, 1, 8, 2).mean + 1:.3f}")
    1.000
    """
    if layout == "single":
        dim, heads = heads * dim, 1
    keys, values = draw_heads(key, trials, num_pairs, dim, heads, keys, normal)
    out = recall(keys, values[:, None], keys)
    if layout == "sliced":
        own = jnp.repeat(jnp.eye(heads), NUM_VALUES // heads, axis=1)  # entries that a head holds
        out = jnp.einsum("thiv,hv->tiv", out, own)
    else:
        out = jnp.mean(out, 1)
    return Estimate.of(jnp.mean((out - values) ** 2, (-1, -2)))


def wrong(margins):
    """Share of wrong bits of each trial; a tie is half an error."""
    return Estimate.of(jnp.mean((1 - jnp.sign(margins)) / 2, (-1, -2)))


def head_margins(key, trials, num_pairs, dim, heads, keys):
    """Read-outs times the bits asked for, [trials, heads, num_pairs, NUM_VALUES]."""
    law = keys
    keys, values = draw_heads(key, trials, num_pairs, dim, heads, keys)
    margins = recall(keys, values[:, None], keys) * values[:, None]
    # multiples of 1/dim: ties are exact but for rounding
    return jnp.round(margins * dim) if law == "rad" else margins


@headed_memories()
def averaged_bit_error(
    key: jax.Array,
    trials: int,
    num_pairs: Numbers,
    dim: Numbers,
    heads: Numbers,
    *,
    keys: Literal["sphere", "rad", "gauss"] = "sphere",
) -> Estimate:
    """Share of wrong signs in the average over heads of the read-outs; a tie is half an error.

    Args:
      num_pairs, dim, heads: whole numbers, dim of each head; static.
      keys: "sphere", "gauss" or "rad".

    Returns:
      Estimate of the probability; a datum is the share of a memory.

    Raises:
      InputError: sizes that are not whole numbers, or an unknown law of keys.

    >>> float(averaged_bit_error(jax.random.key(0), 10, 1, 8, 2).mean)
    0.0
    """
    return wrong(jnp.sum(head_margins(key, trials, num_pairs, dim, heads, keys), 1))


@headed_memories()
def majority_bit_error(
    key: jax.Array,
    trials: int,
    num_pairs: Numbers,
    dim: Numbers,
    heads: Numbers,
    *,
    keys: Literal["sphere", "gauss"] = "sphere",
) -> Estimate:
    """Share of bits that most heads have wrong.

    Args:
      num_pairs, dim, heads: whole numbers, dim of each head; static.
      keys: "sphere" or "gauss".

    Returns:
      Estimate of the probability; a datum is the share of a memory.

    Raises:
      InputError: sizes that are not whole numbers, or an unknown law of keys.

    >>> float(majority_bit_error(jax.random.key(0), 10, 1, 8, 3).mean)
    0.0
    """
    margins = head_margins(key, trials, num_pairs, dim, heads, keys)
    return wrong(jnp.sum(jnp.sign(margins), 1))


@headed_memories()
def least_squares_heads_error(
    key: jax.Array, trials: int, num_pairs: Numbers, dim: Numbers, heads: Numbers
) -> Estimate:
    """Mean squared error per component of the average over least-squares heads.

    Args:
      num_pairs, dim, heads: whole numbers, dim of each head; static.

    Returns:
      Estimate of the error averaged over pairs; a datum is a memory.

    Raises:
      InputError: sizes that are not whole numbers.

    >>> bool(least_squares_heads_error(jax.random.key(0), 10, 3, 8, 2).mean < 1e-20)
    True
    """
    keys, values = draw_heads(key, trials, num_pairs, dim, heads, values=normal)
    out = jnp.mean(read(keys, fit(keys, values[:, None])), 1)
    return Estimate.of(jnp.mean((out - values) ** 2, (-1, -2)))


def require_votes(*, bit_error, heads):
    """Raise InputError unless the votes can be cast."""
    require_probability(bit_error=bit_error)
    require_whole(heads=heads)


@simulation(static=("heads",), validate=require_votes)
def majority_error(key: jax.Array, trials: int, bit_error: Numbers, heads: Numbers) -> Estimate:
    """Whether most heads are wrong, each by itself with the same probability.

    Args:
      bit_error: of one head.
      heads: odd number; static.

    Returns:
      Estimate of the probability.

    Raises:
      InputError: a probability outside [0, 1], or a number of heads that is not whole.

    >>> float(majority_error(jax.random.key(0), 10, 0.0, 3).mean)
    0.0
    """
    votes = jax.random.uniform(key, (trials, heads)) < bit_error
    return Estimate.of(2 * jnp.sum(votes, -1) > heads)
