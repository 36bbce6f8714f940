"""The candidate nearest to the judge (temperature 0), at one offset of the judge.

All in units of the predictive standard deviation s: the candidates are z ~ N(0, 1), the judge sits
at c >= 0, x = z* - c for the candidate selected, and r = |x| is its distance.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import erfc, ndtri

from jtts.theory.best_of_k.nodes import gauss_legendre

RULE = gauss_legendre(80)
CUTOFF = 41.0  # survival probabilities below exp(-CUTOFF) are dropped
TAIL = 9.0  # and so are Gaussian tails beyond TAIL standard deviations
SMALL = 0.01  # intervals below this take the series


def density(x):
    """Standard normal density."""
    return jnp.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)


def hit_and_miss(c, r, gap=None):
    """P(|z - c| < r) and its complement, each to full relative accuracy; c, r >= 0.

    `gap` is r - c where it is known to more digits than the difference has.
    """
    gap = r - c if gap is None else gap
    near, far = erfc(jnp.abs(gap) / np.sqrt(2)), erfc((c + r) / np.sqrt(2))
    hit = jnp.where(gap < 0, (near - far) / 2, 1 - (near + far) / 2)
    hit = jnp.where(r < SMALL, _small_hit(c, jnp.where(r < SMALL, r, 0.0)), hit)
    return hit, jnp.where((gap < 0) | (r < SMALL), 1 - hit, (near + far) / 2)


def _small_hit(c, r):
    # a difference of error functions loses the digits of a small interval; the Taylor series in r
    # has Hermite polynomials of even order for coefficients
    c2, r2 = c**2, r**2
    he4 = c2 * (c2 - 6) + 3
    he6 = c2 * (c2 * (c2 - 15) + 45) - 15
    he8 = c2 * (c2 * (c2 * (c2 - 28) + 210) - 420) + 105
    series = c2 - 1 + r2 / 20 * (he4 + r2 / 42 * (he6 + r2 / 72 * he8))
    return 2 * r * density(c) * (1 + r2 / 6 * series)


def log_survival(hit, miss):
    """ln(miss), from whichever of the two is small."""
    rare = hit < 0.5
    return jnp.where(
        rare, jnp.log1p(-jnp.where(rare, hit, 0.0)), jnp.log(jnp.where(rare, 1.0, miss))
    )


def moment_densities(c, r):
    """Density of distance r weighted with x^2 and with x / c: both even in c and smooth at 0."""
    return distance_densities(c, r)[1:]


def distance_densities(c, r, gap=None):
    """Density of distance r, and `moment_densities`; `gap` as for `hit_and_miss`."""
    product = 2 * c * r
    safe = jnp.where(product > 1e-4, product, 1.0)
    # (1 - exp(-y)) / y, whose form 0/0 would cost digits and gradients
    falloff = jnp.where(
        product > 1e-4, -jnp.expm1(-safe) / safe, 1 - product / 2 * (1 - product / 3)
    )
    toward = density(r - c if gap is None else gap)
    both = toward * (1 + jnp.exp(-product))
    return both, r**2 * both, -2 * r**2 * toward * falloff


def nearest_range(k, c):
    """Distances between which the nearest of k candidates lies but for exp(-CUTOFF), and c - low.

    The last is how far out a candidate may lie; c itself where that reaches the judge.
    """
    others = jnp.maximum(k - 1, 1e-9)
    # offsets up to `edge` lie inside the cloud of candidates, where they crowd around the judge
    edge = jnp.maximum(-ndtri(jnp.minimum(-2 * jnp.expm1(-CUTOFF / others), 1.0)), -TAIL)
    crowd = CUTOFF / (others * density(jnp.minimum(c, jnp.maximum(edge, 0.0))))
    high = jnp.minimum(jnp.maximum(c - edge, 0.0) + crowd, c + TAIL)
    outmost = jnp.minimum(farthest(k), c)
    return c - outmost, high, outmost


def farthest(k):
    """A place beyond which none of k candidates lies but for exp(-CUTOFF)."""
    return -ndtri(jnp.maximum(np.exp(-CUTOFF) / k, 1e-300))


def nearest_moments(k, c, _=None, rule=RULE):
    """E x^2 and E x / c for the nearest of k candidates; scalars."""
    nodes, weights = rule
    low, high, outmost = lax.stop_gradient(nearest_range(k, c))
    r = low + (high - low) * nodes
    # a judge far out: its distance to the candidates around it keeps its digits
    gap = jnp.where(low > 0, (high - low) * nodes - outmost + (lax.stop_gradient(c) - c), r - c)
    weight = (high - low) * weights * k * jnp.exp((k - 1) * log_survival(*hit_and_miss(c, r, gap)))
    return normalised(weight, *distance_densities(c, r, gap))


def normalised(weight, *densities):
    """E x^2 and E x / c, from densities of x at the nodes.

    Where the error of a judge is a difference of large squares, probabilities must sum to 1.
    """
    total, square, slope = (jnp.sum(weight * part) for part in densities)
    return square / total, slope / total
