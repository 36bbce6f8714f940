"""Failures averaged over difficulty: hypergeometric functions and finite sums; quadrature over
the ranks of p alone where the law of Kumaraswamy has neither whole k nor whole b."""

import mpmath as mp
import numpy as np

from jtts.difficulty import Beta, Kumaraswamy, LogUniform


def _solvable(k, difficulty):
    # log-gammas of a large k share its digits
    mp.mp.dps = 80 + (int(1.1 * mp.log10(k)) if 1 < k < mp.inf else 0)
    k = mp.mpf(k)
    if k == mp.inf:
        return mp.mpf(0)
    if isinstance(difficulty, LogUniform):
        q = mp.mpf(difficulty.lowest)
        if k * q < 1e-3:  # 1 - (1 - p)^k over p: all of it to 1, less a few terms below q
            terms = (-((-q) ** j) * mp.binomial(k, j) / j for j in range(1, 15))
            return 1 + (mp.fsum(terms) - mp.harmonic(k)) / -mp.log(q)
        # the integral of (1 - p)^k / p is a power of 1 - q times a series in it
        series = mp.hyp2f1(1, k + 1, k + 2, 1 - q)
        return (1 - q) ** (k + 1) / (k + 1) * series / -mp.log(q)
    a, b = mp.mpf(difficulty.a), mp.mpf(difficulty.b)
    if isinstance(difficulty, Beta):
        scale = mp.mpf(difficulty.scale)
        if scale < 1:
            return mp.hyp2f1(-k, a, a + b, scale)
        log = mp.loggamma
        return mp.exp(log(b + k) - log(b) + log(a + b) - log(a + b + k))
    if k <= 50 and k == mp.floor(k):  # E p^j = b B(1 + j/a, b)
        mp.mp.dps = 150
        count = range(int(k) + 1)
        return mp.fsum((-1) ** j * mp.binomial(k, j) * b * mp.beta(1 + j / a, b) for j in count)
    if b != mp.floor(b):
        return _over_ranks(k, a, b)
    mp.mp.dps = 60 + int(b / 2)  # b whole: its density is a sum of powers
    count = range(int(b))
    parts = ((-1) ** i * mp.binomial(b - 1, i) * mp.beta(a * (i + 1), k + 1) for i in count)
    return a * b * mp.fsum(parts)


def _over_ranks(k, a, b):
    """E (1 - p)^k with P(> p) = exp(-s), so that p^a = 1 - exp(-s / b); panels even in ln s."""
    mp.mp.dps = 30

    def integrand(log_s):
        s = mp.exp(log_s)
        log_power = mp.log(-mp.expm1(-s / b)) if s < b else mp.log1p(-mp.exp(-s / b))
        return mp.exp(log_s - s) * (-mp.expm1(log_power / a)) ** k

    return mp.quad(integrand, mp.linspace(-75, 5, 81), maxdegree=5)


def failure_at_k(k, difficulty, unsolvable=0.0):
    """Mixture of 1 and the average over the law."""
    share = mp.mpf(unsolvable)
    return share + (1 - share) * _solvable(k, difficulty)


def failure_exponent(k, difficulty, unsolvable=0.0):
    """Differences in many digits of the logarithm, in the logarithm of k."""
    mp.mp.dps = 80

    def log_failure(x):
        return mp.log(failure_at_k(mp.mpf(k) * mp.exp(x), difficulty, unsolvable))

    step = mp.mpf(10) ** -8
    one, two = (log_failure(x * step) - log_failure(-x * step) for x in (1, 2))
    return (8 * one - two) / (12 * step)


def failure_power_law(k, difficulty):
    """The power law of the density at 0."""
    mp.mp.dps = 40
    k = mp.mpf(k)
    if isinstance(difficulty, LogUniform):
        chance = 1 - (mp.log(k) + mp.euler) / -mp.log(mp.mpf(difficulty.lowest))
        return chance if chance > 1e-4 else mp.nan
    a, b = mp.mpf(difficulty.a), mp.mpf(difficulty.b)
    if isinstance(difficulty, Beta):
        return mp.gamma(a + b) / mp.gamma(b) * (mp.mpf(difficulty.scale) * k) ** -a
    return b * mp.gamma(a + 1) * k**-a


CORNERS = {
    "failure_at_k": [
        {"k": 0, "difficulty": Beta(0.5, 2.0, 0.2)},
        {"k": 5, "difficulty": Beta(60.0, 140.0)},
        {"k": 5, "difficulty": Beta(3e3, 7e3)},
        {"k": 5, "difficulty": Beta(3e3, 7e3, 0.999)},
        {"k": 5, "difficulty": Beta(3e5, 7e5, 0.5)},
        {"k": 1e4, "difficulty": Beta(3e5, 7e5, 0.01)},
        {"k": 7, "difficulty": Beta(1e-6, 1e-6, 0.5), "unsolvable": 0.1},
        {"k": 3, "difficulty": Beta(0.05, 1e-9, 1 - 2**-53)},
        {"k": 200, "difficulty": Beta(4.0, 10.0, 1e-9)},
        {"k": 1e9, "difficulty": Beta(0.05, 0.3), "unsolvable": 1.0},
        {"k": np.inf, "difficulty": Beta(0.05, 0.3, 0.5), "unsolvable": 0.25},
        {"k": 5, "difficulty": Kumaraswamy(10.0, 1000.0)},
        {"k": 1, "difficulty": Kumaraswamy(1e-6, 0.3)},
        {"k": 50, "difficulty": Kumaraswamy(1e3, 1e-6)},
        {"k": 1e9, "difficulty": Kumaraswamy(0.05, 3.0)},
        {"k": 1e9, "difficulty": Kumaraswamy(50.0, 300.0)},
        {"k": 0, "difficulty": LogUniform(0.5)},
        {"k": 100, "difficulty": LogUniform(0.9)},
        {"k": 3, "difficulty": LogUniform(1 - 2**-53)},
        {"k": 1e9, "difficulty": LogUniform(1e-30)},
        {"k": 1e4, "difficulty": LogUniform(1e-300)},
    ],
    "failure_exponent": [
        {"k": 5, "difficulty": Beta(300.0, 700.0)},
        {"k": 1e9, "difficulty": Beta(40.0, 1.0)},
        {"k": 1e9, "difficulty": Beta(0.05, 0.3), "unsolvable": 1e-17},
        {"k": 5, "difficulty": Kumaraswamy(10.0, 1000.0)},
        {"k": 1e3, "difficulty": LogUniform(1e-3), "unsolvable": 0.1},
    ],
    "failure_power_law": [
        {"k": 1e9, "difficulty": Beta(0.05, 0.3)},
        {"k": 1e5, "difficulty": Beta(30.0, 1e9, 1e-9)},
        {"k": 1e300, "difficulty": Kumaraswamy(1e-3, 3.0)},
        {"k": 1, "difficulty": LogUniform(1e-300)},
        {"k": 1e300, "difficulty": LogUniform(2e-300)},
        {"k": 5.6e299, "difficulty": LogUniform(1e-300)},
    ],
}
