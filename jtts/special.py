"""Special functions that the libraries have not, or not to full accuracy."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

SHIFT = 12  # steps of the recurrence before Stirling's series, which then has 16 digits
STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)


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


def log_beta(a: Any, b: Any) -> Any:
    """Logarithm of the beta function, a and b positive, one of them as large as you like.

    >>> print(f"{log_beta(0.5, 1e12):.10f}")
    -13.2431456150
    """
    from jax.scipy.special import gammaln

    small, large = jnp.minimum(a, b), jnp.maximum(a, b)
    return gammaln(small) - log_gamma_ratio(large, small)
