"""The heuristic read-out of a code book: the same average over other variables and other nodes."""

import numpy as np
from scipy.special import log_ndtr

STEPS = 400


def overlaps(dim):
    """Nodes and weights of a component of a unit vector in so many dimensions.

    A trapezoid in s, the component being tanh(s), which reaches both poles.
    """
    widest = np.arccosh(np.exp(min(40 / (dim - 1), 20.0)))
    s = np.linspace(-widest, widest, STEPS)
    log_density = (1 - dim) * np.log(np.cosh(s))
    density = np.exp(log_density - log_density.max())
    return np.tanh(s), density / density.sum()


def codebook_recall(num_pairs, dim, num_values):
    """Trapezoids over the score of the right pair and both overlaps."""
    n, d, v = map(float, (num_pairs, dim, num_values))
    (a, of_a), (c, of_c) = overlaps(v), overlaps(d)
    x = np.linspace(-9, 9, 241)
    weight = np.exp(-x * x / 2)
    weight /= weight.sum()
    spread = np.sqrt((1 + a) / (1 - a) * max(n - 2, 0) / (d * v))
    right = np.zeros_like(x)
    for i, score in enumerate(np.sqrt((n - 1) / (d * v)) * x):
        margin = 1 + score - c[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.where(spread > 0, margin / spread, np.where(margin > 0, np.inf, -np.inf))
        beaten = of_c @ np.exp(log_ndtr(-z)) @ of_a
        right[i] = np.exp((n - 1) * np.log1p(-min(beaten, 1 - 1e-16)))
    return float(weight @ right)


CORNERS = {
    "codebook_recall": [
        dict(num_pairs=2, dim=2, num_values=2),
        dict(num_pairs=2, dim=1e6, num_values=1e6),
        dict(num_pairs=3, dim=2, num_values=2.5),
        dict(num_pairs=3, dim=2, num_values=1e6),
        dict(num_pairs=3, dim=1e6, num_values=2),
        dict(num_pairs=64, dim=32, num_values=32),
        dict(num_pairs=1e6, dim=1000, num_values=3000),
        dict(num_pairs=1e6, dim=2, num_values=1e6),
        dict(num_pairs=1e4, dim=100, num_values=3),
        dict(num_pairs=200, dim=16, num_values=5),
    ]
}
