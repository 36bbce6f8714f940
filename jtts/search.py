"""Whole numbers that minimise a curve."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np


def integer_minimum(curve, shape, ladder, rounds):
    """Integer k >= 1 that minimises a unimodal curve, its value, and whether the ladder ends there.

    Starts at ln k on the ladder and zooms in; all rounds have one shape, hence one program.
    """
    count = len(ladder)

    def column(x):
        return jnp.broadcast_to(jnp.reshape(x, (count,) + (1,) * len(shape)), (count, *shape))

    def at(x, index):
        return jnp.take_along_axis(x, jnp.clip(index, 0, count - 1), 0)

    def lowest(k):
        return jnp.argmin(curve(k), 0, keepdims=True)

    log_k = column(ladder)
    ends = (best := lowest(jnp.exp(log_k))) == count - 1
    for _ in range(rounds):
        low, high = at(log_k, best - 1), at(log_k, best + 1)
        log_k = low + (high - low) * column(np.linspace(0.0, 1.0, count))
        best = lowest(jnp.exp(log_k))
    whole = jnp.round(jnp.exp(at(log_k, best))) + column(np.arange(count) - count // 2 + 0.0)
    whole = jnp.maximum(whole, 1.0)
    values = curve(whole)
    best = jnp.argmin(values, 0, keepdims=True)
    return at(whole, best)[0], at(values, best)[0], ends[0]
