"""Query-only updates: the margin by bisection of its equation in high precision."""

import mpmath as mp


def query_update_margin(time, num_keys, margin):
    """M + e^M increases: halve a bracket of its root."""
    with mp.workdps(400):
        margin, time = mp.mpf(margin), mp.mpf(time)
        goal = margin + mp.exp(margin) + time * num_keys / (num_keys - 1)
        low, high = margin - 1, margin + 2 * time + 1
        for _ in range(400):
            middle = (low + high) / 2
            low, high = (middle, high) if middle + mp.exp(middle) < goal else (low, middle)
        return low


def query_update_mass(time, num_keys, margin):
    """The logistic function of that margin."""
    with mp.workdps(400):
        return 1 / (1 + mp.exp(-query_update_margin(time, num_keys, margin)))


def query_update_time(missed_mass, num_keys, margin):
    """The rise of M + e^M to its goal over the speed."""
    with mp.workdps(100):
        margin, odds = mp.mpf(margin), 1 / mp.mpf(missed_mass) - 1
        rise = mp.log(odds) + odds - margin - mp.exp(margin)
        return max(rise, 0) * (num_keys - 1) / num_keys


POINTS = [
    {"time": 0.0, "num_keys": 2, "margin": -12.0},
    {"time": 2.0, "num_keys": 1000, "margin": -5.0},
    {"time": 100.0, "num_keys": 2, "margin": 3.0},
    {"time": 1e-3, "num_keys": 10, "margin": -800.0},
    {"time": 1e6, "num_keys": 10**6, "margin": -12.0},
    {"time": 1e15, "num_keys": 2, "margin": 0.0},
    {"time": 1.0, "num_keys": 3, "margin": 600.0},
]
CORNERS = {
    "query_update_time": [
        {"missed_mass": 1e-30, "num_keys": 2, "margin": -1000.0},
        {"missed_mass": 1 - 2.0**-53, "num_keys": 10, "margin": -50.0},
        {"missed_mass": 0.5, "num_keys": 10**15, "margin": -1e-9},
        {"missed_mass": 0.006, "num_keys": 3, "margin": 5.0},
        {"missed_mass": 0.1, "num_keys": 1000, "margin": -6.9},
        {"missed_mass": 0.3, "num_keys": 1000, "margin": 5.0},
    ],
    "query_update_margin": POINTS,
    "query_update_mass": POINTS,
}
