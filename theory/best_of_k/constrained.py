"""Minimise a smooth function of logarithms within a budget; say how firmly the minimum is fixed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import scipy

FAVOURED = 20.0  # share of one coordinate against another, in a lopsided start
STEP = 0.03  # of x, for second derivatives
SLACK = 1e-6  # of ln(cost), within which the budget counts as spent


class Task(NamedTuple):
    """Minimise `function` (value and gradient at x) where sum(costs * exp(x)) <= budget.

    x lies between `low` and `high`; a coordinate for which they are equal is held.
    """

    function: Callable[[np.ndarray], tuple[float, np.ndarray]]
    costs: np.ndarray
    budget: float
    low: np.ndarray
    high: np.ndarray

    def free(self) -> np.ndarray:
        return self.low < self.high

    def inside(self, x: np.ndarray) -> np.ndarray:
        """Coordinates that are not at a bound."""
        return (x > self.low + 1e-6) & (x < self.high - 1e-6)

    def overspent(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """ln(cost / budget), and its gradient: the share of each coordinate in the cost."""
        parts = self.costs * np.exp(x)
        return float(np.log(parts.sum() / self.budget)), parts / parts.sum()

    def starts(self) -> list[np.ndarray]:
        """The budget shared equally, and with each coordinate that costs favoured in turn."""
        priced = self.free() & (self.costs > 0)
        rest = self.budget - np.sum((self.costs * np.exp(self.low))[~priced])
        found = []
        for favourite in (None, *np.flatnonzero(priced)):
            weights = priced * np.where(np.arange(priced.size) == favourite, FAVOURED, 1.0)
            x = self.low.copy()
            x[priced] = np.log(rest * weights[priced] / weights.sum() / self.costs[priced])
            found.append(np.clip(x, self.low, self.high))
        return found


class Minimum(NamedTuple):
    """Where a minimum is, its value, and d value / d ln(budget): 0 where part of it is left."""

    x: np.ndarray
    value: float
    response: float


def minimum_from(task: Task, start: np.ndarray) -> Minimum:
    """The minimum that sequential quadratic programming reaches; value infinity where it fails."""
    free = task.free()
    if not free.any():
        return Minimum(start, task.function(start)[0], 0.0)

    def full(x):
        whole = start.copy()
        whole[free] = x
        return whole

    def value(x):
        value, slope = task.function(full(x))
        return value, slope[free]

    found = scipy.optimize.minimize(
        value,
        start[free],
        jac=True,
        method="SLSQP",
        bounds=list(zip(task.low[free], task.high[free], strict=True)),
        constraints={
            "type": "ineq",
            "fun": lambda x: -task.overspent(full(x))[0],
            "jac": lambda x: -task.overspent(full(x))[1][free],
        },
        options={"ftol": 1e-12, "maxiter": 200},
    )
    x = full(found.x)
    overspent, shares = task.overspent(x)
    reached = overspent < SLACK and np.isfinite(found.fun)
    inside = task.inside(x)
    spread = np.sum(shares[inside] ** 2)
    binding = overspent > -SLACK and spread > 0
    response = task.function(x)[1][inside] @ shares[inside] / spread if binding else 0.0
    return Minimum(x, float(found.fun) if reached else np.inf, float(response))


def principal_directions(task: Task, minimum: Minimum) -> list[tuple[float, np.ndarray]]:
    """Curvatures and unit vectors of the ways to move at constant cost, the flattest first.

    Eigenvectors of the second derivatives of the value less `response` times ln(cost), within the
    surface of constant cost; in all of space where part of the budget is left.
    """
    inside = np.flatnonzero(task.inside(minimum.x))
    overspent, shares = task.overspent(minimum.x)
    normal = shares[None, inside] * (overspent > -SLACK)
    surface = scipy.linalg.null_space(normal) if normal.any() else np.eye(inside.size)
    if surface.size == 0:
        return []

    def slope(x):
        return (task.function(x)[1] - minimum.response * task.overspent(x)[1])[inside]

    steps = STEP * np.eye(minimum.x.size)[inside]
    hessian = np.stack([slope(minimum.x + s) - slope(minimum.x - s) for s in steps]) / (2 * STEP)
    curvatures, vectors = scipy.linalg.eigh(surface.T @ (hessian + hessian.T) @ surface / 2)
    directions = np.zeros((curvatures.size, minimum.x.size))
    directions[:, inside] = (surface @ vectors).T
    return list(zip(curvatures.tolist(), directions, strict=True))
