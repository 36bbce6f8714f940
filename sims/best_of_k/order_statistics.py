"""The nearest of k candidates drawn directly, at a cost that does not grow with k."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import log_ndtr, ndtri

from jtts.arguments import InputError, concrete
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.regression import Statistics
from jtts.sims.best_of_k.design import (
    MIN_REPLICATES,
    inputs,
    require_selection,
    shifted_lattice,
)
from jtts.simulations import simulation

SLOWER = 2.0  # proposal for the waiting time of the nearest candidate, in its own mean
NEWTON_STEPS = 5  # relative error 4e-9 at k = 1 and 2, 1e-11 from k = 8 on, for |c| < 40
LOG_ROOT_2PI = 0.5 * np.log(2 * np.pi)


def require_zero_temperature(*, k, temperature, **_):
    """Raise InputError unless the nearest of k candidates is asked for."""
    require_selection(k=k, temperature=temperature)
    known = concrete(temperature)
    if known is not None and np.any(known != 0):
        raise InputError(f"temperature must be 0 for order statistics, got {temperature}")


@simulation(chunk=1024, min_chunks=MIN_REPLICATES, curve="k", validate=require_zero_temperature)
def error_by_order_statistics(
    key: jax.Array, trials: int, k: Numbers, stats: Statistics, temperature: Numbers = 0.0
) -> Estimate:
    """The same error at temperature 0, the nearest of k candidates drawn directly.

    Time does not grow with k; the relative precision holds to k = 1e9 and beyond. Inputs and
    nearest distances of a chunk share one randomly shifted lattice: one chunk is one datum.

    Args:
      k: number of candidates; whole numbers of any shape.
      stats: the four numbers that act on selection; scalars.
      temperature: 0.

    Returns:
      Estimate of E (y_selected - t)^2 over inputs and candidates, of the shape of k.

    Raises:
      InputError: k not a whole number >= 1, or a temperature that is not 0.

    Source: arXiv:2512.19905.

    >>> stats = Statistics.from_rho(0.4)
    >>> estimate = error_by_order_statistics(jax.random.key(0), 1, 10**9, stats)
    >>> bool(estimate.stderr < 0.01 * estimate.mean)
    True
    """
    points = shifted_lattice(key, trials, 3)
    gap_of_mean, judge_error, weight = inputs(points, stats)
    scale = jnp.sqrt(stats.predictive_var)
    c = gap_of_mean / scale
    # the square of an exponential variable lives in its tail: draw it slower, reweighted
    waiting = -SLOWER * jnp.log(points[2])
    weight *= SLOWER * jnp.exp(-waiting * (1 - 1 / SLOWER))

    def at(k):
        # none of k candidates is within r with probability (1 - p)^k = exp(-waiting), p the
        # probability that one of them is
        r = nearest_distance(jnp.abs(c), -jnp.expm1(-waiting / k))
        above = jax.nn.sigmoid(2 * c * r)  # which side: odds are those of the two densities
        errors = above * (judge_error + scale * r) ** 2
        errors += (1 - above) * (judge_error - scale * r) ** 2
        valid = (k >= 1) & (k == jnp.floor(k)) & (temperature == 0)
        return jnp.where(valid, jnp.mean(weight * errors), jnp.nan)

    # One spare, and a number of rounds that the compiler cannot know: it would inline a loop over a
    # lone k, and round its sums in another order than those of a curve.
    flat = jnp.append(jnp.ravel(k).astype(float), jnp.nan)
    rounds = jnp.where(scale > 0, flat.size - 1, 0)
    unknown = jnp.full(flat.shape, jnp.nan)
    means = lax.fori_loop(0, rounds, lambda i, means: means.at[i].set(at(flat[i])), unknown)
    return Estimate.of_one(means[:-1].reshape(jnp.shape(k)))


def nearest_distance(c, p):
    """Distance r with P(|z - c| < r) = p for a standard normal z; c >= 0, full relative accuracy.

    Newton's method on ln P, which is concave in r: from below it rises to the root and cannot
    overshoot. The start is the largest of three lower bounds.
    """
    # P is at most 2 r phi(0), Phi(r - c), and 2 r phi(c) e^{c r}
    q = jnp.exp(jnp.minimum(jnp.log(p / 2) + LOG_ROOT_2PI + c**2 / 2, 600.0))
    start = jnp.maximum(jnp.maximum(np.sqrt(np.pi / 2) * p, c + ndtri(p)), q / (1 + c * q))

    def step(_, r):
        log_p = log_probability_within(c, r)
        log_density = -0.5 * (c - r) ** 2 - LOG_ROOT_2PI + jnp.log1p(jnp.exp(-2 * c * r))
        return r + (jnp.log(p) - log_p) * jnp.exp(log_p - log_density)

    return lax.fori_loop(0, NEWTON_STEPS, step, start)


def log_probability_within(c, r):
    """ln P(|z - c| < r) for a standard normal z; c, r >= 0."""
    upper, lower = log_ndtr(r - c), log_ndtr(-r - c)
    wide = upper + jnp.log1p(-jnp.exp(lower - upper))
    # the difference of two nearly equal tails has no digits left where the density is flat
    x, y = c**2, r**2
    bend = (x - 1) * y / 6 + (x * (x - 6) + 3) * y**2 / 120
    narrow = jnp.log(2 * r) - LOG_ROOT_2PI - x / 2 + jnp.log1p(jnp.maximum(bend, -0.5))
    return jnp.where((1 + c) * r < 0.01, narrow, wide)
