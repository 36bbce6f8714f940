"""Loops by other routes: recursions in fractions, moments of chi-squared in many digits, products
and sums term by term, fixed points by halving."""

from fractions import Fraction

import mpmath as mp
import numpy as np

mp.mp.dps = 60
TERM_BY_TERM = 20_000


def _affine(step, start, times):
    """`start` after so many applications of x -> A x + b, A and b of `step`, by squaring."""
    a, b = (mp.mpf(x.numerator) / x.denominator for x in step)
    matrix, power = mp.matrix([[a, b], [0, 1]]), mp.eye(2)
    while times:
        if times & 1:
            power = power * matrix
        matrix, times = matrix * matrix, times >> 1
    return (power * mp.matrix([start, 1]))[0]


def self_fit_variance(n, t, fit):
    return mp.mpf(1) if fit == "unbiased" else (mp.mpf(n - 1) / n) ** t


def self_fit_deviation(n, t):
    nu = mp.mpf(n - 1)
    with mp.workdps(80):
        log = mp.loggamma((nu + 1) / 2) - mp.loggamma(nu / 2) + mp.log(2 / nu) / 2
        return mp.exp(t * log)


def self_fit_log_variance(n, t):
    nu = mp.mpf(n - 1)
    with mp.workdps(80):
        return t * (mp.digamma(nu / 2) + mp.log(2 / nu))


def self_fit_kl(n, t):
    """By the recursions of E 1/sigma^2 and E mu^2/sigma^2."""
    if n <= 3:
        return mp.inf if t else mp.mpf(0)
    a = Fraction(n - 1, n - 3)
    inverse = _affine((a, Fraction(0)), 1, t)
    mean = _affine((a, a / n), 0, t)
    return (self_fit_log_variance(n, t) + inverse + mean - 1) / 2


def truncated_variance_factor(cut):
    """Integrals of the density, in units of the cut."""
    c = mp.mpf(cut)
    if not c or c > 60:
        return mp.mpf(c > 60)
    pieces = mp.linspace(0, 1, 13)
    within = mp.quad(lambda u: mp.exp(-((c * u) ** 2) / 2), pieces)
    return c**2 * mp.quad(lambda u: u**2 * mp.exp(-((c * u) ** 2) / 2), pieces) / within


def _solved(matrix, right):
    """Of two equations, by Cramer's rule."""
    (a, b), (c, d) = matrix
    det = a * d - b * c
    return (right[0] * d - b * right[1]) / det, (a * right[1] - c * right[0]) / det


def fresh_data_loop(n, real, factor):
    """Where V' = V and M' = M."""
    r, lam = Fraction(real, n), Fraction(factor)
    s = 1 - r
    rows = (1 - s * lam, -r * s * n / (n - 1)), (-s * lam / n, 1 - s**2)
    variance, error = _solved(rows, (r, r / n))
    return {"variance": variance, "squared_mean_error": error}


def fixed_data_loop(n, real, factor):
    """Where V' = V and the mean square distance D from the real sample's mean stays."""
    lam, own = Fraction(factor), n - real
    s = Fraction(own, n)
    # of the sum of squares: within the real, within the own samples, between the two means
    by_v = (own - 1) * lam + real * lam / n if own else Fraction(0)
    rows = (n - 1 - by_v, -Fraction(real * own, n)), (-s * lam / n, 1 - s**2)
    variance, distance = _solved(rows, (Fraction(real - 1), Fraction(0)))
    return {"variance": variance, "squared_mean_error": Fraction(1, real) + distance}


def best_real_weight(real, synthetic):
    """Where the numerical slope of the error changes its sign."""
    n, m = mp.mpf(real), mp.mpf(synthetic)

    def error(w):
        return (w**2 / n + (1 - w) ** 2 / m) / (w * (2 - w))

    low, high = mp.mpf(10) ** -20, mp.mpf(1)
    with mp.workdps(120):
        for _ in range(150):
            middle = (low + high) / 2
            h = middle * mp.mpf(10) ** -50
            rising = error(middle + h) > error(middle - h)
            low, high = (low, middle) if rising else (middle, high)
        return low


def accumulated_variance(n, t):
    if t <= TERM_BY_TERM:
        product = mp.mpf(1)
        for j in range(1, t + 1):
            product *= 1 - mp.mpf(1) / (mp.mpf(n) * j**2)
        return product
    z = 1 / mp.sqrt(n)
    endless = mp.sin(mp.pi * z) / (mp.pi * z)
    if t == np.inf:
        return endless
    return endless * mp.gammaprod([t + 1 + z, t + 1 - z], [t + 1, t + 1])


def _diversity_step(n, real):
    """Of the share h of diversity: h' = A h + b."""
    r = Fraction(real, n)
    s = 1 - r
    return s**2 - s / n, 1 - r / n - s**2


def resampling_diversity(n, real, t):
    return _affine(_diversity_step(n, real), 1, t)


def resampling_diversity_limit(n, real):
    a, b = _diversity_step(n, real)
    return Fraction(0) if real == 0 else b / (1 - a)


def replaced_regression_error(dim, samples, t, noise):
    return Fraction(noise) ** 2 * t * Fraction(dim, samples - dim - 1)


def accumulated_regression_error(dim, samples, t, noise, design):
    def term(j):
        left = j * (samples - dim - 1) if design == "same" else j * samples - dim - 1
        return mp.mpf(1) / (mp.mpf(j) * left)

    if t <= TERM_BY_TERM:
        total = mp.fsum(term(j) for j in range(1, t + 1))
    else:
        total = _endless(dim, samples, design, 0) - _endless(dim, samples, design, t)
    return mp.mpf(noise) ** 2 * dim * total


def _endless(dim, samples, design, after):
    """Sum over all j above `after`."""
    with mp.workdps(90):
        if design == "same":
            return mp.zeta(2, after + 1) / (samples - dim - 1)
        rho = mp.mpf(dim + 1) / samples
        return (mp.digamma(after + 1) - mp.digamma(after + 1 - rho)) / (dim + 1)


def accumulated_regression_limit(dim, samples, noise, design):
    return mp.mpf(noise) ** 2 * dim * _endless(dim, samples, design, 0)


def curated_fixed_point(p_ref, reward, real_fraction):
    """Z by halving; a round of the loop changes nothing."""
    total = mp.fsum(map(mp.mpf, p_ref))
    p = [mp.mpf(x) / total for x in p_ref]
    w = [mp.exp(mp.mpf(r) - max(reward)) for r in reward]
    a = mp.mpf(real_fraction)

    def shares(gap):
        return [a * q / (1 - (1 - a) * v / (1 - a + gap)) for q, v in zip(p, w, strict=True)]

    low, high = mp.mpf(0), a
    for _ in range(250):
        gap = (low + high) / 2
        low, high = (gap, high) if mp.fsum(shares(gap)) > 1 else (low, gap)
    found = shares(high)
    z = mp.fsum(x * v for x, v in zip(found, w, strict=True))
    for x, q, v in zip(found, p, w, strict=True):
        assert abs(a * q + (1 - a) * x * v / z - x) < mp.mpf(10) ** -40
    return found


def curated_success_fixed_point(p_ref, real_fraction, beta, n):
    """A sum over candidates; the share by halving."""
    a, down = mp.mpf(real_fraction), mp.exp(-mp.mpf(beta))

    def after(p):
        if n == np.inf:
            chosen = p / (p + (1 - p) * down)
        else:
            chosen = mp.fsum(
                mp.binomial(n, k) * p**k * (1 - p) ** (n - k) * k / (k + (n - k) * down)
                for k in range(1, n + 1)
            )
        return a * mp.mpf(p_ref) + (1 - a) * chosen

    low, high = mp.mpf(0), mp.mpf(1)
    for _ in range(180):
        middle = (low + high) / 2
        low, high = (middle, high) if after(middle) > middle else (low, middle)
    return high


def amplification_threshold(n, beta):
    """Where a round multiplies a small share by one: (1 - alpha) n e^beta = e^beta + n - 1."""
    with mp.workdps(400):
        grown = mp.exp(mp.mpf(beta))
        return 1 - (1 / grown if n == np.inf else (grown + n - 1) / (n * grown))


def _named(names, *rows):
    return [dict(zip(names, row, strict=True)) for row in rows]


MOST = 10**9
TIMES = [
    dict(n=n, t=t)
    for n, t in (
        (2, 0), (2, 1), (2, 1000), (3, 5), (10, 5), (24, 7), (25, 7), (26, 7), (100, 1000),
        (999, 10**5), (MOST, 1), (MOST, MOST), (10**6, MOST),
    )
]  # fmt: skip
REAL = _named(
    ("n", "real", "factor"),
    (20, 5, 1.0),
    (20, 5, 0.8),
    (100, 10, 0.8),
    (20, 2, 0.6),
    (2, 1, 0.0),
    (2, 1, 1.0),
    (2, 2, 1.0),
    (100, 1, 1.0),
    (MOST, 1, 1.0),
    (MOST, 1, 1 - 2**-53),
    (MOST, MOST, 0.5),
    (MOST, MOST - 1, 0.3),
    (7, 3, 1e-17),
)
LOOP = ("dim", "samples", "t", "noise")
CORNERS = {
    "self_fit_variance": [
        point | {"fit": fit} for point in TIMES for fit in ("unbiased", "likelihood")
    ],
    "self_fit_deviation": TIMES,
    "self_fit_log_variance": TIMES,
    "self_fit_kl": [point for point in TIMES if point["n"] != 10**6]
    + _named(("n", "t"), (4, 600), (4, 646), (5, 3), (100, 50), (10, 50), (3, 0)),
    "truncated_variance_factor": [
        dict(cut=c) for c in (0.0, 1e-150, 1e-9, 0.3, 1.0, 1.4999, 1.5, 2.0, 8.0, 39.0, 1e300)
    ],
    "fresh_data_loop": REAL,
    "fixed_data_loop": REAL,
    "best_real_weight": _named(
        ("real", "synthetic"), (1, 1), (50, 200), (50, 10), (1, 1e15), (1e15, 1), (3.5, 7.25)
    ),
    "accumulated_variance": _named(
        ("n", "t"),
        (2, 0), (2, 1), (2, 20_000), (10, 5), (10, 100), (10, np.inf), (100, np.inf), (3, MOST),
        (MOST, 7), (MOST, MOST), (2, np.inf), (MOST, np.inf),
    ),
    "resampling_diversity": _named(
        ("n", "real", "t"),
        (10, 0, 5), (10, 2, 5), (1, 0, 0), (1, 0, 1), (1, 1, 3), (2, 0, 1000), (100, 1, 50),
        (MOST, 0, MOST), (MOST, 1, MOST), (MOST, MOST, 1), (1000, 10, MOST), (7, 6, 2),
    ),
    "resampling_diversity_limit": _named(
        ("n", "real"),
        (100, 1), (100, 10), (1000, 10), (20, 5), (1, 0), (1, 1), (MOST, 0), (MOST, 1),
        (MOST, MOST), (2, 1),
    ),
    "replaced_regression_error": _named(
        LOOP,
        (10, 20, 5, 1.0), (1, 3, 1, 0.0), (1, 3, MOST, 1e100), (MOST - 3, MOST, 7, 1e-100),
        (50, 60, 5, 0.3),
    ),
    "accumulated_regression_error": [
        point | {"design": design}
        for point in _named(
            LOOP,
            (10, 20, 5, 1.0), (10, 100, 16, 1.0), (50, 60, 17, 0.3), (1, 3, 1, 1e100),
            (1, MOST, 1000, 1.0), (MOST - 2 - 1, MOST, 20_000, 1.0), (1, 3, MOST, 1e-100),
            (5, 7, 40, 0.0), (40, 42, MOST, 2.0),
        )
        for design in ("same", "fresh")
    ],
    "accumulated_regression_limit": [
        point | {"design": design}
        for point in _named(
            ("dim", "samples", "noise"),
            (10, 20, 1.0), (10, 100, 1.0), (50, 60, 1.0), (1, 3, 1e100), (1, MOST, 1e-100),
            (MOST - 3, MOST, 0.5), (7, 30, 0.0),
        )
        for design in ("same", "fresh")
    ],
    "curated_fixed_point": _named(
        ("p_ref", "reward", "real_fraction"),
        (np.ones(5), np.arange(5) / 2, 0.5),
        (np.ones(5), np.arange(5) / 2, 0.05),
        (np.array([1e6, 1e-6]), np.array([0.0, 1.0]), 0.5),
        (np.array([1e6, 1e-6]), np.array([0.0, 300.0]), 1e-3),
        (np.array([1e-6, 1e6]), np.array([0.0, 300.0]), 1e-3),
        (np.array([0.2, 0.3, 0.5]), np.array([1.0, 1.0, -300.0]), 1.0),
        (np.array([0.2, 0.3, 0.5]), np.array([0.7, 0.7, 0.7]), 0.3),
        (np.array([0.2, 0.3, 0.5]), np.array([-300.0, -299.0, -298.0]), 1 - 2**-53),
        (np.array([3.0]), np.array([5.0]), 0.25),
        (np.array([2.9926913266562]), np.array([5.646869698865765]), 1.0),
        (np.array([1e6, 1e-6]), np.array([0.0, 30.0]), 1.0),
    ),
    "curated_success_fixed_point": _named(
        ("p_ref", "real_fraction", "beta", "n"),
        (0.1, 0.2, 1.0, 2),
        (0.1, 0.2, 1.0, 16),
        (0.1, 0.2, 1.0, np.inf),
        (0.01, 0.5, 1.0, 4),
        (1e-9, 0.5, 700.0, 2),  # at the threshold
        (1e-9, 1e-3, 700.0, 64),
        (1e-9, 1.0, 3.0, 64),
        (1e-9, 0.6320, 1.0, np.inf),
        (1.0, 0.3, 2.0, 5),
        (1.0, 1e-3, 0.0, np.inf),
        (0.5, 1e-3, 0.0, 64),
        (0.3, 0.4, 2.0, 1),
        (1 - 2**-53, 0.5, 0.1, 64),
    ),
    "amplification_threshold": _named(
        ("n", "beta"),
        (2, 1.0), (16, 1.0), (np.inf, 1.0), (2, 700.0), (MOST, 1e-17), (3, 1e-300), (5, 700.0),
    ),
}  # fmt: skip
