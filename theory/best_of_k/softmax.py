"""The candidate that a softmax over judge scores selects, at one offset of the judge.

Units as in `nearest`; t = T / (2 s^2) and w = exp(-x^2 / (2 t)) is a candidate's weight. With

    E f(x*) = k int du E[f w exp(-u w)] (E exp(-u w))^(k-1)

and u = exp(v), exp(-u w) is the chance that a standard Gumbel variable G has 2 t (v + G) < x^2. So
E exp(-u w) = E_G P(|x| > r(G)) with r = sqrt(2 t (v + G)): the best-of-k survival probability
at a fluctuating distance. The outer variable R, u = exp(R^2 / (2 t)) - 1, makes r -> R as t -> 0,
and the same few nodes serve every temperature from 0 on.

Where the temperature is high against every score, w is nearly constant and u nearly exponential of
rate k: the nodes are then those of Gauss and Laguerre for u and of Gauss and Hermite for z.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.theory.best_of_k.nearest import (
    CUTOFF,
    TAIL,
    distance_densities,
    hit_and_miss,
    log_survival,
    nearest_range,
)
from jtts.theory.best_of_k.nodes import clustered, gauss_legendre

OUTER = gauss_legendre(112)
INNER_NODES, INNER_WEIGHTS = gauss_legendre(56)
SCAN = np.linspace(0.0, 1.0, 17) ** 2
GUMBEL_LOW, GUMBEL_HIGH = -4.0, 32.0  # exp(-exp(4)) and exp(-32) are negligible
DROPPED = 30.0  # the selected candidate is nearer than the first node with chance exp(-DROPPED)
HIGH = 100.0  # temperatures t above HIGH (1 + c) are high
RATES, RATE_WEIGHTS = np.polynomial.laguerre.laggauss(24)
HERMITE, _hermite = np.polynomial.hermite_e.hermegauss(32)
PLACES, PLACE_WEIGHTS = HERMITE[16:], _hermite[16:] / np.sqrt(2 * np.pi)  # z > 0; z < 0 mirrors it


def softmax_moments(k, c, t):
    """E x^2 and E x / c for the softmax selection among k candidates; scalars, t >= 0."""
    high = t > HIGH * (1 + c)
    pairs = zip(
        _hot_moments(k, c, jnp.where(high, t, HIGH * (1 + c))),
        _warm_moments(k, c, jnp.where(high, 1.0, t)),
        strict=True,
    )
    return tuple(jnp.where(high, hot, warm) for hot, warm in pairs)


def _warm_moments(k, c, t):
    t = t + 1e-12 / k**2  # keeps t = 0 inside: its effect is of relative order k^2 t
    first, reach = lax.stop_gradient(_outer_range(k, c, t))
    width = jnp.where(c > TAIL, (c + TAIL) / 8, first + 2 * jnp.sqrt(t))
    spread, step = clustered(OUTER, reach - first, lax.stop_gradient(width))
    # a far judge finds the candidates at the end of the range
    big_r = jnp.where(c > TAIL, reach - spread, first + spread)[:, None]
    y = big_r**2 / (2 * t)
    log_gap = jnp.log(-jnp.expm1(-y))  # v - y, kept apart: y is huge at small t
    v = y + log_gap
    gumbel, weight, root, low = _gumbel_nodes(*lax.stop_gradient((v, c, t)))
    # Under differentiation G stays fixed and r moves, smooth down to t = 0; but where G starts at
    # -v, the place r = 0, it moves along: the integrand starts there with a slope
    from_zero = low == lax.stop_gradient(-v)
    along = jnp.where(from_zero, lax.stop_gradient(v) - v, 0.0)
    low, gumbel = low + along, gumbel + along
    moved = jnp.maximum(big_r**2 + 2 * t * (log_gap + gumbel), t * root**2)
    r = jnp.sqrt(jnp.where(from_zero, 2 * t * root**2, moved))
    weight = weight * jnp.exp(-gumbel - jnp.exp(-gumbel))
    hit, miss = hit_and_miss(c, r[:, :-1])
    end_hit, end_miss = hit_and_miss(c, r[:, -1:])
    below, above = jnp.exp(-jnp.exp(-low)), -jnp.expm1(-jnp.exp(-gumbel[:, -1:]))
    weight = weight[:, :-1]
    log_miss = log_survival(
        jnp.sum(weight * hit, -1) + (above * end_hit)[:, 0],
        jnp.sum(weight * miss, -1) + (below + above * end_miss)[:, 0],
    )
    dv = step * (big_r / -jnp.expm1(-y))[:, 0]  # times 1/t, cancelled below
    outer = k * dv * jnp.exp((k - 1) * log_miss)
    inner = weight / r[:, :-1]
    total, square, slope = (
        outer @ jnp.sum(inner * part, -1) for part in distance_densities(c, r[:, :-1])
    )
    # where the error of a judge is a difference of large squares, probabilities must sum to 1
    total = jnp.where(c > TAIL, total, 1.0)
    return square / total, slope / total


def _gumbel_nodes(v, c, t):
    """Nodes G and their weights (the last one, of weight 0, is the end), sqrt(v + G), lowest G.

    Gauss-Legendre in sqrt(v + G), in which the integrands are smooth where v + G -> 0.
    """
    outmost = jnp.maximum(c - TAIL, 0.0)  # no candidate is nearer
    low = jnp.maximum(jnp.where(outmost > 0, outmost**2 / (2 * t) - v, -v), GUMBEL_LOW)
    # far judges make large G matter: exp(-G) P(|x| < r) peaks where the tilted Gaussian does
    tilted = c * t / (1 + t) + TAIL * jnp.sqrt(t / (1 + t))
    top = jnp.maximum(v + GUMBEL_HIGH, tilted**2 / (2 * t))
    top = jnp.minimum(top, (c + TAIL) ** 2 / (2 * t))
    bottom = jnp.sqrt(v + low)
    span = jnp.maximum(top - v - low, 1e-6) / (bottom + jnp.sqrt(jnp.maximum(top, v + low)))
    step = span * np.append(INNER_NODES, 1.0)
    weight = 2 * span * np.append(INNER_WEIGHTS, 0.0) * (bottom + step)
    return low + step * (2 * bottom + step), weight, bottom + step, low


def _outer_range(k, c, t):
    """R below which the selected candidate's is hardly ever, and beyond which: exp(-CUTOFF).

    Every distance r gives a bound u on either; the sharpest is taken.
    """
    _, nearest, _ = nearest_range(k, c)
    r = nearest + (c + TAIL - nearest) * SCAN
    hit, _ = hit_and_miss(c, r)
    needed = CUTOFF / (jnp.maximum(k - 1, 1e-9) * jnp.maximum(hit, 1e-300))
    log_u = jnp.log(-jnp.log1p(-jnp.minimum(needed, -np.expm1(-37.0)))) + r**2 / (2 * t)
    log_u = jnp.where((needed < 1) | (SCAN == 1), log_u, jnp.inf)
    # E(1 - exp(-u w)) >= 0.6 u E w while u < 1
    log_mean = jnp.log(t / (1 + t)) / 2 - c**2 / (2 * (1 + t))
    early = np.log(CUTOFF / 0.6) - jnp.log(jnp.maximum(k - 1, 1e-9)) - log_mean
    log_u = jnp.minimum(jnp.min(log_u), jnp.where(early < 0, early, jnp.inf))
    reach = jnp.sqrt(2 * t * jnp.logaddexp(0.0, log_u))
    # k E(1 - exp(-u w)) <= k u^a E w^a for 0 < a <= 1, at the best a
    needed = DROPPED + jnp.log(k)
    behind = c / jnp.sqrt(2 * needed) - 1
    a = jnp.where(behind > 0, jnp.minimum(t / jnp.where(behind > 0, behind, 1.0), 1.0), 1.0)
    log_u = (jnp.log1p(a / t) / 2 - needed) / a + c**2 / (2 * (t + a))
    return jnp.minimum(jnp.sqrt(2 * t * jnp.logaddexp(0.0, log_u)), 0.99 * reach), reach


def _hot_moments(k, c, t):
    """Where w, over its value at z = 0, is within a few percent of 1."""
    s = (RATES / k)[:, None]  # u
    z = PLACES
    # ln w = (2 c z - z^2) / (2 t) at z and at -z; their difference is 2 c z / t
    outward = -(2 * c * z + z**2) / (2 * t)
    steep = 2 * z / t
    y = steep * c
    safe = jnp.where(y > 1e-4, y, 1.0)
    growth = jnp.where(y > 1e-4, jnp.expm1(safe) / safe, 1 + y / 2 * (1 + y / 3))
    far = jnp.exp(outward)
    rise = far * steep * growth  # (w(z) - w(-z)) / c
    near = far + c * rise
    # u (1 - w), near 0
    spare_far, spare_near = -s * jnp.expm1(outward), -s * jnp.expm1(outward + y)
    h_far, h_near = far * jnp.exp(spare_far), near * jnp.exp(spare_near)
    # (h(z) - h(-z)) / c, where ln h differs by y - u (w(z) - w(-z))
    apart = steep - s * rise
    e = apart * c
    safe = jnp.where(jnp.abs(e) > 1e-4, e, 1.0)
    difference = (
        h_far
        * apart
        * jnp.where(jnp.abs(e) > 1e-4, jnp.expm1(safe) / safe, 1 + e / 2 * (1 + e / 3))
    )
    weight = PLACE_WEIGHTS
    log_mean = jnp.log1p(jnp.sum(weight * (jnp.expm1(spare_far) + jnp.expm1(spare_near)), -1))
    outer = RATE_WEIGHTS * jnp.exp((k - 1) * log_mean)
    both = h_far + h_near
    total = outer @ jnp.sum(weight * both, -1)
    lean = outer @ jnp.sum(weight * (z * difference - both), -1)  # E x / c
    place = outer @ jnp.sum(weight * z**2 * both, -1)
    # x^2 = z^2 - 2 c z + c^2 = z^2 + c^2 + 2 c (x - ...): from the same sums
    lift = outer @ jnp.sum(weight * z * difference, -1)
    return (place + c**2 * (total - 2 * lift)) / total, lean / total
