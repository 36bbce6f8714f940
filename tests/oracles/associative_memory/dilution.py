"""Dilution: Laplace transforms of the partition function, and Bessel functions in many digits."""

import mpmath as mp
import numpy as np
from scipy.special import expit

LARGEST = mp.mpf(2) ** 1024


def finite(value):
    """Infinite where doubles end."""
    return value if value < LARGEST else mp.inf


def annealed(dim, num_keys, inverse_temperature):
    """E Z by the hypergeometric series of a Bessel function."""
    square = mp.mpf(inverse_temperature) ** 2 / 4
    return (num_keys - 1) * mp.hyp0f1(mp.mpf(dim) / 2, square)


def partition_function(dim, num_keys, inverse_temperature):
    """The series."""
    with mp.workdps(60):
        return finite(annealed(dim, num_keys, inverse_temperature))


def gaussian_partition_function(num_keys, logit_sd):
    """The mean of a log-normal number."""
    with mp.workdps(60):
        return finite((num_keys - 1) * mp.exp(mp.mpf(logit_sd) ** 2 / 2))


def needle_mass(dim, num_keys, inverse_temperature, overlap):
    """The needle's weight over its own and that of the series."""
    with mp.workdps(60):
        own = mp.exp(mp.mpf(inverse_temperature) * overlap)
        return own / (own + annealed(dim, num_keys, inverse_temperature))


def overlaps(dim, width):
    """Overlaps and their probabilities: trapezoids in artanh, finer than `width`."""
    near, far = 0.0, 60.0
    for _ in range(60):
        middle = (near + far) / 2
        fall = (dim - 1) * (np.logaddexp(middle, -middle) - np.log(2.0))
        near, far = (middle, far) if fall < 50 else (near, middle)
    steps = max(2000, int(2 * far / width))
    y = np.linspace(-far, far, steps + 1)
    density = np.exp(-(dim - 1) * (np.logaddexp(y, -y) - np.log(2.0)))
    return np.tanh(y), density / density.sum()


def transform(x, dim, num_keys, beta):
    """ln E exp(-e^x Z); one number for each x."""
    overlap, density = overlaps(dim, 0.25 / max(beta, 1e-9))
    lost = [-(density @ np.expm1(-np.exp(np.minimum(beta * overlap + at, 700.0)))) for at in x]
    return (num_keys - 1) * np.log1p(-np.minimum(lost, 1 - 2.0**-53))


def mean_needle_mass(dim, num_keys, inverse_temperature, overlap):
    """E 1/(1 + Z/a) is the integral of exp(-t) E exp(-t Z/a), trapezoids in ln t.

    Of one distractor it is an average over its overlap.
    """
    beta = inverse_temperature
    if num_keys == 2:
        other, density = overlaps(dim, 0.25 / max(beta, 1e-9))
        return float(np.sum(density * expit(beta * (overlap - other))))
    x, step = np.linspace(-40.0, 5.0, 451, retstep=True)
    logs = transform(x - beta * overlap, dim, num_keys, beta)
    return float(step * np.sum(np.exp(x - np.exp(x) + logs)))


def mean_log_partition(dim, num_keys, inverse_temperature):
    """E ln Z is the integral of (exp(-t) - E exp(-t Z)) / t, trapezoids in ln t.

    Of one distractor it is 0, by symmetry.
    """
    beta = inverse_temperature
    if num_keys == 2:
        return 0.0
    low = -beta - np.log(num_keys) - 40.0
    steps = int(np.ceil((beta + 6.0 - low) / 0.1))
    x = low + 0.1 * np.arange(steps + 1)
    return float(0.1 * np.sum(np.exp(-np.exp(x)) - np.exp(transform(x, dim, num_keys, beta))))


SIZES = [
    {"dim": 2, "num_keys": 2, "inverse_temperature": 0.0},
    {"dim": 2, "num_keys": 1000, "inverse_temperature": 100.0},
    {"dim": 3, "num_keys": 2, "inverse_temperature": 100.0},
    {"dim": 3, "num_keys": 10**9, "inverse_temperature": 10.0},
    {"dim": 5, "num_keys": 50, "inverse_temperature": 200.0},
    {"dim": 5.5, "num_keys": 24, "inverse_temperature": 3.0},
    {"dim": 16, "num_keys": 200, "inverse_temperature": 1e-6},
    {"dim": 10**4, "num_keys": 10**15, "inverse_temperature": 100.0},
    {"dim": 16, "num_keys": 1e120, "inverse_temperature": 10.0},
    {"dim": 10**5, "num_keys": 2, "inverse_temperature": 1e3},
    {"dim": 10**6, "num_keys": 1000, "inverse_temperature": 1e3},
]
COLD = [{"dim": d, "num_keys": 2, "inverse_temperature": 1e4} for d in (2, 3, 50, 10**6)]
SERIES = [
    *SIZES[:6],
    {"dim": 2.001, "num_keys": 4, "inverse_temperature": 100.0},
    {"dim": 10**6, "num_keys": 10**15, "inverse_temperature": 1e4},
    {"dim": 3, "num_keys": 10, "inverse_temperature": 700.0},
    {"dim": 10**4, "num_keys": 10, "inverse_temperature": 999.0},
    {"dim": 10**4, "num_keys": 10, "inverse_temperature": 1001.0},
    {"dim": 3, "num_keys": 10, "inverse_temperature": 1e4},
]


def clean(points, *overlaps):
    return [point | {"overlap": m} for point in points for m in overlaps]


CORNERS = {
    "partition_function": SERIES,
    "gaussian_partition_function": [
        {"num_keys": n, "logit_sd": s} for n in (2, 10**15) for s in (0.0, 1e-9, 1.0, 36.0, 1e4)
    ],
    "needle_mass": clean(SERIES, 1.0, 0.3, -1.0),
    "mean_needle_mass": clean(SIZES, 1.0, -1.0) + clean(COLD, 1.0, 0.3),
    "mean_log_partition": [
        *SIZES,
        *COLD,
        dict(dim=134291.43160750746, num_keys=2, inverse_temperature=1120.0581543645499),
        dict(dim=813343.0, num_keys=2, inverse_temperature=2759.6),
    ],
}
