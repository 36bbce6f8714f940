"""Schedules by another route: the recursion of the second moment, step by step from the start."""

import mpmath as mp

mp.mp.dps = 50


def _share(schedule, t, steps, tail):
    if schedule == "constant":
        return mp.mpf(1)
    if schedule == "linear":
        return 1 - mp.mpf(t) / steps
    if schedule == "cosine":
        return (1 + mp.cospi(mp.mpf(t) / steps)) / 2
    return min(mp.mpf(1), mp.mpf(steps - t) / (mp.mpf(tail) * steps))


def mode_risk(schedule, step, steps, curvature, start, noise, tail=0.2):
    e, h, v, z = (mp.mpf(x) for x in (step, curvature, start, noise))
    if schedule == "constant":  # the fixed point and what is left of the way to it
        rate = 1 - e * h
        with mp.workdps(400):
            settled = e * z / (h * (2 - e * h))
            return settled + (v - settled) * rate ** (2 * int(steps))
    for t in range(int(steps)):
        own = e * _share(schedule, t, int(steps), tail)
        v = (1 - own * h) ** 2 * v + own**2 * z
    return v


def schedule_floor(schedule, step, steps, curvature, start, noise, tail=0.2):
    """Integrals of what each moment's noise adds, weighted by what the rest of the way leaves."""
    e, h, z, n = (mp.mpf(x) for x in (step, curvature, noise, steps))
    if schedule == "constant":
        return e**2 * z / (1 - (1 - e * h) ** 2)
    order, slope = (1, e / n) if schedule == "linear" else (2, e * (mp.pi / (2 * n)) ** 2)
    if schedule == "wsd":
        order, slope = 1, e / (mp.mpf(tail) * n)
    # slope^2 s^(2 order) exp(-2 h slope s^(order + 1) / (order + 1)), s the steps that are left
    scale = (2 * h * slope / (order + 1)) ** (-mp.mpf(1) / (order + 1))
    whole = mp.quad(
        lambda x: x ** (2 * order) * mp.exp(-(x ** (order + 1))), [0, 0.5, 1, 2, 4, 8, 16]
    )
    return z * slope**2 * scale ** (2 * order + 1) * whole


def _rows(*rows):
    names = "schedule", "step", "steps", "curvature", "start", "noise", "tail"
    return [dict(zip(names, row, strict=True)) for row in rows]


PLAIN = [
    (schedule, 0.1, steps, 1.0, 0.0, 1.0, 0.2)
    for schedule in ("constant", "linear", "cosine", "wsd")
    for steps in (200, 2000)
]
CORNERS = {
    "mode_risk": _rows(
        *PLAIN,
        ("linear", 0.1, 1, 10.0, 1.0, 0.0, 0.2),  # a step that leaves 6e-17
        ("constant", 0.1, 1, 10.0, 1.0, 0.0, 0.2),
        ("constant", 1.0, 5, 1.0, 2.0, 3.0, 1.0),
        ("constant", 1e-9, 10**6, 1.0, 2.0, 1e-9, 0.2),
        ("constant", 1e-30, 10**6, 1e-30, 3e29, 1e30, 0.2),
        ("cosine", 1.0, 7, 1.0, 2.0, 3.0, 0.2),
        ("linear", 1e30, 3, 1e-30, 1e30, 1e-30, 0.2),
        ("linear", 0.999999, 3000, 1.0, 1e30, 1e-30, 0.2),
        ("cosine", 1e-4, 20000, 1.0, 1.0, 0.0, 0.2),
        ("cosine", 0.5, 20000, 1.5, 1.0, 1.0, 0.2),
        ("wsd", 0.5, 1, 2.0, 1.0, 1.0, 1e-3),
        ("wsd", 0.3, 5000, 2.0, 1.0, 1.0, 1e-3),
        ("wsd", 0.01, 1025, 0.3, 1.0, 1.0, 1.0),
        ("wsd", 1e-3, 1024, 1.0, 0.0, 0.0, 0.5),
        ("linear", 1e-8, 50000, 1.0, 1e-12, 1.0, 0.3),
        ("cosine", 1e-30, 1, 1e-30, 0.0, 1e-100, 0.2),
    ),
    "schedule_floor": _rows(
        *PLAIN,
        ("constant", 1e29, 20, 7e-30, 1.0, 1.0, 0.2),
        ("linear", 1e-4, 10**6, 1.0, 1e30, 1e-200, 0.2),
        ("cosine", 1.0, 10, 1.0, 0.0, 1e30, 0.2),
        ("wsd", 1e-2, 10**6, 0.3, 0.0, 1.0, 1e-3),
        ("wsd", 1e30, 10**6, 1e-30, 0.0, 1.0, 1.0),
    ),
}
SLOPES = {
    "mode_risk": ("step", "curvature", "start", "noise"),
    "schedule_floor": ("step", "curvature", "noise"),
}
