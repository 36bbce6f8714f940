"""Soft best-of-n: sums over all counts, pairs of samples, and exponential integrals by parts."""

import itertools
from math import comb, factorial

import mpmath as mp
import numpy as np

from jtts.rewards import Discrete, Exponential, Logistic, Normal, Uniform


def soft_best_of_n_pmf(n, beta, probabilities, rewards):
    """Every way of drawing whole n samples; or the integral over t, adaptively, in 30 digits."""
    mp.mp.dps = 40
    b, p = mp.mpf(beta), [mp.mpf(x) for x in probabilities]
    p = [x / mp.fsum(p) for x in p]
    w = [mp.exp(b * (mp.mpf(r) - mp.mpf(max(rewards)))) for r in rewards]
    if n == int(n) and comb(int(n) + len(p) - 1, len(p) - 1) < 3000:
        found = [mp.mpf(0)] * len(p)
        for counts in _counts(int(n), len(p)):
            chance = mp.mpf(factorial(int(n)))
            for c, x in zip(counts, p, strict=True):
                chance *= x**c / factorial(c)
            total = mp.fsum(c * x for c, x in zip(counts, w, strict=True))
            for i, c in enumerate(counts):
                found[i] += chance * c * w[i] / total
        return found
    n = mp.mpf(n)

    def chosen(i):
        def integrand(z):
            t = mp.exp(z)
            log_left = mp.log(mp.fsum(x * mp.exp(-y * t) for x, y in zip(p, w, strict=True)))
            return w[i] * t * mp.exp(-w[i] * t + (n - 1) * log_left)

        ends = [-80 - mp.log(n), *map(mp.mpf, range(-45, 6, 3)), 9 - mp.log(min(w))]
        ends = sorted({e for e in ends if -80 - mp.log(n) <= e <= 9 - mp.log(min(w))})
        grid = [e for pair in itertools.pairwise(ends) for e in mp.linspace(*pair, 7)[:-1]]
        return n * p[i] * mp.quad(integrand, [*grid, ends[-1]])

    return [chosen(i) for i in range(len(p))]


def _counts(n, kinds):
    if kinds == 1:
        yield (n,)
        return
    for first in range(n + 1):
        for others in _counts(n - first, kinds - 1):
            yield (first, *others)


def soft_best_of_n_success(n, beta, p):
    """E M e^beta / (M e^beta + n - M) with M binomial; many samples: the expansion in 1/n."""
    mp.mp.dps = 60
    p, w = mp.mpf(p), mp.exp(mp.mpf(beta))
    if n == int(n) and n <= 2000:
        n = int(n)
        terms = (
            comb(n, m) * p**m * (1 - p) ** (n - m) * m * w / (m * w + n - m)
            for m in range(1, n + 1)
        )
        return mp.fsum(terms)
    mp.mp.dps = 30
    # the integral over t of one sample's weight, E e^(-w t) = 1 - p + p e^(-w t) times e^-t
    n = mp.mpf(n)

    def integrand(z):
        t = mp.exp(z)
        left = (1 - p) * mp.exp(-t) + p * mp.exp(-w * t)
        return w * t * mp.exp(-w * t) * left ** (n - 1)

    ends = mp.linspace(-70 - mp.log(n) - beta, 6, 60)
    return n * p * mp.quad(integrand, ends)


def _pair(beta, law):
    """Two samples: mean + E d tanh(beta d / 2) / 2, d half their difference's law."""
    b = mp.mpf(beta)
    if isinstance(law, Normal):  # the difference is normal of variance 2
        s = mp.sqrt(2) * mp.mpf(law.scale)
        half = mp.quad(lambda u: s * u * mp.tanh(b * s * u / 2) * mp.npdf(u), mp.linspace(0, 16, 9))
        return mp.mpf(law.mean) + half
    if isinstance(law, Exponential):  # it is a Laplace law
        s = mp.mpf(law.scale)
        half = mp.quad(
            lambda u: s * u * mp.tanh(b * s * u / 2) * mp.exp(-u) / 2, mp.linspace(0, 90, 31)
        )
        return mp.mpf(law.location) + s + half
    if isinstance(law, Uniform):  # it is triangular
        s = mp.mpf(law.high) - mp.mpf(law.low)
        half = mp.quad(lambda u: s * u * mp.tanh(b * s * u / 2) * (1 - u), mp.linspace(0, 1, 9))
        return (mp.mpf(law.low) + mp.mpf(law.high)) / 2 + half
    raise NotImplementedError(law)


def _many(n, beta, law):
    """The integral over t of the selected weight, all rewards on a fine grid of the line."""
    if isinstance(law, Normal):
        x = np.linspace(-14, 14, 2801)
        mass = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) * (x[1] - x[0])
        place, scale = law.mean, law.scale
    elif isinstance(law, Logistic):
        x = np.linspace(-80, 80, 3201)
        mass = (x[1] - x[0]) / (2 + np.exp(x) + np.exp(-x))
        place, scale = law.location, law.scale
    b = beta * scale
    z = np.linspace(-45 - np.log(n) - b * x[-1] / 4, 12 - b * x[0], 1600)
    log_w = b * x
    gain = 0.0
    for at in z:
        u = np.exp(np.minimum(log_w + at, 300))
        lost = -np.expm1(-u) @ mass
        log_left = np.log1p(-lost) if lost < 0.5 else np.log(np.exp(-u) @ mass + 1e-320)
        gain += np.sum(mass * x * u * np.exp(-u + (n - 1) * log_left))
    return place + scale * n * gain * (z[1] - z[0])


def soft_best_of_n_gain(n, beta, law):
    mp.mp.dps = 30
    if isinstance(law, Discrete):
        q = soft_best_of_n_pmf(n, beta, law.probabilities.tolist(), law.rewards.tolist())
        return mp.fsum(x * mp.mpf(r) for x, r in zip(q, law.rewards.tolist(), strict=True))
    if n == 1 or beta == 0:
        return law.mean if isinstance(law, Normal) else _pair(0, law)
    return _pair(beta, law) if n == 2 else _many(float(n), float(beta), law)


def soft_best_of_n_divergences(n, beta, probabilities, rewards):
    q = soft_best_of_n_pmf(n, beta, probabilities, rewards)
    p = [mp.mpf(x) for x in probabilities]
    p = [x / mp.fsum(p) for x in p]
    w = [x * mp.exp(mp.mpf(beta) * mp.mpf(r)) for x, r in zip(p, rewards, strict=True)]
    tilted = [x / mp.fsum(w) for x in w]

    def divergence(other):
        return mp.fsum(x * mp.log(x / y) for x, y in zip(q, other, strict=True) if x)

    return {"to_reference": divergence(p), "to_tilted": divergence(tilted)}


def iterated_curation(rounds, n, beta, probabilities, rewards):
    p = [mp.mpf(x) for x in probabilities]
    for _ in range(rounds):
        p = soft_best_of_n_pmf(n, beta, p, rewards)
    return p


_FOUR, _STEPS = [0.5, 0.3, 0.15, 0.05], [0.0, 1.0, 2.0, 3.0]
_ATOMS = [
    dict(n=1, beta=1.0, probabilities=_FOUR, rewards=_STEPS),
    dict(n=4, beta=0.0, probabilities=_FOUR, rewards=_STEPS),
    dict(n=4, beta=1e-9, probabilities=_FOUR, rewards=_STEPS),
    dict(n=5, beta=150.0, probabilities=_FOUR, rewards=_STEPS),
    dict(n=3, beta=333.0, probabilities=_FOUR, rewards=_STEPS),
    dict(n=7, beta=2.0, probabilities=[0.25, 0.25, 0.5], rewards=[2.0, -1.0, 2.0]),
    dict(n=6, beta=3.0, probabilities=[1 - 1e-17, 1e-17], rewards=[0.0, 1.0]),
    dict(n=3, beta=1.0, probabilities=[0.5, 0.0, 0.5], rewards=[0.0, 9.0, 1.0]),
]
CORNERS = {
    "soft_best_of_n_pmf": [
        *_ATOMS,
        dict(n=1.5, beta=1.0, probabilities=[0.7, 0.3], rewards=[0.0, 1.0]),
        dict(n=1e9, beta=3.0, probabilities=[1 - 1e-9, 1e-9], rewards=[0.0, 1.0]),
    ],
    "soft_best_of_n_success": [
        *(dict(n=16, beta=2.0, p=p) for p in (0.0, 1e-17, 0.2, 1 - 2**-53, 1.0)),
        dict(n=1, beta=2.0, p=0.2),
        dict(n=700, beta=1e-9, p=0.01),
        dict(n=50, beta=900.0, p=1e-9),
        dict(n=1e6, beta=5.0, p=1e-6),
    ],
    "soft_best_of_n_gain": [
        dict(n=1, beta=1.0, law=Normal()),
        dict(n=16, beta=0.0, law=Normal(1.0)),
        *(dict(n=2, beta=b, law=Normal()) for b in (1e-12, 0.9e-4, 1.1e-4, 0.01, 1.0, 6.0)),
        dict(n=2, beta=1e-7, law=Normal(0.0, 1e6)),
        *(dict(n=n, beta=1.0, law=Normal()) for n in (16, 1e9)),
        *(dict(n=2, beta=b, law=Exponential(0.3)) for b in (1e-4, 3.0)),
        *(dict(n=2, beta=b, law=Uniform(-1.0, 2.0)) for b in (1e-4, 3.0)),
        dict(n=64, beta=0.7, law=Logistic(0.0, 1.0)),
        dict(n=4, beta=1.0, law=Discrete(np.array(_FOUR), np.array(_STEPS))),
    ],
    "soft_best_of_n_divergences": [
        *_ATOMS,
        dict(n=10**12, beta=150.0, probabilities=_FOUR, rewards=_STEPS),
    ],
    "iterated_curation": [
        dict(rounds=0, n=4, beta=1.0, probabilities=_FOUR, rewards=_STEPS),
        dict(rounds=3, n=1, beta=1.0, probabilities=_FOUR, rewards=_STEPS),
        dict(rounds=2, n=4, beta=1.0, probabilities=[0.2] * 5, rewards=[0.0, 0.5, 1.0, 1.5, 2.0]),
        dict(rounds=5, n=3, beta=20.0, probabilities=[1 - 1e-9, 1e-9], rewards=[0.0, 1.0]),
    ],
}
SLOPES = {"soft_best_of_n_success": ["p"]}
