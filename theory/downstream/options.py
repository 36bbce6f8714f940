"""The best of wrong options, whose scores are standard normals: integrals over its density."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import log_ndtr, ndtr

LOW, HIGH, SPACING = -15.0, 18.0, 0.125
NODES = np.arange(LOW, HIGH + SPACING / 2, SPACING)
ANGLES, ANGLE_WEIGHTS = np.polynomial.legendre.leggauss(32)


def density(options):
    """Of the largest of K - 1 standard normals, times the spacing of the nodes."""
    others = options - 1
    log = (others - 1) * log_ndtr(NODES) - NODES**2 / 2 + jnp.log(others)
    return jnp.exp(log) * SPACING / np.sqrt(2 * np.pi)


def distances(lead, slope):
    """From the nodes to a lead that varies by a slope, in units of all that varies."""
    return (lead - NODES) / jnp.sqrt(1 + slope**2)


def right(lead, slope, options):
    """Chance that the right option is the best, averaged over the scale."""
    return jnp.sum(density(options) * ndtr(distances(lead, slope)))


def wrong(lead, slope, options):
    """Chance that it is not."""
    return jnp.sum(density(options) * ndtr(-distances(lead, slope)))


def along(lead, slope, options):
    """Mean of the scale times the chance to be right."""
    d = distances(lead, slope)
    whole = jnp.sum(density(options) * jnp.exp(-(d**2) / 2)) / np.sqrt(2 * np.pi)
    return slope / jnp.sqrt(1 + slope**2) * whole


def spread(lead, slope, options):
    """Variance over the scale of the chance to be right.

    Two questions of one scale are right together more often than apart by an integral over their
    correlation r from 0 to that of what varies, r = cos(angle); the angle is taken in logarithms,
    since the correlation may be all but 1.
    """
    d, weights = distances(lead, slope), density(options)
    end = jnp.arcsin(slope**2 / (1 + slope**2))
    # close to 1 the angle is better had from what is missing
    missing = 2 * jnp.arcsin(jnp.sqrt(1 / (2 * (1 + slope**2))))
    share = jnp.where(slope**2 > 1, missing / (np.pi / 2), 1 - end / (np.pi / 2))
    length = jnp.where(slope**2 > 1, -jnp.log(share), -jnp.log1p(-end / (np.pi / 2)))
    v = -length * (1 + ANGLES) / 2
    angle = np.pi / 2 * jnp.exp(v)

    def together(angle):
        # (d - d')^2 and (d + d')^2 each over its own variance
        half = angle / 2
        apart, both = 2 * jnp.sin(half), 2 * jnp.cos(half)
        exponent = ((d[:, None] - d) / apart) ** 2 + ((d[:, None] + d) / both) ** 2
        return weights @ jnp.exp(-exponent / 2) @ weights / (2 * np.pi)

    values = lax.map(together, angle)
    return length / 2 * jnp.sum(ANGLE_WEIGHTS * angle * values)
