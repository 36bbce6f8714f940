"""Run a simulation at many parameter points: one compile per static group, bounded tiles."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np
from jax import lax

from jtts.estimate import Estimate
from jtts.keys import point_keys
from jtts.simulations import Simulation

TILE = 4  # points per dispatch; a partial tile is padded with points that run no chunk
Progress = Callable[[int], None]
Resolved = Callable[[int, Estimate], bool]


@functools.partial(jax.jit, static_argnames=("simulation", "static"))
def _run_tile(simulation, keys, start, stop, traced, static):
    def one(point):
        key, first, last, arguments = point
        return simulation.run(key, first, last, arguments, static)

    return lax.map(one, (keys, start, stop, traced))


def simulate_points(
    simulation: Simulation,
    points: Sequence[Mapping[str, Any]],
    *,
    trials: int,
    seed: int = 0,
    until: Resolved | None = None,
    max_trials: int | None = None,
    progress: Progress = lambda done: None,
) -> list[Estimate]:
    """An Estimate (of NumPy arrays) for each point, in the order given.

    Args:
      trials: trials at each point, rounded up to whole chunks; the first look when
        `until` is given.
      until: go on, doubling the trials of a point, until `until(index, estimate)` holds or
        `max_trials` is reached.
      progress: called with the number of points that were finished.
    """
    results: list[Estimate | None] = [None] * len(points)
    for group in _static_groups(simulation, points).values():
        for offset in range(0, len(group), TILE):
            tile = group[offset : offset + TILE]
            estimates = _run_until(
                simulation, points, tile, trials, seed, until, max_trials or trials
            )
            for (index, _, _), estimate in zip(tile, estimates, strict=True):
                results[index] = estimate
            progress(len(tile))
    return results  # type: ignore[return-value]


def _static_groups(simulation, points):
    """Points whose programs are the same: equal static values, tree structure, shapes, dtypes."""
    groups: dict[Any, list] = {}
    for index, point in enumerate(points):
        traced, static = simulation.bind(**point)
        leaves, tree = jax.tree.flatten(traced)
        signature = (static, tree, tuple((leaf.shape, str(leaf.dtype)) for leaf in leaves))
        groups.setdefault(signature, []).append((index, leaves, (tree, static)))
    return groups


def _run_until(simulation, points, tile, trials, seed, until, max_trials):
    tree, static = tile[0][2]
    padding = TILE - len(tile)
    rows = [leaves for _, leaves, _ in tile] + [tile[0][1]] * padding
    traced = jax.tree.unflatten(tree, [np.stack(column) for column in zip(*rows, strict=True)])
    own = [
        {name: value for name, value in points[index].items() if name != simulation.curve}
        for index, _, _ in tile
    ]
    keys = point_keys(seed, own + [own[0]] * padding)
    done = np.zeros(TILE, np.int32)
    goal = simulation.num_chunks(trials, static)
    limit = max(goal, simulation.num_chunks(max_trials, static))
    stop = np.array([goal] * len(tile) + [0] * padding, np.int32)
    total = None
    while True:
        more = jax.device_get(_run_tile(simulation, keys, done, stop, traced, static))
        total = more if total is None else total.merge(more)
        estimates = [jax.tree.map(lambda x, i=i: np.asarray(x[i]), total) for i in range(len(tile))]
        done = stop
        if until is None:
            return estimates
        unresolved = [
            chunks < limit and not until(index, estimate)
            for (index, _, _), estimate, chunks in zip(tile, estimates, done, strict=False)
        ] + [False] * padding
        if not any(unresolved):
            return estimates
        stop = np.where(unresolved, np.minimum(2 * done, limit), done).astype(np.int32)


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


def components(tree: Any, axes: int = 0) -> tuple[list[str], np.ndarray]:
    """Names of the numbers of a law's value and those numbers stacked on a last axis.

    The first `axes` axes of the leaves are points. A leaf that has one more is a vector: its
    entries are components of their own.
    """
    names: list[str] = []
    columns: list[np.ndarray] = []
    for path, leaf in jax.tree_util.tree_flatten_with_path(tree)[0]:
        name = jax.tree_util.keystr(path).lstrip(".")
        values = np.asarray(leaf, np.float64)
        if values.ndim > axes:
            names += [f"{name}[{i}]" for i in range(values.shape[-1])]
            columns += list(np.moveaxis(values, -1, 0))
        else:
            names.append(name)
            columns.append(values)
    return names, np.stack(np.broadcast_arrays(*columns), -1)
