"""Tilted laws: moment-generating functions in closed form, and roots of their derivatives."""

import mpmath as mp
import numpy as np

from jtts.rewards import Discrete, Exponential, Gumbel, Logistic, Normal, Uniform


def _log_mgf(beta, law):
    """ln E exp(beta r)."""
    b = mp.mpf(beta)
    if isinstance(law, Discrete):
        total = mp.fsum(map(mp.mpf, law.probabilities.tolist()))
        pairs = zip(law.probabilities.tolist(), law.rewards.tolist(), strict=True)
        return mp.log(mp.fsum(mp.mpf(p) * mp.exp(b * mp.mpf(r)) for p, r in pairs) / total)
    if isinstance(law, Uniform):
        low, high = mp.mpf(law.low), mp.mpf(law.high)
        return b * low + (mp.log(mp.expm1(b * (high - low)) / (b * (high - low))) if b else 0)
    place = mp.mpf(law.mean if isinstance(law, Normal) else law.location)
    z = b * mp.mpf(law.scale)
    if z >= 1 and not isinstance(law, Normal):
        return mp.nan  # a tail that falls no faster than the tilt grows
    shape = {
        Normal: lambda z: z**2 / 2,
        Exponential: lambda z: -mp.log1p(-z),
        Logistic: lambda z: mp.loggamma(1 - z) + mp.loggamma(1 + z),
        Gumbel: lambda z: mp.loggamma(1 - z),
    }
    return b * place + shape[type(law)](z)


def _mean(beta, law):
    """d ln E exp(beta r) / d beta, by a central difference in many more digits."""
    h = mp.mpf(10) ** -60
    return (_log_mgf(mp.mpf(beta) + h, law) - _log_mgf(mp.mpf(beta) - h, law)) / (2 * h)


def tilted_moments(beta, law):
    mp.mp.dps = 200
    mean = _mean(beta, law)
    return {"mean": mean, "kl": mp.mpf(beta) * mean - _log_mgf(beta, law)}


def gain_at_kl(kl, law):
    """The mean at the beta whose divergence it is, by bisection of its logarithm."""
    mp.mp.dps = 200
    if kl == 0:
        return _mean(0, law)
    if isinstance(law, Normal):
        return mp.mpf(law.mean) + mp.mpf(law.scale) * mp.sqrt(2 * mp.mpf(kl))
    if isinstance(law, Discrete):
        top = law.probabilities[np.argmax(law.rewards)]
        if kl >= -np.log(top):
            return max(law.rewards)
    edge = mp.log(1 / mp.mpf(law.scale)) if not isinstance(law, Discrete | Uniform) else mp.mpf(120)
    low, high = mp.mpf(-60), edge
    for _ in range(120):
        middle = (low + high) / 2
        beyond = tilted_moments(mp.exp(middle), law)["kl"] > kl
        low, high = (low, middle) if beyond else (middle, high)
    return _mean(mp.exp(low), law)


def best_of_n_gain_bound(n, law):
    mp.mp.dps = 200
    n = mp.mpf(n)
    return gain_at_kl(mp.log(n) - (n - 1) / n, law)


_FOUR = Discrete(np.array([0.5, 0.3, 0.15, 0.05]), np.arange(4.0))
_RARE = Discrete(np.array([1 - 1e-12, 1e-12]), np.array([0.0, 1.0]))
CORNERS = {
    "tilted_moments": [
        *(dict(beta=b, law=Normal()) for b in (0.0, 1e-9, 0.01, 0.3, 0.32, 1.0, 24.0)),
        dict(beta=1e-7, law=Normal(0.0, 1e6)),
        *(dict(beta=b, law=Exponential(1.0)) for b in (1e-6, 0.5, 0.93)),
        *(dict(beta=b, law=Logistic(0.0, 1.0)) for b in (1e-6, 0.9)),
        dict(beta=0.9, law=Gumbel(0.0, 1.0)),
        *(dict(beta=b, law=Uniform(-1.0, 2.0)) for b in (1e-3, 50.0, 1e3)),
        *(dict(beta=b, law=_FOUR) for b in (0.0, 1e-5, 2.0, 300.0)),
        *(dict(beta=b, law=_RARE) for b in (1.0, 27.0, 100.0)),
        dict(beta=1.0, law=Normal(1e8, 1.0)),
        dict(beta=3.0, law=Discrete(np.array([0.2, 0.3, 0.5]), np.array([1e6, 1e6 + 1, 1e6 + 2]))),
    ],
    "gain_at_kl": [
        *(dict(kl=d, law=Normal()) for d in (0.0, 1e-300, 1e-12, 1e-3, 0.5, 280.0)),
        dict(kl=1e-10, law=Normal(0.0, 1e12)),
        *(dict(kl=d, law=Uniform(0.0, 1.0)) for d in (1e-8, 0.7, 12.0)),
        dict(kl=0.1, law=Exponential(2.0)),
        dict(kl=3.0, law=Logistic(0.0, 1.0)),
        *(dict(kl=d, law=_FOUR) for d in (1e-9, 0.5, 2.9, 20.0)),
    ],
    "best_of_n_gain_bound": [
        *(dict(n=n, law=Normal()) for n in (1, 1 + 1e-9, 4, 1e15)),
        dict(n=100, law=Uniform(0.0, 1.0)),
    ],
}
