"""Freezing: maxima over the overlap, found as roots in high precision."""

import mpmath as mp


def dominant_overlap(inverse_temperature):
    """Where b (1 - c^2) = c: halve a bracket."""
    with mp.workdps(150):
        b, low, high = mp.mpf(inverse_temperature), mp.mpf(0), mp.mpf(1)
        for _ in range(490):
            c = (low + high) / 2
            low, high = (c, high) if b * (1 - c * c) > c else (low, c)
        return low


def freezing_temperature(load_rate):
    """c / (1 - c^2) at the largest overlap."""
    with mp.workdps(300):
        square = 1 - mp.exp(-2 * mp.mpf(load_rate))
        return mp.sqrt(square) / (1 - square)


def free_energy(load_rate, inverse_temperature):
    """The largest of nu + b c + ln(1 - c^2) / 2 over the overlaps that occur."""
    with mp.workdps(300):
        b, rate = mp.mpf(inverse_temperature), mp.mpf(load_rate)
        c = min(dominant_overlap(b), mp.sqrt(1 - mp.exp(-2 * rate)))
        return rate + b * c + mp.log(1 - c * c) / 2


def needle_threshold(inverse_temperature, overlap):
    """Where b m = free energy: b m - max over c up to m of b c + ln(1 - c^2) / 2."""
    with mp.workdps(150):
        b, m = mp.mpf(inverse_temperature), mp.mpf(overlap)
        c = min(dominant_overlap(b), m)
        return b * (m - c) - mp.log(1 - c * c) / 2


def scattered_margin(log_keys, relative_sd, missed_mass):
    """The two regimes, from the odds that are left."""
    with mp.workdps(100):
        keys, sd = mp.mpf(log_keys), mp.mpf(relative_sd)
        if sd > 1:
            return 2 * sd * keys
        return keys + keys * sd * sd + mp.log(1 / mp.mpf(missed_mass) - 1)


TEMPERATURES = [1e-6, 0.3, 0.66, 0.67, 1.0, 1e8, 1e15, 1e16, 1e30]
CORNERS = {
    "scattered_margin": [
        {"log_keys": x, "relative_sd": s, "missed_mass": e}
        for x in (1e-9, 10.0, 1e30)
        for s, e in ((0.0, 1e-30), (1.0, 0.5), (1.0 + 2.0**-52, 0.3), (0.5, 1 - 2.0**-53))
    ],
    "dominant_overlap": [{"inverse_temperature": b} for b in TEMPERATURES],
    "freezing_temperature": [{"load_rate": x} for x in (1e-17, 1e-3, 1.0, 20.0, 300.0)],
    "free_energy": [
        {"load_rate": x, "inverse_temperature": b}
        for x in (1e-3, 1.0, 20.0)
        for b in (1e-6, 1.0, 1e8, 1e17)
    ],
    "needle_threshold": [
        *({"inverse_temperature": b, "overlap": 1.0} for b in TEMPERATURES),
        {"inverse_temperature": 1e16, "overlap": 1 - 2.0**-53},
        {"inverse_temperature": 1e26, "overlap": 0.9999999958537455},
        {"inverse_temperature": 1.0, "overlap": 0.5},
        {"inverse_temperature": 1.0, "overlap": 0.9},
    ],
}
