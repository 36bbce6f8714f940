"""A judge's liking for a place, from pairs that it judged in both orders."""

from __future__ import annotations

from typing import Any

import numpy as np

from jtts import estimators
from jtts.judging.comparisons import Comparisons


def swapped(found: Comparisons) -> dict[str, int] | None:
    """How pairs judged in both orders came out; None where no column says so.

    Judgements of the same question, judge and pair in either order are taken together as they
    come; `tied` are those with a tie among the two.
    """
    if found.ahead is None or found.question is None:
        return None
    k = len(found.names)
    low, high = np.minimum(found.one, found.other), np.maximum(found.one, found.other)
    judge = np.zeros_like(low) if found.judge is None else found.judge
    parts = (found.question, judge, low, high)
    same = np.ravel_multi_index(parts, (found.question.max() + 1, judge.max() + 1, k, k))
    same = np.unique(same, return_inverse=True)[1].ravel()
    low_first = (found.one == low) == found.ahead
    first_won = np.where(found.ahead, found.score, 1 - found.score)
    # the n-th judgement of one order is taken with the n-th of the other
    (one, here), (other, there) = (_numbered(same, rows) for rows in (low_first, ~low_first))
    _, both, again = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    here, there = here[both], there[again]
    ahead, behind = first_won[here], first_won[there]
    decided = (ahead != 0.5) & (behind != 0.5)
    return {
        "pairs": len(here),
        "tied": int(np.sum(~decided)),
        "first_first": int(np.sum(decided & (ahead == 1) & (behind == 1))),
        "second_second": int(np.sum(decided & (ahead == 0) & (behind == 0))),
        "agreed": int(np.sum(decided & (ahead != behind))),
    }


def _numbered(same: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the marked rows, a number that tells the n-th of equal ones, and where each stands."""
    where = np.flatnonzero(rows)
    order = np.argsort(same[where], kind="stable")
    value = same[where][order]
    turn = np.arange(len(where)) - np.searchsorted(value, value)
    return value * len(same) + turn, where[order]


def bias_of(counts: dict[str, int]) -> dict[str, Any]:
    """Bias, and the flip rate split into what the bias and what noise explains.

    The split is that of pairs of one gap: with cosh D = cosh b agreed/flips, noise alone flips
    1/(1 + cosh D).
    """
    first, second, agreed = (counts[name] for name in ("first_first", "second_second", "agreed"))
    decided, flips = first + second + agreed, first + second
    found: dict[str, Any] = {**counts, "bias": None, "stderr": None, "z": None}
    if decided:
        found["flip_rate"] = flips / decided
        found["flip_stderr"] = float(np.sqrt(flips * agreed / decided**3))
    if first and second:
        bias = estimators.position_bias(first, second)
        value, stderr = float(bias.value), float(bias.stderr)
        noise = flips / (flips + agreed * np.cosh(value))
        found |= {"bias": value, "stderr": stderr, "z": value / stderr}
        found |= {"flips_of_noise": float(noise), "flips_of_bias": flips / decided - float(noise)}
    return found
