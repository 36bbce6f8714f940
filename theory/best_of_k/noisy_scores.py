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
    distance_densities,
    hit_and_miss,
    log_survival,
    nearest_moments,
)
from jtts.theory.best_of_k.nodes import clustered, gauss_legendre

OUTER = gauss_legendre(112)
INNER_NODES, INNER_WEIGHTS = gauss_legendre(48)
SCAN = np.linspace(0.0, 1.0, 33) ** 2
DROPPED = 30.0  # the winning score is above the highest node with chance exp(-DROPPED)
NOISE_DEPTH = 4.0  # down to this below the highest score noise decides, at any distance


def noisy_moments(k, c, t):
    """E x^2 and E x / c for the winner among k noisy scores; scalars, t >= 0."""
    t = t + 1e-12 / k**2  # keeps t = 0 inside: its effect is of relative order k^2 t
    top, reach = lax.stop_gradient(_score_range(k, c, t))
    # v = top - depth^2 follows the distance where noise is weak
    depth, step = clustered(OUTER, reach, jnp.where(c > TAIL, reach, NOISE_DEPTH))
    v = (top - depth**2)[:, None]
    near, far, lowest = lax.stop_gradient(_undecided(k, v, c, t))
    x = near + (far - near) * INNER_NODES
    weight = (far - near) * INNER_WEIGHTS
    # v + x^2 / t, whose terms are large where noise is weak; x stays fixed under differentiation
    margin = lowest + (x - near) * (x + near) / lax.stop_gradient(t)
    margin = margin + (x**2 / t - lax.stop_gradient(x**2 / t))
    density_of_x, square, slope = distance_densities(c, x)
    log_lost = log_survival(
        jnp.sum(weight * density_of_x * _upper(margin), -1) + hit_and_miss(c, near)[0][:, 0],
        jnp.sum(weight * density_of_x * _upper(-margin), -1) + hit_and_miss(c, far)[1][:, 0],
    )
    outer = 2 * k * step * depth * jnp.exp((k - 1) * log_lost)
    decided = weight * density(margin)
    total, square, slope = (
        outer @ jnp.sum(decided * part, -1) for part in (density_of_x, square, slope)
    )
    # where the error of a judge is a difference of large squares, probabilities must sum to 1
    total = jnp.where(c > TAIL, total, 1.0)
    return square / total, slope / total


def _upper(x):
    return erfc(x / np.sqrt(2)) / 2


def _undecided(k, v, c, t):
    """Distances between which a score may lie on either side of v, and v + x^2 / t at the first.

    Relative to P(score > v), which among many candidates is as small as 1 / k.
    """
    farthest = jnp.sqrt(2 * (CUTOFF + jnp.log(k)))
    highest = jnp.sqrt(jnp.maximum(v, 0.0) ** 2 + 2 * CUTOFF)
    near = jnp.sqrt(t * jnp.maximum(-TAIL - v, 0.0))
    far = jnp.minimum(jnp.sqrt(t * jnp.maximum(highest - v, 0.0)), c + farthest)
    occupied = jnp.clip(near, jnp.maximum(c - farthest, 0.0), c + farthest)
    lowest = jnp.where((occupied == near) & (near > 0), -TAIL, v + occupied**2 / t)
    return occupied, jnp.maximum(far, occupied), lowest


def _score_range(k, c, t):
    """Highest winning score, and the root of its distance to the lowest; but for exp(-CUTOFF).

    Every distance r gives a lower bound on the winning score: the score that enough candidates
    within r exceed. The largest is taken.
    """
    # P(score > v) <= E exp(s (score - v)) for any s > 0: s near its best for the distance alone or
    # for the noise alone
    needed = DROPPED + jnp.log(k)
    behind = c * jnp.sqrt(2 / needed) - 2
    alone = jnp.where(behind > 0, t / jnp.where(behind > 0, behind, 1.0), jnp.inf)
    s = jnp.minimum(alone, jnp.sqrt(2 * needed)) * np.array([1.0, 0.6, 0.3])
    top = jnp.min((needed - jnp.log1p(2 * s / t) / 2) / s + s / 2 - c**2 / (t + 2 * s))
    r = (c + TAIL) * SCAN
    hit, _ = hit_and_miss(c, r)
    needed = -jnp.expm1(-CUTOFF / jnp.maximum(k - 1, 1e-9)) / jnp.maximum(hit, 1e-300)
    bound = jnp.where(needed < 1, -ndtri(jnp.where(needed < 1, needed, 0.5)), -TAIL) - r**2 / t
    bound = jnp.where((needed < 1) | (SCAN == 1), bound, -jnp.inf)
    return top, jnp.sqrt(jnp.maximum(top - jnp.max(bound), 1e-3))


POINTWISE_NOISE = nearest_moments, noisy_moments
AVERAGED_NOISE = averaged(nearest_moments, 128), averaged(noisy_moments, 128)
