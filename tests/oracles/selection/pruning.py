"""Staged pruning by other routes: SciPy's bivariate normal law, counts of the early scores that
are above, and densities on a grid that are convolved."""

import itertools

import numpy as np
from scipy import optimize, special, stats


def _panels(low, high, panels, count=24):
    nodes, weights = np.polynomial.legendre.leggauss(count)
    ends = np.linspace(low, high, panels + 1)
    half = np.diff(ends)[:, None] / 2
    return ((ends[:-1, None] + half) + half * nodes).ravel(), (half * weights).ravel()


def _between(ends, count=24):
    """Panels between neighbours of the ends."""
    ends = np.unique(ends)
    parts = [_panels(*pair, 1, count) for pair in itertools.pairwise(ends)]
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))


def _line(turn=0.0, width=1.0):
    """The axis of final scores, 0 between two panels, fine where something turns."""
    near = turn + width * np.linspace(-10, 10, 41)
    even = np.r_[np.linspace(-10.0, 0.0, 41), np.linspace(0.0, 12.0, 51)]
    return _between(np.r_[even, near[(near > -10) & (near < 12)]])


def _orthant(x, y, r):
    """P(X > x, Y > y), by Owen's T function."""
    x = np.where(x == 0, 1e-300, x)
    y = np.where(y == 0, 1e-300, y)
    s = np.sqrt((1 - r) * (1 + r))
    both = (
        (special.ndtr(-x) + special.ndtr(-y)) / 2
        - special.owens_t(x, (y / x - r) / s)
        - special.owens_t(y, (x / y - r) / s)
    )
    return both - np.where(x * y < 0, 0.5, 0.0)


def _mean_of_largest(n):
    x, w = _line()
    right, left = x > 0, x < 0
    above = -np.expm1(n * special.log_ndtr(x))
    return np.sum(w[right] * above[right]) - np.sum(w[left] * np.exp(n * special.log_ndtr(x[left])))


def _best_above(c, m, r):
    """Mean of the best of m with X > c, by parts."""
    y, w = _line(r * c, np.sqrt((1 - r) * (1 + r)))
    above = np.clip(_orthant(c, y, r) / special.ndtr(-c), 0, 1)
    none = np.exp(m * np.log1p(-np.minimum(above, 1 - 1e-16)))
    return np.sum(w * np.where(y > 0, 1 - none, -none))


def best_score(n, kept, correlation):
    m, r = kept, correlation
    if m == n or r == 1:
        return float(_mean_of_largest(n))
    if r == 0:
        return float(_mean_of_largest(m))
    if m == 1:
        return float(r * _mean_of_largest(n))
    c, w = _panels(-9, 9, 60)
    log_h = (
        special.gammaln(n + 1)
        - special.gammaln(n - m)
        - special.gammaln(m + 1)
        + (n - m - 1) * special.log_ndtr(c)
        + stats.norm.logpdf(c)
        + m * special.log_ndtr(-c)
    )
    h = w * np.exp(log_h)
    used = h > 1e-17
    return float(sum(p * _best_above(x, m, r) for p, x in zip(h[used], c[used], strict=True)))


def survival(n, kept, correlation):
    """The best final score y with its early score x: fewer than m others have larger ones."""
    m, r = kept, correlation
    if m == n or r == 1:
        return 1.0
    if r == 0:
        return m / n
    y, wy = _panels(-9, 9, 40, 14)
    wy = wy * n * np.exp((n - 1) * special.log_ndtr(y)) * stats.norm.pdf(y)
    y, wy = y[wy > 1e-17], wy[wy > 1e-17]
    s = np.sqrt((1 - r) * (1 + r))
    cut = special.ndtri(m / n)
    width = np.sqrt(m / n * (1 - m / n) / n) / stats.norm.pdf(cut)
    total = 0.0
    for one, weight in zip(y, wy, strict=True):
        # between being dropped and kept for sure
        near = (-cut - r * one) / s + width / s * np.linspace(-12, 12, 25)
        z, wz = _between(np.r_[np.linspace(-9, 9, 31), near[np.abs(near) < 9]], 12)
        x = r * one + s * z
        share = np.clip(_orthant(-x, np.full_like(x, -one), r) / special.ndtr(one), 0, 1)
        few = special.betainc(n - m, m, share)
        inner = np.sum(wz * stats.norm.pdf(z) * few)
        total += weight * inner
    return float(total)


def best_score_limit(n, kept, correlation):
    if kept == n:
        return float(_mean_of_largest(n))
    c = special.ndtri(1 - kept / n)
    if correlation == 1:
        y, w = _panels(c, 12, 80)
        above = special.ndtr(-y) / special.ndtr(-c)
        return float(c + np.sum(w * -np.expm1(kept * np.log1p(-np.minimum(above, 1 - 1e-16)))))
    return float(_best_above(c, kept, correlation))


def halving_score(n, keep, times):
    """Densities of survivors at many panels, thresholds by Brent's method."""
    sizes, times = [n, *keep], list(times)
    x, mass, before = np.zeros(1), np.ones(1), 0.0
    for (have, want), t in zip(itertools.pairwise(sizes), times, strict=True):
        spread = np.sqrt(t - before)
        cut = -10.0
        if want < have:

            def more(c, x=x, mass=mass, spread=spread, share=want / have):
                return np.sum(mass * special.ndtr((x - c) / spread)) - share

            cut = optimize.brentq(more, -10, 10, xtol=1e-15)
        new, w = _panels(cut, 10.0, 120, 16)
        mass = w * ((stats.norm.pdf((new[:, None] - x) / spread) / spread) @ mass)
        x, before, mass = new, t, mass / mass.sum()
    y, w = _line()
    above = np.array([np.sum(mass * special.ndtr((x - one) / np.sqrt(1 - before))) for one in y])
    none = np.exp(keep[-1] * np.log1p(-np.clip(above, 0, 1 - 1e-16)))
    return float(np.sum(w * np.where(y > 0, 1 - none, -none)))


def optimal_split(budget, share, correlation):
    """Every number of survivors, with as many started as are paid."""
    found = []
    for m in range(1, int(budget) + 1):
        n = int(np.floor((budget - m * (1 - share)) / share + 1e-9))
        found.append((best_score(n, m, correlation), n, m))
    score, n, m = max(found)
    return {"kept": m, "n": n, "score": score}


CORNERS = {
    "best_score": [
        dict(n=1, kept=1, correlation=0.3),
        dict(n=2, kept=1, correlation=0.5),
        dict(n=4, kept=2, correlation=0.5),
        dict(n=16, kept=4, correlation=0.0),
        dict(n=16, kept=4, correlation=1.0),
        dict(n=16, kept=15, correlation=0.3),
        dict(n=64, kept=8, correlation=0.9),
        dict(n=64, kept=8, correlation=0.69999),
        dict(n=64, kept=8, correlation=0.7),
        dict(n=1000, kept=100, correlation=0.2),
        dict(n=10**6, kept=1, correlation=0.99),
        dict(n=10**6, kept=10**6, correlation=0.5),
    ],
    "survival": [
        dict(n=1, kept=1, correlation=0.3),
        dict(n=2, kept=1, correlation=0.5),
        dict(n=4, kept=2, correlation=0.5),
        dict(n=16, kept=4, correlation=0.0),
        dict(n=16, kept=4, correlation=1.0),
        dict(n=16, kept=15, correlation=0.3),
        dict(n=64, kept=8, correlation=0.9),
        dict(n=10**6, kept=1, correlation=0.0),
        dict(n=10**6, kept=4274, correlation=0.0006142286191019374),
        dict(n=10**6, kept=1000, correlation=0.999),
    ],
    "best_score_limit": [
        dict(n=64, kept=8, correlation=0.5),
        dict(n=64, kept=8, correlation=1.0),
        dict(n=256, kept=32, correlation=0.7),
        dict(n=2, kept=1, correlation=0.1),
        dict(n=10**6, kept=10**6, correlation=0.5),
        dict(n=10**4, kept=9999, correlation=0.6),
        dict(n=723831, kept=1, correlation=0.9999999929307032),
        dict(n=10**6, kept=1000, correlation=1 - 1e-12),
    ],
    "halving_score": [
        dict(n=64, keep=[32, 16, 8], times=[0.25, 0.5, 0.75]),
        dict(n=256, keep=[64, 16], times=[0.25, 0.5]),
        dict(n=1024, keep=[1024, 512, 512], times=[0.1, 0.5, 0.9]),
        dict(n=64, keep=[8], times=[0.25]),
        dict(n=10**6, keep=[10**3, 10], times=[0.5, 0.99]),
        dict(n=64, keep=[32, 16], times=[0.5, 0.505]),
        dict(n=51, keep=[32, 16], times=[0.001, 0.999]),
        dict(n=1024, keep=[1024, 512], times=[0.001, 0.002]),
        dict(n=10**6, keep=[10**6, 1], times=[0.998, 0.999]),
    ],
    "optimal_split": [
        dict(budget=16, share=0.25, correlation=0.7),
        dict(budget=1, share=0.5, correlation=0.5),
        dict(budget=6, share=0.5, correlation=0.9),
    ],
}
