"""How much of a mode a step of gradient descent leaves, to all digits."""

from __future__ import annotations

import jax.numpy as jnp

from jtts.special import halves
from jtts.theory.associative_memory.powers import log_left

SMALLEST = 1e-200  # what is left of a mode that a step removes: its square underflows
NEAR = 0.3


def left(step, curvature):
    """1 - step curvature to full relative accuracy, also where little is left."""
    (a, b), (c, d) = halves(step), halves(curvature)
    return ((1 - a * c) - a * d - b * c) - b * d


def log_kept(taken, kept):
    """ln |kept| for kept = 1 - taken, known both ways: each has its digits where it is small."""
    some = taken < NEAR
    size = jnp.maximum(jnp.abs(kept), SMALLEST)
    return jnp.where(some, log_left(jnp.where(some, taken, 0.0)), jnp.log(size))
