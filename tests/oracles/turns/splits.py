"""Refinement and splits by other routes: recursions and sums in exact fractions, every split of a
budget tried."""

from math import comb

import mpmath as mp

mp.mp.dps = 50


def _refined(num_turns, start, correction_rate, introduction_rate, tpr, fpr):
    """What a verification and a revision make of (right, wrong, accepted right, calls), as often
    as there are turns."""
    a, b, s, f = (mp.mpf(x) for x in (correction_rate, introduction_rate, tpr, fpr))
    verify = mp.matrix([[1 - s, 0, 0, 0], [0, 1 - f, 0, 0], [s, 0, 1, 0], [1, 1, 0, 1]])
    revise = mp.matrix([[1 - b, a, 0, 0], [b, 1 - a, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    turns = (revise * verify) ** (num_turns - 1)
    end = verify * turns * mp.matrix([mp.mpf(start), 1 - mp.mpf(start), 0, 0])
    return end[2] + end[0], end[3]


def verified_refinement_accuracy(*args, **kwargs):
    return _refined(*args, **kwargs)[0]


def verified_refinement_calls(*args, **kwargs):
    return _refined(*args, **kwargs)[1]


def _log_failure(t, start, a, b):
    with mp.workdps(60):
        a, b = mp.mpf(a), mp.mpf(b)
        whole = mp.loggamma(a + b) + mp.loggamma(b + t) - mp.loggamma(b) - mp.loggamma(a + b + t)
        return mp.log1p(-mp.mpf(start)) + whole


def chain_failure(num_turns, start, a, b):
    return mp.exp(_log_failure(num_turns, start, a, b)) if start < 1 else mp.mpf(0)


def best_split_turns(start, a, b):
    """The last t that is better than the one before: a search by thirds, then one by one."""
    if start == 1:
        return 0

    def rate(t):
        return _log_failure(t, start, a, b) / (t + 1)

    low, high = 0, 2**24
    while high - low > 8:
        third = (high - low) // 3
        left, right = low + third, high - third
        low, high = (low, right) if rate(left) <= rate(right) else (left, high)
    return min(range(low, high + 1), key=rate)


def _majority(k, p):
    return sum(comb(k, j) * p**j * (1 - p) ** (k - j) for j in range((k + 1) // 2, k + 1))


def best_vote_split(budget, start, correction_rate, introduction_rate):
    """Every odd number of votes and every number of turns; no answer where two do as well."""
    a, b = mp.mpf(correction_rate), mp.mpf(introduction_rate)
    found, p = [], mp.mpf(start)
    for turns in range(budget):
        for votes in range(1, budget // (turns + 1) + 1, 2):
            found.append((_majority(votes, p), -turns, votes))
        p = p * (1 - b) + (1 - p) * a
    (accuracy, turns, votes), *others = sorted(found, reverse=True)
    if others and others[0][0] > accuracy * (1 - mp.mpf("1e-14")):
        raise ArithmeticError("two splits do as well to the last digit")
    return {"accuracy": accuracy, "num_turns": -turns, "votes": votes}


def _rows(names, *rows):
    return [dict(zip(names.split(), row, strict=True)) for row in rows]


REFINED = _rows(
    "num_turns start correction_rate introduction_rate tpr fpr",
    (1, 0.4, 0.3, 0.1, 0.9, 0.2),
    (3, 0.4, 0.3, 0.1, 0.9, 0.2),
    (10, 0.4, 0.3, 0.1, 0.9, 0.2),
    (10**6, 0.4, 0.3, 0.1, 1e-7, 1e-6),
    (10**6, 1e-17, 1e-12, 0.0, 1.0, 0.0),
    (10**5, 0.0, 1e-5, 1.0, 1e-3, 1e-9),
    (77, 1.0, 0.0, 1.0, 0.0, 0.0),
    (2, 0.5, 1.0, 1.0, 1.0, 0.0),
)
CORNERS = {
    "verified_refinement_accuracy": REFINED,
    "verified_refinement_calls": REFINED,
    "chain_failure": _rows(
        "num_turns start a b",
        (0, 0.2, 0.5, 1.5),
        (5, 0.2, 0.5, 1.5),
        (10**9, 1e-17, 0.001, 0.001),
        (10**9, 0.999, 0.5, 1e6),
        (10**6, 0.0, 40.0, 1e6),
        (10, 0.3, 1e6, 0.001),
        (10**9, 1.0, 1.0, 1.0),
    ),
    "best_split_turns": _rows(
        "start a b",
        (0.2, 0.5, 1.5),
        (0.02, 0.5, 1.5),
        (0.1, 1.0, 4.0),
        (0.1, 0.3, 0.2),
        (0.3, 2.0, 2.0),
        (0.0, 1.0, 1e6),
        (1e-17, 1e6, 1e6),
        (0.0, 0.001, 0.001),
        (0.0, 1e6, 0.001),
        (1.0, 2.0, 2.0),
        (0.999, 1e6, 3.0),
    ),
    "best_vote_split": _rows(
        "budget start correction_rate introduction_rate",
        (1, 0.3, 0.5, 0.5),
        (2, 0.3, 1.0, 0.0),
        (15, 0.45, 0.2, 0.05),
        (45, 0.45, 0.2, 0.05),
        (45, 0.55, 0.3, 0.1),
        (45, 0.6, 0.1, 0.08),
        (60, 1e-17, 1e-9, 1e-3),
        (90, 0.3, 0.02, 0.001),
    ),
}
