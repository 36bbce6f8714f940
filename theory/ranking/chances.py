"""Chances of a judge whose calls are logistic in the gap, with their digits at both ends."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from jtts.domain import reals
from jtts.promises import between

MOST_GAP = 300.0  # beyond it two chances multiply to less than any number
GAP = between(-MOST_GAP, MOST_GAP)
DRAWN_GAP = reals(-2.0, 2.0)


def chance(x):
    """1 / (1 + exp(-x))."""
    small = jnp.exp(-jnp.abs(x))
    return jnp.where(x >= 0, 1.0, small) / (1 + small)


def log_cosh(x):
    """ln cosh x, to the digits of x."""
    near = jnp.abs(x) < 1
    few = jnp.log1p(jnp.sinh(jnp.where(near, x, 0.0)) ** 2) / 2
    far = jnp.where(near, 1.0, jnp.abs(x))
    return jnp.where(near, few, far - np.log(2.0) + jnp.log1p(jnp.exp(-2 * far)))
