"""Geometric sums and their divided differences, without the cancellation near ratio 1."""

from __future__ import annotations

import jax.numpy as jnp

NEAR = 0.5  # of n (1 - ratio): the binomial series below it, the closed form above
TERMS = 16  # relative remainder NEAR^TERMS / TERMS! < 1e-17


def power(log_ratio, n):
    """ratio^n, with 0^0 = 1."""
    return jnp.exp(jnp.where(n == 0, 0.0, n * log_ratio))


def geometric_sum(log_ratio, n):
    """1 + ratio + ... + ratio^(n-1) for real n; n at ratio 1."""
    one = log_ratio == 0
    away = jnp.where(one, -1.0, log_ratio)
    return jnp.where(one, n, jnp.expm1(n * away) / jnp.expm1(away))


def pair_sum(log_a, log_b, n):
    """Sum of a^i b^j over i + j = n - 1, that is (a^n - b^n) / (a - b), for a <= b."""
    return power(log_b, n - 1) * geometric_sum(log_a - log_b, n)


def triple_sum(log_a, log_b, n):
    """Sum of a^i b^j over i + j <= n - 2: the divided difference of x^n at 1, a and b.

    Divided by the widest of the gaps between 1, a and b; where n times it is small, from the
    binomial series about 1.
    """
    zero = jnp.zeros_like(log_a + log_b)
    log_a, log_b = log_a + zero, log_b + zero
    nodes = jnp.sort(jnp.stack([zero, log_a, log_b]), axis=0)
    low, middle, high = nodes
    span = jnp.exp(low) * jnp.expm1(high - low)
    near = n * jnp.maximum(jnp.expm1(high), -jnp.expm1(low)) < NEAR
    wide = jnp.where(near, 1.0, span)
    apart = (pair_sum(middle, high, n) - pair_sum(low, middle, n)) / wide
    s, t = jnp.where(near, jnp.expm1(log_a), 0.0), jnp.where(near, jnp.expm1(log_b), 0.0)
    return jnp.where(near, _near_one(s, t, n), apart)


def _near_one(s, t, n):
    """Sum over j of C(n, j + 2) h_j(s, t), h_j the sum of s^i t^(j - i)."""
    binomial = n * (n - 1) / 2
    complete, s_power = jnp.ones_like(s), jnp.ones_like(s)
    total = binomial * complete
    for j in range(1, TERMS):
        s_power = s_power * s
        complete = complete * t + s_power
        binomial = binomial * (n - 1 - j) / (j + 2)
        total = total + binomial * complete
    return total
