"""Margins: ratios of exponentials, not logistic functions of logarithms."""

import mpmath as mp


def margin_mass(margin, num_keys):
    """One weight over the sum of all."""
    with mp.workdps(400):
        own = mp.exp(mp.mpf(margin))
        return own / (own + mp.mpf(num_keys) - 1)


def needed_margin(num_keys, missed_mass):
    """The logarithm of one ratio."""
    with mp.workdps(100):
        return mp.log((mp.mpf(num_keys) - 1) * (1 / mp.mpf(missed_mass) - 1))


def crowded_loss(margin, num_close):
    """The others' weights over the sum of all."""
    with mp.workdps(400):
        return num_close / (mp.mpf(num_close) + mp.exp(mp.mpf(margin)))


MARGINS = (-1e10, -600.0, -1e-9, 0.0, 5.0, 40.0, 700.0, 1e10)
CORNERS = {
    "margin_mass": [{"margin": x, "num_keys": n} for x in MARGINS for n in (2, 100, 1e30)],
    "needed_margin": [
        {"num_keys": n, "missed_mass": e}
        for n in (2, 2 + 1e-9, 100, 1e30)
        for e in (1e-30, 0.01, 0.5, 1 - 2.0**-53)
    ],
    "crowded_loss": [{"margin": x, "num_close": n} for x in MARGINS for n in (1, 50, 1e30)],
}
SLOPES = {"margin_mass": ["margin"], "crowded_loss": ["margin"]}
