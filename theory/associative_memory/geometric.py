"""Geometric sums and their divided differences, without the cancellation near ratio 1."""

from __future__ import annotations

import jax.numpy as jnp

NEAR = 0.5  # of n (1 - ratio): the binomial series below it, the closed form above
TERMS = 16  # relative remainder NEAR^TERMS / TERMS! < 1e-17


def log_of_rest(lost):
    """ln(1 - lost) for lost <= 1; of nothing left the logarithm of 2^-53, whose powers have the
    values and slopes of 0's to 1e-16."""
    return jnp.log1p(-lost * (1 - 2.0**-53))


def power(log_ratio, n):
    """ratio^n, with 0^0 = 1."""
    nothing = jnp.isneginf(log_ratio)
    left = jnp.exp(n * jnp.where(nothing, 0.0, log_ratio))
    return jnp.where(nothing, jnp.where(n == 0, 1.0, 0.0), left)


def mean_growth(x):
    """(e^x - 1) / x, with the digits of its derivatives near 0."""
    near = jnp.abs(x) < NEAR
    small, away = jnp.where(near, x, 0.0), jnp.where(near, 1.0, x)
    series = jnp.ones_like(small)
    for k in range(TERMS, 1, -1):
        series = 1 + small / k * series
    return jnp.where(near, series, growth(away) / away)


def growth(x):
    """e^x - 1 away from 0; the slope of expm1 is expm1 + 1, which has no digits of a small e^x."""
    return jnp.exp(x) - 1


def geometric_sum(log_ratio, n):
    """1 + ratio + ... + ratio^(n-1) for real n, infinity among them; n at ratio 1."""
    nothing = jnp.isneginf(log_ratio)
    log_ratio = jnp.where(nothing, -1.0, log_ratio)
    grown = jnp.where((log_ratio == 0) & (n == jnp.inf), 0.0, n) * log_ratio
    few, flat = jnp.abs(grown) < NEAR, jnp.abs(log_ratio) < NEAR
    close = jnp.where(few, n, 1.0) * mean_growth(jnp.where(few, grown, 0.0))
    close = close / mean_growth(jnp.where(few, log_ratio, 0.0))
    gap = jnp.where(flat, log_ratio * mean_growth(jnp.where(flat, log_ratio, 0.0)), 1.0)
    gap = jnp.where(flat, gap, growth(jnp.where(flat, 1.0, log_ratio)))
    far = growth(jnp.where(few, 1.0, grown)) / jnp.where(few, 1.0, gap)
    return jnp.where(nothing, jnp.minimum(n, 1.0), jnp.where(few, close, far))


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
