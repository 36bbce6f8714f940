"""Stimuli shown together: trials are affine maps of all strengths, composed by squaring."""

import math

import mpmath as mp

mp.mp.dps = 300
ENDLESS = 10**60  # (1 - 1e-40)^ENDLESS is nothing


def times(number):
    return ENDLESS if number == mp.inf else int(number)


def reached(strength, number):
    """A strength after that many trials: without a correction it grows on for ever."""
    endless = number == mp.inf and abs(strength) > mp.mpf(10) ** 15
    return mp.sign(strength) * mp.inf if endless else strength


def trial(rates, shown, outcome, correction):
    """One trial on (V_A, V_B, 1)."""
    found = mp.eye(3)
    for i in range(2):
        if shown[i]:
            for j in range(2):
                found[i, j] -= mp.mpf(rates[i]) * mp.mpf(correction) * shown[j]
            found[i, 2] += mp.mpf(rates[i]) * outcome
    return found


def blocking(num_first, num_compound, rate, blocker_rate, outcome=1.0, correction=1.0):
    """A alone, then both."""
    rates = (blocker_rate, rate)
    alone = trial(rates, (1, 0), outcome, correction) ** times(num_first)
    both = trial(rates, (1, 1), outcome, correction) ** times(num_compound)
    return reached((both * alone)[1, 2], max(num_first, num_compound))


def overshadowing(num_trials, rate, other_rate, outcome=1.0, correction=1.0):
    """Both from the first trial on."""
    both = trial((rate, other_rate), (1, 1), outcome, correction) ** times(num_trials)
    return reached(both[0, 2], num_trials)


def overexpectation(num_trials, rate, outcome=1.0, correction=1.0):
    """Both, from full strength."""
    learned = trial((rate, rate), (1, 1), outcome, correction) ** times(num_trials)
    return reached((learned * mp.matrix([outcome, outcome, 1]))[0], num_trials)


def inhibition(num_rounds, rate, outcome=1.0, correction=1.0):
    """Rounds of two trials."""
    rates = (rate, rate)
    one = trial(rates, (1, 1), 0, correction) * trial(rates, (1, 0), outcome, correction)
    found = one ** times(num_rounds)
    return [reached(found[i, 2], num_rounds) for i in range(2)]


CORNERS = {
    "blocking": [
        dict(num_first=0, num_compound=0, rate=0.5, blocker_rate=0.5),
        dict(num_first=100, num_compound=6, rate=0.3, blocker_rate=0.2),
        dict(num_first=1000, num_compound=6, rate=0.3, blocker_rate=0.4),
        dict(num_first=2, num_compound=3, rate=0.5, blocker_rate=0.5),
        dict(num_first=2, num_compound=3, rate=0.0, blocker_rate=1.0),
        dict(num_first=10**17, num_compound=10**17, rate=1e-17, blocker_rate=1e-17),
        dict(num_first=5, num_compound=7, rate=0.3, blocker_rate=0.2, correction=0.0),
        dict(num_first=0, num_compound=math.inf, rate=0.3, blocker_rate=0.2),
        dict(num_first=math.inf, num_compound=5, rate=0.3, blocker_rate=0.2),
    ],
    "overshadowing": [
        dict(num_trials=0, rate=0.5, other_rate=0.5),
        dict(num_trials=1, rate=0.25, other_rate=0.75),
        dict(num_trials=10**17, rate=1e-17, other_rate=3e-17),
        dict(num_trials=math.inf, rate=1e-17, other_rate=0.3),
        dict(num_trials=9, rate=0.3, other_rate=0.2, correction=0.0),
    ],
    "overexpectation": [
        dict(num_trials=0, rate=0.5),
        dict(num_trials=4, rate=0.5),
        dict(num_trials=10**17, rate=1e-17),
        dict(num_trials=math.inf, rate=0.2),
        dict(num_trials=6, rate=0.3, correction=0.0),
        dict(num_trials=6, rate=0.3, correction=0.5),
    ],
    "inhibition": [
        dict(num_rounds=0, rate=0.3),
        dict(num_rounds=1, rate=0.5),
        dict(num_rounds=3, rate=0.5),
        dict(num_rounds=3, rate=0.5 - 1e-9),
        dict(num_rounds=1, rate=1e-12),
        dict(num_rounds=10**12, rate=1e-12),
        dict(num_rounds=10**17, rate=1e-17),
        dict(num_rounds=5, rate=0.3, correction=0.0),
        dict(num_rounds=5, rate=0.3, correction=1e-9),
        dict(num_rounds=1000, rate=0.003),
        dict(num_rounds=10**6, rate=0.3),
        dict(num_rounds=math.inf, rate=0.3, outcome=2.0),
    ],
}
SLOPES = {
    "blocking": ["rate", "blocker_rate", "correction"],
    "overshadowing": ["rate", "other_rate", "correction"],
    "overexpectation": ["rate", "correction"],
    "inhibition": ["rate", "correction"],
}
