"""Means of plug-in estimates: the beta-binomial sum in exact rational numbers."""

import math
from fractions import Fraction

import mpmath as mp
import numpy as np


def _chances(num_samples, a, b):
    """Chances of s = 0, ..., m right samples; shapes as the rationals that floats are."""
    a, b = Fraction(a), Fraction(b)
    chance = Fraction(1)
    for j in range(num_samples):
        chance *= (b + j) / (a + b + j)
    chances = [chance]
    for s in range(num_samples):
        left = num_samples - s
        chances.append(chances[-1] * left * (a + s) / ((s + 1) * (b + left - 1)))
    return chances


def _mean(num_samples, a, b, of_share):
    mp.mp.dps = 60
    total = mp.mpf(0)
    for s, chance in enumerate(_chances(num_samples, a, b)):
        weight = mp.mpf(chance.numerator) / chance.denominator
        total += weight * of_share(mp.mpf(s) / num_samples)
    return total


def plug_in_pass_at_k(k, num_samples, a, b):
    """Average of 1 - (1 - c/m)^k."""
    if math.isinf(k):
        return _mean(num_samples, a, b, lambda share: mp.mpf(share > 0))
    return _mean(num_samples, a, b, lambda share: 1 - (1 - share) ** mp.mpf(k))


def plug_in_all_pass_at_k(k, num_samples, a, b):
    """Average of (c/m)^k."""
    if math.isinf(k):
        return _mean(num_samples, a, b, lambda share: mp.mpf(share == 1))
    return _mean(num_samples, a, b, lambda share: share ** mp.mpf(k))


POINTS = [
    {"k": 10, "num_samples": 20, "a": 1e-8, "b": 1.0},
    {"k": 1, "num_samples": 1, "a": 1e-17, "b": 1.0},
    {"k": 16, "num_samples": 3, "a": 1.0, "b": 1e-12},
    {"k": 2.5, "num_samples": 50, "a": 1e10, "b": 1e10},
    {"k": 1e9, "num_samples": 60, "a": 0.05, "b": 10.0},
    {"k": np.inf, "num_samples": 20, "a": 0.5, "b": 2.0},
    {"k": 4, "num_samples": 300, "a": 0.5, "b": 0.25},
]
CORNERS = {"plug_in_pass_at_k": POINTS, "plug_in_all_pass_at_k": POINTS}
