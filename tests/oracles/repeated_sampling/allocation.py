"""Questions of known difficulty: powers in 60 digits, attempts given out one by one."""

from fractions import Fraction

import mpmath as mp
import numpy as np


def solved_share(probabilities, attempts):
    """Mean of 1 - (1 - p)^n."""
    mp.mp.dps = 60
    attempts = np.broadcast_to(attempts, np.shape(probabilities))

    def solved(p, n):
        if n == np.inf:
            return mp.mpf(p > 0)
        return 1 - (1 - mp.mpf(p)) ** mp.mpf(n)

    pairs = zip(probabilities, attempts.tolist(), strict=True)
    return mp.fsum(solved(p, n) for p, n in pairs) / len(probabilities)


def allocate(probabilities, budget):
    """Each next attempt to the first question of the largest gain, in exact fractions.

    Of one question that can be missed, or of equal ones, without giving them out.
    """
    p, n = [Fraction(float(x)) for x in probabilities], [0] * len(probabilities)
    open_ = {x for x in p if 0 < x < 1}
    if len(open_) <= 1:  # every sure question once, the rest in turn to those that are left
        left = int(budget)
        for i, x in enumerate(p):
            if x == 1 and left:
                n[i], left = 1, left - 1
        places = [i for i, x in enumerate(p) if x in open_]
        for turn, i in enumerate(places):
            n[i] += left // len(places) + (turn < left % len(places))
        if not places and any(p):
            n[p.index(1)] += left
        return n
    gain = list(p)
    for _ in range(int(budget)):
        i = max(range(len(p)), key=lambda j: (gain[j], -j))
        n[i], gain[i] = n[i] + 1, gain[i] * (1 - p[i])
    return n


def relaxed_allocation(probabilities, budget):
    """The common gain of all questions that get something, by bisection in many digits."""
    with mp.workdps(400):
        rate = [-mp.log1p(-mp.mpf(float(p))) for p in probabilities]

        def given(log_gain):
            return [max((mp.log(q) - log_gain) / q, mp.mpf(0)) if q else mp.mpf(0) for q in rate]

        high = max(mp.log(q) for q in rate if q)
        low = high - mp.mpf(budget) * max(rate) - 1
        for _ in range(1300):
            middle = (low + high) / 2
            low, high = (middle, high) if sum(given(middle)) > budget else (low, middle)
        return given(high)


CORNERS = {
    "allocate": [
        {"probabilities": [0.02, 0.1, 0.3, 0.7], "budget": 40},
        {"probabilities": [0.02, 0.1, 0.3, 0.7], "budget": 0},
        {"probabilities": [0.5, 0.25, 0.5], "budget": 4},
        {"probabilities": [0.25, 0.5, 0.5], "budget": 5},
        {"probabilities": [1e-17, 1e-17, 0.0], "budget": 7},
        {"probabilities": [1e-300], "budget": 10},
        {"probabilities": [1.0, 1e-300], "budget": 5},
        {"probabilities": [0.0, 1.0, 1.0], "budget": 9},
        {"probabilities": [1.0, 0.5, 1 - 2**-53], "budget": 6},
        {"probabilities": [0.0, 0.0], "budget": 3},
        {"probabilities": [1e-3, 1e-3], "budget": 2**53 - 1},
        {"probabilities": [0.001, 0.3, 1e-12], "budget": 300},
    ],
    "relaxed_allocation": [
        {"probabilities": [0.02, 0.1, 0.3, 0.7], "budget": 40},
        {"probabilities": [0.02, 0.1, 0.3, 0.7], "budget": 1e-12},
        {"probabilities": [0.3, 0.0, 1e-17], "budget": 1e9},
        {"probabilities": [0.3, 0.0, 1e-17], "budget": 1e30},
        {"probabilities": [1 - 2**-53, 1e-300], "budget": 1e100},
        {"probabilities": [1e-300, 1e-300], "budget": 3.0},
        {"probabilities": [0.9, 0.1, 0.1, 0.5], "budget": 2.5},
    ],
    "solved_share": [
        {"probabilities": [1e-17], "attempts": 1},
        {"probabilities": [1e-17, 0.0], "attempts": 1e9},
        {"probabilities": [1.0, 1 - 2**-53, 0.5], "attempts": [0, 1, 2.5]},
        {"probabilities": [0.0, 1.0, 0.3], "attempts": np.inf},
        {"probabilities": [0.3], "attempts": 0},
    ],
}
