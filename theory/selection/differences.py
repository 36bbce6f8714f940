"""Differences whose leading terms cancel, to full relative accuracy, smooth where they vanish."""

from __future__ import annotations

import jax.numpy as jnp

ODD = 27  # terms of artanh's series: 16 digits to NEAR
NEAR = 0.5
FACTORIAL = 18  # terms of the exponential series: 16 digits to 1


def _artanh_rest(x):
    """y = x / (2 + x), of ln(1 + x) = 2 artanh y, and (artanh y - y) / y^3."""
    y = x / (2 + x)
    square = jnp.minimum(y**2, NEAR**2)
    series = jnp.zeros_like(y)
    for term in range(ODD, 0, -1):
        series = 1 / (2 * term + 1) + square * series
    near = jnp.abs(y) < NEAR
    x, safe = jnp.where(near, 2.0, x), jnp.where(near, 1.0, y)
    return y, jnp.where(near, series, (jnp.log1p(x) / 2 - safe) / safe**3)


def log1p_minus(x):
    """ln(1 + x) - x."""
    y, rest = _artanh_rest(x)
    return -y * (x - 2 * y**2 * rest)


def log1p_over(x):
    """ln(1 + x) / x."""
    y, rest = _artanh_rest(x)
    return 2 / (2 + x) * (1 + y**2 * rest)


def one_minus_log1p_over(x):
    """1 - ln(1 + x) / x."""
    far = x > 4
    y, rest = _artanh_rest(jnp.where(far, 0.0, x))
    near = (x - 2 * y**2 * rest) / (2 + jnp.where(far, 0.0, x))
    x = jnp.where(far, x, 1.0)
    return jnp.where(far, 1 - jnp.log1p(x) / x, near)


def _exponential(u, first):
    """exp(u) less its first terms, over the next one: 1 + u / (first + 1) (1 + ...)."""
    clipped = jnp.clip(u, -1.0, 1.0)
    series = jnp.ones_like(u)
    for term in range(FACTORIAL, 0, -1):
        series = 1 + clipped / (first + term) * series
    return series


def expm1_over(u):
    """(exp(u) - 1) / u."""
    near = jnp.abs(u) < 1
    safe = jnp.where(near, 1.0, u)
    return jnp.where(near, _exponential(jnp.where(near, u, 0.0), 1), jnp.expm1(safe) / safe)


def expm1_minus(u):
    """exp(u) - 1 - u."""
    near = jnp.abs(u) < 1
    close, safe = jnp.where(near, u, 0.0), jnp.where(near, 1.0, u)
    return jnp.where(near, close**2 / 2 * _exponential(close, 2), jnp.expm1(safe) - safe)


def divergence_term(log_ratio):
    """r ln r - r + 1 for r = exp(log_ratio): positive parts of a Kullback-Leibler divergence."""
    low = log_ratio < -1
    near, far = jnp.where(low, 0.0, log_ratio), jnp.where(low, log_ratio, -1.0)
    return jnp.where(low, 1 + jnp.exp(far) * (far - 1), jnp.exp(near) * expm1_minus(-near))


def power(rest, gone, m):
    """rest^m for rest = 1 - gone, from whichever of the two is small; 0^0 is 1."""
    far = gone > 0.5
    none = (rest == 0) & (m == 0)
    small = jnp.where(none, 1.0, jnp.power(jnp.where(far & ~none, rest, 0.5), m))
    return jnp.where(far, small, jnp.exp(m * jnp.log1p(-jnp.where(far, 0.5, gone))))


def more_than_one(rest, gone, m):
    """(1 - rest^(m+1)) / gone - 1 for rest = 1 - gone: how often the first of m + 1 draws that is
    no rest comes in a later one, over its chance in one draw."""
    far = gone > 0.5
    close = jnp.where(far, 0.25, gone)
    slope = log1p_over(-close)
    near = m * slope * expm1_over(-m * close * slope)
    some = rest > 0
    log_rest = jnp.log(jnp.where(far & some, rest, 0.5))
    later = jnp.where(some, -jnp.expm1(m * log_rest), jnp.where(m > 0, 1.0, 0.0))
    return rest * jnp.where(far, later / jnp.where(far, gone, 1.0), near)
