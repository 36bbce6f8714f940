"""How well the score ranks right samples above wrong ones of the same question."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import rankdata

from jtts.fitting.samples import Samples


def score_auc(samples: Samples) -> dict[str, Any] | None:
    """Area under the ROC curve within questions, ties as halves, with its error over questions.

    Of a question with r right and w wrong samples it is the mean over the r w pairs of
    [right scores higher] + [equal] / 2, which is unbiased. Questions with samples of one kind say
    nothing; None where fewer than two are left, or without scores or what is right.
    """
    if samples.score is None or samples.correct is None:
        return None
    score, correct = samples.score, samples.correct

    def area(rows: np.ndarray) -> np.ndarray:
        right = correct[rows]
        ranks = rankdata(score[rows], axis=1)
        hits, misses = right.sum(1), (1 - right).sum(1)
        with np.errstate(invalid="ignore"):
            return ((ranks * right).sum(1) - hits * (hits + 1) / 2) / (hits * misses)

    found = samples.per_question(area)
    told = found[np.isfinite(found)]
    if len(told) < 2:
        return None
    return {
        "value": float(told.mean()),
        "stderr": float(told.std(ddof=1) / np.sqrt(len(told))),
        "questions": len(told),
    }
