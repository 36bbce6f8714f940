"""Sums of powers of what is left after each turn, at any rate and without cancelling terms."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from jtts.theory.associative_memory.powers import gone, kept, learned_late

FEW = 0.05  # n x below which the chance of two or more in Bin(n, x) is taken from its series
TERMS = 8
NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)
NEAR = 0.5
APART = 4.0


def late(n, x):
    """Sum of j (1 - x)^(j-1) over j < n, which is P(Bin(n, x) >= 2) / x^2."""
    few = n * x < FEW
    series, term = 0.0, n * (n - 1) / 2
    small = jnp.where(few, x, 0.0)
    for k in range(TERMS):
        series = series + (k + 1) * term
        term = -term * small * (n - 2 - k) / (k + 3)
    away = jnp.where(few, 0.5, x)
    several = (gone(away, n) - n * away * kept(away, n - 1)) / away**2
    return jnp.where(few, series, jnp.where(n < 2, 0.0, several))  # one alone: no difference


def both(n, low, high):
    """Sum of (1 - low)^i (1 - high)^j over i + j <= n - 2, for rates 0 <= low <= high <= 1.

    It is the divided difference of the sum of (1 - x)^i over i < n: rates that are not far apart
    by the integral of its derivative between them.
    """
    n, low, high = jnp.broadcast_arrays(n, low, high)
    close = (high < APART * low) & (n * high >= NEAR)
    apart = learned_late(jnp.where(close, 2.0, n), low, jnp.where(close, 0.0, high))
    x = low[..., None] + (high - low)[..., None] * (NODES + 1) / 2
    x = jnp.where(close[..., None], x, 0.5)
    between = jnp.sum(WEIGHTS / 2 * late(n[..., None], x), -1)
    return jnp.where(close, between, apart)
