"""Checks of derived laws: limits, minimisers, slopes and roots of a law that has its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.optimize import brentq

from jtts.domain import draw_points
from jtts.kinds import Limit, LogSlope, Minimizer, Root
from jtts.laws import Law


def _call(law, point: Mapping[str, Any], **more: Any) -> float:
    arguments = {n: v for n, v in (dict(point) | more).items() if n in law.parameters}
    return float(law(**arguments))


def relative_errors(law: Law, kind: Any, *, theory: Any, points: int, seed: int) -> np.ndarray:
    """Relative error of the closed form at points of the domain, by a numerical route.

    Points where the derivation predicts NaN (documented: no value there) must give NaN.
    """
    drawn = draw_points(law.domain | law.simulated, points, seed)
    return np.array([_error(kind, law, theory, point) for point in drawn])


def _error(kind: Any, law: Law, theory: Any, point: dict[str, Any]) -> float:
    def claimed(at: Mapping[str, Any]) -> float:
        return float(theory(**{n: v for n, v in at.items() if n in law.parameters}))

    match kind:
        case Limit():
            return _limit_error(kind, claimed, point)
        case Minimizer():
            return _minimizer_error(kind, claimed(point), point)
        case LogSlope():
            step = 1e-4
            at = point[kind.argument]
            up, down = at * np.exp(step), at * np.exp(-step)
            rise = np.log(_call(kind.of, point, **{kind.argument: up}))
            rise -= np.log(_call(kind.of, point, **{kind.argument: down}))
            return abs(claimed(point) / (rise / (2 * step)) - 1)
        case Root():
            low, high = kind.bracket(**point)
            root = brentq(lambda x: kind.residual(x, **point), low, high, xtol=1e-300, rtol=1e-14)
            return abs(claimed(point) / root - 1)
    raise TypeError(f"no derivation check for {kind!r}")


def _limit_error(kind: Limit, claimed, point: dict[str, Any]) -> float:
    """Distance from the extrapolated limit, plus what the extrapolation leaves uncertain."""
    ratios = []
    for value in kind.values:
        at = dict(point) | {kind.argument: value}
        parent, own = _call(kind.of, at), claimed(at)
        ratios.append(parent / own if kind.compare == "ratio" else parent)
    goal = 1.0 if kind.compare == "ratio" else claimed(point)
    gaps = np.array([kind.gap(value, point) for value in kind.values])
    fits = [
        np.polynomial.polynomial.polyfit(gaps[-keep:], ratios[-keep:], keep - 1)[0]
        for keep in (len(gaps) - 1, len(gaps))
    ]
    uncertainty = abs(fits[1] - fits[0])
    distance = max(abs(fits[1] - goal) - uncertainty, 0.0)
    if uncertainty > kind.detects / 4 * abs(goal):
        return float("inf") if distance > kind.detects * abs(goal) else float("nan")
    return distance / abs(goal)


def _minimizer_error(kind: Minimizer, claimed: float, point: dict[str, Any]) -> float:
    """How far the minimum lies from where it is claimed to be, in relative size of the argument."""
    grid = np.asarray(kind.candidates(point), float)
    nearby = claimed * (1 + kind.detects / 4 * np.arange(-8, 9))
    whole = np.all(grid == np.round(grid))
    if whole and np.isfinite(claimed):
        if claimed != np.round(claimed):
            return float("inf")
        nearby = claimed + np.arange(-2, 3)
    searched = np.unique(np.concatenate([grid, nearby[np.isfinite(nearby)]]))
    searched = searched[(searched >= grid.min()) & (searched <= max(grid.max(), claimed))]
    values = np.array([_call(kind.of, point, **{kind.argument: x}) for x in searched])
    own = _call(kind.of, point, **{kind.argument: min(claimed, 1e300)})
    best = searched[np.argmin(values)]
    if own <= values.min() + 1e-9 * abs(values.min()):
        return 0.0
    return abs(best - claimed) / max(abs(claimed), abs(best)) if np.isfinite(claimed) else np.inf
