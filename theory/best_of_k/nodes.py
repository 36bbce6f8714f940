"""Quadrature nodes shared by the selection kernels."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np


def gauss_legendre(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights on [0, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1) / 2, weights / 2


def half_trapezoid(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes on [0, 1] and weights that integrate an even function over [-1, 1].

    Spectrally accurate for even functions that have decayed at 1.
    """
    nodes = np.linspace(0.0, 1.0, count)
    weights = np.full(count, 2 / (count - 1))
    weights[0] = 1 / (count - 1)
    return nodes, weights


def clustered(rule, length, width, narrowest=0.05):
    """Nodes and weights on [0, length] from those on [0, 1], a good share within `width` of 0.

    A width below `narrowest` of the length is taken for that.
    """
    nodes, weights = rule
    width = jnp.maximum(width, narrowest * length)
    turns = jnp.arcsinh(length / width)
    steps = width * turns * weights * jnp.cosh(turns * nodes)
    return width * jnp.sinh(turns * nodes), steps
