"""Compiled training: many runs of one network, side by side, between two evaluations."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax

from jtts.arguments import InputError
from jtts.in_context import distances, transformer
from jtts.in_context.optimizers import Optimizer, forgotten, transformation
from jtts.in_context.sequences import Sequences, evaluations, measures, sample
from jtts.in_context.transformer import Architecture
from jtts.parameters import parameters

STREAM = 2**31 + 1  # apart from the keys of a pool, which are numbered from 0
NETWORK, TRAINING, EVALUATION, OFFSETS, FORGETTING, UNSEEN = range(6)
Predictor = Callable[[Any, Sequences], jax.Array]
ALL = (0, 2**31 - 1)  # tokens
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
        state = _rule(plan).init(network)
        return Run(network, state, jnp.int32(-1))

    return jax.vmap(one)(tasks, seeds)


def carry_on(runs: Run, networks: list[np.ndarray]) -> Run:
    """Fresh runs with the weights of others: leaves of their networks, which had no low rank.

    A network begins where that of its seed ended, whatever its condition.

    Raises:
      InputError: networks of another shape, or of another number of seeds.
    """
    paths, tree = jax.tree_util.tree_flatten_with_path(runs.network)
    taken = [transformer.path_of(path)[-1] not in transformer.CORRECTIONS for path, _ in paths]
    shapes = [leaf.shape[1:] for (_, leaf), old in zip(paths, taken, strict=True) if old]
    if shapes != [leaf.shape[1:] for leaf in networks[: len(shapes)]]:
        raise InputError("start must hold networks of the same architecture, got others")
    given, wanted = len(networks[0]), len(paths[0][1])
    if wanted % given:
        raise InputError(f"start must hold a network for every seed, got {given} for {wanted} runs")
    old = iter(networks)
    leaves = [
        jnp.tile(next(old), (wanted // given,) + (1,) * (leaf.ndim - 1)) if is_old else leaf
        for (_, leaf), is_old in zip(paths, taken, strict=True)
    ]
    return Run(jax.tree.unflatten(tree, leaves), runs.optimizer, runs.stopped)


@functools.partial(jax.jit, static_argnames="plan")
def advance(
    plan: Plan, runs: Run, tasks: Any, seeds: jax.Array, first: Any, end: Any
) -> tuple[Run, jax.Array]:
    """Runs after the steps from `first` up to `end`, and their mean training loss in these."""
    optimizer = _rule(plan)

    def one(run, task, seed):
        def step(number, carry):
            run, total = carry
            if plan.optimizer.forget_every:
                run = lax.cond(
                    _is_due(plan.optimizer, number),
                    lambda run: _forget(plan, run, seed, number),
                    lambda run: run,
                    run,
                )
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


def _rule(plan):
    return transformation(plan.optimizer, low_rank=plan.model.low_rank)


def _is_due(optimizer, number):
    """Whether the embeddings are forgotten before this step, counted from 0."""
    due = (number > 0) & (number % optimizer.forget_every == 0)
    return due & (number <= optimizer.forget_until) if optimizer.forget_until else due


def _forget(plan, run, seed, number):
    """The run with fresh embeddings of all tokens, of which the optimiser remembers nothing."""
    key = jax.random.fold_in(run_key(seed, FORGETTING), number)
    network = transformer.redraw_embeddings(plan.model, run.network, key, ALL)
    state = forgotten(run.optimizer, _rule(plan).init(network))
    going = run.stopped < 0
    new, old = Run(network, state, run.stopped), run
    return jax.tree.map(lambda a, b: jnp.where(going, a, b), new, old)


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
        for number, draw in enumerate(evaluations(task).values()):
            key = jax.random.fold_in(run_key(seed, EVALUATION), number)
            batch = draw(task, key, plan.evaluation_size)
            found.append((batch, tuple(predict(task, batch) for _, predict in plan.predictors)))
        return tuple(found)

    return _over_runs(plan, one, (tasks, seeds))


@functools.partial(jax.jit, static_argnames="plan")
def measure(
    plan: Plan, runs: Run, references: References, seeds: jax.Array, step: Any
) -> dict[str, jax.Array]:
    """Loss, excess and distances of the networks, [runs, evaluation (, predictor)]."""

    def one(run, references, seed):
        rows = []
        for batch, predictions in references:
            network = run.network
            if batch.unseen[0] < batch.unseen[1]:
                key = jax.random.fold_in(run_key(seed, UNSEEN), step)
                network = transformer.redraw_embeddings(plan.model, network, key, batch.unseen)
            answers = transformer.predict(plan.model, network, batch)
            own = jax.nn.softmax(answers) if batch.outputs else answers
            row = _quality(own, batch)
            if batch.outputs:
                row["accuracy"] = distances.accuracy(own, batch)
            row |= measures(batch, own) | transformer.progress(plan.model, network, batch)
            if predictions:
                row["distance"] = _stack(distances.distance(own, p, batch) for p in predictions)
            if plan.kept:
                row["prediction"] = own[: plan.kept]
            rows.append(row)
        found = {name: jnp.stack([row[name] for row in rows]) for name in rows[0]}
        return jax.tree.map(lambda value: jnp.where(run.stopped < 0, value, jnp.nan), found)

    return _over_runs(plan, one, (runs, references, seeds))


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
