"""Useful groups by other routes: chances of every count in many digits, adaptive quadrature."""

import itertools

import mpmath as mp
import numpy as np
from scipy import integrate, special, stats

mp.mp.dps = 40


def useful_group(a, b, rollouts):
    """By sums of logarithms of Gamma functions, in digits enough for what cancels."""
    with mp.workdps(700 if max(a, b) > 1e20 or min(a, b) < 1e-20 else 80):
        a, b, n = mp.mpf(a), mp.mpf(b), mp.mpf(int(rollouts))
        if n == 1:
            return mp.mpf(0)

        def ratio(a, b):
            if n < 200:
                return mp.fprod((b + j) / (a + b + j) for j in range(int(n)))
            logs = mp.loggamma(a + b) + mp.loggamma(b + n) - mp.loggamma(b)
            return mp.exp(logs - mp.loggamma(a + b + n))

        return 1 - ratio(a, b) - ratio(b, a)


def _useful(a, b, n):
    def log_ratio(a, b):
        return special.betaln(a, b + n) - special.betaln(a, b)

    return -special.expm1(log_ratio(a, b)) - np.exp(log_ratio(b, a))


def selected_useful_group(a, b, seen, rollouts, candidates, batch):
    """By the quantile of the distance: u = G(|d - 1/2|) is uniform, and each side has its share.

    Adaptive quadrature over the chosen quantiles; the distance at a quantile is a root.
    """
    if rollouts == 1:  # which teaches nothing
        return 0.0
    n, x = int(seen), np.arange(int(seen) + 1.0)
    worth = _useful(a + x, b + n - x, rollouts)
    law = stats.beta(a, b)

    def value(d):
        return float(np.sum(stats.binom.pmf(x, n, d) * worth))

    def at(u):
        """Mean worth of the candidates whose distance has this rank."""
        low, high = 0.0, 0.5
        for _ in range(80):
            middle = (low + high) / 2
            inside = law.cdf(0.5 + middle) - law.cdf(0.5 - middle)
            low, high = (middle, high) if inside < u else (low, middle)
        sides = [0.5 + low, 0.5 - low]
        heights = [law.pdf(d) for d in sides]
        if not np.all(np.isfinite(heights)) or sum(heights) == 0:
            return value(sides[int(np.argmin(heights))])
        return sum(h * value(d) for h, d in zip(heights, sides, strict=True)) / sum(heights)

    m, k = int(candidates), int(batch)

    def chosen(u):
        return at(u) * (stats.binom.cdf(k - 1, m - 1, u) if k < m else 1.0)

    cuts = sorted({0.0, *np.clip([k / m / 4, k / m / 2, k / m, 2 * k / m, 4 * k / m], 0, 1), 1.0})
    parts = [
        integrate.quad(chosen, low, high, epsabs=1e-13, epsrel=1e-11, limit=200)[0]
        for low, high in itertools.pairwise(cuts)
    ]
    return m / k * sum(parts)


def rollouts_saved(a, b, seen, rollouts, candidates, batch):
    found = selected_useful_group(a, b, seen, rollouts, candidates, batch)
    return 1 - float(_useful(a, b, rollouts)) / found if rollouts > 1 else 0.0


CHOICES = [
    dict(a=1.0, b=1.0, seen=8, rollouts=8, candidates=16, batch=1),
    dict(a=0.5, b=0.5, seen=8, rollouts=8, candidates=16, batch=4),
    dict(a=0.3, b=1.0, seen=8, rollouts=8, candidates=32, batch=8),
    dict(a=2.0, b=5.0, seen=0, rollouts=3, candidates=40, batch=7),
    dict(a=0.5, b=0.5, seen=32, rollouts=2, candidates=5, batch=5),
    dict(a=1.0, b=3.0, seen=300, rollouts=16, candidates=100, batch=10),
    dict(a=20.0, b=50.0, seen=10, rollouts=4, candidates=64, batch=16),
    dict(a=1.5, b=0.7, seen=3, rollouts=1e15, candidates=20, batch=2),
    dict(a=0.05, b=50.0, seen=4, rollouts=4, candidates=3, batch=1),
    dict(a=1.0, b=1.0, seen=2, rollouts=8, candidates=10000, batch=1000),
    dict(a=1.0, b=1.0, seen=2, rollouts=8, candidates=10000, batch=1),
    dict(a=1.0, b=2.0, seen=1, rollouts=1, candidates=4, batch=2),
]
CORNERS = {
    "useful_group": [
        dict(a=0.5, b=0.5, rollouts=8),
        dict(a=0.3, b=1.0, rollouts=1),
        dict(a=2.0, b=5.0, rollouts=10**15),
        dict(a=1e-17, b=1e-17, rollouts=8),
        dict(a=1e-17, b=3.0, rollouts=1000),
        dict(a=1e17, b=1e-3, rollouts=64),
        dict(a=1e300, b=1e300, rollouts=16),
        dict(a=1e-300, b=1e300, rollouts=2),
    ],
    "selected_useful_group": CHOICES,
    "rollouts_saved": CHOICES,
}
SLOPES = {"useful_group": ["a", "b"]}
