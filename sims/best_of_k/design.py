"""How the inputs of an average are spread and weighted."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtri

from jtts.arguments import require_nonnegative, require_positive, require_whole

MIN_REPLICATES = 32  # of a randomised design: fewer say too little about its standard error
WIDEST = 3.0  # proposal for m - r, in its own standard deviations
WIDER = 2**0.5  # proposal for the rest of r - t: keeps its square bounded under the weights
LATTICE = (1, 182667, 469891)  # Cools, Kuo and Nuyens (2006), good for up to 2^20 points


def require_selection(*, k, temperature=0.0, predictive_var=1.0, **_):
    """Raise InputError unless a selection can be played."""
    require_whole(1, k=k)
    require_nonnegative(temperature=temperature)
    require_positive(predictive_var=predictive_var)


def inputs(points, stats, width=None):
    """Pairs (m - r, r - t) at points of the unit square, [2, trials], and importance weights.

    The pair is Gaussian; the first coordinate moves m - r alone. The error of the best of k can
    grow with |m - r| faster than the inputs thin out, so that a plain average rests on events it
    hardly ever sees: the proposal there is wider, by `proposal_width` unless another is given.
    """
    cross = stats.judge_cross - stats.judge_error  # E (m - r)(r - t)
    gap_var = offset_var(stats)
    slope = cross / jnp.where(gap_var > 0, gap_var, 1.0)
    rest_var = jnp.maximum(stats.judge_error - slope * cross, 0.0)

    width = proposal_width(gap_var, stats.predictive_var) if width is None else width
    along, weight = wide_normal(points[0], width)
    across, other_weight = wide_normal(points[1], jnp.where(rest_var > 0, WIDER, 1.0))
    gap = jnp.sqrt(gap_var) * along
    return gap, slope * gap + jnp.sqrt(rest_var) * across, weight * other_weight


def offset_var(stats):
    """E (m - r)^2, without rounding below 0."""
    tied = stats.judge_cross - stats.judge_error
    return jnp.maximum((stats.mean_error - stats.judge_cross) - tied, 0.0)


def proposal_width(gap_var, candidate_var):
    """Standard deviation of the proposal for m - r, in its own: the wider, the more rarely
    candidates reach the judge."""
    return jnp.maximum(1 - 2 * gap_var / candidate_var, WIDEST**-2) ** -0.5


def wide_normal(u, width):
    """Normal deviates of standard deviation `width`, and their weights as standard normal ones."""
    z = width * ndtri(u)
    return z, width * jnp.exp(-0.5 * z**2 * (1 - width**-2))


def shifted_lattice(key, count, dims):
    """`count` points that fill the open unit cube evenly, each one uniform; shape (dims, count).

    A lattice, best at powers of two, shifted at random modulo 1; the tent makes any integrand
    continuous over the edges of the cube.
    """
    lattice = np.outer(LATTICE[:dims], np.arange(count)) % count / count
    points = jnp.mod(lattice + jax.random.uniform(key, (dims, 1), float), 1.0)
    return jnp.clip(1 - jnp.abs(2 * points - 1), 1e-13, 1 - 1e-13)
