"""Tails of the standard normal law, to full relative accuracy and differentiable to any order.

Beyond FAR the continued fraction of Mills' ratio, whose terms are all positive; before it erfc.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import erfc

FAR = 4.0
TERMS = 24  # of the continued fraction: 16 digits from FAR on


def log_density(z: Any) -> Any:
    return -0.5 * z**2 - 0.5 * np.log(2 * np.pi)


def excesses(z: Any) -> tuple[Any, Any]:
    """The first two of c_k = 1 / (z + (k + 1) c_{k+1}), for z >= FAR.

    With them P(Z > z) = density / (z + c_1), E(Z - z | Z > z) = c_1 and
    E((Z - z)^2 | Z > z) = 2 c_1 c_2.
    """

    def step(c, k):
        return 1 / (z + (k + 1) * c), None

    last = 2 / (z + jnp.sqrt(z**2 + 4 * (TERMS + 1)))
    second = lax.scan(step, last, np.arange(TERMS - 1.0, 1.0, -1.0))[0]
    return 1 / (z + 2 * second), second


def hazard(z: Any) -> Any:
    """Density over upper tail."""
    far = z > FAR
    first = excesses(jnp.where(far, z, FAR))[0]
    near = jnp.where(far, 0.0, z)
    return jnp.where(far, z + first, jnp.exp(log_density(near)) / (erfc(near / np.sqrt(2)) / 2))


@jax.jit
def log_upper_tail(z: Any) -> Any:
    """ln P(Z > z).

    >>> print(f"{log_upper_tail(30.0):.10f} {log_upper_tail(-8.0):.6e}")
    -454.3212439563 -6.220961e-16
    """
    return _log_upper_tail(jnp.asarray(z, jnp.result_type(float)))


@jax.custom_jvp
def _log_upper_tail(z):
    far, below = z > FAR, z < 0
    first = excesses(jnp.where(far, z, FAR))[0]
    half = erfc(jnp.where(far, 0.0, jnp.abs(z)) / np.sqrt(2)) / 2
    near = jnp.where(below, jnp.log1p(-half), jnp.log(half))
    return jnp.where(far, log_density(z) - jnp.log(jnp.where(far, z, FAR) + first), near)


@_log_upper_tail.defjvp
def _(primals, tangents):
    (z,), (z_dot,) = primals, tangents
    return _log_upper_tail(z), -hazard(z) * z_dot


def log_tails(z: Any) -> tuple[Any, Any]:
    """ln P(Z < z) and ln P(Z > z)."""
    return log_upper_tail(-z), log_upper_tail(z)
