"""Majorities: sums of binomial probabilities in many digits."""

import importlib.util
from fractions import Fraction
from pathlib import Path

import mpmath as mp


def majority_error(bit_error, heads):
    """Term by term from the smallest majority on, until the terms no longer count."""
    with mp.workdps(60):
        p, m = mp.mpf(bit_error), (heads + 1) // 2
        if p in (0, 1):
            return p
        term = mp.exp(
            mp.loggamma(heads + 1) - mp.loggamma(m + 1) - mp.loggamma(heads - m + 1)
            + m * mp.log(p) + (heads - m) * mp.log1p(-p)
        )  # fmt: skip
        total = term
        for k in range(m + 1, heads + 1):
            term *= (heads - k + 1) * p / (k * (1 - p))
            total += term
            if term < total * mp.mpf(10) ** -35:
                break
        return mp.re(total)


def majority_bit_error(num_pairs, dim, heads, keys="sphere"):
    """Of the bit error's own oracle."""
    path = Path(__file__).with_name("sign_readout.py")
    spec = importlib.util.spec_from_file_location("oracles_of_bits", path)
    bits = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bits)
    error = bits.bit_error(num_pairs, dim, keys)
    if isinstance(error, Fraction):
        with mp.workdps(60):
            error = mp.mpf(error.numerator) / error.denominator
    return majority_error(error, heads)


def majority_exponent(bit_error):
    """Chernoff's exponent in 60 digits."""
    with mp.workdps(60):
        p = mp.mpf(bit_error)
        if p == 0:
            return mp.inf
        return -mp.log(4 * p * (1 - p)) / 2 if p < 0.5 else mp.mpf(0)


def majority_bound(bit_error, heads):
    """A power in 60 digits."""
    with mp.workdps(60):
        p = mp.mpf(bit_error)
        return (4 * p * (1 - p)) ** (mp.mpf(heads) / 2) if p < 0.5 else mp.mpf(1)


CORNERS = {
    "majority_error": [
        dict(bit_error=0.0, heads=3),
        dict(bit_error=1.0, heads=3),
        dict(bit_error=1e-290, heads=1),
        dict(bit_error=1e-17, heads=1),
        dict(bit_error=1e-12, heads=3),
        dict(bit_error=1e-9, heads=31),
        dict(bit_error=0.25, heads=101),
        dict(bit_error=0.2499, heads=1001),
        dict(bit_error=0.5, heads=999),
        dict(bit_error=0.5 - 1e-4, heads=100_001),
        dict(bit_error=0.501, heads=10_001),
        dict(bit_error=1 - 2**-53, heads=1),
    ],
    "majority_bit_error": [
        dict(num_pairs=3, dim=200, heads=1, keys="gauss"),
        dict(num_pairs=3, dim=200, heads=3),
        dict(num_pairs=2, dim=8, heads=5),
        dict(num_pairs=2, dim=50, heads=11, keys="gauss"),
        dict(num_pairs=4, dim=3, heads=101),
        dict(num_pairs=10**5, dim=2, heads=1001),
    ],
    "majority_exponent": [
        dict(bit_error=0.0),
        dict(bit_error=1e-300),
        dict(bit_error=1e-17),
        dict(bit_error=0.2500001),
        dict(bit_error=0.5 - 1e-9),
        dict(bit_error=0.5),
        dict(bit_error=1.0),
    ],
    "majority_bound": [
        dict(bit_error=1e-17, heads=11),
        dict(bit_error=0.5 - 1e-6, heads=1_000_001),
        dict(bit_error=0.0, heads=1),
        dict(bit_error=0.7, heads=9),
    ],
}
SLOPES = {"majority_error": ["bit_error"]}
