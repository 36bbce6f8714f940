"""Plurality vote among k samples."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from scipy.special import comb

from jtts.arguments import InputError, require_whole
from jtts.estimators.subsets import Sampled, mean_over_orders, random_orders, require_k

EXACT_UP_TO = 64  # samples
NUMBERS = 2**21  # held at once


def plurality_vote(
    answers: Any, correct: Any, k: Any, *, subsets: int = 1000, seed: int = 0
) -> Sampled:
    """Probability that the most frequent answer among k samples is the correct one.

    Among equally frequent answers one is chosen at random, each with the same chance.

    Args:
      answers: answers of every question, [..., m]: text or numbers, compared by equality; not NaN,
        which equals nothing: give answers that could not be read a word of their own.
      correct: the correct answer of every question, [...].
      k: whole numbers from 1 to m.
      subsets: random orders of the samples, for m > 64; the first k of each are one subset.
      seed: of these orders.

    Returns `Sampled` values of shape (..., k...), unbiased; up to 64 samples all subsets count.

    Raises:
      InputError: k above m, shapes that do not match, None or NaN among the answers, or numbers as
        answers and text as the correct one.

    Source: arXiv:2403.02419; the estimator is derived here.

    >>> plurality_vote(["a", "a", "b"], "a", [1, 2, 3]).value.round(6).tolist()
    [0.666667, 0.666667, 1.0]
    """
    require_whole(2, subsets=subsets)
    require_whole(0, seed=seed)
    answers, correct = np.asarray(answers), np.asarray(correct)
    kinds = [array.dtype.kind for array in (answers, correct)]
    texts = [kind in "US" for kind in kinds]
    if answers.size and "O" not in kinds and texts[0] != texts[1]:
        raise InputError("answers and correct must both be text or both be numbers")
    if answers.ndim == 0 or answers.shape[:-1] != correct.shape:
        raise InputError(
            f"answers must have shape [..., samples] and correct [...], got {answers.shape} and "
            f"{correct.shape}"
        )
    k = require_k(k, answers.shape[-1])
    _numbers(correct.ravel().tolist(), {}, "correct")
    votes = np.array(
        [
            _numbers(given, {right: 0}, "answers")
            for given, right in zip(
                answers.reshape(-1, answers.shape[-1]).tolist(),
                correct.ravel().tolist(),
                strict=True,
            )
        ],
        np.int32,
    ).reshape(-1, answers.shape[-1])
    if answers.shape[-1] <= EXACT_UP_TO:
        known: dict[tuple[int, ...], np.ndarray] = {}
        counts = [_counts(vote) for vote in votes]
        for count in counts:
            if count not in known:
                known[count] = _all_subsets(count, answers.shape[-1])
        value = np.array([known[count][k.ravel()] for count in counts])
        value = value.reshape(len(votes), k.size)
        found = Sampled(value, np.zeros_like(value))
    else:
        found = _over_orders(votes, k.ravel(), random_orders(answers.shape[-1], subsets, seed))
    shape = (*correct.shape, *k.shape)
    return Sampled(found.value.reshape(shape), found.stderr.reshape(shape))


def _numbers(answers: list[Any], known: dict[Any, int], name: str) -> list[int]:
    """Answers numbered as they come, equal ones alike; `known` has numbers already."""
    for answer in answers:
        if answer is None or answer != answer:
            shown = "None" if answer is None else "nan"
            raise InputError(f"{name} must be text or numbers, got {shown}")
        known.setdefault(answer, len(known))
    return [known[answer] for answer in answers]


def _counts(votes):
    """Numbers of votes, the wrong answers in descending order: all that the chances depend on."""
    right, *wrong = np.bincount(votes).tolist()
    return (right, *sorted(wrong, reverse=True))


def _over_orders(votes, k, orders):
    block = max(1, NUMBERS // votes.shape[1])
    parts = [
        mean_over_orders(partial(_along, votes=votes[i : i + block], k=k), orders)
        for i in range(0, len(votes), block)
    ]
    return Sampled(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _all_subsets(counts, num_samples):
    """Chance of the correct answer among k of the samples, for k = 0, ..., m.

    Subsets with j correct votes, no more of any other answer and s others with as many number the
    coefficient of x^k y^s in C(c, j) x^j prod_a [sum_{i<j} C(c_a, i) x^i + y C(c_a, j) x^j]; they
    win with chance 1/(1 + s), which is the integral of y^s over [0, 1].
    """
    right, *wrong = counts
    if right == 0:
        return np.zeros(num_samples + 1)
    nodes, weights = np.polynomial.legendre.leggauss(len(wrong) // 2 + 1)
    nodes, weights = (nodes + 1) / 2, weights / 2
    votes = np.arange(1, right + 1)  # j
    ways = np.zeros((right, len(nodes), right + 1))  # [j, y, power of x]
    ways[votes - 1, :, votes] = comb(right, votes)[:, None]
    for count in wrong:
        size = ways.shape[-1]
        longer = np.zeros((*ways.shape[:-1], size + count))
        for i, subsets in enumerate(comb(count, np.arange(count + 1))):
            # of an answer with i votes: none where i > j, a factor y where i = j
            longer[i:, :, i : i + size] += subsets * ways[i:]
            if 1 <= i <= right:
                longer[i - 1, :, i : i + size] += subsets * nodes[:, None] * ways[i - 1]
        ways = longer
    return (weights @ ways).sum(0) / comb(num_samples, np.arange(num_samples + 1))


def _along(order, votes, k):
    """Vote among the first k samples in this order, for every question [Q, m]; [Q, K]."""
    given = votes[:, order[: k.max()]]
    standing = _standing(given)
    most = np.maximum.accumulate(standing, -1)
    # answers at the top: each that reaches it is one more, until one passes it
    at_top = np.cumsum(standing == most, -1)
    passes = np.diff(most, axis=-1, prepend=0) > 0
    before = np.maximum.accumulate(np.where(passes, at_top - 1, 0), -1)
    right = np.cumsum(given == 0, -1)
    last = k - 1
    return (right == most)[:, last] / (at_top - before)[:, last]


def _standing(given):
    """How many samples so far, each included, give the answer that a sample gives; [Q, m]."""
    if given.max(initial=0) < 2**15:
        given = given.astype(np.int16)  # sorted in linear time
    order = np.argsort(given, -1, kind="stable")
    ranked = np.take_along_axis(given, order, -1)
    place = np.arange(given.shape[-1])
    new = np.diff(ranked, axis=-1, prepend=-1) > 0
    first = np.maximum.accumulate(np.where(new, place, 0), -1)
    standing = np.empty(given.shape, np.int64)
    np.put_along_axis(standing, order, place - first + 1, -1)
    return standing
