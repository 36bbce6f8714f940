"""Roots of increasing functions, with implicit derivatives."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

HALVINGS = 60


def increasing_root(function, low, high):
    """x with function(x) = 0 for a function that increases from below 0 at low to above at high.

    Bisection, then two steps of Newton's method, which carry the derivatives in whatever `function`
    depends on: right up to the third.
    """

    def halve(_, ends):
        low, high = ends
        middle = (low + high) / 2
        below = function(middle) < 0
        return jnp.where(below, middle, low), jnp.where(below, high, middle)

    def newton(x):
        value, slope = jax.jvp(function, (x,), (jnp.ones_like(x),))
        return x - value / slope

    shape = jnp.shape(function(low + 0 * high))
    ends = (jnp.broadcast_to(jnp.asarray(end, float), shape) for end in (low, high))
    ends = lax.fori_loop(0, HALVINGS, halve, tuple(map(lax.stop_gradient, ends)))
    return newton(newton((ends[0] + ends[1]) / 2))
