"""Verdicts and the statistics behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

FALSE_ALARM = 1e-3  # probability that a true law fails its check
POWER = 0.99  # probability with which an error of the stated size is found
ROUNDING = 1e-12  # relative gap that is no evidence: where a value is 0, rounding may have spread
RARE = 1e-3  # relative size of a gap that unseen events may explain


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    `status` is "pass", "fail" or "inconclusive"; `detects` is the smallest relative error, common
    to all points, that the check would have found with probability 0.99; `p_value` is family-wise.
    """

    law: str
    kind: str
    status: str
    evidence: str
    points: int
    worst_z: float = float("nan")
    p_value: float = float("nan")
    detects: float = float("nan")
    unseen: tuple[str, ...] = ()
    seconds: float = 0.0

    def __str__(self) -> str:
        """One line to read: what `print(check(law))` shows."""
        unseen = "".join(f"; not seen: {text}" for text in self.unseen)
        return f"{self.law} ({self.kind}): {self.status}; {self.evidence}{unseen}"


@dataclass(frozen=True)
class Agreement:
    """Result of comparing simulated values with expected ones at independent points."""

    worst_z: float
    p_value: float
    detects: float
    unresolved: int


def family_wise(p_values: np.ndarray) -> float:
    """Smallest Holm-adjusted p-value: valid whatever the dependence between the tests."""
    p_values = np.ravel(p_values)
    p_values = p_values[np.isfinite(p_values)]
    return float(min(1.0, p_values.size * p_values.min())) if p_values.size else float("nan")


def two_sided(z: np.ndarray, count: np.ndarray) -> np.ndarray:
    """p-value of z whose standard error was estimated from `count` data (Student t)."""
    return 2 * stats.t.sf(np.abs(z), np.maximum(count - 1, 1))


def compare(
    simulated: np.ndarray,
    expected: np.ndarray,
    stderr: np.ndarray,
    count: np.ndarray,
    scale: np.ndarray,
    *,
    side: int = 0,
) -> Agreement:
    """Test `simulated == expected` at independent points (rows), for each component (columns).

    Two tests share the false-alarm rate: every point by itself, and the error common to all points
    in units of `scale`, which gives the check its power. `side` +1 or -1 tests only for simulated
    values above or below the expected ones.
    """
    gap = simulated - expected
    exact = np.abs(gap) <= ROUNDING * np.maximum(scale, np.abs(expected)) + 1e-300
    gap = np.where(exact, 0.0, gap)
    usable = stderr > 0
    # without spread nothing is known of the error, unless there is none, or a sure one: all trials
    # alike may mean that what makes the difference is rare, and it may be too rare to matter
    matters = np.abs(gap) > RARE * np.maximum(scale, np.abs(expected))
    wrong = ~usable & ~exact & matters & (simulated != 0)
    unresolved = ~usable & ~exact & matters & (simulated == 0)
    z = np.where(usable, gap / np.where(usable, stderr, 1.0), np.where(wrong, np.inf, np.nan))
    count = np.broadcast_to(count, z.shape)
    point_p = _p_values(z, count, side)

    weight = np.where(usable, (scale / np.where(usable, stderr, 1.0)) ** 2, 0.0)
    total = weight.sum(0)
    seen = total > 0
    relative = np.where(usable, gap, 0.0) / np.where(scale > 0, scale, 1.0)
    common = (weight * relative).sum(0)[seen] / total[seen]
    common_stderr = 1 / np.sqrt(total[seen])
    freedom = np.where(usable, count - 1, 0).sum(0)[seen] + 1
    common_p = _p_values(common / common_stderr, freedom, side)

    p_value = family_wise(np.array([family_wise(point_p), family_wise(common_p)]))
    sensitivity = sensitivity_factor(max(int(seen.sum()), 1))
    detects = float(sensitivity * common_stderr.max()) if seen.any() else float("nan")
    finite = z[~np.isnan(z)]
    worst = float(finite[np.argmax(np.abs(finite))]) if finite.size else float("nan")
    return Agreement(worst, p_value, detects, int(unresolved.sum()))


def _p_values(z: np.ndarray, count: np.ndarray, side: int) -> np.ndarray:
    if side == 0:
        return two_sided(z, count)
    return stats.t.sf(side * z, np.maximum(count - 1, 1))


def sensitivity_factor(components: int) -> float:
    """Standard errors that a common error must reach to be found with probability POWER."""
    return float(stats.norm.isf(FALSE_ALARM / 4 / components) + stats.norm.ppf(POWER))
