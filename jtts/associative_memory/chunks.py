"""Many writes at once: the state after a chunk is a low-rank change of the state before it.

Within a chunk, with L_r the product of the decays up to step r,

    W_r = L_r W_0 + sum_{s <= r} (L_r / L_s) u_s k_s^T,
    U = (I + A)^-1 (diag(write) V - diag(erase L) K W_0^T),
    A = tril(diag(erase) K K^T * L_r / L_s, -1),

so that a sequence is a scan over chunks whose step is two matrix products; all else is done for all
chunks at once. Differentiated, it keeps one state per chunk.
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


class Chunks(NamedTuple):
    """What the scan over chunks needs; [chunks, memories, chunk, ...], `end` [chunks, memories]."""

    updates: jax.Array  # U at W_0 = 0
    erasers: jax.Array | None  # U falls by erasers W_0^T; None where nothing is erased
    keys: jax.Array  # with the decay from their step to the end of the chunk
    end: jax.Array  # decay over the chunk


def split(rows: jax.Array, chunk: int, fill: float = 0.0) -> jax.Array:
    """[memories, time, ...] as [chunks, memories, chunk, ...], filled up at the end."""
    memories, time, *rest = rows.shape
    missing = -time % chunk
    rows = jnp.pad(rows, [(0, 0), (0, missing)] + [(0, 0)] * len(rest), constant_values=fill)
    return jnp.moveaxis(rows.reshape(memories, -1, chunk, *rest), 1, 0)


def join(rows: jax.Array, time: int) -> jax.Array:
    """The inverse of `split`."""
    chunks, memories, chunk, *rest = rows.shape
    return jnp.moveaxis(rows, 0, 1).reshape(memories, chunks * chunk, *rest)[:, :time]


def decays(decay: jax.Array) -> tuple[jax.Array, jax.Array]:
    """L_r, [..., chunk], and L_r / L_s for r >= s, else 0, [..., chunk, chunk].

    Ratios come from differences of logarithms, so that products that underflow do no harm; steps
    that forget everything are counted apart.
    """
    forgets = decay == 0
    logs = jnp.log(jnp.where(forgets, 1.0, decay))
    earlier = jnp.tri(decay.shape[-1], dtype=decay.dtype)
    logs, times = (product(rows, earlier.T) for rows in (logs, forgets.astype(decay.dtype)))
    linked = (times[..., :, None] == times[..., None, :]) & (earlier > 0)
    ratio = jnp.exp(jnp.where(linked, logs[..., :, None] - logs[..., None, :], 0.0))
    return jnp.where(times == 0, jnp.exp(logs), 0.0), jnp.where(linked, ratio, 0.0)


def prepare(writes: Writes, chunk: int, erases: bool) -> tuple[Chunks, jax.Array, jax.Array]:
    """`Chunks`, and L and the ratios of `decays` in them."""
    keys, values = split(writes.keys, chunk), split(writes.values, chunk)
    decay, write = split(writes.decay, chunk, fill=1.0), split(writes.write, chunk)
    upto, ratio = decays(decay)
    updates, erasers = write[..., None] * values, None
    if erases:
        erase = split(writes.erase, chunk)[..., None]
        overlaps = product(keys, transpose(keys))
        inverse = unit_lower_inverse(jnp.tril(erase * overlaps * ratio, -1))
        updates = product(inverse, updates)
        erasers = product(inverse, erase * upto[..., None] * keys)
    return Chunks(updates, erasers, ratio[..., -1, :, None] * keys, upto[..., -1]), upto, ratio


def advance(state: jax.Array, chunk: Chunks) -> tuple[jax.Array, jax.Array]:
    """State after a chunk, and its updates U."""
    updates = chunk.updates
    if chunk.erasers is not None:
        updates = updates - product(chunk.erasers, transpose(state))
    return chunk.end[:, None, None] * state + product(transpose(updates), chunk.keys), updates


@functools.partial(jax.jit, static_argnames=("chunk", "erases"))
def final_state(writes: Writes, chunk: int, erases: bool) -> jax.Array:
    """State after all writes, [memories, value_dim, dim]."""
    chunks, _, _ = prepare(writes, chunk, erases)
    return lax.scan(lambda state, now: (advance(state, now)[0], None), writes.initial, chunks)[0]


@functools.partial(jax.jit, static_argnames=("chunk", "erases"))
def read_along(
    writes: Writes, queries: jax.Array, chunk: int, erases: bool
) -> tuple[jax.Array, jax.Array]:
    """Read-out of a query after every write, [memories, time, value_dim], and the last state."""
    chunks, upto, ratio = prepare(writes, chunk, erases)

    def one_chunk(state, now):
        after, updates = advance(state, now)
        return after, (state, updates)

    last, (states, updates) = lax.scan(one_chunk, writes.initial, chunks)
    keys, queries = split(writes.keys, chunk), split(queries, chunk)
    outputs = upto[..., None] * product(queries, transpose(states))
    outputs += product(product(queries, transpose(keys)) * ratio, updates)
    return join(outputs, writes.keys.shape[1]), last
