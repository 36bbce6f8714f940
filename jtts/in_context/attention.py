"""Attention over sequences [..., T, d], softmax or linear, and rotary positions."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp

from jtts.in_context.row_sums import row_sums

ATTENTIONS = ("softmax", "linear")


def attend(
    queries: jax.Array,
    keys: jax.Array,
    values: jax.Array,
    attention: str,
    *,
    causal: bool = True,
) -> jax.Array:
    """Attention over [..., T, d], to the past and present or to everything.

    Softmax attention is differentiable in reverse mode.
    """
    if attention == "softmax":
        return _softmax(causal, queries, keys, values)
    seen = _seen(queries, causal)
    count = jnp.sum(seen, -1, keepdims=True, dtype=jnp.float32)
    return jnp.where(seen, _scores(queries, keys) / count, 0.0) @ values


def turned(vectors: jax.Array) -> jax.Array:
    """Pairs of entries (i, i + d/2) of [..., T, d] turned by position times 10000^(-2 i / d)."""
    length, width = vectors.shape[-2:]
    half = width // 2
    speeds = 1e4 ** (-jnp.arange(half, dtype=jnp.float32) / half)
    angles = jnp.arange(length, dtype=jnp.float32)[:, None] * speeds
    cosine, sine = jnp.cos(angles), jnp.sin(angles)
    first, second = vectors[..., :half], vectors[..., half:]
    return jnp.concatenate([first * cosine - second * sine, first * sine + second * cosine], -1)


@functools.partial(jax.custom_vjp, nondiff_argnums=(0,))
def _softmax(causal, queries, keys, values):
    return _forward(causal, queries, keys, values)[0]


def _forward(causal, queries, keys, values):
    scores = _scores(queries, keys) * _scale(queries)
    weights = jax.nn.softmax(jnp.where(_seen(queries, causal), scores, -jnp.inf), -1)
    read = weights @ values
    return read, (queries, keys, values, weights, read)


def _backward(causal, kept, slope):
    # sum_j weight_j dweight_j = read . dread, a sum over d instead of T (arXiv:2205.14135)
    queries, keys, values, weights, read = kept
    of_scores = weights * (slope @ _transposed(values) - row_sums(slope * read)) * _scale(queries)
    return of_scores @ keys, _transposed(of_scores) @ queries, _transposed(weights) @ slope


_softmax.defvjp(_forward, _backward)


def _scores(queries, keys):
    return queries @ _transposed(keys)


def _scale(queries):
    return queries.shape[-1] ** -0.5


def _seen(queries, causal):
    length = queries.shape[-2]
    return jnp.tri(length, dtype=bool) if causal else jnp.ones((length, length), bool)


def _transposed(matrices):
    return jnp.swapaxes(matrices, -1, -2)
