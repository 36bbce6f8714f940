"""Improving perturbations by other routes: Bessel functions, and a contour around 0."""

import mpmath as mp

mp.mp.dps = 40


def _bessel(order, y):
    """Sum of e^-y I_(order + j)(y) over j."""
    with mp.workdps(60):
        total, j = mp.mpf(0), 0
        while True:
            term = mp.besseli(order + j, y, maxterms=10**6) * mp.exp(-y)
            total, j = total + term, j + 1
            if term < total * mp.mpf(10) ** -35:
                return total


def _contour(order, y):
    """P(A - B >= order) of two Poisson counts of mean y/2, from their generating function."""
    r = (order + mp.sqrt(mp.mpf(order) ** 2 + y**2)) / y
    r = max(r, 1 + 1 / mp.sqrt(y))
    width = 1 / mp.sqrt(y * (r + 1 / r) / 2)
    end = min(mp.pi, 16 * width)

    def around(angle):
        z = r * mp.expj(angle)
        return mp.re(mp.exp(y * ((z + 1 / z) / 2 - 1) - order * mp.log(z)) / (1 - 1 / z))

    ends = [end * i / 24 for i in range(25)]
    return mp.quad(around, ends) / mp.pi


def improving_share(dimension, distance, tries):
    y, order = mp.mpf(distance) ** 2, mp.mpf(int(dimension)) / 2
    if y == 0:
        p = mp.mpf(0)
    elif y <= 1000 and dimension <= 2000:
        p = _bessel(order, y)
    elif dimension == 1:
        p = mp.erf(mp.sqrt(2) * mp.mpf(distance)) / 2
    elif dimension % 2 == 0:
        p = _contour(int(dimension) // 2, y)
    else:
        raise ValueError("an odd dimension, large")
    with mp.workdps(400):
        return -mp.expm1(int(tries) * mp.log1p(-p))


def _rows(*rows):
    names = "dimension", "distance", "tries"
    return [dict(zip(names, row, strict=True)) for row in rows]


CORNERS = {
    "improving_share": _rows(
        (1, 1.0, 1),
        (2, 1.0, 1),
        (10, 2.0, 1),
        (10, 5.0, 1),
        (10, 2.0, 30),
        (30, 5.0, 30),
        (1, 0.0, 1),
        (3, 0.0, 10**12),
        (1, 1e-300, 1),
        (1, 1e6, 10**12),
        (2, 1e-100, 10**12),
        (2, 1e6, 1),
        (2, 12.0, 3),
        (3, 1e-3, 10**12),
        (3, 30.0, 1),
        (7, 0.3, 100),
        (100, 24.770596771, 30),
        (1000, 30.0, 10**9),
        (2000, 31.0, 1),
        (10**4, 1000.0, 1),
        (10**6, 1e6, 1),
        (10**6, 1e5, 30),
        (10**6, 2e4, 10**12),
        (10**6, 1.0, 1),
    )
}
SLOPES = {"improving_share": ("distance",)}
