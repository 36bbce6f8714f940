"""Votes of several models by other routes: every split of the votes among the answers, weighed."""

import itertools
from fractions import Fraction
from math import factorial

import numpy as np


def _splits(n, answers):
    """Every way to share n votes among the answers."""
    for bars in itertools.combinations(range(n + answers - 1), answers - 1):
        ends = (-1, *bars, n + answers - 1)
        yield tuple(b - a - 1 for a, b in itertools.pairwise(ends))


def _mixture(weights, question):
    weights = [Fraction(float(w)) for w in weights]
    total = [Fraction(0)] * len(question[0])
    for w, own in zip(weights, question, strict=True):
        own = [Fraction(float(p)) for p in own]
        for a, p in enumerate(own):
            total[a] += w / sum(weights) * p / sum(own)
    return total


def weighted_plurality_accuracy(n, weights, probabilities):
    found = Fraction(0)
    for question in probabilities:
        p = _mixture(weights, question)
        for counts in _splits(int(n), len(p)):
            if counts[0] < max(counts):
                continue
            chance = Fraction(factorial(int(n)))
            for own, count in zip(p, counts, strict=True):
                chance *= own**count / factorial(count)
            found += chance / counts.count(max(counts))
    return found / len(probabilities)


def weighted_plurality_limit(weights, probabilities):
    found = Fraction(0)
    for question in probabilities:
        p = _mixture(weights, question)
        found += Fraction(int(p[0] == max(p)), p.count(max(p)))
    return found / len(probabilities)


def best_vote_weights(probabilities):
    """Of two models, in exact fractions: between all places where answers tie.

    Then the largest lead of the questions that are right there, which lies where two leads cross.
    """
    questions = [[_mixture([1], [own]) for own in question] for question in probabilities]

    def leads(x):
        mixed = [[x * a + (1 - x) * b for a, b in zip(*q, strict=True)] for q in questions]
        return [[p[0] - other for other in p[1:]] for p in mixed]

    def crossings(lines):
        ends = [(a, b) for a, b in zip(*lines, strict=True) if a != b]  # at x = 0 and x = 1
        return {a / (a - b) for a, b in ends if 0 < a / (a - b) < 1}

    flat = [[y for lead in leads(Fraction(x)) for y in lead] for x in (0, 1)]
    cuts = sorted({Fraction(0), Fraction(1)} | crossings(flat))

    def right(x):
        return [all(y > 0 for y in lead) for lead in leads(x)]

    middles = [(a + b) / 2 for a, b in itertools.pairwise(cuts)]
    best = max(middles, key=lambda x: sum(right(x)))
    kept = [i for i, good in enumerate(right(best)) if good]
    rows = [[y for i in kept for y in leads(Fraction(x))[i]] for x in (0, 1)]
    pairs = list(itertools.combinations(range(len(rows[0])), 2))
    between = [[rows[x][i] - rows[x][j] for i, j in pairs] for x in (0, 1)]
    places = {Fraction(0), Fraction(1)} | crossings(between)
    x = max(places, key=lambda x: min(y for i in kept for y in leads(x)[i]))
    return {
        "accuracy": Fraction(len(kept), len(questions)),
        "exhaustive": 1,
        "weights": [x, 1 - x],
    }


TWO = np.array([[[0.4, 0.1, 0.5], [0.4, 0.5, 0.1]]])
THREE = np.array(
    [
        [[0.7, 0.1, 0.1, 0.1], [0.2, 0.6, 0.1, 0.1], [1.0, 0.0, 0.0, 0.0]],
        [[0.1, 0.3, 0.3, 0.3], [0.0, 0.0, 0.0, 1.0], [0.25, 0.25, 0.25, 0.25]],
        [[0.3, 0.4, 0.2, 0.1], [0.5, 0.1, 0.2, 0.2], [0.2, 0.2, 0.5, 0.1]],
    ]
)
RARE = np.array([[[1e-17, 1.0], [1.0, 1e-17]]])
COUNTS = np.array([[[3.0, 5.0], [7.0, 1.0]], [[0.0, 2.0], [4.0, 4.0]]])
SKEWED = np.array(
    [
        [[0.9, 0.1, 0.0], [0.1, 0.45, 0.45]],
        [[0.3, 0.35, 0.35], [0.8, 0.2, 0.0]],
        [[1, 9, 0], [9, 1, 5]],
    ]
)
LOST = np.array([[[0.5, 0.5], [0.0, 1.0]], [[0.7, 0.3], [0.2, 0.8]], [[0.1, 0.9], [0.6, 0.4]]])
CORNERS = {
    "weighted_plurality_accuracy": [
        dict(n=1, weights=np.array([1.0, 1.0]), probabilities=TWO),
        dict(n=24, weights=np.array([0.25, 0.75]), probabilities=TWO),
        dict(n=2, weights=np.array([1e100, 1e100, 1e100]), probabilities=THREE),
        dict(n=15, weights=np.array([0.2, 0.5, 0.3]), probabilities=THREE),
        dict(n=16, weights=np.array([0.0, 1e-100, 0.0]), probabilities=THREE),
        dict(n=9, weights=np.array([1.0, 1e-17]), probabilities=RARE),
        dict(n=100, weights=np.array([3.0, 1.0]), probabilities=COUNTS),
        dict(n=300, weights=np.array([0.3, 0.7]), probabilities=RARE),
    ],
    "weighted_plurality_limit": [
        dict(weights=np.array([1.0, 0.0]), probabilities=TWO),
        dict(weights=np.array([1.0, 1.0]), probabilities=TWO),
        dict(weights=np.array([0.25, 0.5, 0.25]), probabilities=THREE),
        dict(weights=np.array([0.0, 0.0, 1e-100]), probabilities=THREE),
        dict(weights=np.array([1.0, 1.0]), probabilities=RARE),
    ],
    "best_vote_weights": [
        dict(probabilities=TWO),
        dict(probabilities=RARE),
        dict(probabilities=SKEWED),
        dict(probabilities=LOST),
    ],
}
