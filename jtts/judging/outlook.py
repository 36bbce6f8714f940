"""What more judgements would bring, and what choosing by this judge gains."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from jtts.judging.model import Strengths
from jtts.theory import ranking, selection

ERROR = 0.05  # of the wrong one of two on top
SURE = float(stats.norm.ppf(1 - ERROR / 2))  # standard errors between two that are told apart
CANDIDATES = (2, 4, 8, 16, 32, 64)
CALLS = (1, 3, 5)
MOST_CALLS = 10**6
WIDEST = 40.0  # spread for which the law is asked


def separation(fitted: Strengths, judgements: int) -> dict[str, Any]:
    """How far the two on top are apart, and judgements that would tell them apart.

    `more_like_these`: further judgements of the same mix, standard errors falling as their root.
    `between_them`: calls between the two alone, their gap as fitted, for an error of 5 %: of a
    majority, and on average until one leads by so many.
    """
    first, second = (int(i) for i in np.argsort(-fitted.t)[:2])
    gap = float(fitted.t[first] - fitted.t[second])
    stderr = float(fitted.gap_stderr()[first, second])
    z = gap / stderr
    found: dict[str, Any] = {
        "first": first, "second": second, "gap": gap, "stderr": stderr, "z": z,
        "more_like_these": None, "majority": None, "lead": None, "lead_calls": None,
    }  # fmt: skip
    if gap > 0:
        more = judgements * ((SURE / z) ** 2 - 1)
        found["more_like_these"] = float(max(0.0, np.ceil(more)))
        found |= _between(gap)
    return found


def _between(gap: float) -> dict[str, Any]:
    counts = np.unique(np.round(np.geomspace(1, MOST_CALLS, 200)).astype(int) // 2 * 2 + 1)
    enough = np.asarray(ranking.pair_error(gap, counts)) <= ERROR
    if not enough.any():
        return {}
    at = int(np.argmax(enough))
    fine = np.arange(counts[max(at - 1, 0)], counts[at] + 1, 2)
    if len(fine) > 4096:
        fine = fine[:: len(fine) // 4096]
    good = np.asarray(ranking.pair_error(gap, fine)) <= ERROR
    lead = int(np.ceil(np.log((1 - ERROR) / ERROR) / gap))  # s(-d gap) <= 5 %
    return {
        "majority": int(fine[np.argmax(good)]),
        "lead": lead,
        "lead_calls": float(ranking.lead_calls(gap, lead)),
    }


def best_of_k(fitted: Strengths) -> dict[str, Any]:
    """Mean strength of the winner of a knockout of k fresh candidates, spread as these are.

    The spread is that of the strengths less what their errors add.
    """
    variance = float(np.var(fitted.t, ddof=1) - np.mean(fitted.stderr**2))
    if not 0 < variance <= WIDEST**2:
        return {"spread": max(variance, 0.0) ** 0.5, "k": [], "curves": []}
    spread = max(variance**0.5, 1e-3)
    k = np.array(CANDIDATES)
    curves = [
        {
            "calls_a_match": calls,
            "calls": (k - 1) * calls,
            "strength": np.asarray(ranking.knockout_strength(k, spread, calls)),
        }
        for calls in CALLS
    ]
    perfect = spread * np.asarray(selection.expected_max(k))
    return {"spread": spread, "k": k, "curves": curves, "perfect_judge": perfect}
