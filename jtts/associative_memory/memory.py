"""Linear attention as an associative memory: write pairs in turn, read at the end or on the way.

The state W, [value_dim, dim], starts at zero and takes W <- decay W (I - erase k k^T) + write v k^T
at each step: Hebb (1, 0, 1), decay (l, 0, 1), delta rule (1, b, b), gated delta rule (l, b, b).
Leading axes broadcast; strengths are numbers, or arrays that broadcast to [..., time].
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from jtts.arguments import require_numbers, require_whole
from jtts.associative_memory.chunks import Plan, final_state, read_along
from jtts.associative_memory.products import at_least_single, product, transpose
from jtts.associative_memory.sequences import Writes, gather, known_to_be, like_writes, require_rows

CHUNK = 64


def recall(
    keys: jax.Array,
    values: jax.Array,
    queries: jax.Array,
    *,
    decay: Any = 1.0,
    erase: Any = 0.0,
    write: Any = 1.0,
    initial: jax.Array | None = None,
    chunk: int = CHUNK,
) -> jax.Array:
    """Read-out W q of every query once all pairs are written.

    Args:
      keys: k, [..., time, dim].
      values: v, [..., time, value_dim].
      queries: q, [..., num_queries, dim].
      decay, erase, write: strengths, of shape [] or broadcasting to [..., time]; decay >= 0. What
        is known before tracing to do nothing, erase = 0 or decay = 1, costs nothing. A key of zeros
        writes nothing. Writes with erase > 2 / |k|^2 are followed, not refused: each overshoots by
        more than it corrects, and what is stored along such keys grows without bound.
      initial: state before the first write, [..., value_dim, dim]; None is zero.
      chunk: pairs written at once; static. The result does not depend on it but for rounding.

    Returns:
      [..., num_queries, value_dim], in the dtype of the arguments.

    Raises:
      InputError: no pairs, shapes that do not fit, decay < 0, a strength that is not finite, chunk
        < 1, or, where keys and strengths are known before tracing, a state that grows without
        bound: erase outside [0, 2 / |k|^2] on average.

    >>> keys, values = jnp.eye(3), jnp.array([[1.0], [2.0], [3.0]])
    >>> recall(keys, values, keys, decay=0.5).ravel().round(12).tolist()
    [0.25, 1.0, 3.0]
    """
    state = memorise(
        keys, values, decay=decay, erase=erase, write=write, initial=initial, chunk=chunk
    )
    require_numbers(queries=queries)
    queries = jnp.asarray(queries)
    require_rows("queries", queries, ("num_queries", "dim"), dim=state.shape[-1])
    dtype, wide = at_least_single(queries, state)
    return product(queries.astype(wide), transpose(state.astype(wide))).astype(dtype)


def memorise(
    keys: jax.Array,
    values: jax.Array,
    *,
    decay: Any = 1.0,
    erase: Any = 0.0,
    write: Any = 1.0,
    initial: jax.Array | None = None,
    chunk: int = CHUNK,
) -> jax.Array:
    """The state once all pairs are written, [..., value_dim, dim]; arguments as in `recall`.

    >>> keys = jnp.array([[1.0, 0.0], [1.0, 0.0]])
    >>> memorise(keys, jnp.array([[1.0], [3.0]]), erase=0.5, write=0.5).tolist()
    [[1.75, 0.0]]
    """
    writes, lead, dtype = gather(keys, values, decay, erase, write, initial)
    state = final_state(writes, make_plan(writes, decay, erase, chunk))
    return state.reshape(*lead, *state.shape[1:]).astype(dtype)


def run(
    keys: jax.Array,
    values: jax.Array,
    queries: jax.Array,
    *,
    decay: Any = 1.0,
    erase: Any = 0.0,
    write: Any = 1.0,
    initial: jax.Array | None = None,
    chunk: int = CHUNK,
) -> tuple[jax.Array, jax.Array]:
    """Read-out W_t q_t after every write, [..., time, value_dim], and the last state.

    The causal use of the memory, linear attention. Arguments as in `recall`, but for
    queries: one for each step, [..., time, dim].

    >>> keys = jnp.eye(2)
    >>> out, state = run(keys, jnp.array([[1.0], [2.0]]), keys[::-1])
    >>> out.tolist(), state.tolist()
    ([[0.0], [1.0]], [[1.0, 2.0]])
    """
    writes, lead, dtype = gather(keys, values, decay, erase, write, initial)
    queries = like_writes(queries, writes, lead)
    plan = make_plan(writes, decay, erase, chunk)
    outputs, state = read_along(writes, queries, plan)
    return tuple(array.reshape(*lead, *array.shape[1:]).astype(dtype) for array in (outputs, state))


def make_plan(writes: Writes, decay: Any, erase: Any, chunk: int) -> Plan:
    """The plan of a kernel called with these strengths."""
    require_whole(chunk=chunk)
    size = min(chunk, writes.keys.shape[1])
    return Plan(size, not known_to_be(1.0, decay), not known_to_be(0.0, erase))
