"""Writes that leave earlier pairs alone: recursive least squares."""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_nonnegative
from jtts.associative_memory.products import product
from jtts.associative_memory.sequences import gather


def memorise_exactly(
    keys: jax.Array,
    values: jax.Array,
    *,
    ridge: Any = 0.0,
    initial: jax.Array | None = None,
) -> jax.Array:
    """The state after one pass of recursive least squares, [..., value_dim, dim].

    W <- W + (v - W k) g^T, P <- P - P k g^T with gain g = P k / (ridge + k^T P k), P_1 = I. After
    N pairs W minimises sum_j |v_j - W k_j|^2 + ridge |W - W_0|^2; at ridge = 0, where P projects
    away from the keys written, every pair is recalled exactly while keys are independent.

    Args:
      keys: k, [..., time, dim].
      values: v, [..., time, value_dim].
      ridge: >= 0, a number. At 0, a key in the span of those before it (k^T P k below rounding)
        has nowhere to go and is not written: of N > dim pairs, the first independent ones stay.
      initial: W_0, [..., value_dim, dim]; None is zero.

    Raises:
      InputError: shapes that do not fit, or ridge < 0.

    >>> keys, values = jnp.array([[1.0, 0.0], [1.0, 1.0]]), jnp.array([[1.0], [5.0]])
    >>> memorise_exactly(keys, values).tolist()
    [[1.0, 4.0]]
    """
    require_nonnegative(ridge=ridge)
    writes, lead = gather(keys, values, 1.0, 0.0, 1.0, initial)
    state = _scan(writes.keys, writes.values, writes.initial, jnp.asarray(ridge, writes.keys.dtype))
    return state.reshape(*lead, *state.shape[1:])


@jax.jit
@functools.partial(jax.vmap, in_axes=(0, 0, 0, None))
def _scan(keys, values, initial, ridge):
    dim = keys.shape[-1]
    rounding = (16 * dim * jnp.finfo(keys.dtype).eps) ** 2
    projects = ridge == 0

    def write(memory, pair):
        state, free = memory
        key, value = pair
        room = product(free, key)
        # a projector applied twice stays one to rounding, whatever the condition of the keys
        room = jnp.where(projects, product(free, room), room)
        size, square = ridge + jnp.vdot(key, room), jnp.vdot(room, room)
        fits = square > rounding * jnp.vdot(key, key)
        scale = jnp.where(fits, jnp.where(projects, square, size), 1.0)
        room = jnp.where(fits, room, 0.0)
        state = state + jnp.outer(value - product(state, key), room / jnp.where(fits, size, 1.0))
        return (state, free - jnp.outer(room, room) / scale), None

    return lax.scan(write, (initial, jnp.eye(dim, dtype=keys.dtype)), (keys, values))[0][0]
