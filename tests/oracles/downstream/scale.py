"""Correlations with the scale by another route: integrals over the scale, of chances at a scale."""

import functools
import itertools

import mpmath as mp
import numpy as np
from scipy import special

mp.mp.dps = 30


@functools.cache
def _legendre(count):
    """Nodes and weights on [-1, 1], from those of NumPy by Newton's method."""
    found = []
    with mp.workdps(40):
        for x in map(mp.mpf, np.polynomial.legendre.leggauss(count)[0]):
            for _ in range(3):
                before, now = mp.mpf(1), x
                for k in range(2, count + 1):
                    before, now = now, ((2 * k - 1) * x * now - (k - 1) * before) / k
                slope = count * (x * now - before) / (x * x - 1)
                x -= now / slope
            found.append((x, 2 / ((1 - x * x) * slope**2)))
    return found


def _nodes(ends, count=20):
    """Nodes and weights of all intervals between the ends."""
    ends = sorted(ends)
    return [
        ((a + b) / 2 + (b - a) / 2 * x, (b - a) / 2 * weight)
        for a, b in itertools.pairwise(ends)
        for x, weight in _legendre(count)
    ]


def _chance(lead):
    """That the right one of two options is the best, and that it is not, at a scale."""
    return mp.ncdf(lead / mp.sqrt(2)), mp.ncdf(-lead / mp.sqrt(2))


def _chances(leads, options):
    """The same of more options, in double precision: integrals over the right option's noise."""
    x, weight = np.polynomial.legendre.leggauss(24)
    starts = np.arange(-21.0, 21.0, 1.5)
    z = (starts[:, None] + 0.75 * (1 + x)).ravel()
    share = np.tile(0.75 * weight, len(starts)) * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    log = special.log_ndtr(np.asarray(leads, float)[:, None] + z) * (options - 1)
    return np.exp(log) @ share, -np.expm1(log) @ share


def _moments(right_slope, wrong_slope, noise, gap, options):
    """Chance to be right, to be wrong, its mean times the scale, and its variance."""
    a, b, w, g = (mp.mpf(x) for x in (right_slope, wrong_slope, noise, gap))
    lead, rise = g / w, (a - b) / w
    ends = {mp.mpf(x) for x in range(-14, 15, 2)}
    if abs(rise) > 2:  # the chance turns in a narrow place
        turn = -lead / rise
        near = {turn + side * far / abs(rise) for side in (-1, 1) for far in (0, 3, 6, 12, 24, 48)}
        ends |= {x for x in near if abs(x) < 14}
    nodes = _nodes(ends)
    leads = [lead + rise * x for x, _ in nodes]
    if options == 2:
        chances = [_chance(one) for one in leads]
    else:
        chances = [(mp.mpf(c), mp.mpf(d)) for c, d in zip(*_chances(leads, options), strict=True)]
    weights = [weight * mp.npdf(x) for x, weight in nodes]
    right = mp.fsum(v * c[0] for v, c in zip(weights, chances, strict=True))
    wrong = mp.fsum(v * c[1] for v, c in zip(weights, chances, strict=True))
    tilted = mp.fsum(v * x * c[0] for v, (x, _), c in zip(weights, nodes, chances, strict=True))
    variance = mp.fsum(v * (c[0] - right) ** 2 for v, c in zip(weights, chances, strict=True))
    return right, wrong, tilted, variance


def scale_correlation(stage, right_slope, wrong_slope, noise, gap, options, items):
    a, b, w, g = (mp.mpf(x) for x in (right_slope, wrong_slope, noise, gap))
    if stage == "loglik":
        return a / mp.sqrt(a**2 + w**2 / items)
    if stage == "prob":
        return (
            a * mp.exp((a**2 + w**2) / 2) / mp.sqrt(mp.exp(2 * (a**2 + w**2)) - mp.exp(a**2 + w**2))
        )
    if stage == "margin":
        return (a - b) / mp.sqrt((a - b) ** 2 + 2 * w**2)
    if stage == "renormalised":
        # the mean of x times what the margin is at x, by the margin's own regression on x
        size = mp.sqrt((a - b) ** 2 + 2 * w**2)
        with mp.workdps(60):
            ends = {mp.mpf(z) / 2 for z in range(-36, 37)}
            turn = -g / size
            near = {turn + side * far / size for side in (-1, 1) for far in (0, 2, 5, 10, 20, 40)}
            ends |= {z for z in near if abs(z) < 18}
            nodes = _nodes(ends, 30)
            values = [1 / (1 + mp.exp(-g - size * z)) for z, _ in nodes]
            weights = [weight * mp.npdf(z) for z, weight in nodes]
            mean = mp.fsum(v * s for v, s in zip(weights, values, strict=True))
            along = mp.fsum(v * z * s for v, (z, _), s in zip(weights, nodes, values, strict=True))
            variance = mp.fsum(v * (s - mean) ** 2 for v, s in zip(weights, values, strict=True))
            return (a - b) / size * along / mp.sqrt(variance)
    with mp.workdps(60):
        right, wrong, tilted, variance = _moments(a, b, w, g, options)
        return tilted / mp.sqrt(variance + (right * wrong - variance) / items)


def mean_accuracy(right_slope, wrong_slope, noise, gap, options):
    if options == 2:
        size = mp.hypot(mp.mpf(right_slope) - wrong_slope, mp.sqrt(2) * noise)
        return mp.ncdf(gap / size)
    return _moments(right_slope, wrong_slope, noise, gap, options)[0]


def _rows(names, *rows):
    return [dict(zip(names.split(), row, strict=True)) for row in rows]


ONE = [(1.0, 0.0, 0.5, 0.0, 2, 1), (0.8, 0.6, 0.6, 0.0, 2, 1), (1.0, 0.3, 1.0, 0.5, 2, 1)]
CORNERS = {
    "scale_correlation": _rows(
        "stage right_slope wrong_slope noise gap options items",
        *(
            (stage, *point)
            for stage in ("loglik", "prob", "margin", "renormalised", "accuracy")
            for point in ONE
        ),
        *(("accuracy", 1.0, 0.3, 1.0, 0.5, 4, items) for items in (1, 100, 10**9)),
        ("loglik", -10.0, 10.0, 1e-3, 0.0, 100, 10**12),
        ("loglik", 1e-300, 0.0, 10.0, 0.0, 2, 1),
        ("prob", 10.0, 0.0, 10.0, 100.0, 3, 1),
        ("prob", 1e-9, 0.0, 1e-3, 0.0, 3, 1),
        ("margin", 10.0, -10.0, 1e-3, 0.0, 2, 1),
        ("margin", 0.5, 0.5, 1e-3, 0.0, 2, 1),
        ("renormalised", 10.0, -10.0, 10.0, -100.0, 2, 1),
        ("renormalised", 10.0, -10.0, 1e-3, 0.01, 2, 1),
        ("renormalised", 1e-3, 0.0, 1e-3, -0.01, 2, 1),
        ("renormalised", 0.5, 0.4, 6.0, 60.0, 2, 1),
        ("renormalised", -0.5, 0.4, 3.0, -30.0, 2, 1),
        ("accuracy", 10.0, -10.0, 1e-3, 0.01, 2, 10**12),
        ("accuracy", -10.0, 10.0, 1e-3, -0.01, 2, 3),
        ("accuracy", 1e-3, 0.0, 1.0, 0.3, 2, 10**12),
        ("accuracy", 1e-9, 0.0, 1.0, 0.3, 2, 10**12),
        ("accuracy", 0.5, 0.5, 1.0, 0.3, 2, 10**12),
        ("accuracy", 1.0, 0.0, 1.0, -10.0, 2, 10),
        ("accuracy", 1.0, 0.0, 1.0, 10.0, 2, 10),
        ("accuracy", 1.0, 0.0, 1.0, 0.5, 100, 10),
        ("accuracy", 5.0, -1.0, 0.01, 0.0, 5, 1000),
    ),
    "mean_accuracy": _rows(
        "right_slope wrong_slope noise gap options",
        (1.0, 0.3, 1.0, 0.5, 2),
        (1.0, 0.3, 1.0, 0.5, 4),
        (10.0, -10.0, 1e-3, 0.01, 2),
        (1.0, 0.0, 10.0, -100.0, 2),
        (1.0, 1.0, 1.0, 10.0, 2),
        (0.5, 0.5, 1.0, -10.0, 5),
        (2.0, 0.0, 0.5, 0.0, 100),
        (5.0, -1.0, 0.01, 0.0, 10),
    ),
}
