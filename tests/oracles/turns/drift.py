"""Drift by another route: the recursion of the two moments over a stretch, solved for its end."""

import mpmath as mp

mp.mp.dps = 60


def _stretch(persistence, push, noise_var, strength, period):
    """Moments (1, mean, second) after so many turns that follow a reminder, as a matrix."""
    phi, c, v, z = (mp.mpf(x) for x in (persistence, push, noise_var, strength))
    turn = mp.matrix([[1, 0, 0], [c, phi, 0], [c * c + v, 2 * c * phi, phi**2]])
    remind = mp.diag([1, 1 - z, (1 - z) ** 2])
    return turn, remind, turn**period * remind


def _fixed(matrix):
    """Mean and second moment that the matrix leaves alone."""
    mean = matrix[1, 0] / (1 - matrix[1, 1])
    return mean, (matrix[2, 0] + matrix[2, 1] * mean) / (1 - matrix[2, 2])


def drift_before_reminder(persistence, push, noise_var, strength, period):
    with mp.workdps(900):
        return _fixed(_stretch(persistence, push, noise_var, strength, period)[2])[0]


def drift_variance_before_reminder(persistence, push, noise_var, strength, period):
    with mp.workdps(900):
        mean, second = _fixed(_stretch(persistence, push, noise_var, strength, period)[2])
        return second - mean**2


def mean_drift_periodic(persistence, push, noise_var, strength, period):
    """Turn by turn; of a long stretch the part that has settled at once."""
    with mp.workdps(900):
        _, _, whole = _stretch(persistence, push, noise_var, strength, period)
        mean = (1 - mp.mpf(strength)) * _fixed(whole)[0]
        phi, c = mp.mpf(persistence), mp.mpf(push)
        # a third number carries the sum of the means
        turn = mp.matrix([[1, 0, 0], [c, phi, 0], [c, phi, 1]])
        return (turn**period * mp.matrix([1, mean, 0]))[2] / period


def _random(persistence, push, noise_var, strength, rate):
    turn, remind, _ = _stretch(persistence, push, noise_var, strength, 1)
    chance = mp.mpf(rate)
    return _fixed(turn * (chance * remind + (1 - chance) * mp.eye(3)))


def mean_drift_random(persistence, push, noise_var, strength, rate):
    return _random(persistence, push, noise_var, strength, rate)[0]


def drift_variance_random(persistence, push, noise_var, strength, rate):
    with mp.workdps(900):
        mean, second = _random(persistence, push, noise_var, strength, rate)
        return second - mean**2


def _rows(last, *rows):
    names = "persistence", "push", "noise_var", "strength", last
    return [dict(zip(names, row, strict=True)) for row in rows]


EVERY = _rows(
    "period",
    (0.8, 0.1, 0.04, 0.7, 5),
    (0.8, 0.1, 0.04, 0.7, 1),
    (0.0, -3.0, 1.0, 0.3, 4),
    (0.5, 0.0, 0.0, 0.5, 3),
    (1 - 2**-53, 1.0, 1.0, 1e-17, 1),
    (1 - 2**-53, 1.0, 1.0, 1.0, 10**9),
    (1 - 1e-9, 1e100, 1e100, 0.0, 10**9),
    (0.999, 1e-100, 1e-300, 1.0, 1000),
    (0.3, 2.0, 0.5, 1e-17, 7),
)
AT_RANDOM = _rows(
    "rate",
    (0.8, 0.1, 0.04, 0.7, 0.25),
    (0.0, -3.0, 1.0, 0.3, 1.0),
    (0.9, 1.0, 0.0, 1.0, 1e-17),
    (1 - 2**-53, 1.0, 1.0, 1.0, 1e-9),
    (1 - 2**-53, 1e100, 1e100, 0.0, 0.5),
    (1 - 1e-9, 1.0, 1e-300, 1.0, 1.0),
    (0.7, 0.0, 0.3, 0.5, 0.5),
)
CORNERS = {
    "drift_before_reminder": EVERY,
    "drift_variance_before_reminder": EVERY,
    "mean_drift_periodic": EVERY,
    "mean_drift_random": AT_RANDOM,
    "drift_variance_random": AT_RANDOM,
}
