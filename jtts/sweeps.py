"""Any law over any grid, as a labelled dataset."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import jax
import numpy as np
import xarray as xr

from jtts import __version__
from jtts.arguments import (
    InputError,
    concrete,
    require_instance,
    require_positive,
    require_whole,
    shortly,
)
from jtts.components import components
from jtts.estimate import Estimate
from jtts.grids import Grid, Rows, make_grid
from jtts.kinds import Asymptotic, Bound
from jtts.laws import Law
from jtts.points import relative_stderr, run_until, works_of_rows
from jtts.precision import always_in_64_bits
from jtts.simulations import Simulation
from jtts.sources import ENGINE_VERSION, content_digest
from jtts.stores import Store
from jtts.tiles import Runner

Progress = Callable[[int, int], None]
Arrays = dict[str, np.ndarray]
MOST_SEED = 2**32 - 1
SIMULATED = ("simulation", "stderr", "count", "trials")


@dataclass(frozen=True)
class Budget:
    """How long each point is simulated; no trials and no target: not at all."""

    trials: int
    target_stderr: float | None
    max_trials: int
    seed: int


@always_in_64_bits
def sweep(
    law: Law[..., Any],
    grid: Mapping[str, Any],
    *,
    trials: int = 0,
    target_stderr: float | None = None,
    max_trials: int = 10**8,
    seed: int = 0,
    route: str | None = None,
    zipped: bool = False,
    store: Path | str | None = None,
    resume: bool = False,
    block: int | None = None,
    share: tuple[int, int] = (0, 1),
    devices: Sequence[jax.Device] | None = None,
    memory: int | None = None,
    split_trials: bool = False,
    progress: Progress = lambda done, total: None,
) -> xr.Dataset:
    """Theory, and simulation where `trials` or `target_stderr` asks for one, over a grid.

    Args:
      law: the law.
      grid: name -> value (held constant) or list (a dimension). Names are the law's parameters,
        fields `stats.mean_error`, arguments of a named constructor (`rho`), and the sizes that
        only the simulation has (`dim`).
      trials: trials per point; more are played where chunks are not full.
      target_stderr: relative standard error to reach instead, within `max_trials`.
      seed: of the random numbers, 0 to 2^32 - 1; they depend on it and on a point's own
        parameters only.
      route: name of a second simulation of the law.
      zipped: pair the lists instead of taking their product; the dimension is then `point`.
      store: folder of a zarr store that takes the results block by block.
      resume: go on with the store if it exists; without it an existing store is an error.
      block: points in a block, the most that a killed run loses; a store keeps its own.
      share: (i, n) computes the blocks i, i + n, ... of the store only, as one of n processes.
      devices: to spread the points over; all that this process has by default.
      memory: bytes that may be under way on each device; by default half of what it has.
      split_trials: spread the trials of each point over the devices instead.
      progress: called with the numbers of points finished and in all.

    Returns:
      Dataset with a dimension per swept name and variables `theory` and, where simulated,
      `simulation`, `stderr`, `z`, `trials` (played at the point: what was asked for, rounded up to
      whole chunks) and `count` (the independent data behind the standard error: trials, or
      replicates of many trials where the simulation is stratified). A law whose value is an object
      has one more dimension, `component`. Points that other processes have not finished are NaN.

    Raises:
      InputError: an unknown, missing or unacceptable value, naming it; a store that another run
        uses, that holds another sweep, or that cannot be written.

    >>> from jtts.theory import best_of_k
    >>> data = sweep(best_of_k.kl_to_base, {"k": [2, 16]})
    >>> [round(float(v), 4) for v in data.theory]
    [0.1931, 1.8351]
    """
    require_instance(Law, law=law)
    require_instance(Mapping, grid=grid)
    require_whole(0, trials=trials, seed=seed)
    require_whole(max_trials=max_trials)
    for name, given in (("block", block), ("memory", memory)):
        if given is not None:
            require_whole(**{name: given})
    _require_share(share, store)
    if resume and store is None:
        raise InputError("resume needs a store to go on with")
    if seed > MOST_SEED:
        raise InputError(f"seed must be at most {MOST_SEED}, got {seed}")
    if target_stderr is not None:
        require_positive(target_stderr=target_stderr)
    budget = Budget(trials, target_stderr, max_trials, seed)
    simulated = trials > 0 or target_stderr is not None
    simulation = law.simulation(route)
    if simulation is None and (simulated or route):
        law.require_simulation(route)
    static = {name for name, accepted in (law.holds or {}).items() if accepted.static}
    static |= set(simulation.static if simulated and simulation else ())
    layout = make_grid(law, grid, simulation, zipped=zipped, static=static, simulated=simulated)
    plan = _Plan(law, layout, simulation if simulated else None, budget)
    runner = Runner(devices or jax.local_devices(), memory, split_trials)
    size = min(block or (256 if simulated else 4096), max(1, layout.size))
    per_block = plan.curve_length * max(1, size // plan.curve_length)
    # a store may have the first block already: there one point has to do
    names = plan.component_names(np.arange(min(per_block, layout.size) if store is None else 1))
    shape = (layout.size, len(names))
    if store is None:
        results, unfinished = {name: np.full(shape, np.nan) for name in plan.variables}, 0
        for first in range(0, layout.size, per_block):
            places = np.arange(first, min(first + per_block, layout.size))
            for name, values in plan.compute(places, runner).items():
                results[name][places] = values
            progress(int(places[-1]) + 1, layout.size)
    else:
        identity = plan.identity(grid, zipped=zipped, route=route, runner=runner)
        with Store(
            Path(store), identity, shape, plan.variables, per_block, resume, shared=share[1] > 1
        ) as kept:
            for done, places in kept.unfinished(share):
                progress(done, layout.size)
                kept.write(places, plan.compute(places, runner))
            progress(kept.finished_points(), layout.size)
            results = kept.read()
            unfinished = layout.size - kept.finished_points()
    return _dataset(plan, names, results, seed=seed, route=route or "", unfinished=unfinished)


def _require_share(share: Any, store: Any) -> None:
    whole = isinstance(share, tuple) and len(share) == 2 and all(isinstance(i, int) for i in share)
    if not whole or not 0 <= share[0] < share[1]:
        raise InputError(f"share must be (i, n) with 0 <= i < n, got {shortly(share)}")
    if share != (0, 1) and store is None:
        raise InputError(f"share needs a store that the processes share, got {share}")


@dataclass(frozen=True)
class _Plan:
    """What is computed at each point. Points are in the order of the grid, except that the axis
    which one sample set serves comes last."""

    law: Law[..., Any]
    grid: Grid
    simulation: Simulation[...] | None
    budget: Budget
    kept: dict[bytes, np.ndarray] = field(default_factory=dict)

    @property
    def curve_axis(self) -> int | None:
        """The dimension all of whose values are served by one sample set."""
        curve = self.simulation.curve if self.simulation else None
        return list(self.grid.dims).index(curve) if curve in self.grid.dims else None

    @property
    def curve_length(self) -> int:
        return 1 if self.curve_axis is None else self.grid.shape[self.curve_axis]

    @property
    def finite_size(self) -> bool:
        kind = self.law.kind
        return isinstance(kind, Asymptotic) and kind.size in self.grid.columns

    @property
    def variables(self) -> list[str]:
        names = ["theory"]
        names += ["finite_size"] if self.finite_size else []
        return names + (list(SIMULATED) if self.simulation else [])

    def indices(self, places: np.ndarray) -> np.ndarray:
        """Of points in this plan's order, their places in the grid."""
        if self.curve_axis is None:
            return places
        shape = self.grid.shape
        moved = (*np.delete(shape, self.curve_axis), shape[self.curve_axis])
        along = list(np.unravel_index(places, moved))
        along.insert(self.curve_axis, along.pop())
        return np.ravel_multi_index(along, shape)

    def component_names(self, places: np.ndarray) -> list[str]:
        """Of the numbers of the law's value at the first of these points.

        Their theory is kept until `compute` asks for it: a law is compiled for a number of points,
        and one point beside the block would cost a program of its own.
        """
        names, self.kept[places.tobytes()] = self._theory(self.indices(places))
        return names

    def compute(self, places: np.ndarray, runner: Runner) -> Arrays:
        """Every variable at these points, [points, components]."""
        indices = self.indices(places)
        theory = self.kept.pop(places.tobytes(), None)
        variables = {"theory": self._theory(indices)[1] if theory is None else theory}
        kind = self.law.kind
        if self.finite_size and isinstance(kind, Asymptotic):
            gaps = np.empty((len(indices), 1))
            for rows in self.grid.rows(indices):
                for i, place in enumerate(rows.places):
                    gaps[place] = kind.gap(rows.row(i))
            scale = np.maximum(np.abs(variables["theory"]), kind.floor)
            variables["finite_size"] = gaps * scale
        if self.simulation:
            variables |= self._simulate(self.simulation, indices, runner)
        return variables

    def _theory(self, indices: np.ndarray) -> tuple[list[str], np.ndarray]:
        """Names of the law's numbers at the first of these points, and the numbers at all."""
        names, parts = [], []
        for rows in self.grid.rows(indices):
            own, values = self._law_at(rows)
            if 0 in rows.places:
                names = own
            parts.append(
                (rows.places, np.broadcast_to(values, (len(rows.places), values.shape[-1])))
            )
        return names, _in_place(parts)

    def _law_at(self, rows: Rows) -> tuple[list[str], np.ndarray]:
        """Names and values of the law's numbers at points of one structure, in one call."""
        own = rows.take(self.law.parameters).padded()
        names, values = components(
            self.law(**own.stacked, **own.fixed), axes=1 if own.stacked else 0
        )
        return names, values[: len(rows.places)] if own.stacked else values

    def _simulate(self, simulation: Simulation[...], indices: np.ndarray, runner: Runner) -> Arrays:
        budget = self.budget
        target = budget.target_stderr
        until = None if target is None else (lambda _, e: relative_stderr(e) <= target)
        axes, curve, names = 1, None, set(simulation.parameters)
        if self.curve_axis is not None:
            axes, names = 2, names - {simulation.curve}
            (rows,) = self.grid.rows(indices[: self.curve_length])
            curve = rows.stacked[str(simulation.curve)]
            indices = indices[:: self.curve_length]
        found: dict[str, list] = {}
        for rows in self.grid.rows(indices):
            own = rows.take(
                [n for n in simulation.parameters if n != simulation.curve or axes == 1]
            )
            for places, work in works_of_rows(simulation, own, curve):
                estimate, played = run_until(
                    runner,
                    work,
                    trials=budget.trials or 1,
                    max_trials=max(budget.max_trials, budget.trials),
                    seed=budget.seed,
                    until=until,
                )
                for name, values in _numbers(estimate, played, axes).items():
                    found.setdefault(name, []).append((places, values))
        variables = {name: _in_place(parts) for name, parts in found.items()}
        return {name: v.reshape(-1, v.shape[-1]) for name, v in variables.items()}

    def identity(self, grid, *, zipped, route, runner) -> dict[str, str]:
        """What a store must agree with to take these results."""
        simulated = self.simulation is not None
        budget, law = self.budget, self.law
        return {
            "law": law.full_name,
            "code of the law": content_digest([law.function, law.holds, law.jointly, law.kind]),
            "code of the simulation": content_digest(self.simulation) if simulated else "none",
            "engine": str(ENGINE_VERSION),
            **{f"parameter {name}": _shown(value) for name, value in grid.items()},
            "order of the parameters": ", ".join(grid),
            "pairing": "zipped" if zipped else "product",
            "simulation": (route or law.name) if simulated else "none",
            "trials": str(budget.trials),
            "target_stderr": str(budget.target_stderr),
            "max_trials": str(budget.max_trials),
            "seed": str(budget.seed),
            "split of trials": str(runner.split_trials),
            "precision": np.dtype(jax.dtypes.canonicalize_dtype(float)).name,
            "device kind": runner.devices[0].platform if simulated else "cpu",
            **{name: metadata.version(name) for name in ("jtts", "jax", "jaxlib", "numpy")},
        }


def _numbers(estimate: Estimate, played: np.ndarray, axes: int) -> Arrays:
    _, mean = components(estimate.mean, axes=axes)
    _, stderr = components(estimate.stderr, axes=axes)
    counted = {"count": estimate.count, "trials": played}
    everywhere = {
        name: np.broadcast_to(np.reshape(values, (-1,) + (1,) * (mean.ndim - 1)), mean.shape)
        for name, values in counted.items()
    }
    return {"simulation": mean, "stderr": stderr} | everywhere


def _in_place(parts: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Values of groups of points, each put back into its places."""
    places = np.concatenate([own for own, _ in parts])
    values = np.concatenate([own for _, own in parts])
    return values[np.argsort(places)]


def _dataset(plan: _Plan, names, results: Arrays, **attributes: Any) -> xr.Dataset:
    law, grid = plan.law, plan.grid
    if plan.simulation:
        results = dict(results)
        broken = np.any(~np.isfinite(results["simulation"]) & (results["count"] > 0), 1)
        if np.any(broken):
            warnings.warn(
                f"the simulation of {law.full_name} is not finite at {broken.sum()} of {grid.size} "
                "points",
                stacklevel=4,
            )
        with np.errstate(divide="ignore", invalid="ignore"):
            deviation = (results["simulation"] - results["theory"]) / results["stderr"]
        results["z"] = np.where(results["stderr"] > 0, deviation, np.nan)
    dims = list(grid.dims)
    shape = grid.shape
    coords: dict[str, Any] = grid.dims | {n: ("point", v) for n, v in grid.zipped.items()}
    if names != [""]:
        dims, shape = [*dims, "component"], (*shape, len(names))
        coords = coords | {"component": names}
    places = np.argsort(plan.indices(np.arange(grid.size)))
    data = {name: (dims, values[places].reshape(shape)) for name, values in results.items()}
    constants = []
    for name, value in grid.constants.items():
        if concrete(value) is not None and np.ndim(value) == 0:
            coords[name] = value
        else:
            constants.append(f"{name} = {_attribute(value)}")
    if isinstance(law.kind, Bound):
        attributes["side"] = law.kind.side
    return xr.Dataset(
        data,
        coords,
        {
            "law": law.full_name,
            "kind": law.kind.name,
            "formula": law.formula,
            "source": law.source,
            "jtts": __version__,
            "constants": "; ".join(constants),
            **attributes,
        },
    )


def _attribute(value: Any) -> str:
    return np.array2string(np.asarray(value), threshold=8) if np.ndim(value) else str(value)


def _shown(value: Any) -> str:
    """A parameter's values, with a digest of their content where the text does not say all."""
    known = concrete(value)
    if isinstance(value, str):
        return value
    if known is None:
        return f"{type(value).__name__} ({content_digest(value)})"
    if known.size <= 4 and known.dtype != object:
        return str(known.tolist())
    ends = " ... ".join(f"{known.flat[i]:g}" for i in (0, -1)) if known.size else ""
    return f"{known.shape} {ends} ({content_digest(value)})"
