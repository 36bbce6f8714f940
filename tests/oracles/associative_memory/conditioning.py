"""Conditioning, one stimulus: a trial is an affine map, composed with itself by squaring."""

import math

import mpmath as mp

mp.mp.dps = 100
ENDLESS = 10**30  # (1 - 1e-17)^ENDLESS is nothing
TINY = 2**-53


def strength(num_trials, rate, outcome, correction):
    """V after trials V <- V + a (outcome - b V), by a power of the map on (V, 1)."""
    rate, outcome, correction = map(mp.mpf, (rate, outcome, correction))
    trial = mp.matrix([[1 - rate * correction, rate * outcome], [0, 1]])
    return (trial ** times(num_trials))[0, 1]


def times(number):
    return ENDLESS if number == mp.inf else int(number)


def acquisition(num_trials, rate, outcome=1.0, probability=1.0, correction=1.0):
    """The mean follows the rule with the mean outcome."""
    return strength(num_trials, rate, mp.mpf(probability) * outcome, correction)


def reinforcement_variance(num_trials, rate, probability, outcome=1.0, correction=1.0):
    """V - E V is multiplied by 1 - a b and takes in a times the deviation of an outcome."""
    rate, probability = mp.mpf(rate), mp.mpf(probability)
    added = (rate * outcome) ** 2 * probability * (1 - probability)
    trial = mp.matrix([[(1 - rate * correction) ** 2, added], [0, 1]])
    return (trial ** times(num_trials))[0, 1]


def extinction(num_trials, rate, initial=1.0, decay=1.0, correction=1.0):
    """A product of as many factors, by squaring."""
    kept = mp.mpf(decay) * (1 - mp.mpf(rate) * correction)
    return initial * (mp.matrix([[kept]]) ** times(num_trials))[0, 0]


def generalisation(num_trials, rate, overlap, outcome=1.0, correction=1.0):
    """A stimulus of two orthogonal features, one of them trained."""
    return overlap * acquisition(num_trials, rate, outcome=outcome, correction=correction)


def trace_conditioning(num_trials, rate, interval, persistence, outcome=1.0, correction=1.0):
    """The rate is multiplied by the persistence, step by step."""
    if interval == mp.inf:
        left = mp.mpf(persistence == 1)
    else:
        left = mp.fprod([mp.mpf(persistence)] * int(interval))
    return acquisition(num_trials, mp.mpf(rate) * left, outcome=outcome, correction=correction)


CORNERS = {
    "acquisition": [
        dict(num_trials=0, rate=1.0),
        dict(num_trials=1, rate=1.0),
        dict(num_trials=5, rate=1.0, correction=0.0),
        dict(num_trials=7, rate=0.3, correction=0.0),
        dict(num_trials=10**17, rate=1e-17),
        dict(num_trials=10**6, rate=0.4, correction=1e-12),
        dict(num_trials=3, rate=1e-17, outcome=-2.0),
        dict(num_trials=math.inf, rate=0.2, probability=TINY),
        dict(num_trials=3, rate=1 - TINY),
        dict(num_trials=1000, rate=0.0005),
    ],
    "reinforcement_variance": [
        dict(num_trials=0, rate=1.0, probability=0.5),
        dict(num_trials=4, rate=1.0, probability=0.5),
        dict(num_trials=4, rate=0.3, probability=1 - TINY, correction=0.0),
        dict(num_trials=10**17, rate=1e-17, probability=0.5),
        dict(num_trials=math.inf, rate=0.2, probability=1e-17),
        dict(num_trials=10**6, rate=0.4, probability=0.5, correction=1e-12),
    ],
    "extinction": [
        dict(num_trials=0, rate=1.0),
        dict(num_trials=1, rate=1.0),
        dict(num_trials=10**17, rate=1e-17),
        dict(num_trials=math.inf, rate=0.2),
        dict(num_trials=2000, rate=0.25),
        dict(num_trials=10**8, rate=0.0, decay=1 - 1e-12),
        dict(num_trials=3, rate=0.2, decay=0.9, initial=-1.5),
        dict(num_trials=9, rate=0.2, decay=1e-30),
    ],
    "generalisation": [
        dict(num_trials=0, rate=1.0, overlap=-1.0),
        dict(num_trials=10**17, rate=1e-17, overlap=1e-17),
        dict(num_trials=math.inf, rate=0.3, overlap=1.0),
        dict(num_trials=7, rate=0.3, overlap=0.5, correction=0.0),
    ],
    "trace_conditioning": [
        dict(num_trials=0, rate=1.0, interval=0, persistence=1.0),
        dict(num_trials=4, rate=0.3, interval=0, persistence=0.5),
        dict(num_trials=4, rate=0.3, interval=math.inf, persistence=0.9),
        dict(num_trials=math.inf, rate=0.3, interval=1, persistence=1e-17),
        dict(num_trials=10**9, rate=0.3, interval=700, persistence=0.9, correction=0.0),
        dict(num_trials=3, rate=1.0, interval=2, persistence=1 - TINY),
    ],
}
SLOPES = {
    "acquisition": ["rate", "correction", "probability"],
    "reinforcement_variance": ["rate", "probability"],
    "extinction": ["rate", "decay", "correction"],
    "generalisation": ["overlap", "rate"],
    "trace_conditioning": ["rate", "persistence"],
}
