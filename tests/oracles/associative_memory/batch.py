"""All pairs at once: quadrature over the Marchenko-Pastur density, and its moments."""

from math import comb

import mpmath as mp

mp.mp.dps = 30


def average(load, function, width):
    """Integral over the spectrum, zeros included; `width` is that of a feature at an end.

    In the angle from either end, by tanh-sinh between geometric points, in units of the largest
    value: the error that quadrature aims at is absolute.
    """
    load = mp.mpf(load)
    root = mp.sqrt(load)
    unit = max(function((1 - root) ** 2), function((1 + root) ** 2))

    def integrand(angle, from_top):
        s = (1 - root) ** 2 + 4 * root * (mp.cos if from_top else mp.sin)(angle / 2) ** 2
        return 2 * mp.sin(angle) ** 2 / (mp.pi * s) * function(s) / unit

    smallest = min(abs(1 - root) or mp.mpf(1), width, mp.mpf("0.1"))
    points = [mp.pi / 2]
    while points[-1] > smallest / 100:
        points.append(points[-1] / 4)
    points = [mp.mpf(0), *reversed(points)]
    total = mp.quad(lambda x: integrand(x, False), points)
    total += mp.quad(lambda x: integrand(x, True), points)
    return total * unit + (max(mp.mpf(0), 1 - 1 / load) * function(mp.mpf(0)) if load > 1 else 0)


def ridge_error(load, ridge):
    """Mean of (ridge / (s + ridge))^2 over the density."""
    if ridge == 0:
        return max(mp.mpf(0), 1 - 1 / mp.mpf(load))
    load, ridge = mp.mpf(load), mp.mpf(ridge)
    width = mp.sqrt((1 - mp.sqrt(load)) ** 2 + ridge)
    return average(load, lambda s: (ridge / (s + ridge)) ** 2, width)


def narayana(order, load):
    """Mean of s^order over the spectrum."""
    if order == 0:
        return mp.mpf(1)
    return mp.fsum(
        mp.mpf(comb(order, k) * comb(order, k - 1) // order) * load ** (k - 1)
        for k in range(1, order + 1)
    )


def gradient_descent_error(load, step, num_steps):
    """Moments of the spectrum for few steps, quadrature for many."""
    power = 2 * int(num_steps)
    if power <= 60:
        with mp.workdps(150):
            load, step = mp.mpf(load), mp.mpf(step)
            return mp.fsum(
                comb(power, j) * (-step) ** j * narayana(j, load) for j in range(power + 1)
            )
    load, step = mp.mpf(load), mp.mpf(step)
    if load == 1 and step * step * power < mp.mpf(10) ** -14:
        return mp.hyp1f1(mp.mpf(1) / 2, 2, -4 * step * power)  # Catalan's moments of exp(-x s)
    width = 1 / mp.sqrt(power * step)
    return average(load, lambda s: mp.exp(power * mp.log(abs(1 - step * s))), width)


CORNERS = {
    "ridge_error": [
        dict(load=0.5, ridge=0.0),
        dict(load=2.0, ridge=0.0),
        dict(load=1.0, ridge=1e-12),
        dict(load=1 - 1e-9, ridge=1e-12),
        dict(load=1 + 1e-6, ridge=1e-6),
        dict(load=0.7, ridge=1e200),
        dict(load=1e-17, ridge=0.5),
        dict(load=1e6, ridge=0.5),
        dict(load=0.5, ridge=1e-100),
    ],
    "gradient_descent_error": [
        dict(load=0.5, step=0.3, num_steps=0),
        dict(load=0.5, step=0.0, num_steps=9),
        dict(load=1.0, step=1e-17, num_steps=10**17),
        dict(load=1.0, step=1e-9, num_steps=10**15),
        dict(load=1.0, step=0.3, num_steps=10**9),
        dict(load=0.97, step=0.3, num_steps=1000),
        dict(load=1.0001, step=0.3, num_steps=10**4),
        dict(load=1 - 1e-5, step=0.2, num_steps=10**9),
        dict(load=0.5, step=0.3, num_steps=10**4),
        dict(load=0.5, step=2.0, num_steps=20),
        dict(load=1e-17, step=0.3, num_steps=20),
        dict(load=1e9, step=1e-10, num_steps=20),
        dict(load=3.0, step=0.25, num_steps=30),
        dict(load=1.0, step=1.0, num_steps=1),
    ],
}
SLOPES = {"ridge_error": ["ridge"], "gradient_descent_error": ["step"]}
