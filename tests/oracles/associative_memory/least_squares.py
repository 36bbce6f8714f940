"""Least squares: dimensions counted in exact rationals, and means of inverse Wishart matrices."""

from fractions import Fraction

import mpmath as mp

mp.mp.dps = 60


def least_squares_error(num_pairs, dim):
    """Share of N dimensions outside a space of d."""
    num_pairs, dim = Fraction(num_pairs), Fraction(dim)
    return max(num_pairs - dim, Fraction(0)) / num_pairs


def noise_gain(num_pairs, dim, keys="sphere"):
    """Rank times the mean of the inverse squared distance of a key from the span of the others.

    Of m = d - N + 1 degrees: E 1/chi^2 = 1/(m - 2) for Gaussian keys; on the sphere the squared
    distance is Beta(m/2, (N - 1)/2).
    """
    num_pairs, dim = Fraction(num_pairs), Fraction(dim)
    if keys == "gauss":
        rank, other = min(num_pairs, dim), max(num_pairs, dim)
        degrees = other - rank + 1
        return rank / (degrees - 2) if degrees > 2 else mp.inf
    if num_pairs > dim:
        return mp.nan
    if num_pairs == 1:
        return 1 / dim
    a, b = (dim - num_pairs + 1) / 2, (num_pairs - 1) / 2
    return num_pairs / dim * (a + b - 1) / (a - 1) if a > 1 else mp.inf


def limit_noise_gain(load):
    """Mean of 1/s over the non-zero Marchenko-Pastur spectrum, from its transform at 0."""
    load = mp.mpf(load)
    if load == 1:
        return mp.inf
    return load / (1 - load) if load < 1 else 1 / (load - 1)


CORNERS = {
    "least_squares_error": [
        dict(num_pairs=1, dim=1),
        dict(num_pairs=10**15, dim=10**15 - 1),
        dict(num_pairs=10**15, dim=1),
        dict(num_pairs=7, dim=10**15),
        dict(num_pairs=1001, dim=1000),
    ],
    "noise_gain": [
        dict(num_pairs=1, dim=1),
        dict(num_pairs=1, dim=2),
        dict(num_pairs=1, dim=3),
        dict(num_pairs=2, dim=3),
        dict(num_pairs=2, dim=4),
        dict(num_pairs=4, dim=3),
        dict(num_pairs=10**15 - 2, dim=10**15),
        dict(num_pairs=1, dim=1, keys="gauss"),
        dict(num_pairs=1, dim=3, keys="gauss"),
        dict(num_pairs=10**15, dim=10**15 - 2, keys="gauss"),
        dict(num_pairs=10**15, dim=10**15, keys="gauss"),
    ],
    "limit_noise_gain": [
        dict(load=0.0),
        dict(load=1e-300),
        dict(load=1 - 2**-53),
        dict(load=1 + 2**-52),
        dict(load=1e300),
    ],
}
