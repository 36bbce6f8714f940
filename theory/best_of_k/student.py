"""The nearest of k Student-t candidates, at one offset of the judge.

Units as in `nearest`, s the scale of the t distribution. Distances run over many decades: nodes
follow the distance of the nearest candidate, as sinh does, from where none is expected to where one
is certain; where tails are so heavy that this is far beyond the judge and the scale, a power law
takes over.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from jtts import student_t
from jtts.theory.best_of_k.moments import averaged
from jtts.theory.best_of_k.nearest import CUTOFF, log_survival, nearest_moments
from jtts.theory.best_of_k.nodes import gauss_legendre

BODY = gauss_legendre(48)
TAIL = gauss_legendre(24)
INSIDE = gauss_legendre(12)
SMALL = 0.5  # intervals below this are integrated, the tails of larger ones subtracted
NEAREST = 1e-11  # expected candidates within the smallest distance
NEAR, FAR = 8.0, 3e5  # in c + sqrt(dof): where tails begin, where they are power laws
BISECTIONS = 12


def log_peak_density(dof):
    """ln of the standard Student-t density at 0."""
    return student_t.log_normaliser(dof) - jnp.log(dof) / 2


def student_moments(k, c, inverse_dof):
    """E x^2 and E x / c for the nearest of k candidates; scalars, inverse_dof > 0."""
    dof = 1 / inverse_dof
    body, end, tail, last = lax.stop_gradient(_distances(k, c, dof))
    r, weight = (jnp.concatenate(parts) for parts in zip(body, tail, strict=True))
    log_peak = log_peak_density(dof)
    both, toward = _densities(c, r, dof, log_peak)
    weight = weight * k * jnp.exp((k - 1) * _log_survival(c, r, dof, log_peak))
    square, slope = jnp.sum(weight * r**2 * both), jnp.sum(weight * r * toward)
    # beyond the last distance the survival probability is a power -dof of it
    survival = jnp.exp(k * _log_survival(c, last, dof, log_peak))
    excess = k * dof - 2
    finite = excess > 0
    beyond = k * dof / jnp.where(finite, excess, 1.0) * last**2 * survival
    open_end = end >= last
    square += jnp.where(open_end, beyond, 0.0)
    slope -= jnp.where(open_end, (dof + 1) * survival, 0.0)
    return jnp.where(finite, square, jnp.inf), slope


def _densities(c, r, dof, log_peak):
    """Density of candidates at distance r, and (f(c + r) - f(c - r)) / c."""
    power = (dof + 1) / 2
    near = 1 + (c - r) ** 2 / dof
    at_near = jnp.exp(log_peak - power * jnp.log(near))
    farther = 4 * c * r / (dof * near)
    drop = power * jnp.log1p(farther)
    safe = jnp.where(farther > 1e-8, farther, 1.0)
    # drop / c and (1 - exp(-drop)) / drop, also at c = 0
    rate = jnp.where(farther > 1e-8, jnp.log1p(safe) / safe, 1 - farther / 2)
    rate *= power * 4 * r / (dof * near)
    large = jnp.where(drop > 1e-8, drop, 1.0)
    falloff = jnp.where(drop > 1e-8, -jnp.expm1(-large) / large, 1 - drop / 2)
    return at_near * (1 + jnp.exp(-drop)), -at_near * rate * falloff


def _log_survival(c, r, dof, log_peak):
    """ln of the chance that a candidate is not within r of c."""
    root = jnp.sqrt(dof)
    near = jnp.exp(student_t.log_upper_tail(dof, jnp.arcsinh(jnp.abs(c - r) / root)))
    far = jnp.exp(student_t.log_upper_tail(dof, jnp.arcsinh((c + r) / root)))
    beyond = r > c
    hit = jnp.where(beyond, 1 - (near + far), near - far)
    nodes, weights = INSIDE
    inner = jnp.minimum(r, SMALL)[..., None]
    x = c + inner * (2 * nodes - 1)
    inside = jnp.exp(log_peak - (dof + 1) / 2 * jnp.log1p(x**2 / dof)) @ weights
    hit = jnp.where(r < SMALL, 2 * inner[..., 0] * inside, hit)
    miss = jnp.where(beyond & (r >= SMALL), near + far, 1 - hit)
    return log_survival(hit, jnp.maximum(miss, 1e-300))


def _distances(k, c, dof):
    """Nodes and weights of the body, where it ends, those of the tail, and where that ends."""
    log_peak = log_peak_density(dof)
    scale = c + jnp.sqrt(dof)
    last = jnp.log(FAR * scale)

    def expected(log_r):
        return -k * _log_survival(c, jnp.exp(log_r), dof, log_peak)

    def first(condition, low):
        def halve(_, ends):
            low, high = ends
            middle = (low + high) / 2
            met = condition(middle)
            return jnp.where(met, low, middle), jnp.where(met, middle, high)

        return lax.fori_loop(0, BISECTIONS, halve, (low, last))[1]

    # no interval holds more than its length times the peak
    log_k = jnp.log(k)
    nearest = first(lambda x: expected(x) > NEAREST, jnp.log(NEAREST) - log_k - 1)
    typical = first(lambda x: expected(x) > 1, -log_k - 1)
    end = first(lambda x: expected(x) - 2 * (x - typical) > CUTOFF, typical)
    low, typical, end = (jnp.exp(x) for x in (nearest, typical, end))
    width = jnp.maximum(typical - low, 1e-3 * typical)
    middle = jnp.minimum(end, jnp.maximum(NEAR * scale, 2 * typical))
    # two panels that meet at the crowd of candidates, r = c: nodes are dense where they meet
    nodes, weights = BODY
    reach = jnp.arcsinh((middle - low) / width)
    split = jnp.arcsinh(jnp.maximum(c - low, 0.0) / width)
    split = jnp.where((split > 0.02 * reach) & (split < 0.98 * reach), split, reach / 2)
    rest = reach - split
    x = jnp.concatenate([split * nodes, split + rest * nodes])
    lengths = jnp.concatenate([split * weights, rest * weights])
    body = low + width * jnp.sinh(x), width * lengths * jnp.cosh(x)
    nodes, weights = TAIL
    stop = jnp.exp(last)
    log_ratio = jnp.log(jnp.minimum(end, stop) / middle)
    r = middle * jnp.exp(log_ratio * nodes)
    return body, end, (r, log_ratio * weights * r), stop


AVERAGED_STUDENT = averaged(nearest_moments, 96), averaged(student_moments, 96)
