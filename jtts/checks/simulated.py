"""Evidence by simulation for exact, asymptotic and one-sided laws, held against a theory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from jtts.checks.verdicts import Agreement, compare, sensitivity_factor
from jtts.components import components
from jtts.domain import Range, draw_points
from jtts.estimate import Estimate
from jtts.keys import parameter_digest
from jtts.kinds import Asymptotic, Bound, Exact
from jtts.laws import Law
from jtts.points import simulate_points

Theory = Callable[..., Any]


@dataclass(frozen=True)
class SimulatedEvidence:
    """Simulated values at points of the domain; arrays are [points, sizes, components].

    Laws that are not asymptotic have one size.
    """

    points: list[dict[str, Any]]
    mean: np.ndarray
    stderr: np.ndarray
    count: np.ndarray


def simulated_domain(law: Law[..., Any], route: str | None) -> dict[str, Range]:
    """The part of the law's domain that a check of this route draws from."""
    narrowed = law.simulated
    if route is not None:
        narrowed = dict(next(r.domain for r in law.routes if r.simulation == route))
    tight = dict(law.kind.tight) if isinstance(law.kind, Bound) else {}
    return law.domain | narrowed | tight


def points_of(
    law: Law[..., Any], route: str | None, points: int, seed: int
) -> list[dict[str, Any]]:
    """The points at which a check by this route looks."""
    # a point drawn twice would have the same samples: it counts once
    everything = draw_points(simulated_domain(law, route), points, seed)
    return list({parameter_digest(point): point for point in everything}.values())


def gather(
    law: Law[..., Any],
    *,
    route: str | None,
    points: int,
    trials: int,
    max_trials: int,
    seed: int,
    only: slice = slice(None),
) -> SimulatedEvidence:
    """Simulate `law` at points of its domain until errors of the size it promises would show.

    `only` picks some of the points, whose numbers are those that all together would have.
    """
    kind = law.kind
    assert isinstance(kind, Exact | Asymptotic | Bound)
    simulation = law.require_simulation(route)
    drawn = points_of(law, route, points, seed)
    total, drawn = len(drawn), drawn[only]
    sizes = [{kind.size: size} for size in kind.sizes] if isinstance(kind, Asymptotic) else [{}]
    expected = expected_values(law, law.function, drawn)
    scale = scale_of(kind, expected)
    # one point may be this much less precise than all points together must be
    enough = 0.9 * kind.detects / sensitivity_factor(scale.shape[1]) * np.sqrt(total)
    if isinstance(kind, Asymptotic):
        enough /= np.sqrt(np.linalg.inv(_design(kind).T @ _design(kind))[0, 0])

    def resolved(index: int, estimate: Estimate) -> bool:
        mean, stderr = components(estimate.mean)[1], components(estimate.stderr)[1]
        value, unit = expected[index // len(sizes)], scale[index // len(sizes)]
        # trials that are all alike may not have seen what is rare
        settled = (stderr > 0) | (np.abs(mean - value) <= 1e-12 * unit)
        return bool(np.all((stderr <= enough * unit) & (settled | isinstance(kind, Asymptotic))))

    estimates = simulate_points(
        simulation,
        [
            {name: value for name, value in (point | size).items() if name in simulation.parameters}
            for point in drawn
            for size in sizes
        ],
        trials=trials,
        max_trials=max_trials,
        until=resolved,
        seed=seed,
    )
    shape = (len(drawn), len(sizes), scale.shape[1])
    mean = np.stack([components(e.mean)[1] for e in estimates]).reshape(shape)
    stderr = np.stack([components(e.stderr)[1] for e in estimates]).reshape(shape)
    count = np.array([float(e.count) for e in estimates]).reshape(*shape[:2], 1)
    return SimulatedEvidence(drawn, mean, stderr, np.broadcast_to(count, shape))


def weigh(law: Law[..., Any], evidence: SimulatedEvidence, theory: Theory) -> Agreement:
    """What the evidence says of `theory`, as the law's kind demands."""
    kind = law.kind
    expected = expected_values(law, theory, evidence.points)
    scale = scale_of(kind, expected)
    if isinstance(kind, Asymptotic):
        return _weigh_asymptotic(kind, evidence, expected, scale)
    side = 0 if not isinstance(kind, Bound) else +1 if kind.side == "upper" else -1
    mean, stderr, count = (a[:, 0] for a in (evidence.mean, evidence.stderr, evidence.count))
    return compare(mean, expected, stderr, count, scale, side=side)


def not_finite(evidence: SimulatedEvidence) -> int:
    """Points at which the simulation found no number."""
    return int(np.sum(~np.isfinite(evidence.mean).all((1, 2))))


def expected_values(law: Law[..., Any], theory: Theory, points: list[dict[str, Any]]) -> np.ndarray:
    """The closed form at the points, [points, components]."""
    return np.stack([components(theory(**law.converted(point)))[1] for point in points])


def scale_of(kind: Any, expected: np.ndarray) -> np.ndarray:
    return np.maximum(np.abs(expected), getattr(kind, "floor", 0.0))


def _design(kind: Asymptotic) -> np.ndarray:
    """Columns 1, s^-rate (and s^-2 rate from four sizes on) over the sizes s."""
    sizes = np.array(kind.sizes, float)
    order = 2 if len(sizes) >= 4 else 1
    return sizes[:, None] ** (-kind.rate * np.arange(order + 1))


def _weigh_asymptotic(kind, evidence, expected, scale) -> Agreement:
    """Compare the value extrapolated to infinite size, and hold the gap that is declared."""
    mean, stderr, count = evidence.mean, evidence.stderr, evidence.count
    limit, limit_stderr = _extrapolate(mean, stderr, _design(kind))
    at_infinity = compare(limit, expected, limit_stderr, count.min(1), scale)
    sizes = [{kind.size: size} for size in kind.sizes]
    gaps = [[kind.gap(point | size) for size in sizes] for point in evidence.points]
    allowed = np.array(gaps)[:, :, None] * scale[:, None, :]
    beyond = np.maximum(np.abs(mean - expected[:, None, :]) - allowed, 0.0)
    gap = compare(
        beyond.reshape(len(beyond), -1),
        np.zeros((len(beyond), beyond[0].size)),
        np.where(beyond > 0, stderr, 0.0).reshape(len(beyond), -1),
        count.reshape(len(beyond), -1),
        np.ones((len(beyond), beyond[0].size)),
    )
    tests = [p for p in (at_infinity.p_value, gap.p_value) if np.isfinite(p)]
    p_value = min(1.0, len(tests) * min(tests)) if tests else float("nan")
    return Agreement(at_infinity.worst_z, p_value, at_infinity.detects, at_infinity.unresolved)


def _extrapolate(mean, stderr, design) -> tuple[np.ndarray, np.ndarray]:
    """Constant term, and its standard error, of a weighted fit over the sizes (axis 1)."""
    limit, limit_stderr = np.empty(mean[:, 0].shape), np.empty(mean[:, 0].shape)
    for point, component in np.ndindex(limit.shape):
        y, e = mean[point, :, component], stderr[point, :, component]
        if not np.all(e > 0):  # a component that is not random
            limit[point, component], limit_stderr[point, component] = y[-1], 0.0
            continue
        covariance = np.linalg.inv((design / e[:, None] ** 2).T @ design)
        limit[point, component] = (covariance @ (design.T @ (y / e**2)))[0]
        limit_stderr[point, component] = np.sqrt(covariance[0, 0])
    return limit, limit_stderr
