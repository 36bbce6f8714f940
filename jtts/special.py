"""Special functions that the libraries have not, or not to full accuracy."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

SHIFT = 12  # steps of the recurrence before Stirling's series, which then has 16 digits
SMALLEST = float(np.finfo(float).tiny)
STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)
TAIL_TERMS = 24  # of the continued fraction of the normal tail, from 5 deviations on


def halves(x: Any) -> tuple[Any, Any]:
    """Two numbers of half the digits whose sum is x; products of such are exact (Veltkamp)."""
    carry = 134217729.0 * x
    upper = jnp.where(jnp.isfinite(carry), carry - (carry - x), x)
    return upper, x - upper


@jax.custom_jvp
def quotient(x: Any, y: Any) -> Any:
    """x / y whose slopes pass no number that is not there at the end: not x y, nor 1 / y^2."""
    return x / y


@quotient.defjvp
def _quotient_jvp(primals: Any, tangents: Any) -> Any:
    (x, y), (of_x, of_y) = primals, tangents
    value = quotient(x, y)
    return value, quotient(of_x, y) - quotient(value, y) * of_y


def stirling_rest(x: Any) -> Any:
    """ln Gamma(x) - (x - 1/2) ln x + x - ln(2 pi) / 2, x > 0."""
    from jax.scipy.special import gammaln

    far = x > SHIFT
    small, large = jnp.where(far, 1.0, x), jnp.where(far, x, float(SHIFT))
    series = sum(c * large ** -(2 * i + 1) for i, c in enumerate(STIRLING))
    direct = gammaln(small) - (small - 0.5) * jnp.log(small) + small - np.log(2 * np.pi) / 2
    return jnp.where(far, series, direct)


def log_gamma_ratio(x: Any, a: Any) -> Any:
    r"""$\ln \Gamma(x + a) - \ln \Gamma(x)$, to full accuracy at any size of x and a.

    The difference of two logarithms loses the digits that they share, all of them at x = 1e16, and
    those of a small a. Here: the recurrence up to x + 12, then the difference of Stirling's series.

    Args:
      x: positive, to 1e300; broadcasts against a.
      a: real, above -x.

    >>> print(f"{log_gamma_ratio(1e9, 0.5):.12f}")
    10.361632918348
    """
    x, a = jnp.asarray(x, jnp.result_type(float)), jnp.asarray(a, jnp.result_type(float))
    steps = np.arange(SHIFT)
    head = jnp.sum(jnp.log1p(a[..., None] / (x[..., None] + steps)), -1)
    x = x + SHIFT
    log_rise = jnp.log1p(a / x)
    # (x + a - 1/2) ln(1 + a/x) - a, whose leading terms cancel at large x
    tail = a * jnp.log(x) + (x + a - 0.5) * log_rise - a
    for power, coefficient in enumerate(STIRLING):
        # (x + a)^-m - x^-m = x^-m (exp(-m ln(1 + a/x)) - 1)
        m = 2 * power + 1
        tail += coefficient * x**-m * jnp.expm1(-m * log_rise)
    return tail - head


@jax.jit
def log_beta_ratio(k: Any, a: Any, b: Any, whole: Any = None) -> Any:
    r"""$\ln B(a, b + k) / B(a, b)$, to full relative accuracy at any size of k, a and b.

    The mixed difference $\ln\Gamma(b+a) + \ln\Gamma(b+k) - \ln\Gamma(b) - \ln\Gamma(a+b+k)$
    loses all digits if log-gammas are subtracted, where b is large say. Here: the recurrence up to
    b + 12, whose terms are $\ln(1 - ak/((a+b)(b+k)))$, then Stirling's series, term by term.

    Args:
      k: from 0 to infinity.
      a: from 0 on; or above -1, for b from 1 on.
      b: positive. All broadcast, to 1e300.
      whole: a + b, where the sum would lose digits.

    >>> print(f"{log_beta_ratio(1.0, 2.0, 1e12):.6e}")
    -2.000000e-12
    """
    k, a, b = (jnp.asarray(x, jnp.result_type(float)) for x in (k, a, b))
    k, a, b = jnp.broadcast_arrays(k, a, b)
    whole = a + b if whole is None else whole + jnp.zeros_like(k)

    def summed(term, count):
        columns = [x[..., None] for x in (k, a, b, whole)]
        return jnp.sum(term(np.arange(count), *columns), -1)

    return _log_beta_ratio(jnp, k, a, b, whole, summed)


def log_beta_ratios(k: Any, a: Any, b: Any) -> np.ndarray:
    """`log_beta_ratio` of NumPy arrays, in double precision whatever JAX's mode."""
    k, a, b = np.broadcast_arrays(*(np.asarray(x, float) for x in (k, a, b)))
    whole = a + b

    def summed(term, count):
        return sum(term(step, k, a, b, whole) for step in range(count))

    with np.errstate(all="ignore"):
        return np.asarray(_log_beta_ratio(np, k, a, b, whole, summed))


def _log_beta_ratio(xp, k, a, b, whole, summed):
    """`summed(term, count)` adds term(step, k, a, b, whole) over steps below count."""

    def part(x, y, whole):
        return _part(x, y, whole) if xp is jnp else x / whole

    def log_mixed(k, a, y, left, right):
        """ln y (y + a + k) / (y + a)(y + k), for left = y + a and right = y + k."""
        share = part(a, y, left) * part(k, y, right)
        near = share > 0.5  # then 1 - share is better taken as the ratio that it is
        # the shorter side divides first, since y over the longer one may underflow
        short, long = xp.minimum(a, k), xp.maximum(a, k)
        ratio = y / (y + short) * (1 + short / (y + long))
        ratio = xp.log(xp.where(near, xp.maximum(ratio, SMALLEST), 1.0))
        return xp.where(near, ratio, xp.log1p(-xp.where(near, 0.0, share)))

    def climb(step, k, a, b, whole):
        k = xp.where(xp.isinf(k), 1.0, k)
        return log_mixed(k, a, b + step, whole + step, b + step + k)

    def series(power, k, a, b, whole):
        k = xp.where(xp.isinf(k), 1.0, k)
        x, m = b + SHIFT, 2 * power + 1
        log_a, log_k, cross = logarithms(k, a, x)
        # the factor of expm1 may overflow where a and k are far larger than x
        apart = cross < -1
        slight = xp.expm1(-m * xp.where(apart, 0.0, cross))
        far = xp.exp(-m * (log_a + log_k + cross)) - xp.exp(-m * (log_a + log_k))
        both = xp.where(apart, far, xp.exp(-m * (log_a + log_k)) * slight)
        both = both + xp.expm1(-m * log_a) * xp.expm1(-m * log_k)
        return np.asarray(STIRLING)[power] * x**-m * both

    def logarithms(k, a, x):
        return xp.log1p(a / x), xp.log1p(k / x), log_mixed(k, a, x, a + x, k + x)

    total = summed(climb, SHIFT) - summed(series, len(STIRLING))
    endless = xp.isinf(k)
    k = xp.where(endless, 1.0, k)
    x = b + SHIFT
    # x ln x - x: a double integral of 1/y over sides a and k, the shorter side taken out
    swap = abs(a) > k
    short, long = xp.where(swap, k, a), xp.where(swap, a, k)
    rise = xp.log1p(long / x) - (_excess(xp, short / x) - _excess(xp, short / (x + long)))
    total = total - short * rise + logarithms(k, a, x)[2] / 2
    return xp.where(endless, -xp.inf * xp.sign(a), total)


@jax.custom_jvp
def _part(x, y, whole):
    """x / (x + y) for whole = x + y; its slope 1/(x + y) - x/(x + y)^2 would lose digits."""
    return x / whole


@_part.defjvp
def _part_jvp(primals, tangents):
    (x, y, whole), (of_x, of_y, _) = primals, tangents
    slope = (_part(y, x, whole) * of_x - _part(x, y, whole) * of_y) / whole
    return _part(x, y, whole), slope


def _excess(xp, u):
    """((1 + u) ln(1 + u) - u) / u, which is u/2 for small u; u > -1."""
    t = u / (2 + u)  # ln(1 + u) = 2 artanh t
    square = t * t
    series = xp.zeros_like(t)
    for term in range(14, 0, -1):
        series = square * (series + 1 / (2 * term + 1))
    close = abs(t) < 0.2
    away = xp.log1p(xp.where(close, 1.0, u)) / (2 * xp.where(close, 1.0, t)) - 1
    return t + (1 + t) * xp.where(close, series, away)


def one_less_exp(x: Any) -> Any:
    """1 - exp(x) for x <= 0, with the digits of its derivative: that of expm1 is expm1(x) + 1.

    >>> print(f"{one_less_exp(-1e-20):.1e} {jax.grad(one_less_exp)(-50.0):.6e}")
    1.0e-20 -1.928750e-22
    """
    far = x < -1
    return jnp.where(far, 1 - jnp.exp(x), -jnp.expm1(jnp.where(far, 0.0, x)))


def log_beta(a: Any, b: Any) -> Any:
    """Logarithm of the beta function, a and b positive, one of them as large as you like.

    >>> print(f"{log_beta(0.5, 1e12):.10f}")
    -13.2431456150
    """
    from jax.scipy.special import gammaln

    small, large = jnp.minimum(a, b), jnp.maximum(a, b)
    return gammaln(small) - log_gamma_ratio(large, small)


def at_most_one(probability: Any) -> Any:
    """A probability without what rounding puts above 1; where it is 1, its slope is its own.

    >>> print(at_most_one(1 + 1e-15))
    1.0
    """
    return jnp.where(probability > 1, 1.0, probability)
