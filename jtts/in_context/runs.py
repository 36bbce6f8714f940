"""Compiled training: many runs of one network, side by side, between two evaluations."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import optax
from jax import lax

from jtts.in_context import distances, transformer
from jtts.in_context.optimizers import Optimizer, transformation
from jtts.in_context.sequences import Sequences, sample
from jtts.in_context.transformer import Architecture
from jtts.parameters import parameters

STREAM = 2**31 + 1  # apart from the keys of a pool, which are numbered from 0
NETWORK, TRAINING, EVALUATION, OFFSETS = range(4)
EVALUATIONS = ("pool", "fresh")  # tasks of the pool, or fresh from the prior
Predictor = Callable[[Any, Sequences], jax.Array]
# tuples, since a compiled program returns dictionaries sorted by name
References = tuple[tuple[Sequences, tuple[jax.Array, ...]], ...]


@dataclass(frozen=True)
class Plan:
    """What compiled programs depend on beside shapes.

    `side_by_side` runs share every step; of `kept` evaluation sequences the predictions are kept.
    """

    model: Architecture
    optimizer: Optimizer
    batch_size: int
    evaluation_size: int
    predictors: tuple[tuple[str, Predictor], ...]
    side_by_side: int | None
    kept: int


@parameters
class Run:
    """One network in training.

    Attributes:
      network, optimizer: their numbers.
      stopped: step whose loss was not finite, after which nothing moved; -1 while all is well.
    """

    network: Any
    optimizer: Any
    stopped: Any


def run_key(seed: Any, purpose: int) -> jax.Array:
    return jax.random.fold_in(jax.random.fold_in(jax.random.key(seed), STREAM), purpose)


def training_batch(task: Any, seed: Any, step: Any, batch_size: int) -> Sequences:
    """The batch that the run of this seed is trained on at this step, counted from 0.

    >>> from jtts.in_context import balls_and_urns
    >>> task = balls_and_urns(num_tasks=4, vocabulary=3, context=5)
    >>> training_batch(task, 0, 1000, 2).targets.shape
    (2, 5)
    """
    return sample(task, jax.random.fold_in(run_key(seed, TRAINING), step), batch_size)


@functools.partial(jax.jit, static_argnames="plan")
def begin(plan: Plan, tasks: Any, seeds: jax.Array) -> Run:
    """Fresh runs, one for each seed and task along the leading axis."""

    def one(task, seed):
        key = run_key(seed, NETWORK)
        network = transformer.initialise(plan.model, sample(task, key, 1), key)
        state = transformation(plan.optimizer).init(network)
        return Run(network, state, jnp.int32(-1))

    return jax.vmap(one)(tasks, seeds)


@functools.partial(jax.jit, static_argnames="plan")
def advance(
    plan: Plan, runs: Run, tasks: Any, seeds: jax.Array, first: Any, end: Any
) -> tuple[Run, jax.Array]:
    """Runs after the steps from `first` up to `end`, and their mean training loss in these."""
    optimizer = transformation(plan.optimizer)

    def one(run, task, seed):
        def step(number, carry):
            run, total = carry
            batch = training_batch(task, seed, number, plan.batch_size)
            offsets = _offsets(plan, batch, seed, number)

            def loss_of(network):
                answers = transformer.predict(plan.model, network, batch, offsets)
                return distances.loss_of_answers(answers, batch)

            loss, gradient = jax.value_and_grad(loss_of)(run.network)
            updates, state = optimizer.update(gradient, run.optimizer, run.network)
            moved = (optax.apply_updates(run.network, updates), state)
            going = (run.stopped < 0) & jnp.isfinite(loss)
            network, state = jax.tree.map(
                lambda new, old: jnp.where(going, new, old), moved, (run.network, run.optimizer)
            )
            stopped = jnp.where((run.stopped < 0) & ~going, jnp.int32(number), run.stopped)
            return Run(network, state, stopped), total + loss

        run, total = lax.fori_loop(first, end, step, (run, jnp.float32(0)))
        return run, jnp.where(run.stopped < 0, total / (end - first), jnp.nan)

    return _over_runs(plan, one, (runs, tasks, seeds))


def _offsets(plan, batch, seed, number):
    """Where the sequences of a batch begin in a block of positions; None where they do not move."""
    length = batch.inputs.shape[1]
    if plan.model.positions != "block" or length >= plan.model.max_positions:
        return None
    key = jax.random.fold_in(run_key(seed, OFFSETS), number)
    return jax.random.randint(
        key, batch.inputs.shape[:1], 0, plan.model.max_positions - length + 1, jnp.int32
    )


@functools.partial(jax.jit, static_argnames="plan")
def references(plan: Plan, tasks: Any, seeds: jax.Array) -> References:
    """Of every evaluation its batch, and what every predictor says of it; in order."""

    def one(task, seed):
        found = []
        for number, name in enumerate(EVALUATIONS):
            key = jax.random.fold_in(run_key(seed, EVALUATION), number)
            batch = sample(task, key, plan.evaluation_size, from_pool=name == "pool")
            found.append((batch, tuple(predict(task, batch) for _, predict in plan.predictors)))
        return tuple(found)

    return _over_runs(plan, one, (tasks, seeds))


@functools.partial(jax.jit, static_argnames="plan")
def measure(plan: Plan, runs: Run, references: References) -> dict[str, jax.Array]:
    """Loss, excess and distances of the networks, [runs, evaluation (, predictor)]."""

    def one(run, references):
        rows = []
        for batch, predictions in references:
            answers = transformer.predict(plan.model, run.network, batch)
            own = jax.nn.softmax(answers) if batch.outputs else answers
            row = _quality(own, batch)
            if predictions:
                row["distance"] = _stack(distances.distance(own, p, batch) for p in predictions)
            if plan.kept:
                row["prediction"] = own[: plan.kept]
            rows.append(row)
        found = {name: jnp.stack([row[name] for row in rows]) for name in rows[0]}
        return jax.tree.map(lambda value: jnp.where(run.stopped < 0, value, jnp.nan), found)

    return _over_runs(plan, one, (runs, references))


@functools.partial(jax.jit, static_argnames="plan")
def compare(plan: Plan, references: References) -> dict[str, jax.Array]:
    """Loss and excess of the predictors themselves, and the distances between them."""

    if not plan.predictors:
        return {}

    def one(references):
        rows = []
        for batch, predictions in references:
            qualities = [_quality(prediction, batch) for prediction in predictions]
            row = {
                f"predictor_{name}": _stack(quality[name] for quality in qualities)
                for name in ("loss", "excess")
            }
            row["apart"] = _stack(
                _stack(distances.distance(p, q, batch) for q in predictions) for p in predictions
            )
            if plan.kept:
                row["predictor_prediction"] = _stack(p[: plan.kept] for p in predictions)
            rows.append(row)
        return {name: jnp.stack([row[name] for row in rows]) for name in rows[0]}

    return _over_runs(plan, one, (references,))


def _quality(prediction, batch):
    return {
        "loss": distances.loss(prediction, batch),
        "excess": distances.excess(prediction, batch),
    }


def _stack(values):
    return jnp.stack(list(values))


def _over_runs(plan, function, arguments):
    """`function` of every run: all at once, or so many at a time."""
    count = len(jax.tree.leaves(arguments)[0])
    if plan.side_by_side is None or plan.side_by_side >= count:
        return jax.vmap(function)(*arguments)
    together = plan.side_by_side if plan.side_by_side > 1 else None
    return lax.map(lambda row: function(*row), arguments, batch_size=together)
