"""Quadrature nodes shared by the selection kernels."""

from __future__ import annotations

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
