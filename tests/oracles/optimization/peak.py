"""When to stop, by another route: the loss of real steps and the root of its slope."""

import mpmath as mp

mp.mp.dps = 60


def peak_step(step, sharp, start, flat, count, noise):
    e, h, v, g, d, z = (mp.mpf(x) for x in (step, sharp, start, flat, count, noise))

    def second_moment(t, curvature, begun):
        rest = e**2 * z / (1 - (1 - e * curvature) ** 2)
        return rest + (begun - rest) * mp.exp(2 * t * mp.log1p(-e * curvature))

    def slope(t):
        def loss(t):
            return h * second_moment(t, h, v) + d * g * second_moment(t, g, 0)

        with mp.workdps(150):
            return mp.diff(loss, t, h=mp.mpf(10) ** -40)

    if slope(mp.mpf(0)) >= 0:
        return mp.mpf(0)
    low, high = mp.mpf(0), 1 / (e * h)
    while slope(high) < 0:
        low, high = high, 2 * high
    while high - low > mp.mpf(10) ** -45 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return (low + high) / 2


def _rows(*rows):
    names = "step", "sharp", "start", "flat", "count", "noise"
    return [dict(zip(names, row, strict=True)) for row in rows]


CORNERS = {
    "peak_step": _rows(
        (0.05, 1.0, 1.0, 0.01, 100, 0.1),
        (0.1, 1.0, 4.0, 0.001, 1000, 0.02),
        (0.999, 1.0, 4.0, 0.001, 10, 0.02),
        (1e-5, 1.0, 4.0, 1e-3, 1000, 0.02),
        (1e-5, 1.0, 0.1, 0.9, 1, 1e-3),
        (0.3, 2.0, 1.01 * 0.3 / 2.8, 0.02, 1, 1.0),  # next to what noise leaves
        (0.3, 2.0, 1.0, 1.8, 3, 1.0),
        (0.05, 1.0, 1.0, 1e-100, 1, 1e-30),
        (1e28, 1e-30, 1e30, 1e-40, 10**12, 1e-30),
        (0.1, 1.0, 4.0, 0.05, 10**12, 1.0),  # too many flat modes to begin at all
        (0.1, 1.0, 4.0, 0.01, 2779, 1.0),
    )
}
SLOPES = {"peak_step": ("step", "sharp", "start", "flat", "noise")}
