"""The memory one step at a time: the definition that every faster kernel is held against."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from jtts.associative_memory.products import product
from jtts.associative_memory.sequences import gather, like_writes


def step(state, key, value, *, decay=1.0, erase=0.0, write=1.0) -> jax.Array:
    """The memory after one write, W <- decay W (I - erase k k^T) + write v k^T.

    Hebb: (decay, erase, write) = (1, 0, 1). Decay: (l, 0, 1). Delta rule: (1, b, b). Gated delta
    rule: (l, b, b). Implicit step of strength b: the delta rule of strength b / (1 + b |k|^2).

    Args:
      state: W, [value_dim, dim].
      key: k, [dim].
      value: v, [value_dim].
      decay, erase, write: numbers.

    >>> state = step(jnp.zeros((1, 2)), jnp.array([1.0, 0.0]), jnp.array([3.0]), write=0.5)
    >>> state.tolist()
    [[1.5, 0.0]]
    """
    read = product(state, key)
    return decay * state + jnp.outer(write * value - decay * erase * read, key)


def run_by_steps(
    keys: jax.Array,
    values: jax.Array,
    queries: jax.Array,
    *,
    decay: Any = 1.0,
    erase: Any = 0.0,
    write: Any = 1.0,
    initial: jax.Array | None = None,
) -> tuple[jax.Array, jax.Array]:
    """`run`, by a scan over single steps.

    >>> keys = jnp.eye(2)
    >>> out, state = run_by_steps(keys, jnp.array([[1.0], [2.0]]), keys[::-1])
    >>> out.tolist(), state.tolist()
    ([[0.0], [1.0]], [[1.0, 2.0]])
    """
    writes, lead, dtype = gather(keys, values, decay, erase, write, initial)
    queries = like_writes(queries, writes, lead)
    outputs, state = _scan(writes, queries)
    return tuple(array.reshape(*lead, *array.shape[1:]).astype(dtype) for array in (outputs, state))


@jax.jit
@jax.vmap
def _scan(writes, queries):
    def advance(state, now):
        key, value, decay, erase, write, query = now
        state = step(state, key, value, decay=decay, erase=erase, write=write)
        return state, product(state, query)

    *steps, initial = writes
    state, outputs = lax.scan(advance, initial, (*steps, queries))
    return outputs, state
