"""A reused holdout by other routes: distribution functions added up in many digits, every sum of
signs weighed by its binomial chance, integrals over other variables."""

import itertools

import mpmath as mp
import numpy as np
from scipy import optimize, special

mp.mp.dps = 50


def _binomial(n, p):
    p = mp.mpf(p)
    return [mp.binomial(n, t) * p**t * (1 - p) ** (n - t) for t in range(n + 1)]


def _beta_binomial(n, a, b):
    a, b = mp.mpf(a), mp.mpf(b)
    whole = mp.beta(a, b)
    return [mp.binomial(n, t) * mp.beta(a + t, b + n - t) / whole for t in range(n + 1)]


def _largest(k, chances):
    """Mean of the largest of k."""
    below, total = mp.mpf(0), mp.mpf(0)
    for chance in chances[:-1]:
        below += chance
        total += 1 - below**k
    return total


def winner_bias(num_candidates, questions, p):
    if num_candidates == 1:  # nothing is chosen
        return 0
    with mp.workdps(80):
        return _largest(num_candidates, _binomial(questions, p)) / questions - mp.mpf(p)


def beta_winner_reported(num_candidates, questions, a, b):
    with mp.workdps(60):
        return _largest(num_candidates, _beta_binomial(questions, a, b)) / questions


def beta_winner_true(num_candidates, questions, a, b):
    with mp.workdps(60):
        right = _largest(num_candidates, _beta_binomial(questions, a, b))
        return (a + right) / (mp.mpf(a) + b + questions)


def gaussian_winner_bias(num_candidates, questions, sigma, spread):
    with mp.workdps(40):
        k, e2 = num_candidates, mp.mpf(sigma) ** 2 / questions

        def above(x):
            return 1 - mp.ncdf(x) ** k - mp.ncdf(-x) ** k

        mean = mp.quad(above, [0, 1, 2, 4, 6, 9, 14]) if k != 1 else mp.mpf(0)
        return e2 * mean / mp.sqrt(mp.mpf(spread) ** 2 + e2)


def _sums(count):
    """Every sum of so many fair signs with its chance."""
    return [(2 * j - count, mp.binomial(count, j) / mp.mpf(2) ** count) for j in range(count + 1)]


def _positive(x, noise):
    """P(x + noise N > 0), half for 0."""
    if noise == 0:
        return mp.mpf(1) if x > 0 else mp.mpf(0) if x < 0 else mp.mpf(1) / 2
    return mp.ncdf(x / noise)


def sign_attack_accuracy(queries, questions, noise):
    noise = mp.mpf(noise) * questions
    right = sum(c * _positive(1 + r, noise) for r, c in _sums(questions - 1))
    return sum(c * _positive(2 * t - queries, 0) for t, c in enumerate(_binomial(queries, right)))


def weighted_attack_accuracy(queries, questions, noise):
    noise = mp.mpf(noise) * questions * mp.sqrt(queries)
    sums = _sums(queries * (questions - 1))
    return sum(c * _positive(queries + r, noise) for r, c in sums)


def query_budget(questions, error, noise):
    n = mp.mpf(questions)
    return n * (1 + n * mp.mpf(noise) ** 2) * 2 * mp.erfinv(mp.mpf(error)) ** 2


def selected_feature_accuracy(kept, questions, cut):
    ratio = mp.npdf(cut) / mp.ncdf(-mp.mpf(cut))
    return mp.ncdf(mp.sqrt(mp.mpf(kept) / questions) * ratio)


def _panels(*ends, width, count=16):
    """Gauss-Legendre nodes and weights of even panels between neighbours of the ends."""
    x, w = np.polynomial.legendre.leggauss(count)
    nodes, weights = [], []
    for low, high in itertools.pairwise(sorted(set(ends))):
        cuts = np.linspace(low, high, 1 + int(np.ceil((high - low) / width)))
        half = np.diff(cuts)[:, None] / 2
        nodes.append(((cuts[:-1, None] + half) + half * x).ravel())
        weights.append((half * w).ravel())
    return np.concatenate(nodes), np.concatenate(weights)


def _over_train(train_cut, threshold, tolerance, cut):
    """Chance of t > train_cut and selected, and the integral of h: over h - t, which decides
    whether the holdout is asked, and over t."""
    width = float(np.clip(2 * tolerance, 0.1, 0.5))
    t, mass = _panels(train_cut, np.hypot(train_cut, 9.0), width=width)
    mass = mass * np.exp(-t * t / 2) / (2 * np.pi)
    gaps, weights = _panels(*{-20.0, -threshold, 0.0, threshold, 20.0}, width=width)
    found = np.zeros(2)
    for gap, weight in zip(gaps, weights, strict=True):
        h = t + gap
        near = np.abs(h) < 9
        if not near.any():
            continue
        h, exposed = h[near], special.ndtr((abs(gap) - threshold) / tolerance)
        passes = 1 - exposed + exposed * special.ndtr((h - cut) / tolerance)
        chosen = weight * mass[near] * passes * np.exp(-h * h / 2)
        found += chosen.sum(), (chosen * h).sum()
    return found


def thresholdout_slope(threshold, tolerance, cut, train_cut):
    chance, held = _over_train(train_cut, threshold, tolerance, cut)
    return float(held / chance)


def thresholdout_accuracy(kept, questions, features, threshold, tolerance, cut):
    def excess(u):
        return 2 * features * _over_train(u, threshold, tolerance, cut)[0] - kept

    u = optimize.brentq(excess, cut, cut + 6, xtol=1e-11)
    slope = thresholdout_slope(threshold, tolerance, cut, u)
    return float(special.ndtr(np.sqrt(kept / questions) * slope))


CORNERS = {
    "winner_bias": [
        dict(num_candidates=1, questions=10, p=0.3),
        dict(num_candidates=16, questions=100, p=0.6),
        dict(num_candidates=16, questions=30, p=0.9),
        dict(num_candidates=2, questions=1, p=1e-17),
        dict(num_candidates=1000, questions=7, p=1.0),
        dict(num_candidates=10**15, questions=400, p=0.5),
        dict(num_candidates=5, questions=1000, p=1e-6),
        dict(num_candidates=3, questions=1000, p=1 - 1e-9),
    ],
    "beta_winner_reported": [
        dict(num_candidates=8, questions=100, a=2.0, b=2.0),
        dict(num_candidates=64, questions=50, a=8.0, b=4.0),
        dict(num_candidates=1, questions=1, a=1e-3, b=1e6),
        dict(num_candidates=3, questions=20, a=1e-3, b=1e-3),
        dict(num_candidates=10**15, questions=300, a=20.0, b=20.0),
        dict(num_candidates=10**15, questions=107, a=0.0025, b=22.3),
        dict(num_candidates=10, questions=500, a=1e6, b=1e6),
    ],
    "beta_winner_true": [
        dict(num_candidates=8, questions=100, a=2.0, b=2.0),
        dict(num_candidates=64, questions=50, a=8.0, b=4.0),
        dict(num_candidates=1, questions=1, a=1e-3, b=1e6),
        dict(num_candidates=10**15, questions=300, a=20.0, b=20.0),
    ],
    "gaussian_winner_bias": [
        dict(num_candidates=16, questions=100, sigma=0.5, spread=0.05),
        dict(num_candidates=8, questions=50, sigma=0.5, spread=0.0),
        dict(num_candidates=1, questions=50, sigma=0.5, spread=0.1),
        dict(num_candidates=1000, questions=10**15, sigma=1e3, spread=1e-9),
        dict(num_candidates=1, questions=453, sigma=2e52, spread=0.0),
        dict(num_candidates=1 + 1e-9, questions=2, sigma=1e100, spread=1e100),
    ],
    "sign_attack_accuracy": [
        dict(queries=1, questions=1, noise=0.0),
        dict(queries=15, questions=25, noise=0.0),
        dict(queries=14, questions=24, noise=0.0),
        dict(queries=15, questions=25, noise=0.2),
        dict(queries=101, questions=101, noise=0.0298),
        dict(queries=101, questions=100, noise=0.0302),
        dict(queries=2, questions=2, noise=1e-12),
        dict(queries=7, questions=3, noise=1e6),
        dict(queries=400, questions=1, noise=0.3),
    ],
    "weighted_attack_accuracy": [
        dict(queries=1, questions=1, noise=0.0),
        dict(queries=15, questions=25, noise=0.0),
        dict(queries=14, questions=24, noise=0.0),
        dict(queries=15, questions=25, noise=0.2),
        dict(queries=2, questions=2, noise=1e-12),
        dict(queries=3, questions=2, noise=0.8),
        dict(queries=9, questions=11, noise=0.09),
        dict(queries=7, questions=3, noise=1e6),
        dict(queries=100, questions=4, noise=0.0),
        dict(queries=50, questions=1, noise=1.0),
    ],
    "query_budget": [
        dict(questions=10_000, error=0.05, noise=0.05),
        dict(questions=1, error=0.0, noise=0.0),
        dict(questions=10**12, error=1e-9, noise=1e6),
        dict(questions=1000, error=0.999999, noise=0.0),
    ],
    "selected_feature_accuracy": [
        dict(kept=500, questions=10_000, cut=1.0),
        dict(kept=1, questions=10**12, cut=0.0),
        dict(kept=30, questions=1000, cut=30.0),
        dict(kept=10**6, questions=1, cut=2.0),
    ],
    "thresholdout_slope": [
        dict(threshold=4.0, tolerance=1.0, cut=1.0, train_cut=1.0),
        dict(threshold=4.0, tolerance=1.0, cut=1.0, train_cut=2.0),
        dict(threshold=0.0, tolerance=0.05, cut=0.0, train_cut=0.0),
        dict(threshold=0.5, tolerance=0.05, cut=1.0, train_cut=1.5),
        dict(threshold=20.0, tolerance=20.0, cut=5.0, train_cut=6.0),
        dict(threshold=1.025383345643389, tolerance=0.05, cut=0.0, train_cut=2.2e-8),
        dict(threshold=1.5, tolerance=0.1, cut=0.5, train_cut=1.0),
        dict(threshold=20.0, tolerance=0.05, cut=5.0, train_cut=6.0),
    ],
    "thresholdout_accuracy": [
        dict(kept=500, questions=10_000, features=10_000, threshold=4.0, tolerance=1.0, cut=1.0),
        dict(kept=20, questions=200, features=400, threshold=1.0, tolerance=0.2, cut=0.5),
    ],
}
