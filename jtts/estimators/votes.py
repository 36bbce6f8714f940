"""Plurality vote among k samples."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from scipy.special import comb

from jtts.arguments import InputError, require_whole
from jtts.estimators.subsets import Sampled, mean_over_orders, random_orders, require_k

EXACT_UP_TO = 64  # samples


def plurality_vote(
    answers: Any, correct: Any, k: Any, *, subsets: int = 1000, seed: int = 0
) -> Sampled:
    """Probability that the most frequent answer among k samples is the correct one.

    Among equally frequent answers one is chosen at random, each with the same chance.

    Args:
      answers: answers of every question, [..., m]: text or numbers, compared by equality.
      correct: the correct answer of every question, [...].
      k: whole numbers from 1 to m.
      subsets: random orders of the samples, for m > 64; the first k of each are one subset.
      seed: of these orders.

    Returns `Sampled` values of shape (..., k...), unbiased; up to 64 samples all subsets count.

    Raises:
      InputError: k above m, or shapes that do not match.

    Source: arXiv:2403.02419; the estimator is derived here.

    >>> plurality_vote(["a", "a", "b"], "a", [1, 2, 3]).value.round(6).tolist()
    [0.666667, 0.666667, 1.0]
    """
    require_whole(2, subsets=subsets)
    require_whole(0, seed=seed)
    answers, correct = np.asarray(answers), np.asarray(correct)
    if any(answer is None for answer in answers.ravel().tolist()):
        raise InputError("answers must be text or numbers, got None")
    if answers.ndim == 0 or answers.shape[:-1] != correct.shape:
        raise InputError(
            f"answers must have shape [..., samples] and correct [...], got {answers.shape} and "
            f"{correct.shape}"
        )
    k = require_k(k, answers.shape[-1])
    questions = zip(answers.reshape(-1, answers.shape[-1]), correct.ravel(), strict=True)
    votes = [_votes(given, right) for given, right in questions]
    if answers.shape[-1] <= EXACT_UP_TO:
        known: dict[tuple[int, ...], np.ndarray] = {}
        for vote in votes:
            counts = _counts(vote)
            if counts not in known:
                known[counts] = _all_subsets(counts, answers.shape[-1])
        value = np.array([known[_counts(vote)][k.ravel()] for vote in votes])
        found = Sampled(value, np.zeros_like(value))
    else:
        orders = random_orders(answers.shape[-1], subsets, seed)
        each = [
            mean_over_orders(partial(_along, votes=vote, k=k.ravel()), orders) for vote in votes
        ]
        found = Sampled(*(np.array(column) for column in zip(*each, strict=True)))
    shape = (*correct.shape, *k.shape)
    return Sampled(found.value.reshape(shape), found.stderr.reshape(shape))


def _votes(answers, correct):
    """Which answer each sample gives, [answers, m]; the correct one first."""
    others = [answer for answer in np.unique(answers) if answer != correct]
    return np.array([answers == correct, *(answers == other for other in others)])


def _counts(votes):
    """Numbers of votes, the wrong answers in descending order: all that the chances depend on."""
    right, *wrong = votes.sum(1).tolist()
    return (right, *sorted(wrong, reverse=True))


def _all_subsets(counts, num_samples):
    """Chance of the correct answer among k of the samples, for k = 0, ..., m.

    Subsets with j correct votes, no more of any other answer and s others with as many number the
    coefficient of x^k y^s in C(c, j) x^j prod_a [sum_{i<j} C(c_a, i) x^i + y C(c_a, j) x^j]; they
    win with chance 1/(1 + s), which is the integral of y^s over [0, 1].
    """
    right, *wrong = counts
    nodes, weights = np.polynomial.legendre.leggauss(len(wrong) // 2 + 1)
    nodes, weights = (nodes + 1) / 2, weights / 2
    total = np.zeros(num_samples + 1)
    for j in range(1, right + 1):
        ways = np.zeros((len(nodes), num_samples + 1))
        ways[:, j] = comb(right, j)
        for count in wrong:
            factor = comb(count, np.arange(min(j, count) + 1))[None] * np.ones((len(nodes), 1))
            if count >= j:
                factor[:, j] *= nodes
            ways = sum(
                np.pad(ways, ((0, 0), (i, 0)))[:, : num_samples + 1] * factor[:, i, None]
                for i in range(factor.shape[1])
            )
        total += weights @ ways
    return total / comb(num_samples, np.arange(num_samples + 1))


def _along(order, votes, k):
    """Vote among the first k samples in this order."""
    standing = np.cumsum(votes[:, order[: k.max()]], -1)[:, k - 1]
    most = standing.max(0)
    return (standing[0] == most) / (standing == most).sum(0)
