"""Softmax read-out over any number of keys, a block of them at a time."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import require_broadcast, require_finite, require_numbers, require_whole
from jtts.associative_memory.products import at_least_single, product, transpose
from jtts.associative_memory.sequences import require_rows


class Attention(NamedTuple):
    """Weights exp(logit - peak) of the keys seen so far: their sum, and that of weight times value.

    `peak` and `mass` are [..., queries], `total` is [..., queries, value_dim].
    """

    peak: jax.Array
    mass: jax.Array
    total: jax.Array

    @classmethod
    def empty(cls, shape: tuple[int, ...], value_dim: int, dtype: Any = float) -> Attention:
        """No keys seen; `shape` is [..., queries]."""
        return cls(
            jnp.full(shape, -jnp.inf, dtype),
            jnp.zeros(shape, dtype),
            jnp.zeros((*shape, value_dim), dtype),
        )

    def absorb(self, logits: jax.Array, values: jax.Array) -> Attention:
        """With more keys, of logits [..., queries, keys] and values [..., keys, value_dim].

        A logit of minus infinity is a key that is not there.

        >>> few = Attention.empty((1,), 1).absorb(jnp.zeros((1, 2)), jnp.array([[1.0], [3.0]]))
        >>> float(few.log_mass[0]) == math.log(2), few.read.tolist()
        (True, [[2.0]])
        """
        peak = jnp.maximum(self.peak, jnp.max(logits, -1))
        # the weights' common factor cancels in every result, and so does its gradient
        peak = lax.stop_gradient(peak)
        level = jnp.where(jnp.isfinite(peak), peak, 0.0)
        keep, weights = jnp.exp(self.peak - level), jnp.exp(logits - level[..., None])
        total = product(weights, values)
        return Attention(
            peak, keep * self.mass + jnp.sum(weights, -1), keep[..., None] * self.total + total
        )

    @property
    def read(self) -> jax.Array:
        """The softmax average of the values, [..., queries, value_dim]."""
        return self.total / self.mass[..., None]

    @property
    def log_mass(self) -> jax.Array:
        """The logarithm of the partition function, [..., queries]."""
        return self.peak + jnp.log(self.mass)


def softmax_recall(
    keys: jax.Array,
    values: jax.Array,
    queries: jax.Array,
    *,
    inverse_temperature: Any = 1.0,
    block: int = 1024,
) -> jax.Array:
    """Read-out sum_j p_j v_j with p = softmax(inverse_temperature * keys q).

    At most `block` scores of a query exist at a time, in the gradient too.

    Args:
      keys: k, [..., num_keys, dim].
      values: v, [..., num_keys, value_dim].
      queries: q, [..., num_queries, dim].
      inverse_temperature: finite number, or an array that broadcasts to [..., num_queries].
      block: keys taken at once; static.

    Returns:
      [..., num_queries, value_dim], in the dtype of the arguments.

    Raises:
      InputError: shapes that do not fit, an inverse temperature that is not finite, block < 1.

    >>> read = softmax_recall(jnp.eye(2), jnp.eye(2), jnp.eye(2), inverse_temperature=100.0)
    >>> read.round(12).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    require_whole(block=block)
    require_finite(inverse_temperature=inverse_temperature)
    require_numbers(keys=keys, values=values, queries=queries)
    dtype, wide = at_least_single(keys, values, queries, inverse_temperature)
    keys, values, queries = (jnp.asarray(array, wide) for array in (keys, values, queries))
    require_rows("keys", keys, ("num_keys", "dim"))
    count, dim = keys.shape[-2:]
    require_whole(num_keys=count)
    require_rows("values", values, ("num_keys", "value_dim"), num_keys=count)
    require_rows("queries", queries, ("num_queries", "dim"), dim=dim)
    require_broadcast(keys=keys.shape[:-2], values=values.shape[:-2], queries=queries.shape[:-2])
    require_broadcast(inverse_temperature=np.shape(inverse_temperature), queries=queries.shape[:-1])
    queries = queries * jnp.asarray(inverse_temperature, wide)[..., None]
    lead = jnp.broadcast_shapes(*(array.shape[:-2] for array in (keys, values, queries)))
    block = min(block, count)
    empty = Attention.empty((*lead, queries.shape[-2]), values.shape[-1], wide)

    @jax.checkpoint
    def one_block(attention, now):
        keys, values, present = now
        logits = product(queries, transpose(keys))
        return attention.absorb(jnp.where(present, logits, -jnp.inf), values), None

    present = jnp.arange(math.ceil(count / block) * block) < count
    blocks = _blocks(keys, block), _blocks(values, block), present.reshape(-1, block)
    return lax.scan(one_block, empty, blocks)[0].read.astype(dtype)


def _blocks(rows, block):
    *lead, count, width = rows.shape
    rows = jnp.pad(rows, [(0, 0)] * len(lead) + [(0, -count % block), (0, 0)])
    return jnp.moveaxis(rows.reshape(*lead, -1, block, width), -3, 0)
