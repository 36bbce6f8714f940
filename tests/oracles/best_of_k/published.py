"""Printed curves of a paper in 60 digits, expansions from the limit of softmax selection."""

import mpmath as mp

from jtts.regression import Statistics

ENDLESS = float("inf")


def exact(stats):
    names = "predictive_var", "mean_error", "judge_error", "judge_cross"
    return tuple(mp.mpf(float(getattr(stats, name))) for name in names)


def published_asymptotic_error(k, *, spectrum, aspect_ratio, noise_var, prior_var, teacher):
    with mp.workdps(60):
        noise = mp.mpf(noise_var)
        ridge = mp.mpf(aspect_ratio) * noise / mp.mpf(prior_var)
        pairs = list(zip(map(mp.mpf, spectrum), map(mp.mpf, teacher), strict=True))
        bias = sum(w * w * x * ridge**2 / (x + ridge) ** 2 for x, w in pairs) / len(pairs)
        inside = 1 - 2 * bias / noise
        return mp.pi * noise / mp.mpf(k) ** 2 / mp.sqrt(inside) if inside > 0 else mp.nan


def coefficients(stats):
    """Of the error of endless candidates in u = 2 / T, by numerical derivatives."""
    s2, delta, judged, cross = exact(stats)

    def limit(u):
        pull = s2 * u / (1 + s2 * u)
        offset = delta - 2 * cross + judged
        return delta - 2 * pull * (delta - cross) + pull**2 * offset + s2 * (1 - pull)

    return mp.taylor(limit, 0, 3)


def published_softmax_error(k, stats, temperature):
    with mp.workdps(60):
        zeroth, first, second, _ = coefficients(stats)
        u, inverse = 2 / mp.mpf(temperature), 1 / mp.mpf(k)
        once = 1 - inverse
        return zeroth + once * first * u + once * (1 - 2 * inverse) * second * u**2


def published_third_order_error(k, stats, temperature):
    with mp.workdps(60):
        _, _, _, third = coefficients(stats)
        u, inverse = 2 / mp.mpf(temperature), 1 / mp.mpf(k)
        factor = (1 - inverse) * (1 - 2 * inverse) * (1 - 3 * inverse)
        return published_softmax_error(k, stats, temperature) + factor * third * u**3


def published_optimal_temperature(k, stats):
    """The vertex of the parabola in u = 2 / T."""
    with mp.workdps(60):
        _, first, second, _ = coefficients(stats)
        if first >= 0 or second <= 0:
            return mp.nan
        rest = max(1 - 2 / mp.mpf(k), mp.mpf(0))
        return 4 * rest * second / -first


def second_order_optimal_k(stats, temperature):
    """Where the cubic in 1/k that the expansion is has slope 0, between 0 and 1."""
    with mp.workdps(60):
        _, first, second, _ = coefficients(stats)
        if second <= 0:
            return mp.nan
        u = 2 / mp.mpf(temperature)
        # d/dx of (1 - x) A + (1 - x)(1 - 2x) B is -A - 3 B + 4 B x
        x = (first * u + 3 * second * u**2) / (4 * second * u**2)
        return mp.inf if x <= 0 else 1 / min(x, mp.mpf(1))


def _largest(k, stats, temperature):
    """Of the terms of the series, each taken in size."""
    u = 2 / mp.mpf(temperature)
    return float(max(abs(c) * u**i for i, c in enumerate(coefficients(stats))))


LARGEST_TERM = {"published_softmax_error": _largest, "published_third_order_error": _largest}
JUDGED = Statistics(1.0, 0.4, 0.2, 0.1)
LEVEL = Statistics(1.0, 0.125, 4.0, 0.625)  # C_1 = 0
BENT = Statistics(1.0, 1.0, 5.0, 2.0)  # C_1 < 0 < C_2
ARCHED = Statistics(0.5, 1.0, 4.0, 2.0)  # C_2 < 0
FLAT = dict(spectrum=[1.0, 1e-9, 1e9], aspect_ratio=0.5, noise_var=0.25, prior_var=1.0)
CORNERS = {
    "published_asymptotic_error": [
        dict(k=1, teacher=[1.0, 0.0, -2.0], **FLAT),
        dict(k=1e150, teacher=[0.0, 0.0, 0.0], **FLAT),
        dict(k=50, teacher=[1e9, 0.0, 0.0], **FLAT),
        dict(
            k=50,
            spectrum=[1.0],
            aspect_ratio=1e-9,
            noise_var=1e-12,
            prior_var=1e6,
            teacher=[2.0],
        ),
        dict(k=3, spectrum=[1.0], aspect_ratio=1.0, noise_var=1.0, prior_var=1.0, teacher=[1.41]),
    ],
    "published_softmax_error": [
        dict(k=1, stats=JUDGED, temperature=1.0),
        dict(k=2, stats=Statistics(1.0, 0.1), temperature=40.0),
        dict(k=7, stats=JUDGED, temperature=0.01),
        dict(k=ENDLESS, stats=BENT, temperature=1e12),
        dict(k=1.5, stats=Statistics(1e-9, 3.0, 3.0, 2.0), temperature=1e-3),
    ],
    "published_third_order_error": [
        dict(k=1, stats=JUDGED, temperature=1.0),
        dict(k=2, stats=JUDGED, temperature=1.0),
        dict(k=3, stats=JUDGED, temperature=1.0),
        dict(k=5, stats=Statistics(1.0, 0.1), temperature=10.0),
        dict(k=ENDLESS, stats=BENT, temperature=50.0),
    ],
    "published_optimal_temperature": [
        dict(k=1, stats=JUDGED),
        dict(k=2, stats=JUDGED),
        dict(k=2 + 2.0**-40, stats=JUDGED),
        dict(k=8, stats=Statistics(1.0, 0.1, 4.0, -0.2)),
        dict(k=ENDLESS, stats=JUDGED),
        dict(k=9, stats=BENT),
        dict(k=9, stats=LEVEL),
    ],
    "second_order_optimal_k": [
        dict(stats=Statistics(1.0, 1e-9, 16.0, 0.0), temperature=40.0),
        dict(stats=JUDGED, temperature=1e-300),
        dict(stats=JUDGED, temperature=1e9),
        dict(stats=BENT, temperature=1e9),
        dict(stats=BENT, temperature=1e-3),
        dict(stats=LEVEL, temperature=1e9),
        dict(stats=ARCHED, temperature=3.0),
    ],
}
