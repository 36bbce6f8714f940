"""Many samples: the tilted law from moment-generating functions, and its first corrections."""

import importlib.util
from pathlib import Path

import mpmath as mp
import numpy as np

from jtts.rewards import Discrete, Exponential, Logistic, Normal, Uniform

_spec = importlib.util.spec_from_file_location("_tilting", Path(__file__).parent / "tilting.py")
_tilting = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_tilting)


def soft_best_of_n_limit(beta, law):
    return _tilting.tilted_moments(beta, law)["mean"]


def soft_best_of_n_approach(n, beta, law):
    """E w^2 / (E w)^2 from the moment-generating function at beta and 2 beta."""
    mean, twice = (_tilting.tilted_moments(b, law)["mean"] for b in (beta, 2 * mp.mpf(beta)))
    size = _tilting._log_mgf(2 * mp.mpf(beta), law) - 2 * _tilting._log_mgf(beta, law)
    return mean - mp.exp(size) * (twice - mean) / n


def soft_best_of_n_kl_approach(n, beta, probabilities, rewards):
    """(E w^3 / (E w)^3 - (E w^2)^2 / (E w)^4) / 2 n^2."""
    mp.mp.dps = 1000
    p = [mp.mpf(x) for x in probabilities]
    p = [x / mp.fsum(p) for x in p]

    def moment(k):
        pairs = zip(p, rewards, strict=True)
        return mp.fsum(x * mp.exp(k * mp.mpf(beta) * mp.mpf(r)) for x, r in pairs)

    m = [moment(k) for k in range(4)]
    return (m[3] / m[1] ** 3 - m[2] ** 2 / m[1] ** 4) / 2 / mp.mpf(n) ** 2


_FOUR, _STEPS = [0.5, 0.3, 0.15, 0.05], [0.0, 1.0, 2.0, 3.0]
_LAWS = [
    (0.0, Normal(1.0)),
    (1e-9, Normal()),
    (10.0, Normal()),
    (0.46, Logistic(0.0, 1.0)),
    (3.0, Uniform(-1.0, 2.0)),
    (0.4, Exponential(1.0)),
    (2.0, Discrete(np.array(_FOUR), np.array(_STEPS))),
]
CORNERS = {
    "soft_best_of_n_limit": [dict(beta=b, law=law) for b, law in _LAWS],
    "soft_best_of_n_approach": [dict(n=1e3, beta=b, law=law) for b, law in _LAWS]
    + [dict(n=1e15, beta=1.0, law=Normal())],
    "soft_best_of_n_kl_approach": [
        dict(n=n, beta=b, probabilities=p, rewards=r)
        for n, b, p, r in [
            (1, 1.0, _FOUR, _STEPS),
            (1e15, 1.0, _FOUR, _STEPS),
            (10, 1e-5, _FOUR, _STEPS),
            (10, 200.0, _FOUR, _STEPS),
            (10, 2.0, [1 - 1e-17, 1e-17], [0.0, 1.0]),
            (3, 1.0, [0.5, 0.0, 0.5], [0.0, 9.0, 1.0]),
        ]
    ],
}
