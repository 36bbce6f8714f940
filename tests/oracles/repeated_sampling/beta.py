"""Beta difficulty: ratios of Gamma functions in 100 digits and more, and sums."""

import mpmath as mp
import numpy as np


def _numbers(*values):
    largest = max(1.0, *(float(value) for value in values if value < mp.inf))
    mp.mp.dps = 100 + 3 * int(mp.log10(largest))  # log-gammas, their differences, and their effect
    return [mp.mpf(value) for value in values]


def _ratio(k, a, b):
    """B(a, b + k) / B(a, b) from log-gammas: 100 digits less those that they share."""
    if k == mp.inf:
        return mp.mpf(0)
    log = mp.loggamma
    return mp.exp(log(b + k) - log(b) + log(a + b) - log(a + b + k))


def pass_at_k(k, a, b):
    """1 - B(a, b + k) / B(a, b)."""
    return 1 - _ratio(*_numbers(k, a, b))


def all_pass_at_k(k, a, b):
    """B(a + k, b) / B(a, b)."""
    return _ratio(*(_numbers(k, b, a)))


def expected_tries(n, a, b):
    """The sum term by term, or telescoped for many terms."""
    n, a, b = _numbers(n, a, b)
    if n == mp.inf:
        return (a + b - 1) / (a - 1) if a > 1 else mp.inf
    if n <= 100 and n == mp.floor(n):
        return mp.fsum(_ratio(mp.mpf(j), a, b) for j in range(int(n)))
    if a == 1:
        return 1 + b * (mp.digamma(b + n) - mp.digamma(b + 1))
    log = mp.loggamma
    ratio = mp.exp(log(b + a) - log(b + 1) + log(b + n) - log(b + n + a - 1))
    return 1 + b / (a - 1) * (1 - ratio)


def success_after_failures(m, a, b):
    """a / (a + b + m)."""
    m, a, b = _numbers(m, a, b)
    return mp.mpf(0) if m == mp.inf else a / (a + b + m)


FLAT, STEEP = {"a": 0.05, "b": 0.3}, {"a": 4.0, "b": 10.0}
SHAPES = [
    {"k": 0, **FLAT},
    {"k": 1, "a": 1.0, "b": 1e8},
    {"k": 5, "a": 3e3, "b": 7e3},
    {"k": 1e9, **FLAT},
    {"k": 1e9, **STEEP},
    {"k": 1e300, "a": 1e-3, "b": 1e-17},
    {"k": 3, "a": 1e-17, "b": 1.0},
    {"k": 7, "a": 1e-9, "b": 1e-9},
    {"k": 1e-5, "a": 2.0, "b": 1e12},
    {"k": np.int8(127), "a": 1, "b": 1},
    {"k": np.int32(2**31 - 1), "a": 1, "b": 1},
    {"k": np.inf, **STEEP},
]
CORNERS = {
    "pass_at_k": SHAPES,
    "all_pass_at_k": [
        *SHAPES,
        {"k": 1, "a": 1e8, "b": 1.0},
        {"k": 1e4, "a": 1e8, "b": 1e-3},
        {"k": 0.047, "a": 1e-17, "b": 1e300},
        {"k": 1e300, "a": 1e-17, "b": 0.047},
        {"k": 0.01, "a": 1e-250, "b": 1e300},
        {"k": 1e300, "a": 1e-250, "b": 1e300},
        {"k": 0.0093, "a": 1.5e-250, "b": 3.8e299},
    ],
    "expected_tries": [
        {"n": 1, **FLAT},
        {"n": 1e9, **FLAT},
        {"n": 1e9, **STEEP},
        {"n": 16, "a": 1.0, "b": 2.0},
        {"n": 16, "a": 1.0 + 1e-12, "b": 2.0},
        {"n": 16, "a": 0.95, "b": 1.0},
        {"n": 1e9, "a": 1.0, "b": 0.3},
        {"n": 2, "a": 1e-9, "b": 1e-9},
        {"n": 100, "a": 2.0, "b": 1e8},
        {"n": 1e9, "a": 4.0, "b": 1e8},
        {"n": 2e18, "a": 0.035, "b": 2.3e299},
        {"n": np.inf, "a": 2, "b": 3},
        {"n": np.inf, "a": 1, "b": 3},
    ],
    "success_after_failures": [
        {"m": np.int8(126), "a": 1, "b": 1},
        {"m": 0, "a": 1e-17, "b": 1.0},
        {"m": 1e9, **FLAT},
        {"m": np.inf, **STEEP},
    ],
}
SLOPES = {"pass_at_k": ["a", "b"], "success_after_failures": ["a", "b"]}
