"""Train networks on a task of in-context learning, and follow them by their curves."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np
import xarray as xr
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from jtts.arguments import (
    InputError,
    require_callable,
    require_instance,
    require_whole,
    shortly,
)
from jtts.in_context import runs
from jtts.in_context.checkpoints import Checkpoints, networks_in
from jtts.in_context.optimizers import Optimizer
from jtts.in_context.sequences import evaluations, require_task
from jtts.in_context.transformer import Architecture, require_network
from jtts.sources import code_digest, content_digest

OF_NETWORKS = {
    "train_loss": (),
    "prediction": ("evaluation",),
    "loss": ("evaluation",),
    "excess": ("evaluation",),
    "accuracy": ("evaluation",),
    "distance": ("evaluation", "predictor"),
}
OF_PREDICTORS = {
    "predictor_prediction": ("evaluation", "predictor"),
    "predictor_loss": ("evaluation", "predictor"),
    "predictor_excess": ("evaluation", "predictor"),
    "apart": ("evaluation", "predictor", "other"),
}
PREDICTED = ("sequence", "position", "output")  # regressions have no outputs


def train(
    task: Any,
    model: Architecture,
    optimizer: Optimizer,
    steps: int | Sequence[int] | np.ndarray,
    seeds: Sequence[int],
    *,
    conditions: Mapping[str, Sequence[Any]] | None = None,
    predictors: Mapping[str, runs.Predictor] | None = None,
    batch_size: int = 64,
    evaluation_size: int = 256,
    side_by_side: int | None = None,
    kept: int = 0,
    checkpoints: str | Path | None = None,
    keep: int | None = 1,
    start: str | Path | None = None,
    progress: bool = False,
) -> xr.Dataset:
    """Train a network for every seed (and condition), and measure it on the way.

    Between two evaluations training is one compiled loop that draws its data on the device; all
    runs take their steps together. Evaluation batches are drawn once, and the predictors asked
    about them once.

    Args:
      task: a task of `jtts.in_context`; or a function that makes one from `seed=`, so that every
        seed has a pool of its own, and from a condition. Make it with dtype float32.
      model: the network.
      optimizer: how it learns.
      steps: number of steps, evaluated at `evaluation_steps(steps)`; or the rising numbers of steps
        after which to evaluate, the last of which ends training.
      seeds: of the first weights, the batches and (where `task` is a function) the pool.
      conditions: name of one argument of `task` -> its values, which share shapes (for `num_tasks`
        give `max_tasks`).
      predictors: name -> function of (task, sequences) to hold the network against.
      batch_size, evaluation_size: sequences in a batch, and in each of the evaluations of the task:
        mostly `pool` (tasks of the pool) and `fresh` (from the prior).
      side_by_side: runs that share every step; the others wait. None is all of them, but one on a
        CPU, where a shared step takes longer than the steps in turn.
      kept: keep what the networks predict of so many sequences of every evaluation.
      checkpoints: folder to save in at every evaluation, and to resume from, to the same bits; one
        run trains there at a time.
      keep: checkpoints kept, None for all.
      start: folder of checkpoints of other runs, whose networks these begin with: those of the same
        seeds in the same order, for every condition. The optimiser begins anew.
      progress: show a bar with the losses.

    Returns:
      Dataset over (condition,) seed and step: `train_loss` (mean since the evaluation before);
      over evaluation too, `loss` and `excess` (KL divergence from one who knows the task in nats,
      or total squared error to the noiseless target), averaged over positions, and for classes
      `accuracy` (share of sequences answered right throughout); over predictor too,
      `distance` (symmetrised KL, or squared difference). `predictor_loss`, `predictor_excess` and
      `apart` are the same of the predictors, if there are any. With `kept`, `prediction` and
      `predictor_prediction` hold probabilities or means. A seed whose loss is not finite stops
      there with a warning: `stopped` is the step (else -1), its curve is NaN from then on.

    Raises:
      InputError: a value out of range, sequences longer than the positions, conditions of different
        shapes, or checkpoints of another configuration.

    >>> from jtts.in_context import balls_and_urns
    >>> task = balls_and_urns(num_tasks=4, vocabulary=3, context=5)
    >>> curves = train(task, Architecture(width=8), Optimizer(), 20, seeds=[0, 1], batch_size=4)
    >>> dict(curves.loss.sizes)["seed"], bool(curves.loss.isel(step=-1).notnull().all())
    (2, True)
    """
    require_network(model)
    require_instance(Optimizer, optimizer=optimizer)
    require_instance(Mapping, predictors=predictors or {}, conditions=conditions or {})
    require_callable(**{f"predictor {name}": f for name, f in (predictors or {}).items()})
    require_whole(batch_size=batch_size, evaluation_size=evaluation_size)
    if keep is not None:
        require_whole(keep=keep)
    if side_by_side is not None:
        require_whole(side_by_side=side_by_side)
    require_whole(0, seeds=np.asarray(seeds), kept=kept)
    if np.ndim(seeds) != 1 or not len(seeds) or len(set(seeds)) < len(seeds):
        raise InputError(f"seeds must be a list of different numbers, got {shortly(seeds)}")
    if kept > evaluation_size:
        raise InputError(f"kept must be at most evaluation_size = {evaluation_size}, got {kept}")
    stops = _stops(steps)
    name, values = _one_condition(conditions)
    tasks = _stacked(task, name, values, seeds)
    if side_by_side is None and jax.default_backend() == "cpu":
        side_by_side = 1
    plan = runs.Plan(
        model,
        optimizer,
        batch_size,
        evaluation_size,
        tuple((predictors or {}).items()),
        side_by_side,
        kept,
    )
    configuration = _configuration(plan, tasks, seeds, name, values, stops)
    networks = None if start is None else networks_in(start)
    if networks is not None:
        configuration["start"] = content_digest(networks)
    every_seed = np.tile(np.asarray(seeds, np.int64), len(values))
    with contextlib.ExitStack() as stack:
        store = None
        if checkpoints is not None:
            store = stack.enter_context(Checkpoints(Path(checkpoints), configuration, keep=keep))
        history: dict[str, Any] = {}
        state, done = runs.begin(plan, tasks, every_seed), 0
        if networks is not None:
            state = runs.carry_on(state, networks)
        if store is not None and (found := store.latest(state)) is not None:
            done, state, history = found
        if store is not None:
            store.require_writable() if done < stops[-1] else store.leave()
        known = runs.references(plan, tasks, every_seed)
        show = stack.enter_context(_bar(stops[-1], done, shown=progress))
        for stop in stops[stops > done].tolist():
            state, loss = runs.advance(plan, state, tasks, every_seed, done, stop)
            measured = jax.device_get(
                runs.measure(plan, state, known, every_seed, stop) | {"train_loss": loss}
            )
            history, done = _longer(history, measured), stop
            if store is not None:
                store.save(done, state, history)
            show(done, history)
    stopped = np.asarray(state.stopped)
    for run in np.flatnonzero(stopped >= 0):
        which = f"seed {every_seed[run]}"
        if name is not None:
            which += f" at {name} = {values[run // len(seeds)]}"
        warnings.warn(
            f"{which} stopped: its loss was not finite at step {stopped[run]}", stacklevel=2
        )
    compared = jax.device_get(runs.compare(plan, known))
    measured = list(evaluations(tasks))
    return _dataset(
        plan, history, compared, stopped, seeds, name, values, stops, configuration, measured
    )


def evaluation_steps(steps: int, count: int = 40, *, first: int = 20) -> np.ndarray:
    """Numbers of steps after which to evaluate: evenly spaced in sqrt(step) from `first`.

    >>> evaluation_steps(2000, 5).tolist()
    [20, 211, 605, 1201, 2000]
    """
    require_whole(steps=steps, count=count, first=first)
    ends = np.sqrt([min(first, steps), steps])
    return np.unique(np.round(np.linspace(ends[0], ends[1], count) ** 2).astype(int))


def _stops(steps):
    if np.ndim(steps) == 0:
        return evaluation_steps(steps)
    require_whole(steps=np.asarray(steps))
    if len(steps) == 0 or np.any(np.diff(steps) <= 0):
        raise InputError(f"steps must be rising numbers, got {list(steps)}")
    return np.asarray(steps)


def _one_condition(conditions):
    if not conditions:
        return None, (None,)
    if len(conditions) > 1:
        raise InputError(f"conditions must name one argument, got {', '.join(conditions)}")
    ((name, values),) = conditions.items()
    if np.ndim(values) == 0 or not len(values):
        raise InputError(f"conditions must list values of {name}, got {shortly(values)}")
    return name, tuple(values)


def _stacked(task: Any, name: str | None, values: Sequence[Any], seeds: Sequence[int]) -> Any:
    """Tasks along a leading axis, seeds fastest."""
    if not callable(task):
        if name is not None:
            raise InputError("task must be a function of its conditions, got a task")
        made = [task] * len(seeds)
    else:
        try:
            inspect.signature(task).bind(seed=0, **({} if name is None else {name: 0}))
        except TypeError as problem:
            raise InputError(f"task must take seed and every condition: {problem}") from None
        made = [
            task(seed=int(seed), **({} if name is None else {name: value}))
            for value in values
            for seed in seeds
        ]
    for one in made:
        require_task(one)
    shapes = {(jax.tree.structure(t), tuple(map(np.shape, jax.tree.leaves(t)))) for t in made}
    if len(shapes) > 1:
        raise InputError(f"conditions must make tasks of one shape, got {len(shapes)} shapes")
    return jax.tree.map(lambda *leaves: np.stack(leaves), *made)


def _configuration(plan, tasks, seeds, name, values, stops):
    return {
        "task": type(tasks).__name__,
        "tasks": content_digest(tasks),
        "model": dataclasses.asdict(plan.model),
        "optimizer": dataclasses.asdict(plan.optimizer),
        "batch_size": plan.batch_size,
        "evaluation_size": plan.evaluation_size,
        "predictors": {name: content_digest(function) for name, function in plan.predictors},
        "code": code_digest(runs.begin, runs.advance, runs.measure),
        "side_by_side": plan.side_by_side,
        "kept": plan.kept,
        "seeds": [int(seed) for seed in seeds],
        "conditions": {} if name is None else {name: np.asarray(values).tolist()},
        "steps": [int(stop) for stop in stops],
    }


def _longer(history: Mapping[str, np.ndarray], measured: Mapping[str, np.ndarray]):
    """Curves [step, run, ...] with one more step."""
    return {
        name: np.concatenate([history[name], row[None]]) if history else row[None]
        for name, row in measured.items()
    }


def _dataset(
    plan, history, compared, stopped, seeds, name, values, stops, configuration, evaluations
):
    over_runs = ("seed",) if name is None else (name, "seed")
    size = (len(seeds),) if name is None else (len(values), len(seeds))

    def variable(rows, dims, leading=()):
        """Rows [*leading, run, ...], with the runs unfolded and the axes named."""
        shape = (*rows.shape[: len(leading)], *size, *rows.shape[len(leading) + 1 :])
        names = (*leading, *over_runs, *dims, *PREDICTED)
        return names[: len(shape)], rows.reshape(shape)

    data = {
        metric: variable(rows, OF_NETWORKS.get(metric, ("evaluation",)), ("step",))
        for metric, rows in history.items()
    }
    data |= {metric: variable(rows, OF_PREDICTORS[metric]) for metric, rows in compared.items()}
    predictors = [name for name, _ in plan.predictors]
    coordinates = {
        "seed": list(seeds),
        "step": stops,
        "evaluation": evaluations,
        "predictor": predictors,
        "other": predictors,
    } | ({} if name is None else {name: list(values)})
    whole = xr.Dataset(data | {"stopped": (over_runs, stopped.reshape(size))}, coordinates)
    return whole.transpose(*over_runs, "step", ...).assign_attrs(
        configuration=json.dumps(configuration)
    )


@contextlib.contextmanager
def _bar(end: int, done: int, *, shown: bool) -> Iterator[Callable[[int, Mapping], None]]:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f} steps", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not shown) as bar:
        row = bar.add_task("training", total=end, completed=done)

        def update(step, history):
            loss = history["train_loss"][-1]
            left = loss[np.isfinite(loss)]
            words = f"loss {left.mean():.4f} ({left.size} of {loss.size} runs)" if left.size else ""
            bar.update(row, completed=step, description=words or "all runs have stopped")

        yield update
