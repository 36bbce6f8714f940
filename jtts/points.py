"""Run a simulation at many parameter points, for as many trials as each of them needs."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np

from jtts.estimate import Estimate
from jtts.grids import Rows
from jtts.keys import parameter_digest, parameter_digests
from jtts.simulations import Simulation
from jtts.tiles import Runner, Work

Progress = Callable[[int], None]
Resolved = Callable[[int, Estimate], bool]
Works = list[tuple[np.ndarray, Work]]


def simulate_points(
    simulation: Simulation[...],
    points: Sequence[Mapping[str, Any]],
    *,
    trials: int,
    seed: int = 0,
    until: Resolved | None = None,
    max_trials: int | None = None,
) -> list[Estimate]:
    """An Estimate (of NumPy arrays) for each point, in the order given.

    Args:
      trials: trials at each point, rounded up to whole chunks; the first look when
        `until` is given.
      until: go on, doubling the trials of a point, until `until(index, estimate)` holds or
        `max_trials` is reached.
    """
    runner = Runner(jax.local_devices()[:1])
    results: list[Estimate | None] = [None] * len(points)
    for places, work in works_of_points(simulation, points):
        own = until and functools.partial(_at_place, until, places)
        total, _ = run_until(
            runner, work, trials=trials, seed=seed, until=own, max_trials=max_trials or trials
        )
        for i, place in enumerate(places):
            results[place] = entry(total, i)
    return results  # type: ignore[return-value]


def run_until(
    runner: Runner,
    work: Work,
    *,
    trials: int,
    max_trials: int,
    seed: int,
    until: Resolved | None,
    progress: Progress = lambda done: None,
) -> tuple[Estimate, np.ndarray]:
    """Estimates of all points of `work`, stacked, and the trials that each was played for.

    The arguments are those of `simulate_points`.
    """
    goal = work.simulation.num_chunks(trials, work.static)
    limit = max(goal, work.simulation.num_chunks(max_trials, work.static))
    begin = np.zeros(len(work), np.int64)
    total = runner.run(work, begin, begin + goal, seed, progress)
    done = begin + goal
    pending = np.arange(len(work))
    while until is not None:
        unresolved = [
            i for i in pending.tolist() if done[i] < limit and not until(i, entry(total, i))
        ]
        pending = np.array(unresolved, int)
        if not pending.size:
            break
        stop = np.minimum(2 * done[pending], limit)
        more = runner.run(work.take(pending), done[pending], stop, seed)
        merged = _entries(total, pending).merge(more)
        total = _with_entries(total, pending, merged)
        done[pending] = stop
    return total, done * work.simulation.trials_per_chunk(work.static)


def _at_place(until: Resolved, places: np.ndarray, i: int, estimate: Estimate) -> bool:
    return until(int(places[i]), estimate)


def entry(estimates: Estimate, i: int) -> Estimate:
    """One of several stacked estimates."""
    return jax.tree.map(lambda x: np.asarray(x[i]), estimates)


def _entries(estimates: Estimate, places: np.ndarray) -> Estimate:
    return jax.tree.map(lambda x: x[places], estimates)


def _with_entries(estimates: Estimate, places: np.ndarray, new: Estimate) -> Estimate:
    def replaced(old, values):
        changed = old.copy()
        changed[places] = values
        return changed

    return jax.tree.map(replaced, estimates, new)


def works_of_points(simulation: Simulation[...], points: Sequence[Mapping[str, Any]]) -> Works:
    """Points sorted by their program: equal static values, tree structure, shapes and types."""
    groups: dict[Any, list] = {}
    for index, point in enumerate(points):
        traced, static = simulation.bind(**point)
        leaves, tree = jax.tree.flatten(traced)
        signature = (static, tree, tuple((leaf.shape, str(leaf.dtype)) for leaf in leaves))
        groups.setdefault(signature, []).append((index, leaves))
    works = []
    for (static, tree, _), members in groups.items():
        places = np.array([index for index, _ in members])
        columns = zip(*(leaves for _, leaves in members), strict=True)
        traced = jax.tree.unflatten(tree, [np.stack(column) for column in columns])
        own = [{n: v for n, v in points[i].items() if n != simulation.curve} for i in places]
        words = np.array([parameter_digest(point) for point in own], np.uint32)
        works.append((places, Work(simulation, static, words, traced)))
    return works


def works_of_rows(
    simulation: Simulation[...], rows: Rows, curve: np.ndarray | None = None
) -> Works:
    """As `works_of_points`, for points laid out in columns; `curve` holds a whole axis of each."""
    axis = {} if curve is None else {str(simulation.curve): curve}
    if simulation.validate or simulation.sizes:  # these look at one point at a time
        points = [rows.row(i) | axis for i in range(len(rows.places))]
        return [(rows.places[at], work) for at, work in works_of_points(simulation, points)]
    count = len(rows.places)
    traced, static = simulation.bind(**(rows.row(0) | axis))
    for name, value in traced.items():
        if name in rows.stacked:
            traced[name] = rows.stacked[name]
        else:
            traced[name] = jax.tree.map(lambda x: np.broadcast_to(x, (count, *x.shape)), value)
    stacked = {n: v for n, v in rows.stacked.items() if n != simulation.curve}
    fixed = {n: v for n, v in rows.fixed.items() if n != simulation.curve}
    words = np.broadcast_to(parameter_digests(fixed, stacked), (count, 2))
    return [(rows.places, Work(simulation, static, words, traced))]


def relative_stderr(estimate: Estimate) -> float:
    """Largest standard error relative to its mean (infinite where the mean is 0 or unknown)."""
    worst = 0.0
    for mean, stderr in zip(
        jax.tree.leaves(estimate.mean), jax.tree.leaves(estimate.stderr), strict=True
    ):
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(np.asarray(stderr) == 0, 0.0, np.abs(stderr / np.asarray(mean)))
        worst = max(worst, float(np.nan_to_num(np.max(ratio), nan=np.inf)))
    return worst
