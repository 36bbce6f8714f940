"""Judges asked once, twice and often, by other routes: events added up in many digits, and the
equations of the gambler solved."""

from fractions import Fraction

import mpmath as mp

mp.mp.dps = 60


def _s(x):
    return 1 / (1 + mp.exp(-mp.mpf(x)))


def _pairs(gap, bias):
    """Chance of each pair of verdicts: by the place that wins in either order."""
    gap, bias = mp.mpf(gap), mp.mpf(bias)
    first = {"F": _s(gap + bias), "S": _s(-gap - bias)}
    second = {"F": _s(bias - gap), "S": _s(gap - bias)}
    return {a + b: first[a] * second[b] for a in "FS" for b in "FS"}


def swap_single(gap, bias):
    found = _pairs(gap, bias)
    return found["FS"] + (found["FF"] + found["SS"]) / 2  # a coin where the orders differ


def swap_consistent(gap, bias):
    found = _pairs(gap, bias)
    return found["FS"] + found["SF"]


def swap_flip(gap, bias):
    found = _pairs(gap, bias)
    return found["FF"] + found["SS"]


def swap_accuracy(gap, bias):
    found = _pairs(gap, bias)
    return found["FS"] / (found["FS"] + found["SF"])


def swap_first_first(gap, bias):
    return _pairs(gap, bias)["FF"]


def swap_second_second(gap, bias):
    return _pairs(gap, bias)["SS"]


def _mass(low, high):
    """Of the standard normal law, as a difference of tails with digits to spare."""
    if low + high < 0:
        low, high = -high, -low
    with mp.workdps(150):
        return (mp.erfc(low / mp.sqrt(2)) - mp.erfc(high / mp.sqrt(2))) / 2


def threshold_judge_flip(gap, spread, bias):
    gap, spread, bias = mp.mpf(gap), mp.mpf(spread), abs(mp.mpf(bias))
    return _mass((-bias - gap) / spread, (bias - gap) / spread)


def threshold_judge_accuracy(gap, spread, bias):
    gap, spread, bias = mp.mpf(gap), mp.mpf(spread), abs(mp.mpf(bias))
    right, wrong = (mp.erfc((bias + way * gap) / spread / mp.sqrt(2)) for way in (-1, 1))
    return right / (right + wrong)


def pair_error(gap, games):
    """Binomial chances, added up."""
    with mp.workdps(60):
        win, lose = _s(gap), _s(-mp.mpf(gap))
        chance, total = lose**games, mp.mpf(0)
        for won in range(games // 2 + 1):
            total += chance / 2 if 2 * won == games else chance
            chance = chance * (games - won) / (won + 1) * win / lose
        return total


def lead_error(gap, lead):
    """h(i) = s(D) h(i + 1) + s(-D) h(i - 1): differences of h have the ratio of the chances."""
    odds = _s(-mp.mpf(gap)) / _s(gap)
    if odds == 1:
        return Fraction(1, 2)
    return (odds**lead - odds ** (2 * lead)) / (1 - odds ** (2 * lead))


def lead_calls(gap, lead):
    """Wald: mean lead at the end over mean lead of a call."""
    if gap == 0:
        return lead**2
    with mp.workdps(400):
        return lead * (1 - 2 * lead_error(gap, lead)) / (_s(gap) - _s(-mp.mpf(gap)))


def half_win_gap(gap, ties):
    with mp.workdps(400):
        up, down = mp.exp(mp.mpf(gap) / 2), mp.exp(-mp.mpf(gap) / 2)
        share = (up + mp.mpf(ties) / 2) / (up + down + ties)
        return mp.log(share / (1 - share))


ASKED = [
    dict(gap=gap, bias=bias)
    for gap, bias in [
        (0.5, 1.0), (0.0, 0.0), (300.0, 300.0), (-300.0, 300.0), (300.0, -300.0), (-300.0, 0.0),
        (1e-17, 40.0), (-20.0, 1e-17), (250.0, 249.0), (-2.0, -3.0),
    ]
]  # fmt: skip
SEEN = [
    dict(gap=gap, spread=spread, bias=bias)
    for gap, spread, bias in [
        (0.5, 1.0, 0.5), (0.2, 1.0, 1.0), (0.0, 0.1, 30.0), (30.0, 1e6, 30.0), (3.0, 0.1, 1e-17),
        (-3.0, 0.1, 0.04), (3.5, 0.1, 0.2), (2.0, 1.0, 0.499999), (2.0, 1.0, 0.500001),
        (-30.0, 1.0, 1.0), (30.0, 0.1, 29.9), (-1.0, 0.1, 3.0), (1.0, 2.0, -3.0), (0.0, 1.0, 0.0),
        (1e-9, 1e6, 1e-9), (-0.7, 0.1, 30.0), (-30.0, 0.11337178903991535, 25.90541962176537),
    ]
]  # fmt: skip
SWAPS = (
    "swap_single",
    "swap_consistent",
    "swap_flip",
    "swap_accuracy",
    "swap_first_first",
    "swap_second_second",
)
CORNERS = {
    **dict.fromkeys(SWAPS, ASKED),
    "threshold_judge_flip": SEEN,
    "threshold_judge_accuracy": SEEN,
    "pair_error": [
        dict(gap=gap, games=games)
        for gap, games in [
            (1.0, 1), (1.0, 2), (0.5, 51), (0.5, 52), (0.0, 7), (300.0, 1), (-300.0, 3),
            (300.0, 2), (1e-9, 1001), (-0.3, 1001), (0.5, 8001), (0.05, 100_001), (2.0, 1000),
            (-1e-17, 1),
        ]
    ],
    "lead_error": [
        dict(gap=gap, lead=lead)
        for gap, lead in [
            (0.5, 3), (0.0, 10**9), (300.0, 1), (-300.0, 1), (-300.0, 10**9), (1e-9, 10**9),
            (6e-7, 10**9), (-1e-17, 5),
        ]
    ],
    "lead_calls": [
        dict(gap=gap, lead=lead)
        for gap, lead in [
            (0.5, 3), (0.02, 3), (0.0, 10**9), (300.0, 10**9), (-300.0, 1), (1e-9, 10**9),
            (-1e-9, 7), (1e-4, 1000),
        ]
    ],
    "half_win_gap": [
        dict(gap=gap, ties=ties)
        for gap, ties in [
            (1.0, 1.0), (0.1, 1.0), (2.0, 0.5), (0.5, 2.0), (0.0, 3.0), (300.0, 0.0),
            (-300.0, 1e100), (300.0, 1e-100), (300.0, 1e100), (1e-9, 1e3), (-1e-17, 0.0),
            (1.09, 0.0), (1.11, 0.0), (-5.0, 1e-17),
        ]
    ],
}  # fmt: skip
