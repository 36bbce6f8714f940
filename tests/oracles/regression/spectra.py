"""Spectra: powers in 60 digits."""

import mpmath as mp


def power_law_spectrum(dim, exponent):
    with mp.workdps(60):
        return [mp.power(i, -mp.mpf(exponent)) for i in range(1, dim + 1)]


CORNERS = {
    "power_law_spectrum": [
        dict(dim=1, exponent=0.0),
        dict(dim=3, exponent=-2.0),
        dict(dim=50, exponent=0.0),
        dict(dim=50, exponent=1 + 2.0**-40),
        dict(dim=10, exponent=290.0),
    ]
}
