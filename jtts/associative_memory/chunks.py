"""Many writes at once: the state after a chunk is a low-rank change of the state before it.

Within a chunk, with L_r the product of the decays up to step r,

    W_r = L_r W_0 + sum_{s <= r} (L_r / L_s) u_s k_s^T,
    U = (I + A)^-1 (diag(write) V - diag(erase L) K W_0^T),
    A = tril(diag(erase) K K^T * L_r / L_s, -1),

and a query reads L_r q W_0^T + sum_{s <= r} (L_r / L_s) (q.k_s) u_s. A sequence is a scan over
chunks that stay in the cache. Differentiated, it keeps one state per chunk and goes through the
chunk again.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from jtts.associative_memory.products import product, transpose
from jtts.associative_memory.sequences import Writes
from jtts.associative_memory.triangular import unit_lower_inverse


class Plan(NamedTuple):
    """What is known before tracing: pairs in a chunk, and whether anything decays or is erased."""

    chunk: int
    decays: bool
    erases: bool


@functools.partial(jax.jit, static_argnames="plan")
def final_state(writes: Writes, plan: Plan) -> jax.Array:
    """State after all writes, [memories, value_dim, dim]."""
    return _scan(writes, None, plan)[1]


@functools.partial(jax.jit, static_argnames="plan")
def read_along(writes: Writes, queries: jax.Array, plan: Plan) -> tuple[jax.Array, jax.Array]:
    """Read-out of a query after every write, [memories, time, value_dim], and the last state."""
    reads, last = _scan(writes, queries, plan)
    return _join(reads, writes.keys.shape[1]), last


def _scan(writes, queries, plan):
    chunk = plan.chunk
    chunks = Writes(
        _split(writes.keys, chunk),
        _split(writes.values, chunk),
        _split(writes.decay, chunk, fill=1.0),
        _split(writes.erase, chunk),
        _split(writes.write, chunk),
        None,
    )
    queries = None if queries is None else _split(queries, chunk)

    @functools.partial(jax.checkpoint, prevent_cse=False)
    def one_chunk(state, now):
        writes, queries = now
        return write_chunk(state, writes, queries, plan)

    last, reads = lax.scan(one_chunk, transpose(writes.initial), (chunks, queries))
    return reads, transpose(last)


def write_chunk(
    state: jax.Array, writes: Writes, queries: jax.Array | None, plan: Plan
) -> tuple[jax.Array, jax.Array | None]:
    """The state after a chunk, and what its queries read; states are transposed, W^T."""
    keys = writes.keys
    upto, ratio = decays(writes.decay) if plan.decays else no_decay(writes.decay)
    updates = writes.write[..., None] * writes.values
    if plan.erases:
        erase = writes.erase[..., None]
        overlaps = product(keys, transpose(keys))
        inverse = unit_lower_inverse(jnp.tril(erase * overlaps * ratio, -1))
        updates -= erase * upto[..., None] * product(keys, state)
        updates = product(inverse, updates)
    reads = None
    if queries is not None:
        reads = upto[..., None] * product(queries, state)
        reads += product(product(queries, transpose(keys)) * ratio, updates)
    kept = upto[..., -1, None, None] * state
    return kept + product(transpose(ratio[..., -1, :, None] * keys), updates), reads


def decays(decay: jax.Array) -> tuple[jax.Array, jax.Array]:
    """L_r, [..., chunk], and L_r / L_s for r >= s, else 0, [..., chunk, chunk]."""
    ratio = _products(decay)
    return decay[..., :1] * ratio[..., 0], ratio


@jax.custom_jvp
def _products(decay):
    """Products of the factors after s up to r, [..., r, s]; 0 for r < s.

    Multiplied, never divided or taken from logarithms: a factor of zero, or one whose product
    underflows, leaves those of the steps before and after it alone, and their derivatives too.
    """
    size = decay.shape[-1]
    full = 1 << (size - 1).bit_length()
    decay = jnp.pad(decay, [(0, 0)] * (decay.ndim - 1) + [(0, full - size)])
    blocks = jnp.ones((*decay.shape, 1, 1), decay.dtype)
    while blocks.shape[-1] < full:
        first, second = blocks[..., 0::2, :, :], blocks[..., 1::2, :, :]
        width = blocks.shape[-1]
        entering = decay[..., width :: 2 * width, None] * second[..., 0]
        corner = entering[..., None] * first[..., -1:, :]
        above = jnp.concatenate([first, jnp.zeros_like(first)], -1)
        blocks = jnp.concatenate([above, jnp.concatenate([corner, second], -1)], -2)
    return blocks[..., 0, :size, :size]


@_products.defjvp
def _(primals, tangents):
    # a change of factor t acts on the product up to t - 1 and is carried on from t
    ratio, (change,) = _products(*primals), tangents
    carried = ratio[..., 1:] * change[..., None, 1:]
    return ratio, product(carried, ratio[..., :-1, :])


def no_decay(decay: jax.Array) -> tuple[jax.Array, jax.Array]:
    """`decays` where every decay is 1."""
    size = decay.shape[-1]
    return jnp.ones(size, decay.dtype), jnp.tri(size, dtype=decay.dtype)


def _split(rows: jax.Array, chunk: int, fill: float = 0.0) -> jax.Array:
    """[memories, time, ...] as [chunks, memories, chunk, ...], filled up at the end."""
    memories, time, *rest = rows.shape
    missing = -time % chunk
    rows = jnp.pad(rows, [(0, 0), (0, missing)] + [(0, 0)] * len(rest), constant_values=fill)
    return jnp.moveaxis(rows.reshape(memories, -1, chunk, *rest), 1, 0)


def _join(rows: jax.Array, time: int) -> jax.Array:
    """The inverse of `_split`."""
    chunks, memories, chunk, *rest = rows.shape
    return jnp.moveaxis(rows, 0, 1).reshape(memories, chunks * chunk, *rest)[:, :time]
