"""Tails and quantiles of Student's t, differentiable in the degrees of freedom.

With t = sqrt(dof) sinh(y) the density of y is proportional to cosh(y)^-dof, which is log-concave:
the upper tail is a smooth integral of one scale, and Newton's method on its logarithm converges
from anywhere.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.special import log_gamma_ratio

# v = exp(u - exp(-u)) with even steps in u: integrands that fall like exp(-v) from a smooth start
_U = np.linspace(-3.6, 5.0, 72)
NODES = np.exp(_U - np.exp(-_U))
WEIGHTS = NODES * (1 + np.exp(-_U)) * (_U[1] - _U[0])
NEWTON_STEPS = 12


def log_density(dof: Any, t: Any) -> Any:
    """Logarithm of the standard Student-t density."""
    log_peak = log_normaliser(dof) - jnp.log(dof) / 2
    return log_peak - (dof + 1) / 2 * jnp.log1p(t**2 / dof)


def log_normaliser(dof: Any) -> Any:
    """ln of 1 / int cosh(y)^-dof dy."""
    return log_gamma_ratio(jnp.asarray(dof) / 2, 0.5) - np.log(np.pi) / 2


def log_tails(dof: Any, t: Any) -> tuple[Any, Any]:
    """Logarithms of P(T < t) and P(T > t), each to full relative accuracy (1e-14).

    >>> lower, upper = log_tails(3.0, 10.0)
    >>> print(f"{jnp.exp(upper):.9e}")
    1.064199529e-03
    """
    far = log_upper_tail(dof, jnp.arcsinh(jnp.abs(t) / jnp.sqrt(dof)))
    near = jnp.log1p(-jnp.exp(far))
    return jnp.where(t > 0, near, far), jnp.where(t > 0, far, near)


def log_upper_tail(dof: Any, y: Any) -> Any:
    """ln P(T > sqrt(dof) sinh(y)) for y >= 0."""
    dof, y = jnp.asarray(dof)[..., None], jnp.asarray(y)[..., None]
    scale = 1 / (dof * jnp.tanh(y) + jnp.sqrt(dof) + dof / (1 + dof))
    fall = log_cosh(y + scale * NODES) - log_cosh(y)
    integral = jnp.sum(scale * WEIGHTS * jnp.exp(-dof * fall), -1)
    dof, y = dof[..., 0], y[..., 0]
    return log_normaliser(dof) - dof * log_cosh(y) + jnp.log(integral)


def log_cosh(y: Any) -> Any:
    """ln cosh(y) for y >= 0, exact at both ends."""
    small = jnp.log1p(jnp.sinh(jnp.minimum(y, 1.0)) ** 2) / 2
    return jnp.where(y < 1, small, y + jnp.log1p(jnp.exp(-2 * y)) - np.log(2))


def quantile(dof: Any, lower: Any, upper: Any) -> Any:
    """t with P(T < t) = lower and P(T > t) = upper; the smaller one is trusted.

    >>> print(f"{quantile(3.0, 0.999, 0.001):.10f}")
    10.2145318524
    """
    dof, lower, upper = jnp.broadcast_arrays(*map(jnp.asarray, (dof, lower, upper)))
    rare = jnp.minimum(lower, upper)
    log_rare = jnp.log(jnp.where(rare > 0, rare, 0.5))
    # above the root: cosh(y) > exp(y) / 2 makes the tail lighter than this one
    start = (log_normaliser(dof) - log_rare - jnp.log(dof)) / dof + np.log(2)
    gaussian = jnp.sqrt(-2 * log_rare / dof)

    def newton(y: Any, dof: Any, log_rare: Any) -> Any:
        log_tail = log_upper_tail(dof, y)
        log_slope = log_normaliser(dof) - dof * log_cosh(y) - log_tail
        return jnp.maximum(y + (log_tail - log_rare) * jnp.exp(-log_slope), 0.0)

    fixed = lax.stop_gradient((dof, log_rare))
    y = lax.stop_gradient(jnp.maximum(jnp.minimum(start, 2 * gaussian), 0.0))
    y = lax.fori_loop(0, NEWTON_STEPS, lambda _, y: newton(y, *fixed), y)
    y = newton(lax.stop_gradient(y), dof, log_rare)  # carries the implicit derivative
    t = jnp.where(rare > 0, jnp.sqrt(dof) * jnp.sinh(y), jnp.inf)
    return jnp.where(lower < upper, -t, t)
