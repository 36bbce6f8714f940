"""Soft best-of-n on a discrete law."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.theory.selection.points import over_points

NODES = np.linspace(0.0, 1.0, 2048)
DROPPED = 40.0
WIDEST = 1000.0  # of beta times the spread of the rewards: the nodes resolve no more


def _pmf_at(n, beta, law):
    r"""n p_i int_0^inf w_i e^{-w_i t} (E e^{-w t})^{n-1} dt, over even nodes in ln t."""
    probabilities, rewards = law.probabilities, law.rewards
    some = probabilities > 0
    highest = jnp.max(jnp.where(some, rewards, -jnp.inf))
    log_w = jnp.where(some, beta * (rewards - highest), 0.0)
    spread = -jnp.min(log_w)
    start, end = -DROPPED - jnp.log(n), spread + 4.0
    z = start + (end - start) * NODES
    exponent = jnp.exp(jnp.minimum(log_w + z[:, None], 600.0))
    # 1 - E e^{-wt} and E e^{-wt}: the smaller of the two has the digits
    gone, left = jnp.expm1(-exponent) @ -probabilities, jnp.exp(-exponent) @ probabilities
    few = gone < 0.5
    log_left = jnp.where(
        few, jnp.log1p(-jnp.where(few, gone, 0.0)), jnp.log(jnp.where(few, 1.0, left))
    )
    density = exponent * jnp.exp(-exponent + (n - 1) * log_left[:, None])
    step = (end - start) / (len(NODES) - 1)
    soft = n * probabilities * jnp.sum(density, 0) * step
    return jnp.where(spread < WIDEST, jnp.where(n == 1, probabilities, soft), jnp.nan)


def soft_pmf(n, beta, law):
    """Probability that soft best-of-n returns each atom of a discrete law, [..., K]."""
    return over_points(_pmf_at, n, beta, law, block=8)


def tilted_pmf(beta, law):
    """Proportional to p exp(beta r), [..., K]."""
    p, beta = jnp.asarray(law.probabilities, float), jnp.asarray(beta, float)
    return jax.nn.softmax(beta[..., None] * jnp.asarray(law.rewards) + jnp.log(p), -1)
