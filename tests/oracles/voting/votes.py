"""Votes counted one by one: binomial and Polya probabilities, and every outcome of a plurality."""

from fractions import Fraction
from math import comb, factorial

import mpmath as mp
import numpy as np

DIGITS = 60


def majority_accuracy(n, p):
    """Sum of binomial probabilities above n / 2; of their own size where they are rare."""
    n = int(n)
    with mp.workdps(DIGITS):
        p = mp.mpf(p)
        if n <= 1001:
            return +sum(comb(n, j) * p**j * (1 - p) ** (n - j) for j in range((n + 1) // 2, n + 1))
        if p in (0, 1):
            return p
        if p > 0.5:
            return 1 - majority_accuracy(n, 1 - p)
        # the density (1 - t^2)^(m - 1) from the edge t = 1 - 2p on, in steps in which it falls
        m, edge = mp.mpf(n + 1) / 2, 1 - 2 * p
        width = min(1 / mp.sqrt(m), 1 / (m * edge) if edge else mp.inf)
        ends = [t for t in (edge + i * width for i in (0, 1, 2, 4, 8, 16, 32, 64, 128)) if t < 1]
        height = m * mp.log1p(-(edge**2))
        found = mp.quad(lambda t: mp.exp((m - 1) * mp.log1p(-t * t) - height), ends)
        log_beta = mp.loggamma(mp.mpf(1) / 2) + mp.loggamma(m) - mp.loggamma(m + mp.mpf(1) / 2)
        return found * mp.exp(height - log_beta)


def majority_increment(n, p):
    """Difference of two majorities, in enough digits to survive it."""
    with mp.workdps(DIGITS):
        p, m = mp.mpf(p), (int(n) + 1) // 2
        size = mp.exp(mp.loggamma(2 * m) - 2 * mp.loggamma(m) - mp.log(m))
        return size * (p * (1 - p)) ** m * (2 * p - 1)


def beta_majority_accuracy(n, a, b):
    """Sum of beta-binomial probabilities above n / 2."""
    n = int(n)
    with mp.workdps(DIGITS):
        a, b = mp.mpf(a), mp.mpf(b)
        return +sum(
            mp.binomial(n, j) * mp.beta(a + j, b + n - j) / mp.beta(a, b)
            for j in range((n + 1) // 2, n + 1)
        )


def mixed_majority_accuracy(n, weights, probabilities):
    """Average of the majorities in exact weights."""
    with mp.workdps(DIGITS):
        weights = [mp.mpf(float(w)) for w in weights]
        each = [majority_accuracy(n, float(p)) for p in probabilities]
        return sum(w * x for w, x in zip(weights, each, strict=True)) / sum(weights)


def compositions(total, parts):
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in compositions(total - first, parts - 1):
            yield (first, *rest)


def plurality_accuracy(n, probabilities):
    """Every outcome of few votes, in fractions; of two answers, the majority with ties halved."""
    n = int(n)
    shares = [Fraction(float(p)) for p in probabilities]
    shares = [share / sum(shares) for share in shares]
    if len(shares) == 2:
        with mp.workdps(DIGITS):
            p, q = (mp.mpf(s.numerator) / s.denominator for s in shares)
            total = sum(comb(n, j) * p**j * q ** (n - j) for j in range(n // 2 + 1, n + 1))
            tied = comb(n, n // 2) * (p * q) ** (n // 2) / 2 if n % 2 == 0 else 0
            return total + tied
    if len(set(shares)) == 1:
        return Fraction(1, len(shares))
    total = Fraction(0)
    for counts in compositions(n, len(shares)):
        if counts[0] == max(counts):
            ways, chance = factorial(n), Fraction(1)
            for count, share in zip(counts, shares, strict=True):
                ways //= factorial(count)
                chance *= share**count
            total += ways * chance / counts.count(counts[0])
    return total


def plurality_limit(probabilities):
    """The share of the first answer among the modal ones."""
    top = [i for i, p in enumerate(probabilities) if p == max(probabilities)]
    return Fraction(int(0 in top), len(top))


def plurality_error_exponent(probabilities):
    """Chernoff: the least of E exp(theta (X_2 - X_1)), by a search for its theta."""
    p = [Fraction(float(x)) for x in probabilities]
    p = [x / sum(p) for x in p]
    rival = max(p[1:], default=Fraction(0))
    if p[0] <= rival:
        return mp.mpf(0)
    with mp.workdps(DIGITS):
        one, two, rest = (
            mp.mpf(x.numerator) / x.denominator for x in (p[0], rival, 1 - p[0] - rival)
        )
        if not two:
            return -mp.log(rest) if rest else mp.inf
        near = mp.log(one / two) / 3
        theta = mp.findroot(lambda t: mp.log(two) + t - mp.log(one) + t, near)
        return -mp.log(rest + two * mp.exp(theta) + one * mp.exp(-theta))


def best_odd_n(weights, probabilities):
    """The best of the first odd numbers and of endless votes; of two kinds, from the formula."""
    with mp.workdps(DIGITS):
        pairs = [
            (mp.mpf(float(w)), mp.mpf(float(p)))
            for w, p in zip(weights, probabilities, strict=True)
        ]
        pairs = [(w, p) for w, p in pairs if w and p not in (0, 0.5, 1)]
        if len(pairs) == 2:
            (w, p), (u, q) = sorted(pairs, key=lambda pair: pair[1] * (1 - pair[1]))
            if p > 0.5 > q:
                ratio = mp.log(w * (2 * p - 1) / (u * (1 - 2 * q)))
                m = ratio / mp.log(q * (1 - q) / (p * (1 - p)))
                return 2 * max(mp.floor(m), 0) + 1
        endless = mp.fsum(w * (p > 0.5) for w, p in pairs)
        values = [mp.fsum(w * majority_accuracy(n, p) for w, p in pairs) for n in range(1, 202, 2)]
        best = max(values)
        return 2 * values.index(best) + 1 if best >= endless else mp.inf


MANY = np.r_[2.0, np.ones(79)]
CORNERS = {
    "best_odd_n": [
        dict(weights=[0.6, 0.4], probabilities=[0.8, 0.45]),
        dict(weights=[1.0], probabilities=[0.6]),
        dict(weights=[1.0], probabilities=[0.4]),
        dict(weights=[1.0, 3.0], probabilities=[1.0, 0.5]),
        dict(weights=[1e100, 1e84], probabilities=[0.9, 0.4]),
        dict(weights=[1.0, 1e-3], probabilities=[0.501, 0.4999]),
        dict(weights=[1.0, 1e-17], probabilities=[0.5 + 1e-6, 0.5 - 1e-7]),
        dict(weights=[0.0, 1.0, 1.0], probabilities=[0.1, 0.3, 0.2]),
        dict(weights=[0.5, 0.3, 0.2], probabilities=[0.9, 0.35, 0.55]),
        dict(weights=[1.0, 1.0], probabilities=[1 - 2**-53, 1e-15]),
    ],
    "majority_accuracy": [
        dict(n=1, p=1e-12),
        dict(n=1, p=1e-17),
        dict(n=1, p=0.0),
        dict(n=3, p=1e-9),
        dict(n=3, p=1 - 2**-53),
        dict(n=7, p=0.25),
        dict(n=7, p=0.24999999),
        dict(n=999, p=0.5 - 1e-6),
        dict(n=1001, p=0.71),
        dict(n=1001, p=0.3),
        dict(n=10**9 + 1, p=0.49999),
        dict(n=10**6 + 1, p=0.499),
        dict(n=10**9 + 1, p=0.50001),
        dict(n=10**15 - 1, p=0.49999999),
        dict(n=10**15 - 1, p=1.0),
    ],
    "majority_increment": [
        dict(n=1, p=0.0),
        dict(n=1, p=1e-12),
        dict(n=3, p=1e-17),
        dict(n=7, p=0.5),
        dict(n=7, p=0.5 + 1e-9),
        dict(n=1001, p=0.71),
        dict(n=10**15 - 1, p=0.5 + 1e-8),
    ],
    "beta_majority_accuracy": [
        dict(n=1, a=0.3, b=5.0),
        dict(n=3, a=0.3, b=5.0),
        dict(n=1, a=1e4, b=1.01e4),
        dict(n=1, a=1e6, b=1.002e6),
        dict(n=1, a=1e-3, b=1e9),
        dict(n=1, a=1e9, b=1e-3),
        dict(n=1001, a=1e9, b=1e-3),
        dict(n=1001, a=1e-3, b=1e-3),
        dict(n=1001, a=0.001, b=1000.0),
        dict(n=1001, a=1e6, b=1e6),
        dict(n=1003, a=0.001, b=100.0),
        dict(n=1003, a=60.0, b=100.0),
        dict(n=1003, a=100.0, b=1e-3),
        dict(n=1003, a=99.0, b=100.0),
        dict(n=3001, a=0.001, b=0.001),
    ],
    "mixed_majority_accuracy": [
        dict(n=1, weights=[1.0], probabilities=[1e-17]),
        dict(n=3, weights=[1e-17, 1.0], probabilities=[1.0, 0.0]),
        dict(n=11, weights=[0.6, 0.4], probabilities=[0.8, 0.45]),
        dict(n=1001, weights=[1e100, 1e100], probabilities=[0.45, 0.3]),
        dict(n=11, weights=[1e-100, 1e-110], probabilities=[0.25, 1.0]),
    ],
    "plurality_accuracy": [
        dict(n=1, probabilities=[0.4, 0.3, 0.2, 0.1]),
        dict(n=2, probabilities=[0.5, 0.5]),
        dict(n=12, probabilities=[1e-17, 1.0, 1.0]),
        dict(n=9, probabilities=[0.1, 0.2, 0.3, 0.4, 0.05]),
        dict(n=7, probabilities=[0.0, 1.0]),
        dict(n=1000, probabilities=[0.9, 0.1]),
        dict(n=1000, probabilities=[0.5, 0.499]),
        dict(n=709, probabilities=[1.0, 0.0]),
        dict(n=50, probabilities=[1.0] * 80),
        dict(n=3, probabilities=list(MANY[:12])),
        dict(n=1, probabilities=[1.0]),
        dict(n=1000, probabilities=[0.1, 0.9]),
        dict(n=999, probabilities=[0.505, 0.495]),
        dict(n=2, probabilities=[5e99, 5e99, 1e100]),
        dict(n=10, probabilities=[0.3] + [0.1] * 5),
        dict(n=40, probabilities=[0.999, 0.0005, 0.0005]),
        dict(n=64, probabilities=[0.34, 0.33, 0.33]),
    ],
    "plurality_limit": [
        dict(probabilities=[0.4, 0.4, 0.2]),
        dict(probabilities=[0.3, 0.4, 0.3]),
        dict(probabilities=[1.0, 1e-17]),
        dict(probabilities=[1.0]),
        dict(probabilities=[0.5, 0.5000000000000001]),
        dict(probabilities=[1e100, 1e100, 1e100]),
    ],
    "plurality_error_exponent": [
        dict(probabilities=[0.6, 0.4]),
        dict(probabilities=[0.5, 0.5]),
        dict(probabilities=[1.0]),
        dict(probabilities=[0.6, 0.0]),
        dict(probabilities=[1.0, 1e-17]),
        dict(probabilities=[1e100, 1.0, 1e83]),
        dict(probabilities=[0.9, 0.02, 0.02, 0.06]),
        dict(probabilities=[0.9, 1e-17]),
        dict(probabilities=[0.5000000001, 0.4999999999]),
        dict(probabilities=[0.5 + 1e-6, 0.5]),
    ],
}
SLOPES = {"majority_accuracy": ["p"], "majority_increment": ["p"]}
