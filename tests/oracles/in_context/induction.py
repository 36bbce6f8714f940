"""Induction heads: Student's t for two items, folded normals for one dimension, Gauss-Legendre
rules elsewhere; sums over counts in many digits; words counted in whole numbers."""

from fractions import Fraction
from math import comb, factorial

import mpmath as mp
import numpy as np
from scipy.special import log_ndtr

mp.mp.dps = 30
PIECES = 40
NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)


def rule(low, high, pieces=PIECES):
    """Nodes and weights of a composite rule."""
    ends = np.linspace(low, high, pieces + 1)
    half = np.diff(ends)[:, None] / 2
    nodes = ends[:-1, None] + half * (1 + NODES)
    return nodes.ravel(), (half * WEIGHTS).ravel()


def induction_ceiling(dim, num_items, within_class_noise, num_labels=mp.inf):
    """Chance that the match wins, and a lucky label."""
    won = winning(float(dim), float(num_items), float(within_class_noise))
    return won + (1 - won) / mp.mpf(num_labels)


def winning(dim, items, noise):
    one = mp.mpf(noise) ** 2
    scale, spread = float(1 + one), float(mp.mpf(noise) * mp.sqrt(2 + one))
    if items == 1:
        return mp.mpf(1)
    if items == 2 and dim < 1e5:
        # (chi + spread z)/scale against one normal: a t variable of D degrees
        x = dim / (dim + dim / (mp.mpf(scale) ** 2 + mp.mpf(spread) ** 2))
        return 1 - mp.betainc(mp.mpf(dim) / 2, 0.5, 0, x, regularized=True) / 2
    if dim == 1:
        # |u| + spread z: a skew normal
        wide = np.hypot(1, spread)
        y, weights = rule(-9.5, 9.5)
        lean = np.inf if spread == 0 else 1 / spread
        with np.errstate(invalid="ignore"):
            log_density = -y * y / 2 + log_ndtr(np.where(y == 0, 0, y * lean)) + np.log(2)
        density = np.exp(log_density) / np.sqrt(2 * np.pi)
        return float(weights @ (density * power(y * wide / scale, items)))
    root = mp.sqrt(dim)
    offsets, weights = rule(-min(float(root), 7.5), 7.5, 16)
    # ln of the density at root + t, but for a constant
    with mp.workdps(40):
        logs = [
            (mp.mpf(dim) - 1) * mp.log1p(t / root) - root * t - mp.mpf(t) ** 2 / 2 for t in offsets
        ]
    weights = weights * np.exp(np.array([float(x) for x in logs]))
    z, normal = rule(-8.5, 8.5, 12 if spread < 20 * scale else PIECES)
    normal = normal * np.exp(-z * z / 2)
    score = ((offsets[:, None] + float(root)) + spread * z) / scale
    return float(weights @ power(score, items) @ normal / weights.sum() / normal.sum())


def power(score, items):
    return np.exp((items - 1) * log_ndtr(score))


def plateau_loss(num_items, num_labels):
    """E ln(N/(c + 1)), of N - 1 other items with the label of the query each with chance 1/L."""
    n = int(num_items)
    if num_labels == mp.inf:
        return mp.log(n)
    with mp.workdps(60):
        share = 1 / mp.mpf(num_labels)
        if share == 1:
            return mp.mpf(0)
        chance, total = (1 - share) ** (n - 1), mp.mpf(0)
        for count in range(n):
            total += chance * mp.log(mp.mpf(n) / (count + 1))
            chance *= share / (1 - share) * (n - 1 - count) / (count + 1)
        return total


def words(labels, items, most):
    """Words of so many letters of an alphabet, none more often than `most`: by their counts."""
    # (letters, kinds used) -> sum of 1/prod(c!) over multisets of counts, times kinds' order
    ways = {(0, 0): Fraction(1)}
    for size in range(1, most + 1):
        grown = {}
        for (letters, used), value in ways.items():
            for times in range((items - letters) // size + 1):
                key = letters + size * times, used + times
                part = value / (factorial(size) ** times * factorial(times))
                grown[key] = grown.get(key, 0) + part
        ways = grown
    total = Fraction(0)
    for (letters, used), value in ways.items():
        if letters == items and used <= labels:
            falling = 1
            for i in range(used):
                falling *= labels - i
            total += value * falling
    return total * factorial(items)


def plateau_accuracy(num_items, num_labels):
    """Words counted, whole numbers throughout; pairs and triples where labels are very many."""
    n, labels = int(num_items), int(num_labels)
    if labels == 1:
        return Fraction(1)
    if labels == 2:
        return Fraction(sum(comb(n, c) * max(c, n - c) for c in range(n + 1)), n * 2**n)
    if n > 40:
        return of_many_labels(n, labels)
    mean = Fraction(n)
    for most in range(1, n):
        mean -= words(labels, n, most) / Fraction(labels) ** n
    return mean / n


def of_many_labels(n, labels):
    """1 + P(max > 1) + P(max > 2), which is all where triples of triples are not seen."""
    with mp.workdps(60):
        different, pairs = mp.mpf(1), mp.mpf(0)
        for i in range(n):
            different *= 1 - mp.mpf(i) / labels
        for j in range(n // 2 + 1):  # letters that occur twice
            falling = mp.mpf(1)
            for i in range(n - j):
                falling *= 1 - mp.mpf(i) / labels
            ways = factorial(n) // (factorial(j) * factorial(n - 2 * j) * 2**j)
            pairs += ways * falling / mp.mpf(labels) ** j
        rest = comb(n, 4) / mp.mpf(labels) ** 3
        if rest > 1e-14:
            raise ValueError("labels too few")
        return (1 + (1 - different) + (1 - pairs) + rest) / n


CORNERS = {
    "induction_ceiling": [
        dict(dim=1.0, num_items=1e4, within_class_noise=0.5),
        dict(dim=1.0, num_items=1e9, within_class_noise=0.0),
        dict(dim=1.0, num_items=1e9, within_class_noise=1e50, num_labels=2.0),
        dict(dim=1.0, num_items=1.0, within_class_noise=0.0),
        dict(dim=1.0, num_items=2.0, within_class_noise=1e50),
        dict(dim=3.5, num_items=2.0, within_class_noise=0.0, num_labels=1.0),
        dict(dim=1e4, num_items=2.0, within_class_noise=30.0),
        dict(dim=2.0, num_items=1e9, within_class_noise=1.0),
        dict(dim=63.0, num_items=8.0, within_class_noise=2.0),
        dict(dim=16.0, num_items=1e6, within_class_noise=0.3, num_labels=32.0),
        dict(dim=1e12, num_items=1e4, within_class_noise=1e3),
        dict(dim=1e12, num_items=1e9, within_class_noise=1e6),
        dict(dim=1e6, num_items=1.5, within_class_noise=300.0),
    ],
    "plateau_loss": [
        dict(num_items=4096, num_labels=1.5),
        dict(num_items=4096, num_labels=1 + 2**-40),
        dict(num_items=4096, num_labels=4096.0),
        dict(num_items=4096, num_labels=1e15),
        dict(num_items=1, num_labels=7.0),
        dict(num_items=2, num_labels=1e300),
        dict(num_items=4, num_labels=8.0),
        dict(num_items=100, num_labels=9901.0),
        dict(num_items=100, num_labels=9900.0),
        dict(num_items=1001, num_labels=1.00001),
        dict(num_items=1001, num_labels=1.0000101),
        dict(num_items=2000, num_labels=1.0),
    ],
    "plateau_accuracy": [
        dict(num_items=4, num_labels=10**12),
        dict(num_items=1, num_labels=10**15),
        dict(num_items=256, num_labels=1),
        dict(num_items=256, num_labels=2),
        dict(num_items=256, num_labels=10**15),
        dict(num_items=100, num_labels=10**9),
        dict(num_items=24, num_labels=3),
        dict(num_items=24, num_labels=1000),
        dict(num_items=30, num_labels=30),
    ],
}
SLOPES = {"plateau_loss": ["num_labels"]}
