"""The candidate that a judge with Gaussian score noise selects, at one offset of the judge.

Units as in `nearest`; t = nu / s^2. A candidate's score, in units of nu, is g - x^2 / t with
g ~ N(0, 1). With F the distribution function of one score,

    E f(x*) = k int dv E[f(x) phi(v + x^2 / t)] F(v)^(k-1),   F(v) = E Phi(v + x^2 / t).

Nodes in x cover only distances at which the noise decides; nearer candidates beat v for sure and
farther ones never do.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import erfc, ndtri

from jtts.theory.best_of_k.moments import averaged
from jtts.theory.best_of_k.nearest import (
    CUTOFF,
    TAIL,
    density,
    hit_and_miss,
    log_survival,
    moment_densities,
    nearest_moments,
)
from jtts.theory.best_of_k.nodes import gauss_legendre

_nodes, _weights = gauss_legendre(128)
OUTER_NODES, OUTER_WEIGHTS = _nodes**2, 2 * _nodes * _weights
INNER_NODES, INNER_WEIGHTS = gauss_legendre(40)
SCAN = np.linspace(0.0, 1.0, 33) ** 2


def noisy_moments(k, c, t):
    """E x^2 and E x / c for the winner among k noisy scores; scalars, t >= 0."""
    t = t + 1e-12 / k**2  # keeps t = 0 inside: its effect is of relative order k^2 t
    top, reach = lax.stop_gradient(_score_range(k, c, t))
    depth = reach * OUTER_NODES  # v = top - depth^2 follows the distance where noise is weak
    v = (top - depth**2)[:, None]
    near, far = lax.stop_gradient(_undecided(v, c, t))
    x = near + (far - near) * INNER_NODES
    weight = (far - near) * INNER_WEIGHTS
    margin = v + x**2 / t
    candidates = weight * (density(c + x) + density(c - x))
    log_lost = log_survival(
        jnp.sum(candidates * _upper(margin), -1) + hit_and_miss(c, near)[0][:, 0],
        jnp.sum(candidates * _upper(-margin), -1) + hit_and_miss(c, far)[1][:, 0],
    )
    outer = 2 * k * reach * OUTER_WEIGHTS * depth * jnp.exp((k - 1) * log_lost)
    square, slope = moment_densities(c, x)
    decided = weight * density(margin)
    return outer @ jnp.sum(decided * square, -1), outer @ jnp.sum(decided * slope, -1)


def _upper(x):
    return erfc(x / np.sqrt(2)) / 2


def _undecided(v, c, t):
    """Distances between which a score may lie on either side of v; relative to P(score > v)."""
    highest = jnp.sqrt(jnp.maximum(v, 0.0) ** 2 + 2 * CUTOFF)
    near = jnp.sqrt(t * jnp.maximum(-TAIL - v, 0.0))
    far = jnp.sqrt(t * jnp.maximum(highest - v, 0.0))
    return jnp.minimum(near, c + TAIL), jnp.minimum(far, c + TAIL)


def _score_range(k, c, t):
    """Highest winning score, and the root of its distance to the lowest; but for exp(-CUTOFF).

    Every distance r gives a lower bound on the winning score: the score that enough candidates
    within r exceed. The largest is taken.
    """
    top = -ndtri(np.exp(-CUTOFF) / k)
    r = (c + TAIL) * SCAN
    hit, _ = hit_and_miss(c, r)
    needed = -jnp.expm1(-CUTOFF / jnp.maximum(k - 1, 1e-9)) / jnp.maximum(hit, 1e-300)
    bound = jnp.where(needed < 1, -ndtri(jnp.where(needed < 1, needed, 0.5)), -TAIL) - r**2 / t
    bound = jnp.where((needed < 1) | (SCAN == 1), bound, -jnp.inf)
    return top, jnp.sqrt(jnp.maximum(top - jnp.max(bound), 0.0))


POINTWISE_NOISE = nearest_moments, noisy_moments
AVERAGED_NOISE = averaged(nearest_moments, 96), averaged(noisy_moments, 48)
