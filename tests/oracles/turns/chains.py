"""Turns by other routes: each turn a step of exact fractions, thresholds by a root of a numerical
slope in many digits."""

from fractions import Fraction

import mpmath as mp

mp.mp.dps = 50


def _number(x):
    return mp.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else x


def _power(matrix, n):
    """n-th power, n whole, by squaring."""
    result = mp.eye(2)
    while n:
        if n & 1:
            result = result * matrix
        matrix, n = matrix * matrix, n >> 1
    return result


def _chain(num_turns, start, a, b):
    """Chance of a right answer, from the matrix of the chain."""
    matrix = mp.matrix([[1 - b, a], [b, 1 - a]])
    return (_power(matrix, num_turns) * mp.matrix([start, 1 - mp.mpf(start)]))[0]


def turn_accuracy(num_turns, start, correction_rate, introduction_rate):
    return _chain(num_turns, mp.mpf(start), mp.mpf(correction_rate), mp.mpf(introduction_rate))


def ever_right(num_turns, start, correction_rate):
    with mp.workdps(80):
        return 1 - (1 - mp.mpf(start)) * mp.power(1 - mp.mpf(correction_rate), num_turns)


def best_num_turns(start, correction_rate, introduction_rate, cost):
    """By search: the gain of a turn falls, so the first turn that is not worth its cost ends it."""
    p, a, b = Fraction(start), Fraction(correction_rate), Fraction(introduction_rate)
    gain, left = (1 - p) * a - p * b, 1 - a - b
    if left <= 0 or gain <= cost:
        return int(gain > cost)
    count = int(mp.floor(mp.log(Fraction(cost) / gain) / mp.log(_number(left)))) - 3
    count = max(count, 0)
    with mp.workdps(60):
        while _number(gain) * _number(left) ** count > cost:
            count += 1
    return count


def gated_turn_accuracy(
    num_turns, start, correction_rate, introduction_rate, separation, threshold, correlation
):
    deviation = mp.sqrt(2 * (1 - mp.mpf(correlation)))
    keeps_right = mp.ncdf((mp.mpf(separation) - threshold) / deviation)
    keeps_wrong = mp.ncdf((-mp.mpf(separation) - threshold) / deviation)
    a, b = mp.mpf(correction_rate) * keeps_right, mp.mpf(introduction_rate) * keeps_wrong
    return _chain(num_turns, mp.mpf(start), a, b)


def best_gate(num_turns, start, correction_rate, introduction_rate, separation, correlation):
    """Where the numerical slope of the accuracy vanishes; no threshold of a grid does better."""
    # what is left to win may be far below what is there
    with mp.workdps(200):

        def value(x):
            return gated_turn_accuracy(
                num_turns, start, correction_rate, introduction_rate, separation, x, correlation
            )

        deviation = mp.sqrt(2 * (1 - mp.mpf(correlation)))
        odds = mp.mpf(start) * introduction_rate / ((1 - mp.mpf(start)) * correction_rate)
        first = deviation**2 / (2 * mp.mpf(separation)) * mp.log(odds)  # of one turn
        low, high = first - deviation / 100, first + 12 * deviation
        # a symmetric difference, whose error is 1e-24
        h = deviation * mp.mpf(10) ** -12

        def slope(x):
            return value(x + h) - value(x - h)

        assert slope(low) > 0 > slope(high)
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if slope(middle) > 0 else (low, middle)
        with mp.workdps(20):
            best = value(low) + mp.mpf(10) ** -15
            assert all(value(first + deviation * j / 2) <= best for j in range(-40, 80))
        return low


def best_gate_accuracy(
    num_turns, start, correction_rate, introduction_rate, separation, correlation
):
    gate = best_gate(num_turns, start, correction_rate, introduction_rate, separation, correlation)
    return gated_turn_accuracy(
        num_turns, start, correction_rate, introduction_rate, separation, gate, correlation
    )


def _chains(*rows):
    names = "num_turns", "start", "correction_rate", "introduction_rate"
    return [dict(zip(names, row, strict=True)) for row in rows]


def _gates(*rows):
    names = (
        "num_turns", "start", "correction_rate", "introduction_rate", "separation", "threshold",
        "correlation",
    )  # fmt: skip
    return [dict(zip(names, row, strict=True)) for row in rows]


def _best(*rows):
    names = (
        "num_turns", "start", "correction_rate", "introduction_rate", "separation", "correlation",
    )  # fmt: skip
    return [dict(zip(names, row, strict=True)) for row in rows]


BEST = _best(
    (1, 0.4, 0.3, 0.2, 1.0, 0.0),
    (3, 0.4, 0.3, 0.2, 1.0, 0.0),
    (100, 0.4, 0.3, 0.2, 1.0, 0.6),
    (10**6, 0.001, 0.001, 0.999, 0.1, -1.0),
    (10**6, 0.999, 0.001, 0.001, 4.0, 0.5),
    (2, 0.5, 0.5, 0.5, 4.0, 0.9),
    (7, 0.999, 0.9, 0.1, 0.5, 0.0),
    (10**6, 0.5, 0.999, 0.001, 0.5, 0.5),
)
CORNERS = {
    "turn_accuracy": _chains(
        (0, 0.3, 0.2, 0.1),
        (1, 1e-17, 1e-17, 1.0),
        (1, 1.0, 1e-17, 1 - 2**-53),
        (2, 1.0, 1e-17, 1 - 1e-8),
        (3, 0.5, 0.3, 0.05),
        (10**9, 1e-17, 1e-17, 1e-17),
        (10**9, 1.0, 0.0, 1e-7),
        (10**9, 0.5, 1 - 2**-30, 1 - 2**-30),
        (10**9 - 1, 0.1, 1.0, 1 - 2**-53),
        (7, 0.2, 0.9, 0.8),
        (6, 0.2, 0.9, 0.8),
        (5, 0.25, 0.5, 0.5),
        (4, 0.25, 0.249, 0.25),
        (10**6, 0.0, 1e-300, 0.5),
        (9, 1.0, 0.0, 1.0),
        (12, 0.7, 1.0, 1.0),
    ),
    "ever_right": [
        dict(num_turns=0, start=1e-17, correction_rate=0.5),
        dict(num_turns=3, start=0.5, correction_rate=0.3),
        dict(num_turns=10**9, start=0.0, correction_rate=1e-17),
        dict(num_turns=10**9, start=1e-9, correction_rate=1.0),
        dict(num_turns=10**9, start=0.25, correction_rate=1e-9),
        dict(num_turns=7, start=1.0, correction_rate=0.0),
        dict(num_turns=2, start=1 - 2**-53, correction_rate=0.31),
    ],
    "best_num_turns": [
        dict(start=0.5, correction_rate=0.3, introduction_rate=0.05, cost=c)
        for c in (1.0, 0.1, 0.03, 0.01, 0.001, 1e-300)
    ]
    + [
        dict(start=0.0, correction_rate=1e-5, introduction_rate=1e-5, cost=3e-9),
        dict(start=0.0, correction_rate=1.0, introduction_rate=0.0, cost=0.5),
        dict(start=0.1, correction_rate=0.9, introduction_rate=0.8, cost=1e-3),
        dict(start=0.9, correction_rate=0.3, introduction_rate=0.05, cost=1e-9),
        dict(start=0.3, correction_rate=0.0, introduction_rate=0.0, cost=1e-9),
        dict(start=0.1, correction_rate=0.25, introduction_rate=0.26, cost=1e-12),
        dict(start=1.0, correction_rate=1.0, introduction_rate=1.0, cost=1e-17),
    ],
    "gated_turn_accuracy": _gates(
        (1, 0.4, 0.3, 0.2, 1.0, 0.5, 0.0),
        (10, 0.4, 0.3, 0.2, 1.0, 0.5, 0.0),
        (5, 0.4, 0.3, 0.2, 1.0, 0.5, 0.6),
        (0, 0.4, 0.3, 0.2, -1000.0, 1000.0, -1.0),
        (10**9, 1e-17, 1.0, 1.0, 0.0, 40.0, -1.0),
        (10**9, 0.3, 0.5, 0.5, -3.0, 6.0, 0.5),
        (10**9, 0.3, 0.9, 0.1, 1000.0, -1000.0, 1 - 2**-53),
        (9, 0.3, 1.0, 1.0, 0.5, -3.0, -0.5),
        (4, 1.0, 0.1, 1.0, 20.0, 1.0, 0.9),
    ),
    "best_gate": BEST,
    "best_gate_accuracy": BEST,
}  # fmt: skip
