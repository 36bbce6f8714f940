"""The nearest of k Student-t candidates, at one offset of the judge.

Units as in `nearest`, s the scale of the t distribution. A Student-t candidate is Gaussian given
its own precision w, a Gamma variable of mean 1: the chance of a hit and the moment densities are
those of `nearest` at (sqrt(w) c, sqrt(w) r), averaged over w. Distances run over many decades, so
that their nodes are evenly spaced in ln r.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.nn import softmax
from jax.scipy.special import gammaln

from jtts.theory.best_of_k.moments import averaged
from jtts.theory.best_of_k.nearest import (
    CUTOFF,
    hit_and_miss,
    log_survival,
    moment_densities,
    nearest_moments,
)

PRECISIONS = 96
DISTANCES = 128
SCAN = np.linspace(0.0, 1.0, 32)
DROPPED = 30.0  # shares of precisions and of distances below exp(-DROPPED) are dropped
CLOSEST = 3e-4  # of the distance that counts: closer candidates add its cube


def log_peak_density(dof):
    """ln of the standard Student-t density at 0."""
    return gammaln((dof + 1) / 2) - gammaln(dof / 2) - jnp.log(np.pi * dof) / 2


def student_moments(k, c, inverse_dof):
    """E x^2 and E x / c for the nearest of k candidates; scalars, inverse_dof > 0."""
    dof = 1 / inverse_dof
    root, share = _precisions(dof)

    def hit_and_miss_at(r):
        hit, miss = (part @ share for part in hit_and_miss(c * root, r[:, None] * root))
        return hit, jnp.maximum(miss, 1e-300)  # no candidate but one: 0 ln(miss) is 0

    low, high = lax.stop_gradient(_distance_range(k, c, dof, hit_and_miss_at))
    log_r, step = jnp.linspace(low, high, DISTANCES, retstep=True)
    r = jnp.exp(log_r)
    weight = k * step * r * jnp.exp((k - 1) * log_survival(*hit_and_miss_at(r)))
    square, slope = moment_densities(c * root, r[:, None] * root)
    infinite = jnp.where(k * dof > 2, 0.0, jnp.inf)
    return weight @ (square @ (share / root)) + infinite, weight @ (slope @ (share * root))


def _precisions(dof):
    """sqrt(w) and the share of each node, evenly spaced in ln w."""
    half = dof / 2
    edge = lax.stop_gradient(DROPPED / half)
    lowest = -(edge + jnp.sqrt(2 * edge))
    highest = jnp.minimum(jnp.sqrt(2 * edge), jnp.log(2 + edge + jnp.log1p(edge)))
    log_w = jnp.linspace(lowest, highest, PRECISIONS)
    return jnp.exp(log_w / 2), softmax(half * (log_w - jnp.expm1(log_w)))


def _distance_range(k, c, dof, hit_and_miss_at):
    """ln of the smallest and of the largest distance that count."""
    log_density = log_peak_density(dof) - (dof + 1) / 2 * jnp.log1p(c**2 / dof)
    nearest = jnp.minimum(-jnp.log(k) - log_density, 0.0) - 3
    farthest = jnp.log(c + jnp.sqrt(dof)) + DROPPED / jnp.maximum(k * dof - 2, 0.5)
    scanned = nearest + (farthest - nearest) * SCAN
    hit, miss = hit_and_miss_at(jnp.exp(scanned))
    met = k * hit < 0.5
    low = jnp.max(jnp.where(met, scanned, nearest)) + np.log(CLOSEST)
    gone = k * log_survival(hit, miss) + 2 * (scanned - low) < -CUTOFF
    return low, jnp.min(jnp.where(gone, scanned, farthest))


AVERAGED_STUDENT = averaged(nearest_moments, 96), averaged(student_moments, 48)
