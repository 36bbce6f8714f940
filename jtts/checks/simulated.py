"""Checks of laws that have a simulation: exact, asymptotic and one-sided ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from jtts.arguments import InputError
from jtts.checks.verdicts import Agreement, compare, sensitivity_factor
from jtts.domain import Range, draw_points
from jtts.estimate import Estimate
from jtts.kinds import Asymptotic, Bound, Exact
from jtts.laws import Law
from jtts.points import components, simulate_points
from jtts.simulations import Simulation

Theory = Callable[..., Any]


def simulated_domain(law: Law, route: str | None) -> dict[str, Range]:
    """The part of the law's domain that a check of this route draws from."""
    narrowed: Mapping[str, Range] = law.simulated
    if route is not None:
        narrowed = next(r.domain for r in law.routes if r.simulation == route)
    return law.domain | dict(narrowed)


def find_simulation(law: Law, route: str | None) -> Simulation:
    simulation = law.simulation(route)
    if simulation is None:
        raise InputError(f"{law.full_name} has no simulation {route or law.name!r}")
    return simulation


def _own(law: Law, point: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in point.items() if name in law.parameters}


def expected_values(law: Law, theory: Theory, points) -> np.ndarray:
    """The closed form at the points, [points, components]."""
    return np.stack([components(theory(**_own(law, point)))[1] for point in points])


def estimated_values(estimates: list[Estimate]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, standard error and count, [points, components]."""
    mean = np.stack([components(e.mean)[1] for e in estimates])
    stderr = np.stack([components(e.stderr)[1] for e in estimates])
    return mean, stderr, np.array([[float(e.count)] for e in estimates])


def check_exact(
    law: Law[..., Any],
    kind: Exact,
    *,
    theory: Theory,
    route: str | None,
    points: int,
    trials: int,
    max_trials: int,
    seed: int,
) -> tuple[Agreement, int]:
    """Compare theory and simulation at points of the domain."""
    return _compare_points(
        law,
        draw_points(simulated_domain(law, route), points, seed),
        theory=theory,
        route=route,
        detects=kind.detects,
        floor=kind.floor,
        trials=trials,
        max_trials=max_trials,
        seed=seed,
    )


def check_bound(
    law: Law[..., Any],
    kind: Bound,
    *,
    theory: Theory,
    route: str | None,
    points: int,
    trials: int,
    max_trials: int,
    seed: int,
) -> tuple[Agreement, int]:
    """Look for violations where the bound is declared tight (everywhere, if nowhere else)."""
    domain = simulated_domain(law, route) | dict(kind.tight)
    return _compare_points(
        law,
        draw_points(domain, points, seed),
        theory=theory,
        route=route,
        detects=kind.detects,
        floor=0.0,
        trials=trials,
        max_trials=max_trials,
        seed=seed,
        side=+1 if kind.side == "upper" else -1,
    )


def _compare_points(
    law, drawn, *, theory, route, detects, floor, trials, max_trials, seed, side=0
) -> tuple[Agreement, int]:
    expected = expected_values(law, theory, drawn)
    scale = np.maximum(np.abs(expected), floor)
    # each point may be this much less precise than the pooled error must be
    enough = 0.9 * detects / sensitivity_factor(expected.shape[1]) * np.sqrt(len(drawn))

    def resolved(index: int, estimate: Estimate) -> bool:
        stderr = components(estimate.stderr)[1]
        return bool(np.all(stderr <= enough * scale[index]))

    estimates = simulate_points(
        find_simulation(law, route),
        drawn,
        trials=trials,
        max_trials=max_trials,
        until=resolved,
        seed=seed,
    )
    mean, stderr, count = estimated_values(estimates)
    return compare(mean, expected, stderr, count, scale, side=side), len(drawn)


def check_asymptotic(
    law: Law[..., Any],
    kind: Asymptotic,
    *,
    theory: Theory,
    route: str | None,
    points: int,
    trials: int,
    max_trials: int,
    seed: int,
) -> tuple[Agreement, int]:
    """Extrapolate the simulation to infinite size and compare; also hold the declared gap.

    At each point the simulated values over the sizes are fitted by L + A s^-rate (+ B s^-2 rate
    from four sizes on) by weighted least squares, and L is compared with the closed form.
    """
    drawn = draw_points(simulated_domain(law, route), points, seed)
    expected = expected_values(law, theory, drawn)
    scale = np.maximum(np.abs(expected), kind.floor)
    sizes = np.array(kind.sizes, float)
    order = 2 if len(sizes) >= 4 else 1
    design = sizes[:, None] ** (-kind.rate * np.arange(order + 1))
    amplification = np.sqrt(np.linalg.inv(design.T @ design)[0, 0])
    enough = 0.9 * kind.detects / sensitivity_factor(expected.shape[1])
    enough *= np.sqrt(len(drawn)) / amplification

    def resolved(index: int, estimate: Estimate) -> bool:
        stderr = components(estimate.stderr)[1]
        return bool(np.all(stderr <= enough * scale[index // len(sizes)]))

    estimates = simulate_points(
        find_simulation(law, route),
        [point | {kind.size: size} for point in drawn for size in kind.sizes],
        trials=trials,
        max_trials=max_trials,
        until=resolved,
        seed=seed,
    )
    mean, stderr, count = (
        values.reshape(len(drawn), len(sizes), -1) for values in estimated_values(estimates)
    )
    limit, limit_stderr = _extrapolate(mean, stderr, design)
    at_infinity = compare(limit, expected, limit_stderr, count.min(1), scale)

    allowed = kind.finite_size * sizes[None, :, None] ** -kind.rate * scale[:, None, :]
    beyond = np.maximum(np.abs(mean - expected[:, None, :]) - allowed, 0.0)
    flat = (-1, mean.shape[-1])
    gap = compare(
        beyond.reshape(flat),
        np.zeros_like(beyond).reshape(flat),
        np.where(beyond > 0, stderr, 0.0).reshape(flat),
        np.broadcast_to(count, mean.shape).reshape(flat),
        np.ones_like(beyond).reshape(flat),
    )
    tests = [p for p in (at_infinity.p_value, gap.p_value) if np.isfinite(p)]
    p_value = min(1.0, len(tests) * min(tests)) if tests else float("nan")
    agreement = Agreement(at_infinity.worst_z, p_value, at_infinity.detects, at_infinity.unresolved)
    return agreement, len(drawn)


def _extrapolate(mean, stderr, design) -> tuple[np.ndarray, np.ndarray]:
    """Weighted least squares along axis 1; the constant term and its standard error."""
    limit, limit_stderr = np.empty(mean[:, 0].shape), np.empty(mean[:, 0].shape)
    for index in np.ndindex(limit.shape):
        y, e = mean[index[0], :, index[1]], stderr[index[0], :, index[1]]
        if not np.all(e > 0):  # a component that is not random
            limit[index], limit_stderr[index] = y[-1], 0.0
            continue
        information = np.linalg.inv((design / e[:, None] ** 2).T @ design)
        limit[index] = (information @ (design.T @ (y / e**2)))[0]
        limit_stderr[index] = np.sqrt(information[0, 0])
    return limit, limit_stderr
