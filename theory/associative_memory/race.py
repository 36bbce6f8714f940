"""Softmax as a race: exact averages over random keys at any size.

Give each key its logit plus a Gumbel deviate G, P(G < g) = exp(-e^-g): a key wins with its softmax
probability, and the best of the others is distributed as ln Z + G. With A(u) = P(beta c + G > u)
for the overlap c of one key, P(ln Z + G < u) = (1 - A(u))^(N-1).
"""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.special import log_gamma_ratio
from jtts.theory.associative_memory.overlaps import log_moment_generating

NODES, WEIGHTS = (np.asarray(x) for x in np.polynomial.legendre.leggauss(40))
HALF_NODES, HALF_WEIGHTS = (NODES + 1) / 2, WEIGHTS / 2
HALVINGS = 30  # they only place windows of integration
BATCH = 64  # points evaluated at once
SPREADS = 16.0  # half width of the window about a peak, in standard deviations
BENDS = np.array([60.0, 3.0, -3.0, -10.0, -60.0])  # P(G > -x) is 1 above 3, e^x below -10
NEARLY = 3.4  # exp(-exp(3.4)) is 1e-13: of a lone key 1 - A keeps no smaller ones
CERTAIN, NEVER = 4.3, -39.0  # exp(-exp(4.3)) and exp(-39) are 1e-32 and 1e-17


def _bisect(below, low, high):
    """Where `below` turns from true to false."""

    def halve(_, ends):
        low, high = ends
        middle = (low + high) / 2
        side = below(middle)
        return jnp.where(side, middle, low), jnp.where(side, high, middle)

    low, high = lax.fori_loop(0, HALVINGS, halve, (low, high))
    return (low + high) / 2


def _log_passing(x):
    """ln P(G > -x) = ln(1 - exp(-e^x)), and its derivative."""
    small = x < -30
    rate = jnp.exp(jnp.where(small, -30.0, jnp.minimum(x, 5.0)))
    return jnp.where(small, x, jnp.log(-jnp.expm1(-rate))), jnp.where(
        small, 1.0, rate / jnp.expm1(rate)
    )


def log_passing(level, dim, rate):
    """ln A(level) of one key, uniform on the sphere; `level` is [nodes], the rest are numbers.

    Gauss-Legendre in the angle about the peak of sin(theta)^(d-2) P(G > level - rate cos(theta)),
    in panels that end at the peak and where that probability bends.
    """
    power = jnp.maximum(dim - 2, 1e-3)
    level = level[..., None]

    def rising(overlap):
        push = rate * _log_passing(rate * overlap - level)[1]
        return power * overlap < push * (1 - overlap**2)

    peak = lax.stop_gradient(_bisect(rising, jnp.zeros_like(level), jnp.ones_like(level)))
    pull = power * peak / (1 - peak**2)
    centre = jnp.arccos(peak)
    width = SPREADS / jnp.sqrt(pull * peak + power / (1 - peak**2))
    low, high = jnp.maximum(centre - width, 0.0), jnp.minimum(centre + width, np.pi)
    bends = jnp.arccos(jnp.clip((level + BENDS) / jnp.maximum(rate, 1e-12), -1.0, 1.0))
    ends = jnp.concatenate([low, jnp.clip(bends, low, high), centre, high], -1)
    angle, weights = _panels(lax.stop_gradient(jnp.sort(ends, -1)))
    overlap = jnp.cos(angle)
    # about the equator, where all keys of many dimensions are, the sine is 1 but for its last digit
    near = jnp.abs(overlap) < 0.5
    log_sine = jnp.where(
        near,
        jnp.log1p(-(jnp.where(near, overlap, 0.0) ** 2)) / 2,
        jnp.log(jnp.maximum(jnp.sin(angle), 1e-300)),
    )
    exponent = (dim - 2) * log_sine + _log_passing(rate * overlap - level)[0]
    top = lax.stop_gradient(jnp.max(exponent, -1, keepdims=True))
    total = jnp.sum(weights * jnp.exp(exponent - top), -1)
    return top[..., 0] + jnp.log(total) - _log_norm(dim)


def _panels(ends):
    """Gauss-Legendre nodes and weights between each two neighbours of `ends`, [..., nodes]."""
    lengths = jnp.diff(ends)[..., None]
    nodes = ends[..., :-1, None] + lengths * HALF_NODES
    weights = jnp.broadcast_to(lengths * HALF_WEIGHTS, nodes.shape)
    shape = (*ends.shape[:-1], -1)
    return nodes.reshape(shape), weights.reshape(shape)


def _log_norm(dim):
    """ln of the integral of sin(theta)^(d-2) from 0 to pi."""
    return np.log(np.pi) / 2 - log_gamma_ratio((dim - 1) / 2, 0.5)


def _log_passers(level, log_others, dim, rate):
    """ln of -ln P(ln Z + G < level), about the mean number of keys that pass the level."""
    one = jnp.minimum(log_passing(level, dim, rate), -1e-16)
    rare = one < -30
    common = jnp.log(-jnp.log1p(-jnp.exp(jnp.where(rare, -1.0, one))))
    return log_others + jnp.where(rare, one, common)


def _won(log_passers):
    return jnp.exp(-jnp.exp(jnp.minimum(log_passers, 50.0)))


def _by_points(function):
    """Broadcast, then map over points, a batch at a time: memory does not grow with the grid."""

    @functools.wraps(function)
    def mapped(*arguments):
        arrays = jnp.broadcast_arrays(*(jnp.asarray(a, jnp.result_type(float)) for a in arguments))
        flat = tuple(a.ravel() for a in arrays)
        values = lax.map(lambda point: function(*point), flat, batch_size=BATCH)
        return values.reshape(arrays[0].shape)

    return jax.jit(mapped)


@_by_points
def mean_mass(lead, log_others, dim, rate):
    """P(lead + G beats the best of the others) = E 1/(1 + Z e^-lead)."""
    nodes, weights = _panels(jnp.array([-CERTAIN, 4.0, 14.0, -NEVER]))
    density = jnp.exp(-nodes - jnp.exp(-nodes))
    return jnp.sum(weights * density * _won(_log_passers(lead + nodes, log_others, dim, rate)))


@_by_points
def mean_log_partition(log_others, dim, rate):
    """E ln Z: the mean of ln Z + G less Euler's constant."""
    targets = jnp.array([NEARLY, 1.5, 0.0, -2.0, -10.0, NEVER])
    highest = log_others + log_moment_generating(dim, rate) - NEVER + 1

    def enough(level):
        return _log_passers(level, log_others, dim, rate) > targets

    ends = _bisect(enough, jnp.full(6, -rate - CERTAIN - 2), jnp.full(6, highest))
    ends = lax.stop_gradient(ends)
    # a lone key's logit ends at -rate and rate, where its density may have a peak
    steps = jnp.maximum(rate, 4.0) * jnp.maximum(rate / 4, 1.0) ** -np.linspace(0, 1, 9)
    edges = rate - jnp.concatenate([steps, np.array([1.0, -2.0, -6.0, -14.0])])
    both = jnp.concatenate([edges, -edges])
    cuts = jnp.sort(jnp.concatenate([ends, jnp.clip(both, ends[0], ends[-1])]))
    levels, weights = _panels(lax.stop_gradient(cuts))
    won = _won(_log_passers(levels, log_others, dim, rate))
    tails = jnp.where(levels < ends[2], -won, 1 - won)
    return ends[2] + jnp.sum(weights * tails) - np.euler_gamma
