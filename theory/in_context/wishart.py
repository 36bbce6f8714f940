"""Eigenvalue density of the real Wishart ensemble at finite size, as nodes and weights."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from scipy.special import gammaincc, gammaln

FINEST = 0.02  # step of the quadrature
LOWEST = -4.6  # where the nodes begin: the smallest is about exp(-100)


class Spectrum(NamedTuple):
    """Expected sum over the non-zero eigenvalues of X^T X: sum f(x) -> weights @ f(nodes)."""

    nodes: np.ndarray
    weights: np.ndarray


@functools.lru_cache(maxsize=1024)
def wishart_spectrum(num_rows: int, num_columns: int, reach: float = 0.0) -> Spectrum:
    """Nodes and weights of the one-point density for X with independent N(0, 1) entries.

    The density of p = min(n, d) eigenvalues is that of the complex ensemble of p - 1 plus a term of
    rank one; a = |n - d|:

      rho = sum_{k<=p-2} u_k^2 - (b_{p-1}/2) v_{p-1} E_{p-2} + [p odd] v_{p-1} / I_{p-1},

    u_k the orthonormal Laguerre functions, v_k = u_k / sqrt(x), b_k = sqrt(k (k + a)),
    I_k = int v_k, E_k(x) = (1/2) int sgn(x - y) v_k(y) dy, all by three-term recurrences (docs,
    in_context section 4). The trapezoid rule in t, x = exp(t - e^-t), converges exponentially.

    `reach` carries the nodes further into the upper tail, for functions that grow there.

    Moments hold to 2e-13 for n <= 256, d <= 64; rounding grows with |n - d| to 2e-12 at (4096, 64).
    Beyond p = 300 the recurrences underflow.
    """
    n, d = num_rows, num_columns
    p, a = min(n, d), abs(n - d)
    t, step = _points(n, d, reach)
    x = np.exp(t - np.exp(-t))
    root = np.sqrt(x)
    b = np.sqrt(np.arange(p) * (np.arange(p) + a))

    u_before, u = np.zeros_like(x), np.exp((a * np.log(x) - x - gammaln(a + 1)) / 2)
    log_integral = (a + 1) / 2 * np.log(2) + gammaln((a + 1) / 2) - gammaln(a + 1) / 2
    integral = np.exp(log_integral)  # of the even v_k; the odd ones have none
    # E_k for the last k = p - 2 of its own parity: odd ones start from 0
    half = integral * (0.5 - gammaincc((a + 1) / 2, x / 2)) if p % 2 == 0 else np.zeros_like(x)
    density = np.zeros_like(x)
    for k in range(p - 1):
        density += u * u
        if k % 2 != p % 2:  # E_{k+1} from E_{k-1}, of the parity of p
            half = (b[k] * half + 2 * root * u) / b[k + 1]
        if k % 2:
            integral *= b[k] / b[k + 1]
        u_before, u = u, ((2 * k + a + 1 - x) * u - b[k] * u_before) / b[k + 1]
    # half is E_{p-2}; where p = 1 there is none, and b_{p-1} = 0
    density += u / root * ((1 / integral if p % 2 else 0.0) - b[-1] / 2 * half)
    weights = step * density * x * (1 + np.exp(-t))
    return Spectrum(x, weights * (p / weights.sum()))


def _points(n, d, reach):
    step = min(FINEST, 0.25 / (1 + np.sqrt(n * d) / 2))
    end = np.log(2 * (np.sqrt(n) + np.sqrt(d)) ** 2 + 120 + reach)
    return LOWEST + step * np.arange(int(np.ceil((end - LOWEST) / step)) + 1), step
