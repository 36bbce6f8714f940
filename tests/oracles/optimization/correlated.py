"""Filtered noise by other routes: elliptic integrals, and quadrature over frequencies."""

import mpmath as mp

mp.mp.dps = 40


def independent_noise(pole):
    """A geometric series of what is left of each step's noise."""
    return mp.nsum(lambda t: mp.mpf(pole) ** (2 * t), [0, mp.inf]) if abs(pole) < 0.99 else (
        1 / (1 - mp.mpf(pole) ** 2)
    )  # fmt: skip


def best_correlated_noise(pole):
    """From the elliptic integral itself."""
    with mp.workdps(80):
        return (2 / mp.pi * mp.ellipk(mp.mpf(pole) ** 2)) ** 2


def _heard(nu, rate):
    """Mean of |1 - (1 - nu) e^(iw)| / |1 - (1 - rate) e^(iw)|^2, of complete elliptic integrals."""
    a, r = 1 - nu, 1 - rate
    if r == 0:
        return 2 / mp.pi * (1 + a) * mp.ellipe(4 * a / (1 + a) ** 2)
    m, n = 4 * a / (1 + a) ** 2, 4 * r / (1 + r) ** 2
    whole = m / n * mp.ellipk(m) + (1 - m / n) * mp.ellippi(n, m)
    return 2 / mp.pi * (1 + a) / (1 + r) ** 2 * whole


def colored_error(step, curvatures, nu):
    with mp.workdps(80):
        e, nu = mp.mpf(step), mp.mpf(nu)
        modes = [mp.mpf(h) for h in curvatures]
        heard = sum(h * e**2 * _heard(nu, e * h) for h in modes)
        return heard * 2 / mp.pi * mp.ellipk((1 - nu) ** 2)


def colored_error_best(step, curvatures):
    """By quadrature over decades of the frequency, from below the slowest mode on."""
    e, modes = mp.mpf(step), [mp.mpf(h) for h in curvatures]

    def power(w):
        """Of all modes at a frequency."""
        heard = (h * e**2 / ((e * h) ** 2 + 4 * (1 - e * h) * mp.sin(w / 2) ** 2) for h in modes)
        return mp.sqrt(sum(heard))

    ends = {mp.mpf(0), mp.pi}
    for h in modes:
        for number in range(-3, 18):
            w = mp.mpf(4) ** number * e * h
            ends |= {w} if w < 1 else set()
            off = mp.mpf(4) ** number * (2 - e * h)
            ends |= {mp.pi - off} if off < 1 else set()
    with mp.workdps(30):
        return (mp.quad(power, sorted(ends), method="gauss-legendre") / mp.pi) ** 2


POLES = [
    {"pole": r}
    for r in (0.5, 0.9, 0.99, 0.999, 0.0, -0.3, 1e-17, 1 - 1e-9, 1 - 2**-53, -1 + 2**-53, -0.99)
]
SPECTRUM = [1.0, 0.1, 0.01]
CORNERS = {
    "independent_noise": POLES,
    "best_correlated_noise": POLES,
    "colored_error": [
        *({"step": 0.1, "curvatures": SPECTRUM, "nu": nu} for nu in (1.0, 0.1, 0.01, 0.001)),
        {"step": 1.0, "curvatures": [1.0], "nu": 1.0},
        {"step": 1.0, "curvatures": [1.99, 0.5, 1e-15], "nu": 1e-15},
        {"step": 1.0, "curvatures": [1.99], "nu": 0.3},
        {"step": 1e-30, "curvatures": [1e30, 1e20], "nu": 1e-7},
        {"step": 1e-12, "curvatures": [1e-3, 1.0, 1e5], "nu": 0.5},
    ],
    "colored_error_best": [
        {"step": 0.1, "curvatures": SPECTRUM},
        {"step": 1.0, "curvatures": [1.0]},
        {"step": 1.0, "curvatures": [1.99, 0.5, 1e-15]},
        {"step": 1e-30, "curvatures": [1e30, 1e20]},
        {"step": 1e30, "curvatures": [1e-30] * 3},
        {"step": 1e-12, "curvatures": [1e-3, 1.0, 1e5]},
    ],
}
SLOPES = {
    "colored_error": ("step", "nu"),
}
