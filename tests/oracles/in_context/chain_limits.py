"""Chains at large size by the moments of the Marchenko-Pastur law, which are polynomials; where
these are too many, by Bessel functions (g = 1), the end of the flow, or its Laplace transform in
many digits."""

from fractions import Fraction
from functools import cache
from math import comb

import mpmath as mp

mp.mp.dps = 30
FAR = 150  # arguments up to which the series is summed
GONE = 90  # exp of it is nothing beside 1


def _moments(g):
    """Of all d eigenvalues, the zeros among them: Narayana polynomials by their recurrence."""
    before, now, k = 1, 1 + 0 * g, 1
    yield before
    while True:
        yield now
        k += 1
        following = (2 * k - 1) * (1 + g) * now - (k - 2) * (g - 1) ** 2 * before
        before, now = now, following / (k + 1)


def _integral(polynomial, g):
    return sum(c * m for c, m in zip(polynomial, _moments(g), strict=False))


def _times(p, q):
    found = [Fraction(0)] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            found[i + j] += a * b
    return found


def limit_chain_error(num_steps, dim_ratio, noise_ratio, step_size):
    """All powers written out, in fractions."""
    t, g, r, eta = num_steps, Fraction(dim_ratio), Fraction(noise_ratio), Fraction(step_size)
    left = [comb(t, k) * (-eta) ** k for k in range(t + 1)]
    moved = [Fraction(0)] + [-c for c in left[1:]]
    over = _times(moved, moved)[1:] or [Fraction(0)]  # divided by s
    return _integral(_times(left, left), g) + r * g * _integral(over, g)


def _ends(g):
    return (1 - mp.sqrt(g)) ** 2, (1 + mp.sqrt(g)) ** 2


def _by_density(g, function, scales=()):
    """Over the continuous part, in the angle, piece by piece."""
    low = _ends(g)[0]

    def integrand(angle):
        s = low + 4 * mp.sqrt(g) * mp.sin(angle / 2) ** 2
        return 2 / mp.pi * mp.sin(angle) ** 2 / s * function(s)

    cuts = {mp.mpf(0), mp.pi, abs(1 - mp.sqrt(g)), *scales}
    cuts |= {mp.pi * mp.mpf(10) ** -j for j in range(1, 14)} | {mp.pi * j / 8 for j in range(1, 8)}
    return mp.quad(integrand, sorted(cut for cut in cuts if cut <= mp.pi))


@cache
def _laplace(tau, g):
    """E exp(-tau s), zeros among the eigenvalues, and minus its derivative."""
    if g == 1:
        with mp.workdps(60):
            bessel = [mp.exp(-2 * tau) * mp.besseli(order, 2 * tau) for order in (0, 1)]
            return sum(bessel), (bessel[1] / tau if tau else mp.mpf(1))
    if tau * _ends(g)[1] <= FAR:
        with mp.workdps(40 + int(tau * _ends(g)[1])):
            values, term = [mp.mpf(0), mp.mpf(0)], mp.mpf(1)
            moments = _moments(mp.mpf(g))
            moment = next(moments)
            for k, more in enumerate(moments):
                values = [values[0] + term * moment, values[1] + term * more]
                if abs(term * more) < mp.mpf(10) ** -40 and k > tau:
                    return tuple(values)
                moment, term = more, -term * tau / (k + 1)
    low, scale = _ends(g)[0], mp.sqrt(1 / (tau * mp.sqrt(g)))
    scales = (scale, 4 * scale, 12 * scale)
    if tau * low > 1e4:
        rest = [mp.mpf(0), mp.mpf(0)]
    else:
        rest = [
            _by_density(g, lambda s, power=power: s**power * mp.exp(-tau * s), scales)
            for power in (0, 1)
        ]
    return max(1 - 1 / mp.mpf(g), mp.mpf(0)) + rest[0], rest[1]


def _taken(time, g):
    """The integral of (1 - exp(-T s))^2 / s."""
    low = _ends(g)[0]
    if g == 1:

        def area(x):  # of exp(-2u) (I0 + I1)(2u) up to x
            with mp.workdps(60):
                bessel = [mp.exp(-2 * x) * mp.besseli(order, 2 * x) for order in (0, 1)]
                return 2 * x * sum(bessel) + (bessel[0] - 1) / 2

        return 2 * area(time) - area(2 * time)
    if time * low > GONE:
        return 1 / (1 - g) if g < 1 else 1 / (g * (g - 1))
    if time * _ends(g)[1] <= FAR / 2:
        with mp.workdps(40 + int(2 * time * _ends(g)[1])):
            total, power = mp.mpf(0), -time
            moments = _moments(mp.mpf(g))
            next(moments)
            for k, moment in enumerate(moments, 2):
                power = -power * time / k
                term = power * (mp.mpf(2) ** k - 2) * moment
                total += term
                if abs(term) < mp.mpf(10) ** -40 and k > 2 * time:
                    return total
    scale = mp.sqrt(1 / (time * mp.sqrt(g)))
    return _by_density(g, lambda s: (1 - mp.exp(-time * s)) ** 2 / s, (scale, 5 * scale))


def limit_flow_error(time, dim_ratio, noise_ratio):
    t, g, r = (mp.mpf(x) for x in (time, dim_ratio, noise_ratio))
    noise = r * g * _taken(t, g) if r else 0
    return _laplace(2 * t, g)[0] + noise


def optimal_flow_time(dim_ratio, noise_ratio):
    """The root of the slope, in the logarithm of the time."""
    g, r = mp.mpf(dim_ratio), mp.mpf(noise_ratio)
    low, high = _ends(g)

    def slope(log_time):
        t = mp.exp(log_time)
        whole, falling = _laplace(2 * t, g)
        return r * g * (_laplace(t, g)[0] - whole) - falling

    ends = [mp.log(mp.log1p(s / (r * g)) / s) if s else -mp.log(r * g) for s in (high, low)]
    with mp.workdps(20):
        found = mp.findroot(slope, ends, solver="anderson", tol=1e-28, maxsteps=60)
    return mp.exp(found)


def optimal_flow_error(dim_ratio, noise_ratio):
    time = optimal_flow_time(dim_ratio, noise_ratio)
    return limit_flow_error(time, dim_ratio, noise_ratio)


def _rows(names, *rows):
    return [dict(zip(names.split(), row, strict=True)) for row in rows]


BEST = _rows(
    "dim_ratio noise_ratio",
    (0.5, 0.1),
    (1.0, 0.1),
    (2.0, 1.0),
    (0.1, 10.0),
    (1.0, 1e-6),
    (1.0, 1e6),
    (1e-3, 1e-3),
    (1e3, 1e6),
    (0.98, 0.03),
)
CORNERS = {
    "limit_flow_error": _rows(
        "time dim_ratio noise_ratio",
        (0.0, 0.5, 0.1),
        (3.0, 0.5, 0.1),
        (3.0, 2.0, 0.1),
        (10.0, 0.25, 0.0),
        (100.0, 1.0, 0.0),
        (1e12, 1.0, 0.1),
        (1e12, 0.5, 1e6),
        (1e12, 1e3, 1.0),
        (1e-9, 1e-3, 1e6),
        (0.02, 1e3, 1.0),
        (1e3, 0.999, 0.3),
        (1e5, 1.0001, 0.01),
    ),
    "limit_chain_error": _rows(
        "num_steps dim_ratio noise_ratio step_size",
        (0, 0.5, 1.0, 0.1),
        (1, 0.5, 0.1, 0.4),
        (6, 0.5, 0.1, 0.4),
        (10, 1.0, 0.1, 0.4),
        (3, 2.0, 0.1, 0.3),
        (100, 1.0, 1e6, 0.499),
        (60, 0.25, 0.0, 0.88),
        (20, 1e3, 1.0, 1.8e-3),
        (20, 1e-3, 1e6, 1.87),
        (7, 3.0, 0.3, 0.0),
        (40, 0.9, 0.01, 1e-6),
    ),
    "optimal_flow_time": BEST,
    "optimal_flow_error": BEST,
}
