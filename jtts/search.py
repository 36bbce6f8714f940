"""Whole numbers that minimise a curve."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np


def integer_minimum(curve, shape, ladder, rounds):
    """Integer k >= 1 at the lowest minimum of a curve, its value, and whether there is none.

    Starts at ln k on the ladder, at the lowest of those whose neighbours are no lower: what lies at
    its end is a limit, which may be lower still. Then it zooms in; all rounds have one shape, hence
    one program.
    """
    count = len(ladder)

    def column(x):
        return jnp.broadcast_to(jnp.reshape(x, (count,) + (1,) * len(shape)), (count, *shape))

    def at(x, index):
        return jnp.take_along_axis(x, jnp.clip(index, 0, count - 1), 0)

    def lowest(k):
        return jnp.argmin(curve(k), 0, keepdims=True)

    log_k = column(ladder)
    values = curve(jnp.exp(log_k))
    falls = jnp.diff(values, axis=0) < 0  # on to the next
    edge = jnp.zeros_like(falls[:1])
    least = jnp.concatenate([~falls, edge]) & jnp.concatenate([~edge, falls])
    ends = ~jnp.any(least, 0, keepdims=True)
    # one that is no number is found too
    best = jnp.argmin(jnp.where(least | jnp.isnan(values), values, jnp.inf), 0, keepdims=True)
    for _ in range(rounds):
        low, high = at(log_k, best - 1), at(log_k, best + 1)
        log_k = low + (high - low) * column(np.linspace(0.0, 1.0, count))
        best = lowest(jnp.exp(log_k))
    whole = jnp.round(jnp.exp(at(log_k, best))) + column(np.arange(count) - count // 2 + 0.0)
    whole = jnp.maximum(whole, 1.0)
    values = curve(whole)
    best = jnp.argmin(values, 0, keepdims=True)
    return at(whole, best)[0], at(values, best)[0], ends[0]
