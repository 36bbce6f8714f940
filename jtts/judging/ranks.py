"""All that is computed from judgements, in the order of the report."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

from jtts.arguments import InputError, require_whole
from jtts.fitting.records import silent
from jtts.judging.bias import bias_of, swapped
from jtts.judging.comparisons import Comparisons
from jtts.judging.model import Strengths, expected, fit_strengths, parts_without_loss
from jtts.judging.outlook import best_of_k, separation

DRAWS = 2000  # of strengths, for intervals that hold together
BLOCK = 2**22  # differences of strengths held at once
COVERAGE = 0.95
CONTRADICTIONS = 10  # pairs that are listed


@dataclasses.dataclass(frozen=True)
class Ranking:
    """What `rank` found; `jtts.judging.report` says each part in words."""

    comparisons: Comparisons
    likely: Strengths | None  # of largest likelihood; None where that is not finite
    believed: Strengths  # with a prior
    low: np.ndarray
    high: np.ndarray
    contradictions: list[dict[str, Any]]
    misfit: dict[str, float]
    bias: list[dict[str, Any]]
    top_two: dict[str, Any]
    selection: dict[str, Any]
    notes: list[str]

    @property
    def best(self) -> Strengths:
        """What ranks go by."""
        return self.believed if self.likely is None else self.likely


def rank(
    comparisons: Comparisons,
    *,
    seed: int = 0,
    progress: Callable[[str, float], None] = silent,
) -> Ranking:
    """Fit strengths, say how sure the ranks are, and what the judge is like.

    Args:
      comparisons: as `jtts.judging.read` gives them.
      seed: of the draws behind the simultaneous intervals.
      progress: hears what is done and the share done before.

    Raises:
      InputError: fewer than two candidates, or nothing but ties.
    """
    require_whole(0, seed=seed)
    if len(comparisons.names) < 2:
        raise InputError(f"{comparisons.source}: fewer than two candidates")
    notes: list[str] = []
    progress("fitting strengths", 0.0)
    likely = _likely(comparisons, notes)
    progress("fitting strengths with a prior", 0.3)
    believed = fit_strengths(comparisons, 1.0)
    best = believed if likely is None else likely
    if comparisons.ahead is not None and np.isnan(best.bias):
        notes.append(
            "a bias for a place cannot be told from strengths here: candidates keep theirs"
        )
    progress("ranks", 0.5)
    low, high = rank_intervals(best, seed)
    progress("what contradicts the model", 0.7)
    contradictions, misfit = _contradictions(comparisons, best)
    progress("the judge", 0.8)
    return Ranking(
        comparisons=comparisons,
        likely=likely,
        believed=believed,
        low=low,
        high=high,
        contradictions=contradictions,
        misfit=misfit,
        bias=_bias(comparisons, notes),
        top_two=separation(best, len(comparisons.score)),
        selection=best_of_k(best),
        notes=notes,
    )


def _likely(comparisons: Comparisons, notes: list[str]) -> Strengths | None:
    unbeaten = parts_without_loss(comparisons)
    if unbeaten:
        shown = ", ".join(unbeaten[:3]) + (", ..." if len(unbeaten) > 3 else "")
        notes.append(
            f"no finite strengths of largest likelihood: no other candidate beat or tied with one "
            f"of {shown}; ranks go by the strengths with a prior"
        )
        return None
    try:
        return fit_strengths(comparisons, 0.0)
    except InputError as problem:
        notes.append(f"{problem}; ranks go by the strengths with a prior")
        return None


def rank_intervals(fitted: Strengths, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Ranks that hold for all candidates at once, with a chance of `COVERAGE`.

    All differences of strengths lie within so many standard errors at once, as drawn from their
    normal law; a candidate ranks below those that are surely better, above those surely worse.
    """
    k = len(fitted.t)
    error = fitted.gap_stderr()
    np.fill_diagonal(error, np.inf)
    generator = np.random.default_rng(seed)
    values, vectors = np.linalg.eigh(fitted.covariance[:k, :k])
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    largest = []
    block = max(1, BLOCK // k**2)
    for start in range(0, DRAWS, block):
        drawn = generator.normal(size=(min(block, DRAWS - start), k)) @ root.T
        z = np.abs(drawn[:, :, None] - drawn[:, None, :]) / error
        largest.append(z.max((1, 2)))
    reach = np.quantile(np.concatenate(largest), COVERAGE) * error
    np.fill_diagonal(reach, np.inf)
    ahead = fitted.t[:, None] - fitted.t
    return 1 + np.sum(-ahead > reach, 1), k - np.sum(ahead > reach, 1)


def _contradictions(
    comparisons: Comparisons, fitted: Strengths
) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """Pairs whose points the strengths do not explain, those of p < 0.05 for all pairs at once."""
    points = comparisons.wins() + comparisons.ties() / 2
    judged = comparisons.wins() + comparisons.wins().T + comparisons.ties()
    kept = dataclasses.replace(
        comparisons, ahead=None if np.isnan(fitted.bias) else comparisons.ahead
    )
    mean, variance = expected(kept, fitted)
    one, other = np.nonzero(np.triu(judged, 1))
    z = (points - mean)[one, other] / np.sqrt(np.maximum(variance[one, other], 1e-300))
    # few judgements have no normal law: their z is tempered by half a judgement
    excess = np.abs((points - mean)[one, other]) - 0.5
    sure = np.maximum(excess, 0.0) / np.sqrt(np.maximum(variance[one, other], 1e-300))
    p = np.minimum(2 * stats.norm.sf(sure) * len(one), 1.0)
    order = [i for i in np.argsort(-sure) if p[i] < 1 - COVERAGE][:CONTRADICTIONS]
    listed = [
        {
            "one": comparisons.names[one[i]],
            "other": comparisons.names[other[i]],
            "judgements": judged[one[i], other[i]],
            "points": points[one[i], other[i]],
            "expected": mean[one[i], other[i]],
            "z": z[i],
            "p": p[i],
        }
        for i in order
    ]
    freedom = len(one) - (len(comparisons.names) - 1)
    chi = float(z @ z)
    chance = float(stats.chi2.sf(chi, freedom)) if freedom > 0 else float("nan")
    return listed, {"chi_square": chi, "degrees_of_freedom": freedom, "p": chance}


def _bias(comparisons: Comparisons, notes: list[str]) -> list[dict[str, Any]]:
    """Of all judges together, and of each if there are several."""
    counts = swapped(comparisons)
    if counts is None:
        return []
    if not counts["pairs"]:
        notes.append("no question was judged in both orders: no bias from swapped pairs")
        return []
    found = [{"judge": None, **bias_of(counts)}]
    if len(comparisons.judges) > 1:
        for number, judge in enumerate(comparisons.judges):
            own = swapped(comparisons.take(comparisons.judge == number))
            if own and own["pairs"]:
                found.append({"judge": judge, **bias_of(own)})
    first = found[0]
    if first["first_first"] + first["second_second"] and first["bias"] is None:
        which = "second" if first["first_first"] else "first"
        notes.append(
            f"no flip prefers the {which} place twice: as of a judge without noise between calls, "
            "whose bias the counts do not give"
        )
    return found
