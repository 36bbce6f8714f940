"""Soft best-of-n on a discrete law."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.theory.selection.points import over_points

NODES = np.linspace(0.0, 1.0, 4096)
DROPPED = 40.0
WIDEST = 1000.0  # of beta times the spread of the rewards: the nodes resolve no more
FARTHEST = 100.0  # an atom without mass above the others by so many log weights is the first choice


def _log_weights(beta, law):
    """beta r less that of the highest atom, of those with mass; the spread of these."""
    some = law.probabilities > 0
    highest = jnp.max(jnp.where(some, law.rewards, -jnp.inf), -1, keepdims=True)
    log_w = beta * (law.rewards - highest)
    spread = -jnp.min(jnp.where(some, log_w, 0.0), -1)
    return jnp.where(some, log_w, jnp.clip(log_w, -WIDEST, FARTHEST)), spread


def _pmf_at(n, beta, law):
    r"""n p_i int_0^inf w_i e^{-w_i t} (E e^{-w t})^{n-1} dt, over even nodes in ln t."""
    p = law.probabilities
    log_w, spread = _log_weights(beta, law)
    start = -DROPPED - jnp.log(n) - jnp.max(log_w)
    end = 4.0 - jnp.maximum(jnp.min(log_w), -WIDEST)
    z = start + (end - start) * NODES
    exponent = jnp.exp(jnp.minimum(log_w + z[:, None], 600.0))
    # 1 - E e^{-wt} and E e^{-wt}: the smaller of the two has the digits
    gone = jnp.expm1(-exponent) @ -p
    few = gone < 0.5
    least = jnp.exp(jnp.minimum(z - spread, 600.0))
    left = jnp.exp(jnp.minimum(least[:, None] - exponent, 600.0)) @ p
    log_left = jnp.where(
        few, jnp.log1p(-jnp.where(few, gone, 0.0)), jnp.log(jnp.where(few, 1.0, left)) - least
    )
    density = exponent * jnp.exp(-exponent + (n - 1) * log_left[:, None])
    step = (end - start) / (len(NODES) - 1)
    soft = n * p * jnp.sum(density, 0) * step
    soft += lax.stop_gradient(jnp.where(n == 1, p - soft, 0.0))  # one sample: exactly, with slopes
    soft -= lax.stop_gradient(jnp.maximum(soft - 1, 0.0))  # rounding, not slope
    return jnp.where(spread < WIDEST, soft, jnp.nan)


def soft_pmf(n, beta, law):
    """Probability that soft best-of-n returns each atom of a discrete law, [..., K]."""
    return over_points(_pmf_at, n, beta, law, block=8)


def log_tilted_ratio(beta, law):
    """ln of exp(beta r) over its mean, [..., K]."""
    log_w = _log_weights(jnp.asarray(beta, float)[..., None], law)[0]
    return log_w - jnp.log(jnp.sum(law.probabilities * jnp.exp(log_w), -1, keepdims=True))


def tilted_ratio(beta, law):
    """exp(beta r) over its mean, [..., K]."""
    return jnp.exp(log_tilted_ratio(beta, law))


def tilted_pmf(beta, law):
    """Proportional to p exp(beta r), [..., K]."""
    return law.probabilities * tilted_ratio(beta, law)
