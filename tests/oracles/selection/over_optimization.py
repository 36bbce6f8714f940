"""Selection by a proxy: the error, not the truth, is integrated over, in panels of the line."""

import mpmath as mp
import numpy as np
from scipy import special

NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)


def _panels(ends):
    x = (ends[:-1, None] + np.diff(ends)[:, None] * (NODES + 1) / 2).ravel()
    return x, (np.diff(ends)[:, None] * WEIGHTS / 2).ravel()


def _normal(n):
    """Mean and second moment of the largest of n standard normals."""
    x, dx = _panels(np.linspace(-40, 40, 801))
    log_below = np.where(x > 0, np.log1p(-special.ndtr(-abs(x))), special.log_ndtr(x))
    density = n * np.exp((n - 1) * log_below - x**2 / 2) / np.sqrt(2 * np.pi)
    mean = np.sum(dx * density * x)
    return mean, np.sum(dx * density * (x - mean) ** 2)


def _student(scale, dof):
    """Weights of E(truth; proxy) and ln P(proxy < s) at nodes s of the line.

    The distribution function is the average over the truth of scipy's of the error.
    """
    top = 60 / min(dof, 1.5)
    y, dy = _panels(np.linspace(-top, top, 601))
    s, ds = np.sinh(y) * (1 + scale), dy * np.cosh(y) * (1 + scale)
    g, mass = _panels(np.linspace(-12, 12, 121))
    mass = mass * np.exp(-(g**2) / 2) / np.sqrt(2 * np.pi)
    log_c = special.gammaln((dof + 1) / 2) - special.gammaln(dof / 2) - np.log(dof * np.pi) / 2
    weight, log_below = np.empty_like(s), np.empty_like(s)
    for i, at in enumerate(s):
        t = (at - g) / scale
        density = np.exp(log_c - (dof + 1) / 2 * np.log1p(t**2 / dof)) / scale
        weight[i] = ds[i] * (mass @ (g * density))
        above, below = mass @ special.stdtr(dof, -t), mass @ special.stdtr(dof, t)
        log_below[i] = np.log1p(-above) if above < 0.5 else np.log(max(below, 1e-300))
    return weight, log_below


def gain_under_error(n, *, scale, dof=None):
    if scale == 0:
        return _normal(n)[0] if n != 1 else 0.0
    if dof is None:
        return (_normal(n)[0] if n != 1 else 0.0) / np.hypot(1, scale)
    weight, log_below = _student(scale, dof)
    return n * np.sum(weight * np.exp((n - 1) * log_below))


def variance_under_error(n, scale):
    """Truth given the proxy is normal: its own variance, and that of its mean."""
    scale = mp.mpf(scale)
    variance = mp.mpf(_normal(n)[1]) if n != 1 else mp.mpf(1)
    return scale**2 / (1 + scale**2) + variance / (1 + scale**2)


def gain_of_curved_truth(n, linear, curvature):
    mean, variance = _normal(n) if n != 1 else (0.0, 1.0)
    return linear * mean - curvature * (mean**2 + variance)


def optimal_n_under_error(scale, dof):
    """Every whole number to 200."""
    weight, log_below = _student(scale, dof)
    found = [n * np.sum(weight * np.exp((n - 1) * log_below)) for n in range(1, 200)]
    return 1 + int(np.argmax(found))


def overoptimization_peak_best_of_n(alpha, beta):
    return mp.mpf(alpha) / beta / 2


def overoptimization_peak_rl(alpha, beta):
    mp.mp.dps = 400
    return mp.exp(mp.mpf(alpha) / mp.mpf(beta) - 1)


CORNERS = {
    "gain_under_error": [
        dict(n=1, scale=1.0, dof=3.0),
        *(dict(n=n, scale=1.0, dof=3.0) for n in (2, 1e9)),
        dict(n=16, scale=1.0, dof=0.5),
        dict(n=1e4, scale=0.3, dof=2.0),
        dict(n=50, scale=1.0, dof=1e6),
        dict(n=16, scale=0.0, dof=3.0),
        *(dict(n=n, scale=s) for n, s in [(1, 0.0), (1e9, 0.0), (16, 1e-9), (16, 1e200)]),
    ],
    "variance_under_error": [
        dict(n=n, scale=s)
        for n, s in [(1, 0.0), (1e15, 0.0), (1e15, 1e-9), (16, 4 / 3), (16, 1e200)]
    ],
    "gain_of_curved_truth": [
        dict(n=n, linear=a, curvature=b)
        for n, a, b in [
            (1, 1.0, 0.3),
            (1, -1e3, 1e3),
            (2, 0.0, 1.0),
            (1e15, -1.0, 0.1),
            (256, 1.0, 0.3),
        ]
    ],
    "optimal_n_under_error": [dict(scale=1.0, dof=3.0), dict(scale=2.0, dof=2.0)],
    "overoptimization_peak_best_of_n": [
        dict(alpha=1e-300, beta=1.0),
        dict(alpha=1.0, beta=0.3),
    ],
    "overoptimization_peak_rl": [dict(alpha=1e-17, beta=1.0), dict(alpha=60.0, beta=0.3)],
}
