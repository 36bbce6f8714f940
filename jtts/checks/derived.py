"""Evidence by numerics for derived laws: limits, series, minimisers, slopes, roots."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from jtts.domain import draw_points
from jtts.kinds import Expansion, Limit, LogSlope, Minimizer, Root
from jtts.laws import Law

FLAT = 1e-8  # relative differences of a parent law below this are not told apart
ROUNDING = 1e-11  # relative remainders below this are not looked into
GROWTH = 0.2  # share of a scaled remainder that may grow


Claim = Callable[..., float]  # the theory at a point, with some arguments replaced


@dataclass(frozen=True)
class NumericalEvidence:
    """What the parent law says at each point: a value, or a table of values for a limit."""

    points: list[dict[str, Any]]
    found: list[Any]


def gather(law: Law[..., Any], *, points: int, seed: int) -> NumericalEvidence:
    """Find by brute force what the derived law claims, at points of its domain."""
    drawn = draw_points(law.domain | law.simulated, points, seed)
    return NumericalEvidence(drawn, [_FIND[type(law.kind)](law.kind, point) for point in drawn])


def weigh(
    law: Law[..., Any], evidence: NumericalEvidence, theory: Callable[..., Any]
) -> np.ndarray:
    """Relative error of `theory` at each point; NaN where the numerics cannot tell."""

    def claim(point: Mapping[str, Any], **more: Any) -> float:
        value = theory(**law.converted(dict(point) | more))
        # a law that says several numbers claims the argument of its kind by that name
        return float(value[law.kind.argument] if isinstance(value, dict) else value)  # type: ignore[union-attr]

    error = _ERROR.get(type(law.kind), _value_error)
    return np.array(
        [
            error(law.kind, claim, point, found)
            for point, found in zip(evidence.points, evidence.found, strict=True)
        ]
    )


@functools.cache
def _argument_names(function: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)


def _parent(kind: Any, point: Mapping[str, Any], **more: Any) -> float:
    names = _argument_names(kind.of)
    return float(kind.of(**{n: v for n, v in (dict(point) | more).items() if n in names}))


def _find_root(kind: Root, point: dict[str, Any]) -> float:
    low, high = kind.bracket(**point)
    return brentq(lambda x: float(kind.residual(x, **point)), low, high, xtol=1e-300, rtol=1e-14)


def _find_slope(kind: LogSlope, point: dict[str, Any]) -> float:
    step = 1e-4
    ends = [_parent(kind, point, **{kind.argument: point[kind.argument] * np.exp(h)})
            for h in (-step, step)]  # fmt: skip
    return float(np.log(ends[1] / ends[0]) / (2 * step * kind.power))


def _find_table(kind: Limit | Expansion, point: dict[str, Any]) -> list[float]:
    return [_parent(kind, point, **{kind.argument: value}) for value in kind.values]


def _find_minimizer(kind: Minimizer, point: dict[str, Any]) -> tuple[float, float, bool]:
    """Argument and value of the smallest value found; whether it lies at the end of the grid."""

    def value(x: float) -> float:
        return _parent(kind, point, **{kind.argument: x})

    grid = np.unique(np.asarray(kind.candidates(point), float))
    values = [value(x) for x in grid]
    best = int(np.argmin(values))
    if np.isinf(grid[best]):
        return float(grid[best]), values[best], True
    grid = grid[np.isfinite(grid)]
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    if kind.whole:
        inside = np.unique(np.round(np.linspace(low, high, 101)))
        values = [value(x) for x in inside]
        return float(inside[np.argmin(values)]), min(values), best == len(grid) - 1
    if best == 0 and values[0] <= value(grid[0] + 1e-6 * (high - grid[0])):
        return float(grid[0]), values[0], False
    refined = minimize_scalar(value, bounds=(low, high), method="bounded", options={"xatol": 1e-9})
    return float(refined.x), float(refined.fun), best == len(grid) - 1


_FIND: dict[type, Callable[..., Any]] = {
    Root: _find_root,
    LogSlope: _find_slope,
    Limit: _find_table,
    Expansion: _find_table,
    Minimizer: _find_minimizer,
}


def _value_error(kind: Any, claim: Claim, point: dict, found: float) -> float:
    return _relative(abs(claim(point) - found), found)


def _relative(distance: float, unit: float) -> float:
    """A distance in units of a value; where that is 0, only no distance at all is no error."""
    return distance / abs(unit) if unit else 0.0 if distance == 0 else float("inf")


def _expansion_error(kind: Expansion, claim: Claim, point: dict, found: list[float]) -> float:
    """Relative remainder at the last value, infinite where its order is below the claimed one.

    Times argument**order the remainder is A + B/argument; an error in a term that is kept adds a
    part that grows with the argument.
    """
    values, exact = np.array(kind.values), np.array(found)
    gap = exact - np.array([claim(point, **{kind.argument: value}) for value in values])
    relative = _relative(abs(gap[-1]), exact[-1])
    if relative < ROUNDING:
        return relative
    steps = values / values[-1]
    scaled = gap * steps**kind.order
    design = np.stack([np.ones_like(steps), 1 / steps, steps], -1)
    growing = np.linalg.lstsq(design, scaled, rcond=None)[0][-1]
    return relative if abs(growing) <= GROWTH * np.abs(scaled).max() else float("inf")


def _limit_error(kind: Limit, claim: Claim, point: dict, found: list[float]) -> float:
    """Distance of the extrapolated limit from the claim, less what extrapolation leaves open."""
    if kind.compare == "ratio":
        claimed = [claim(point, **{kind.argument: value}) for value in kind.values]
        goal, table = 1.0, np.array(found) / np.array(claimed)
    else:
        goal, table = claim(point), np.array(found)
    gaps = np.array([kind.gap(value, point) for value in kind.values])
    limits = [_at_zero(gaps[-keep:], table[-keep:]) for keep in (2, 3)]
    open_to_doubt = abs(limits[1] - limits[0])
    distance = _relative(max(abs(limits[1] - goal) - open_to_doubt, 0.0), goal)
    if open_to_doubt > kind.detects / 4 * abs(goal) and distance <= kind.detects:
        return float("nan")
    return distance


def _at_zero(x: np.ndarray, y: np.ndarray) -> float:
    """Value at 0 of the polynomial through the points."""
    others = [np.delete(x, i) for i in range(len(x))]
    return sum(float(y[i] * np.prod(rest / (rest - x[i]))) for i, rest in enumerate(others))


def _minimizer_error(
    kind: Minimizer, claim: Claim, point: dict, found: tuple[float, float, bool]
) -> float:
    """Relative distance of the claim from the minimum; none if it does as well."""
    claimed = claim(point)
    best, smallest, at_end = found
    if np.isinf(claimed):
        return 0.0 if at_end else float("inf")
    if kind.whole and claimed != np.round(claimed):
        return float("inf")
    if _parent(kind, point, **{kind.argument: claimed}) <= smallest + FLAT * abs(smallest):
        return 0.0
    return _relative(abs(best - claimed), max(abs(claimed), abs(best)))


_ERROR: dict[type, Callable[..., float]] = {
    Limit: _limit_error,
    Expansion: _expansion_error,
    Minimizer: _minimizer_error,
}
