"""Select the largest proxy = truth + error: what truth comes with it.

The density of the proxy and the mean truth at a proxy value are integrals over the truth, at nodes
even in its log odds. The distribution function of the proxy is the density's integral, from both
ends, by Gauss-Legendre panels that are even in asinh of the proxy: light and heavy tails alike.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from numpy.polynomial import Legendre, legendre

from jtts.rewards import log_of_tail

TRUTHS = np.linspace(0.0, 1.0, 600)
LOG_ODDS = 40.0  # of the truths that matter: exp(-LOG_ODDS) of them lie beyond
PANELS = 64
TAIL = 1e-18  # of the largest of n is left out
RESOLVED = 18.4  # errors of exp(-RESOLVED) are accepted


def _panel_rule(count):
    """Nodes on [0, 1], weights, and the matrix of integrals from 0 to each node."""
    nodes, weights = legendre.leggauss(count)
    degrees = range(count)
    values = legendre.legvander(nodes, count - 1)
    antiderivatives = np.stack([Legendre.basis(k).integ(lbnd=-1)(nodes) for k in degrees], -1)
    # coefficients of the interpolant from its values, by the orthogonality of the polynomials
    coefficients = values * weights[:, None] * (2 * np.arange(count) + 1) / 2
    return (nodes + 1) / 2, weights / 2, antiderivatives @ coefficients.T / 2


NODES, WEIGHTS, FROM_START = _panel_rule(20)


def mean_truth(counts, truth, error, strip):
    """E truth of the sample with the largest truth + error among each of n = counts, [m].

    Args:
      truth, error: laws of one sample; tails of the truth fall at least exponentially.
      strip: half the width of the strip, in the complex plane, in which the error's density is
        analytic. An error too narrow for the nodes gives NaN.
    """
    most = jnp.max(counts)
    v = -LOG_ODDS + (2 * LOG_ODDS + jnp.log(most)) * TRUTHS
    lower, upper = 1 / (1 + jnp.exp(-v)), 1 / (1 + jnp.exp(v))
    g = truth.quantile(lower, upper)
    mass = (v[1] - v[0]) * lower * upper
    mean = jnp.sum(mass * g)

    def end(law, tail):
        return law.quantile(TAIL, 1.0) if tail == 0 else law.quantile(1.0, TAIL / most)

    def width(law):
        return law.quantile(0.75, 0.25) - law.quantile(0.25, 0.75)

    centre = truth.quantile(0.5, 0.5) + error.quantile(0.5, 0.5)
    scale = width(truth) + width(error)
    low, high = (jnp.arcsinh((end(truth, i) + end(error, i) - centre) / scale) for i in (0, 1))
    step = (high - low) / PANELS
    y = low + step * (jnp.arange(PANELS)[:, None] + NODES)
    proxy = centre + scale * jnp.sinh(y)
    ds = step * scale * jnp.cosh(y)

    kernel = mass * jnp.exp(error.log_density(proxy[..., None] - g))
    density, total = jnp.sum(kernel, -1) * ds, jnp.sum(kernel * (g - mean), -1) * ds
    panel = density @ WEIGHTS
    before = jnp.append(0.0, jnp.cumsum(panel)[:-1])[:, None]
    after = jnp.append(jnp.cumsum(panel[::-1])[::-1][1:], 0.0)[:, None]
    below = jnp.maximum(before + density @ FROM_START.T, 0.0)
    above = jnp.maximum(after + density @ (WEIGHTS - FROM_START).T, 0.0)
    log_below = log_of_tail(jnp.maximum(below, 1e-300), above)

    def at(n):
        return jnp.sum(WEIGHTS * total * n * jnp.exp((n - 1) * log_below))

    gain = mean + jnp.vectorize(at)(counts)
    known = 2 * np.pi * strip / jnp.max(jnp.diff(g)) > RESOLVED
    return jnp.where(known, gain, jnp.nan)
