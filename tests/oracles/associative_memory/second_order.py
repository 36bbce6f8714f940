"""Beyond a fixed rate: the rules trial by trial, as powers of linear maps."""

import math

import mpmath as mp

mp.mp.dps = 100
ENDLESS = 10**30  # (1 - 1e-17)^ENDLESS is nothing
TINY = 2**-53


def times(number):
    return ENDLESS if number == mp.inf else int(number)


def second_order(num_rounds, rate, first_rate, discount=1.0, initial=1.0):
    """A round on (V_B, V_A): B learns with the target g V_A, then A is extinguished."""
    rate, first_rate = mp.mpf(rate), mp.mpf(first_rate)
    one = mp.matrix([[1 - rate, rate * discount], [0, 1 - first_rate]])
    return (one ** times(num_rounds))[0, 1] * initial


def second_order_peak(rate, first_rate):
    """Zero of the slope of (1 - a)^n - (1 - b)^n, searched in 120 digits."""
    with mp.workdps(120):
        one, other = mp.log1p(-mp.mpf(first_rate)), mp.log1p(-mp.mpf(rate))
        if one == other:
            return -1 / one
        start = -1 / max(-one, -other)
        return mp.findroot(
            lambda n: mp.log(one / other) / (one - other) + n, start, solver="secant"
        )


def latent_inhibition(num_exposures, associability, adaptation, outcome=1.0):
    """The rate is multiplied by 1 - gamma at each exposure."""
    kept = mp.matrix([[1 - mp.mpf(adaptation)]]) ** times(num_exposures)
    return mp.mpf(associability) * outcome * kept[0, 0]


def kalman_acquisition(num_trials, num_exposures, noise_ratio, outcome=1.0):
    """Precisions and what they weigh add up, observation by observation in blocks."""
    if num_trials == 0:
        return mp.mpf(0)
    if noise_ratio == 0:  # the first observation decides, later ones average
        return mp.mpf(num_trials) * outcome / (mp.mpf(num_trials) + num_exposures)
    precision = 1 + (mp.mpf(num_exposures) + num_trials) / noise_ratio
    return outcome * mp.mpf(num_trials) / noise_ratio / precision


CORNERS = {
    "second_order": [
        dict(num_rounds=0, rate=0.3, first_rate=0.3),
        dict(num_rounds=1, rate=0.0, first_rate=1 - TINY),
        dict(num_rounds=3, rate=1 - TINY, first_rate=0.5),
        dict(num_rounds=12, rate=0.3, first_rate=0.3),
        dict(num_rounds=12, rate=0.3 + 1e-12, first_rate=0.3),
        dict(num_rounds=10**17, rate=1e-17, first_rate=2e-17),
        dict(num_rounds=1000, rate=0.3, first_rate=0.25, discount=-0.9),
        dict(num_rounds=math.inf, rate=0.3, first_rate=0.2),
        dict(num_rounds=50, rate=0.0, first_rate=0.1),
    ],
    "second_order_peak": [
        dict(rate=0.3, first_rate=0.3),
        dict(rate=0.3 + 1e-8, first_rate=0.3),
        dict(rate=0.3, first_rate=0.3 + 1e-12),
        dict(rate=1e-12, first_rate=0.5),
        dict(rate=0.5, first_rate=1e-15),
        dict(rate=1 - 1e-9, first_rate=1e-150),
        dict(rate=1e-17, first_rate=1.1e-17),
        dict(rate=0.3, first_rate=0.45),
    ],
    "latent_inhibition": [
        dict(num_exposures=0, associability=1.0, adaptation=1.0),
        dict(num_exposures=1, associability=1.0, adaptation=1.0),
        dict(num_exposures=10**17, associability=0.5, adaptation=1e-17),
        dict(num_exposures=math.inf, associability=0.5, adaptation=0.1),
        dict(num_exposures=2000, associability=1e-17, adaptation=0.25),
    ],
    "kalman_acquisition": [
        dict(num_trials=0, num_exposures=0, noise_ratio=0.0),
        dict(num_trials=0, num_exposures=3, noise_ratio=2.0),
        dict(num_trials=1, num_exposures=0, noise_ratio=0.0),
        dict(num_trials=1, num_exposures=10**17, noise_ratio=1e-17),
        dict(num_trials=10**9, num_exposures=0, noise_ratio=1e300),
        dict(num_trials=3, num_exposures=0, noise_ratio=1e-17, outcome=-2.0),
    ],
}
SLOPES = {
    "second_order": ["rate", "first_rate"],
    "second_order_peak": ["rate", "first_rate"],
    "latent_inhibition": ["adaptation", "associability"],
}
