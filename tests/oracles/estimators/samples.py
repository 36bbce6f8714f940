"""Estimates from samples: exact fractions, and averages over all subsets one by one."""

from fractions import Fraction
from itertools import combinations
from math import comb

import mpmath as mp
import numpy as np


def _missed(m, c, k):
    """C(m - c, k) / C(m, k), as a product over the shorter side."""
    m, c, k = (int(x) for x in (m, c, k))
    short, long = sorted((c, k))
    if short + long > m:
        return Fraction(0)
    chance = Fraction(1)
    for i in range(short):
        chance *= Fraction(max(m - long - i, 0), m - i)
    return chance


def _over(m, c, k, function):
    if np.ndim(k):
        return [function(int(m), int(c), int(one)) for one in k]
    return function(int(m), int(c), int(k))


def pass_at_k(num_samples, num_correct, k):
    """1 - C(m - c, k) / C(m, k)."""
    return _over(num_samples, num_correct, k, lambda m, c, k: 1 - _missed(m, c, k))


def all_pass_at_k(num_samples, num_correct, k):
    """C(c, k) / C(m, k)."""
    return _over(num_samples, num_correct, k, lambda m, c, k: _missed(m, m - c, k))


def rank_weights(num_samples, k):
    """C(i - 1, k - 1) / C(m, k)."""
    m, k = int(num_samples), int(k)
    return [Fraction(comb(i, k - 1), comb(m, k)) for i in range(m)]


def _averages(k, size, of_subset):
    """Over all subsets of each size in k."""
    found = []
    for one in np.atleast_1d(k).tolist():
        values = [of_subset(list(chosen)) for chosen in combinations(range(size), int(one))]
        found.append(sum(values) / len(values))
    return found


def expected_max(scores, k):
    """Largest of every subset, or by ranks where samples are many."""
    if len(scores) > 12:
        weights = rank_weights(len(scores), k)
        return sum(w * Fraction(x) for w, x in zip(weights, sorted(scores), strict=True) if x)
    return _averages(k, len(scores), lambda s: max(Fraction(scores[i]) for i in s))


def best_by_proxy(proxy, truth, k):
    """Mean truth of the samples at the top of every subset."""

    def best(chosen):
        top = [i for i in chosen if proxy[i] == max(proxy[j] for j in chosen)]
        return sum(Fraction(truth[i]) for i in top) / len(top)

    return _averages(k, len(proxy), best)


def soft_best_by_proxy(proxy, truth, k, temperature):
    """Softmax in every subset, 60 digits."""
    mp.mp.dps = 60
    if temperature == 0:
        return best_by_proxy(proxy, truth, k)

    def soft(chosen):
        largest = max(proxy[i] for i in chosen)
        rise = [(mp.mpf(proxy[i]) - mp.mpf(largest)) / mp.mpf(temperature) for i in chosen]
        weights = [mp.exp(x) if x > -1000 else mp.mpf(0) for x in rise]
        return sum(w * mp.mpf(truth[i]) for w, i in zip(weights, chosen, strict=True)) / sum(
            weights
        )

    return _averages(k, len(proxy), soft)


def plurality_vote(answers, correct, k):
    """Votes counted in every subset."""

    def share(chosen):
        counts = {}
        for i in chosen:
            counts[answers[i]] = counts.get(answers[i], 0) + 1
        most = max(counts.values())
        top = [answer for answer, count in counts.items() if count == most]
        return Fraction(int(correct in top), len(top))

    return _averages(k, len(answers), share)


def over_questions(values):
    """Number, mean and sum of squares about it, in fractions."""
    columns = np.reshape(np.asarray(values, float), (len(values), -1)).T.tolist()
    exact = [[Fraction(x) for x in column] for column in columns]
    means = [sum(column) / len(column) for column in exact]
    squares = [sum((x - m) ** 2 for x in c) for c, m in zip(exact, means, strict=True)]
    return [len(values), means, squares]


COUNTS = [
    {"num_samples": 10**6, "num_correct": 1, "k": 1},
    {"num_samples": 10**8, "num_correct": 1, "k": 1},
    {"num_samples": 10**9, "num_correct": 10**9 - 1, "k": 1},
    {"num_samples": 10**9, "num_correct": 3, "k": 10**9 - 2},
    {"num_samples": 10**9, "num_correct": 5 * 10**8, "k": 7},
    {"num_samples": 8, "num_correct": 0, "k": [1, 2, 3, 4, 6, 8]},
    {"num_samples": 8, "num_correct": 8, "k": [1, 8]},
    {"num_samples": 1, "num_correct": 1, "k": 1},
    {"num_samples": np.int8(127), "num_correct": np.int8(1), "k": np.int8(126)},
    {"num_samples": np.float32(1000), "num_correct": np.float32(3), "k": np.float32(10)},
]
SCORES = [0.3, -2.0, 0.3, 1e9, 5.0, -7.5]
TRUTH = [1.0, 0.25, 0.5, 1.5, -3.0, 2.0]
ALL = [1, 2, 3, 4, 5, 6]
ABSOLUTE = {"soft_best_by_proxy": 1e-12}  # as its docstring says, for truths of order 1
CORNERS = {
    "pass_at_k": COUNTS,
    "all_pass_at_k": COUNTS,
    "over_questions": [
        {"values": [1e9, 1e9 + 1, 1e9 + 1, 1e9]},
        {"values": [0.25]},
        {"values": [1 - 2**-53] * 3},
        {"values": [[0.0, 1e-300], [1.0, 3e-300], [1.0, 5e-300]]},
        {"values": np.float32([0.1, 0.2, 0.7])},
    ],
    "rank_weights": [
        {"num_samples": np.int8(127), "k": np.int8(2)},
        {"num_samples": 5, "k": 5},
        {"num_samples": 500, "k": 250},
    ],
    "expected_max": [
        {"scores": [0.0] * 1999 + [1.0], "k": 1},
        {"scores": SCORES, "k": ALL},
    ],
    "best_by_proxy": [{"proxy": SCORES, "truth": TRUTH, "k": ALL}],
    "soft_best_by_proxy": [
        {"proxy": SCORES, "truth": TRUTH, "k": ALL, "temperature": temperature}
        for temperature in (0.0, 1e-300, 1e-3, 1.0, 1e9, np.inf)
    ],
    "plurality_vote": [
        {"answers": [7.0, 2.0, 1.0, 1.0], "correct": 1.0, "k": [1, 2, 3, 4]},
        {"answers": list("abcdef"), "correct": "a", "k": ALL},
        {"answers": list("aab"), "correct": "z", "k": [1, 2, 3]},
    ],
}
