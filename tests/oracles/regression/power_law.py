"""Power-law spectra: first modes one by one, all others by Hurwitz zeta functions."""

from functools import cache

import mpmath as mp

mp.mp.dps = 40
ENDLESS = float("inf")


@cache
def _powers(exponent, count):
    return [mp.mpf(i) ** mp.mpf(exponent) for i in range(1, count + 1)]


def _tail(s, first, modes):
    """Sum of i^-s over i = first ... modes."""
    if modes == ENDLESS:
        return mp.zeta(s, first)
    if s == 1:
        return mp.digamma(mp.mpf(modes) + 1) - mp.digamma(first)
    return mp.zeta(s, first) - mp.zeta(s, mp.mpf(modes) + 1)


def _kept(kappa, exponent, modes):
    """Sum of 1 / (1 + kappa i^a): the geometric series in 1 / (kappa i^a) where it converges."""
    exponent = mp.mpf(exponent)
    count = int(min(modes, mp.ceil((30 / kappa) ** (1 / exponent))))
    assert count < 20_000, count
    head = mp.fsum(1 / (1 + kappa * power) for power in _powers(exponent, count))
    if count >= modes:
        return head
    terms, m = [], 1
    while not terms or abs(terms[-1]) > mp.mpf(10) ** -34 * head:
        terms.append(-((-1 / kappa) ** m) * _tail(m * exponent, count + 1, modes))
        m += 1
    return head + mp.fsum(terms)


def power_law_ridge(*, exponent, modes=ENDLESS, samples, noise_var, prior_var):
    """Bisection in ln kappa, then secants."""
    samples, ridge = mp.mpf(samples), mp.mpf(noise_var) / (mp.mpf(prior_var) * mp.mpf(samples))

    def excess(log_kappa):
        kappa = mp.exp(log_kappa)
        return kappa * (1 - _kept(kappa, exponent, modes) / samples) / ridge - 1

    high = mp.log(ridge + _tail(mp.mpf(exponent), 1, modes) / samples) + mp.mpf(10) ** -9
    low = high - 1
    while excess(low) > 0:
        low, high = low - 2 * (high - low), low
    while high - low > mp.mpf("0.01"):
        middle = (low + high) / 2
        low, high = (low, middle) if excess(middle) > 0 else (middle, high)
    return mp.exp(mp.findroot(excess, (low, high), solver="illinois", tol=1e-60, verify=False))


def power_law_rho(**point):
    """1 - sigma^2 / (gamma^2 n kappa), in 40 digits."""
    noise_var, prior_var, samples = (
        mp.mpf(point[n]) for n in ("noise_var", "prior_var", "samples")
    )
    return 1 - noise_var / (prior_var * samples * power_law_ridge(**point))


def power_law_statistics(**point):
    """s^2 = gamma^2 n kappa, Delta = s^2 - sigma^2, in 40 digits; the teacher judges."""
    scale = mp.mpf(point["prior_var"]) * mp.mpf(point["samples"])
    predictive_var = scale * power_law_ridge(**point)
    return [predictive_var, predictive_var - mp.mpf(point["noise_var"]), 0, 0]


def power_law_asymptotic_rho(*, exponent, samples, noise_var, prior_var):
    """The beta function for pi b / sin(pi b), in 40 digits."""
    b = 1 / mp.mpf(exponent)
    reflection = mp.gamma(1 + b) * mp.gamma(1 - b)
    return reflection * (mp.mpf(prior_var) / noise_var) ** b * mp.mpf(samples) ** (b - 1)


WEAK = {"noise_var": 1e-9, "prior_var": 1.0}
UNIT = {"noise_var": 0.1, "prior_var": 1.0}
POINTS = [
    dict(exponent=1.5, modes=200, samples=200, **WEAK),  # as many samples as modes
    {"exponent": 1.5, "modes": 1000, "samples": 1000.5, "noise_var": 1e-12, "prior_var": 1.0},
    dict(exponent=2.0, modes=300, samples=200, **WEAK),
    dict(exponent=1.0, modes=10**15, samples=50.0, **UNIT),
    dict(exponent=1e-6, modes=10**12, samples=10.0, **UNIT),
    dict(exponent=0.5, modes=1e50, samples=1e3, **UNIT),
    dict(exponent=1.0 + 1e-9, modes=ENDLESS, samples=100.0, **UNIT),
    {"exponent": 1.0 + 1e-6, "modes": 1e30, "samples": 100.0, "noise_var": 5.0, "prior_var": 0.01},
    dict(exponent=1.2, modes=ENDLESS, samples=3.0, **UNIT),
    dict(exponent=4.0, modes=ENDLESS, samples=1e6, **UNIT),
    {"exponent": 10.0, "modes": ENDLESS, "samples": 1e3, "noise_var": 1e-30, "prior_var": 1.0},
    {"exponent": 10.0, "modes": 129, "samples": 500.0, "noise_var": 1e-24, "prior_var": 1.0},
    dict(exponent=3.0, modes=1, samples=1e-3, **UNIT),
    {"exponent": 2.0, "modes": 1, "samples": 1.0, "noise_var": 1e-20, "prior_var": 1.0},
    {"exponent": 1.5, "samples": 20.0, "noise_var": 1e10, "prior_var": 1e-10},
]
CORNERS = {
    "power_law_ridge": POINTS,
    "power_law_rho": POINTS,
    "power_law_statistics": POINTS,
    "power_law_asymptotic_rho": [
        dict(exponent=1.0 + 1e-9, samples=1e4, **UNIT),
        dict(exponent=1.0 + 2**-33, samples=1.0, **UNIT),
        dict(exponent=2.0, samples=1e16, **UNIT),
        {"exponent": 1e6, "samples": 1e6, "noise_var": 1e-6, "prior_var": 1e3},
        {"exponent": 1.999, "samples": 100, "noise_var": 2.0, "prior_var": 0.5},
    ],
}
SLOPES = {"power_law_asymptotic_rho": ["exponent", "samples"]}
