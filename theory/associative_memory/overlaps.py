"""One overlap x = k.k' of unit keys: its density is proportional to (1 - x^2)^((d-3)/2)."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.special import log_beta, log_gamma_ratio

LOG_EPSILON = 39.0  # e^-39 = 1e-17
NODES, WEIGHTS = (np.asarray(x) for x in np.polynomial.legendre.leggauss(128))
HALF_NODES, HALF_WEIGHTS = (NODES + 1) / 2, WEIGHTS / 2
OVERLAPS = 192  # intervals of the trapezoids over an overlap
SERIES = 25  # largest square of the tilt over dim that the power series sums


def mean_absolute_overlap(dim):
    """E|k.k'| = Gamma(d/2) / (sqrt(pi) Gamma((d+1)/2))."""
    return jnp.exp(-log_gamma_ratio(dim / 2, 0.5)) / np.sqrt(np.pi)


def _peak(power, tilt):
    """tanh(y) where cosh(y)^-power exp(tilt tanh(y)) is largest, and what it lacks to 1."""
    root = jnp.sqrt(power**2 + 4 * tilt**2)
    short = power + power**2 / (root + 2 * tilt)  # power + root - 2 tilt
    return 2 * tilt / (power + root), short / (power + root)


def _fall(away, power, peak):
    """How far cosh(y)^-power exp(tilt tanh(y)) lies below its peak, `away` from it in y."""
    grown = 2 * jnp.sinh(away / 2) ** 2 + peak * jnp.sinh(away)
    return power * (jnp.log1p(grown) - peak * jnp.sinh(away) / (1 + grown))


def tilted_overlaps(dim, tilt):
    """Overlaps about their peak and log weights of the law of x tilted by exp(tilt x), tilt >= 0.

    Returns x - peak, ln of weights that are not normalised, the peak, and what it lacks to 1; nodes
    stand in a last axis. Trapezoids in w, artanh(x) = centre + sinh(w): the density ends as
    exp(-(dim - 1) |y|) in y = artanh(x), and the nodes reach as far as it does on either side.
    """
    power = (dim - 1)[..., None]
    peak, short = _peak(power, tilt[..., None])
    given = lax.stop_gradient((power, peak, short))
    sides = np.array([-1.0, 1.0])

    def halve(_, ends):
        low, high = ends
        middle = (low + high) / 2
        inside = _fall(sides * middle, given[0], given[1]) < LOG_EPSILON
        return jnp.where(inside, middle, low), jnp.where(inside, high, middle)

    centre = jnp.log1p(2 * given[1] / given[2]) / 2  # artanh
    widest = LOG_EPSILON / given[0] + 2 * centre + 3 + 0 * sides
    reach = lax.fori_loop(0, 30, halve, (jnp.zeros_like(widest), widest))[1]
    ends = jnp.arcsinh(sides * reach)
    low, span = ends[..., :1], ends[..., 1:] - ends[..., :1]
    w = low + span * np.arange(OVERLAPS + 1) / OVERLAPS
    away = jnp.sinh(w)
    grown = 2 * jnp.sinh(away / 2) ** 2 + peak * jnp.sinh(away)
    x = short * (1 + peak) * jnp.sinh(away) / (1 + grown)
    return x, jnp.log(jnp.cosh(w) * span / OVERLAPS) - _fall(away, power, peak), peak, short


def log_tilted_mean(dim, tilt):
    """ln E exp(tilt (x - 1)), that is ln 0F1(; d/2; tilt^2/4) - tilt, at dim > 1 and tilt >= 0."""
    small, series, far = _log_generating(*jnp.broadcast_arrays(dim, tilt))
    return jnp.where(small, series - tilt, far)


def _log_generating(dim, tilt):
    """Whether the tilt is small; then the power series of ln E exp(tilt x), else the integral of
    exp(tilt (x - 1))."""
    square = tilt**2 / 4
    small = square < SERIES * dim
    k = np.arange(1, 6 * SERIES)
    ratio = jnp.where(small, square, 0.0)[..., None] / (k * (dim[..., None] / 2 + k - 1))
    series = jnp.log1p(jnp.sum(jnp.cumprod(ratio, -1), -1))
    away = jnp.where(small, dim, tilt)
    _, log_weight, _, short = tilted_overlaps(dim, away)
    short, power = short[..., 0], dim - 1
    log_top = power / 2 * jnp.log(short * (2 - short)) - away * short
    log_total = jnp.log(jnp.sum(jnp.exp(log_weight), -1)) - log_beta(power / 2, 0.5)
    return small, series, log_top + log_total


def log_moment_generating(dim, rate):
    """ln E exp(rate k.k') = ln[Gamma(d/2) (2/rate)^(d/2-1) I_{d/2-1}(rate)], rate >= 0."""
    small, series, far = _log_generating(*jnp.broadcast_arrays(dim, rate))
    return jnp.where(small, series, far + rate)
