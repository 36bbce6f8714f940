"""What repeated shares leave and add up to, to all digits at both ends and with their slopes.

A rate x from 0 to 1 (or below 0, where things grow) leaves 1 - x of what there is; n >= 0 is real
and may be infinite.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

TERMS = 24  # of the exponential series, up to arguments of 1.4
PAIR_TERMS = 16  # of the binomial series: remainder below NEAR^TERMS / TERMS!
NEAR = 0.5


def log_left(x):
    """ln(1 - x) for x <= 1; XLA's log1p loses two digits about -0.4."""
    much = x > 0.3
    return jnp.where(much, jnp.log(1 - x), jnp.log1p(-jnp.where(much, 0.0, x)))


@jax.custom_jvp
def raised(base, n):
    """base^n for base >= 0, with 0^0 = 1 and 1^inf = 1."""
    return _exponential(base == 1, base == 0, jnp.log(base), n)


@jax.custom_jvp
def kept(x, n):
    """(1 - x)^n for x <= 1, with 0^0 = 1 and 1^inf = 1."""
    return _exponential(x == 0, x == 1, log_left(x), n)


@jax.custom_jvp
def gone(x, n):
    """1 - (1 - x)^n for x <= 1, without the difference."""
    exponent = jnp.where((x == 0) | (n == 0), 0.0, n * log_left(x))
    return -jnp.expm1(exponent)


def _exponential(is_one, is_zero, log, n):
    unit = is_one | (n == 0)
    found = jnp.exp(jnp.where(unit, 0.0, n * log))
    return jnp.where(is_zero & (n < 0), jnp.inf, found)


def _slope(power, n):
    """n times the power below; 0 where n is 0, or infinite and the power jumps if anything."""
    flat = (n == 0) | jnp.isinf(n)
    return jnp.where(flat, 0.0, jnp.where(flat, 0.0, n) * power)


def _logarithm(log, power):
    """The slope in n: log times the power, 0 where the power is."""
    return jnp.where(power == 0, 0.0, log * power)


@raised.defjvp
def _raised_jvp(primals, tangents):
    base, n = primals
    found = raised(base, n)
    by_n = _logarithm(jnp.log(jnp.where(base == 0, 1.0, base)), found)
    return found, _slope(raised(base, n - 1), n) * tangents[0] + by_n * tangents[1]


def _kept_tangent(primals, tangents):
    x, n = primals
    by_n = _logarithm(log_left(jnp.where(x == 1, 0.0, x)), kept(x, n))
    return -_slope(kept(x, n - 1), n) * tangents[0] + by_n * tangents[1]


@kept.defjvp
def _kept_jvp(primals, tangents):
    return kept(*primals), _kept_tangent(primals, tangents)


@gone.defjvp
def _gone_jvp(primals, tangents):
    return gone(*primals), -_kept_tangent(primals, tangents)


def _relative_expm1(z):
    """(e^z - 1) / z by its series, for |z| up to 1.4."""
    total = jnp.ones_like(z)
    for k in range(TERMS, 1, -1):
        total = 1 + total * z / k
    return total


def learned(n, x):
    """1 + r + ... + r^(n-1), r = 1 - x: n at rate 0, 1/x after endless steps.

    NaN above rate 1.
    """
    n, x = jnp.broadcast_arrays(n, x)
    near = (jnp.abs(n * x) < 1) & (jnp.abs(x) < NEAR)
    log = log_left(jnp.where(near, x, 0.0))
    few = jnp.where(near, n, 0.0)
    series = few * _relative_expm1(few * log) / _relative_expm1(log)
    never = jnp.isinf(n) & (x == 0)
    away = jnp.where(near | never, 1.0, x)
    closed = gone(away, jnp.where(near, 1.0, n)) / away
    return jnp.where(near, series, jnp.where(never, jnp.inf, closed))


def learned_by_two(n, x, y):
    """Sum of (1 - x)^i (1 - y)^j over i + j = n - 1; at rates below 1, 0 at n = 0."""
    ordered = x <= y
    low, high = jnp.where(ordered, x, y), jnp.where(ordered, y, x)
    none = (n == 0) & (low == 1)  # elsewhere the sum is 0 there by itself, with its slope
    n = jnp.where(none, 1.0, n)
    total = times(kept(low, n - 1), learned(n, (high - low) / (1 - low)))
    return jnp.where(none, 0.0, total)


def learned_late(n, low, high):
    """Sum of (1 - low)^i (1 - high)^j over i + j <= n - 2, for rates a factor of 4 or more apart.

    The divided difference of -`learned`; from the binomial series where n times the rates is small.
    """
    near = n * high < NEAR
    few = jnp.where(near, n, 2.0)
    s, t = (-jnp.where(near, x, 0.0) for x in (low, high))
    binomial = few * (few - 1) / 2
    complete, s_power = jnp.ones_like(s), jnp.ones_like(s)
    series = binomial * complete
    for j in range(1, PAIR_TERMS):
        s_power = s_power * s
        complete = complete * t + s_power
        binomial = binomial * (few - 1 - j) / (j + 2)
        series = series + binomial * complete
    never = high == 0
    low, high = jnp.where(near | never, 0.25, low), jnp.where(near | never, 1.0, high)
    apart = (learned(n, low) - learned(n, high)) / (high - low)
    return jnp.where(near, series, jnp.where(never, jnp.inf, apart))


def times(x, total):
    """x times a total that may be infinite, where 0 times it is 0."""
    endless = jnp.isinf(total)
    infinite = jnp.where(x > 0, jnp.inf, jnp.where(x < 0, -jnp.inf, 0.0))
    return jnp.where(endless, infinite, x * jnp.where(endless, 0.0, total))
