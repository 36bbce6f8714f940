"""The candidate that a softmax over judge scores selects, at one offset of the judge.

Units as in `nearest`; t = T / (2 s^2) and w = exp(-x^2 / (2 t)) is a candidate's weight. With

    E f(x*) = k int du E[f w exp(-u w)] (E exp(-u w))^(k-1)

and u = exp(v), exp(-u w) is the chance that a standard Gumbel variable G has 2 t (v + G) < x^2. So
E exp(-u w) = E_G P(|x| > r(G)) with r = sqrt(2 t (v + G)): the best-of-k survival probability
at a fluctuating distance. The outer variable R, u = exp(R^2 / (2 t)) - 1, makes r -> R as t -> 0,
and the same few nodes serve every temperature.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.theory.best_of_k.nearest import (
    CUTOFF,
    TAIL,
    hit_and_miss,
    log_survival,
    moment_densities,
    nearest_reach,
)
from jtts.theory.best_of_k.nodes import gauss_legendre

_nodes, _weights = gauss_legendre(80)
# the integrand changes over R ~ sqrt(t), anywhere in the range: squares put nodes there
OUTER_NODES, OUTER_WEIGHTS = _nodes**2, 2 * _nodes * _weights
INNER_NODES, INNER_WEIGHTS = gauss_legendre(56)
SCAN = np.linspace(0.0, 1.0, 17) ** 2
GUMBEL_LOW, GUMBEL_HIGH = -4.0, 32.0  # exp(-exp(4)) and exp(-32) are negligible


def softmax_moments(k, c, t):
    """E x^2 and E x / c for the softmax selection among k candidates; scalars, t >= 0."""
    t = t + 1e-12 / k**2  # keeps t = 0 inside: its effect is of relative order k^2 t
    reach = lax.stop_gradient(_outer_reach(k, c, t))
    big_r = (reach * OUTER_NODES)[:, None]
    y = big_r**2 / (2 * t)
    log_gap = jnp.log(-jnp.expm1(-y))  # v - y, kept apart: y is huge at small t
    gumbel, weight, root, low = _gumbel_nodes(*lax.stop_gradient((y + log_gap, c, t)))
    # G stays fixed under differentiation, r moves: smooth down to t = 0
    r = jnp.sqrt(jnp.maximum(big_r**2 + 2 * t * (log_gap + gumbel), t * root**2))
    weight = weight * jnp.exp(-gumbel - jnp.exp(-gumbel))
    hit, miss = hit_and_miss(c, r[:, :-1])
    end_hit, end_miss = hit_and_miss(c, r[:, -1:])
    below, above = jnp.exp(-jnp.exp(-low)), -jnp.expm1(-jnp.exp(-gumbel[:, -1:]))
    weight = weight[:, :-1]
    log_miss = log_survival(
        jnp.sum(weight * hit, -1) + (above * end_hit)[:, 0],
        jnp.sum(weight * miss, -1) + (below + above * end_miss)[:, 0],
    )
    dv = reach * OUTER_WEIGHTS * (big_r / -jnp.expm1(-y))[:, 0]  # times 1/t, cancelled below
    outer = k * dv * jnp.exp((k - 1) * log_miss)
    square, slope = moment_densities(c, r[:, :-1])
    inner = weight / r[:, :-1]
    return outer @ jnp.sum(inner * square, -1), outer @ jnp.sum(inner * slope, -1)


def _gumbel_nodes(v, c, t):
    """Nodes G and their weights (the last one, of weight 0, is the end), sqrt(v + G), lowest G.

    Gauss-Legendre in sqrt(v + G), in which the integrands are smooth where v + G -> 0.
    """
    low = jnp.maximum(-v, GUMBEL_LOW)
    # far judges make large G matter: exp(-G) P(|x| < r) peaks where the tilted Gaussian does
    tilted = c * t / (1 + t) + TAIL * jnp.sqrt(t / (1 + t))
    top = jnp.maximum(v + GUMBEL_HIGH, tilted**2 / (2 * t))
    top = jnp.minimum(top, (c + TAIL) ** 2 / (2 * t))
    bottom = jnp.sqrt(v + low)
    span = jnp.maximum(top - v - low, 1e-6) / (bottom + jnp.sqrt(jnp.maximum(top, v + low)))
    step = span * np.append(INNER_NODES, 1.0)
    weight = 2 * span * np.append(INNER_WEIGHTS, 0.0) * (bottom + step)
    return low + step * (2 * bottom + step), weight, bottom + step, low


def _outer_reach(k, c, t):
    """R beyond which the survival probability to the power k - 1 is below exp(-CUTOFF).

    Every distance r gives a bound u on it; the smallest is taken.
    """
    nearest = nearest_reach(k, c)
    r = nearest + (c + TAIL - nearest) * SCAN
    hit, _ = hit_and_miss(c, r)
    needed = CUTOFF / (jnp.maximum(k - 1, 1e-9) * jnp.maximum(hit, 1e-300))
    log_u = jnp.log(-jnp.log1p(-jnp.minimum(needed, -np.expm1(-37.0)))) + r**2 / (2 * t)
    log_u = jnp.where((needed < 1) | (SCAN == 1), log_u, jnp.inf)
    return jnp.sqrt(2 * t * jnp.min(jnp.logaddexp(0.0, log_u)))
