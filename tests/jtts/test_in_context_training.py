"""Networks trained in context: what they compute, that runs are themselves, and how they fail."""

import functools
import json

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import xarray as xr
from flax import nnx

from jtts.arguments import InputError
from jtts.in_context import (
    Architecture,
    Optimizer,
    balls_and_urns,
    crossover_step,
    evaluation_steps,
    labelled_items,
    linear_regression,
    paired_regression,
    read_curves,
    relative_distance,
    runs,
    sample,
    train,
    training_batch,
    write_curves,
)
from jtts.in_context.attention import attend, turned
from jtts.in_context.layer_norm import LayerNorm, normalised
from jtts.in_context.optimizers import transformation
from jtts.in_context.transformer import initialise, predict

pytestmark = pytest.mark.long

URNS = functools.partial(
    balls_and_urns, num_tasks=4, vocabulary=3, context=8, max_tasks=8, dtype=jnp.float32
)
SMALL = Architecture(width=8, max_positions=8)
ADAM = Optimizer(1e-2)
STEPS = [2, 10, 60]
PREDICTORS = {
    "memorizing": lambda task, batch: batch.oracle,
    "generalizing": lambda task, batch: jnp.full_like(batch.oracle, 1 / batch.outputs),
}


def run(seeds=range(4), model=SMALL, optimizer=ADAM, steps=STEPS, task=URNS, **options):
    options = {"batch_size": 4, "evaluation_size": 16, "predictors": PREDICTORS} | options
    return train(task, model, optimizer, steps, seeds, **options)


@pytest.fixture(scope="module")
def curves():
    return run()


def same(first, second):
    xr.testing.assert_identical(first.drop_attrs(), second.drop_attrs())


def answers_of(model, task, key, batch=None):
    batch = sample(task, key, 3) if batch is None else batch
    network = initialise(model, batch, key)
    return batch, lambda b: predict(model, network, b)


@pytest.mark.parametrize("attention", ["softmax", "linear"])
@pytest.mark.parametrize("positions", ["learned", "rotary"])
def test_a_network_sees_only_the_past(attention, positions, key):
    model = Architecture(
        width=8, layers=2, heads=2, attention=attention, positions=positions, max_positions=8
    )
    batch, network = answers_of(model, URNS(seed=0), key)
    changed = batch.inputs.at[:, 5].set((batch.inputs[:, 5] + 1) % 3)
    other = type(batch)(changed, batch.targets, batch.weights, batch.oracle, batch.outputs)
    gaps = jnp.abs(network(batch) - network(other)).max((0, 2))
    assert bool(jnp.all(gaps[:5] == 0))
    assert bool(jnp.all(gaps[5:] > 0))


def test_attention_is_the_sum_it_says(key):
    queries, keys, values = jax.random.normal(key, (3, 6, 4), jnp.float32)
    for kind in ("softmax", "linear"):
        rows = []
        for t in range(6):
            scores = keys[: t + 1] @ queries[t]
            soft = jnp.exp(scores / 2) / jnp.sum(jnp.exp(scores / 2))
            rows.append((soft if kind == "softmax" else scores / (t + 1)) @ values[: t + 1])
        np.testing.assert_allclose(attend(queries, keys, values, kind), jnp.stack(rows), atol=2e-6)


@pytest.mark.parametrize("causal", [True, False])
def test_the_gradient_of_attention_is_that_of_its_sum(causal, key):
    *given, weight = jax.random.normal(key, (4, 2, 3, 6, 4))

    def plain(queries, keys, values):
        scores = jnp.einsum("...td,...sd->...ts", queries, keys) / 2
        seen = jnp.tri(6) if causal else 1.0
        soft = jnp.exp(scores) * seen
        return jnp.einsum("...ts,...sd->...td", soft / soft.sum(-1, keepdims=True), values)

    found, expected = (
        jax.value_and_grad(lambda *given: jnp.sum(weight * reads(*given) ** 2), (0, 1, 2))(*given)  # noqa: B023
        for reads in (lambda *given: attend(*given, "softmax", causal=causal), plain)
    )
    close = functools.partial(np.testing.assert_allclose, rtol=1e-9, atol=1e-14)
    jax.tree.map(close, found, expected)


def flax_norm(stream, scale, bias):
    norm = nnx.LayerNorm(stream.shape[-1], param_dtype=float, rngs=nnx.Rngs(0))
    norm.scale[...], norm.bias[...] = scale, bias
    return norm(stream)


def test_layer_norm_is_that_of_flax(key):
    stream, scale, bias, weight = jax.random.normal(key, (4, 2, 5, 6))
    arguments = (3 * stream + 1, scale[0, 0], bias[0, 0])
    found, expected = (
        jax.value_and_grad(lambda *given: jnp.sum(weight * norm(*given) ** 2), (0, 1, 2))(  # noqa: B023
            *arguments
        )
        for norm in (normalised, flax_norm)
    )
    jax.tree.map(functools.partial(np.testing.assert_allclose, rtol=1e-9), found, expected)
    np.testing.assert_array_equal(LayerNorm(6)(stream), normalised(stream, 1.0, 0.0))


def test_rotary_scores_depend_on_the_distance_alone(key):
    query, other = jax.random.normal(key, (2, 8), jnp.float32)
    here = [jnp.zeros((6, 8)).at[i].set(query) for i in (2, 5)]
    there = [jnp.zeros((6, 8)).at[i].set(other) for i in (0, 3)]
    scores = [turned(a)[i] @ turned(b)[i - 2] for a, b, i in zip(here, there, (2, 5), strict=True)]
    assert float(scores[0]) == pytest.approx(float(scores[1]), rel=1e-5)


def test_block_positions_move_with_their_offset(key):
    model = Architecture(width=8, positions="block", max_positions=20)
    batch = sample(URNS(seed=0), key, 3)
    network = initialise(model, batch, key)
    at_start = predict(model, network, batch, jnp.zeros(3, int))
    np.testing.assert_array_equal(at_start, predict(model, network, batch))
    moved = predict(model, network, batch, jnp.array([0, 12, 5]))
    assert bool(jnp.all(moved[0] == at_start[0]))
    assert bool(jnp.any(moved[1:] != at_start[1:]))


@pytest.mark.parametrize(
    ("task", "model", "shape"),
    [
        (
            lambda: linear_regression(num_tasks=2, dim=2, num_examples=3, noise_var=0.1),
            SMALL,
            (3, 6),
        ),
        (lambda: labelled_items(num_tasks=4, dim=3, context=5), SMALL, (3, 5, 2)),
        (
            lambda: paired_regression(num_tasks=2, dim=2, num_examples=3, noise_var=0.1),
            Architecture(width=8, attention="linear", mlp_ratio=0, positions="none", norm=False),
            (3, 4),
        ),
    ],
    ids=["regression", "labels", "pairs"],
)
def test_every_task_has_a_network(task, model, shape, key):
    batch, network = answers_of(model, task(), key)
    answers = network(batch)
    assert answers.shape == shape
    assert answers.dtype == jnp.float32


def test_training_learns(curves):
    learned = curves.loss.sel(evaluation="pool")
    assert bool((learned.isel(step=-1) < learned.isel(step=0)).all())
    assert bool((curves.stopped == -1).all())
    assert set(curves.step.values) == set(STEPS)


def test_a_run_does_not_depend_on_those_beside_it(curves):
    alone = run(seeds=[2])
    np.testing.assert_allclose(alone.loss.sel(seed=2), curves.loss.sel(seed=2), rtol=1e-5)
    together = run(side_by_side=4)
    np.testing.assert_allclose(together.loss, curves.loss, rtol=1e-4)


def test_one_step_by_hand():
    task, optimizer = URNS(seed=0), Optimizer(0.1, rule="sgd")
    curves = run(seeds=[7], task=task, optimizer=optimizer, steps=[1])
    batch = training_batch(task, 7, 0, 4)
    network = initialise(SMALL, batch, runs.run_key(7, runs.NETWORK))

    def loss(network):
        logits = predict(SMALL, network, batch)
        return optax.softmax_cross_entropy_with_integer_labels(logits, batch.targets).mean()

    value, gradient = jax.value_and_grad(loss)(network)
    assert float(curves.train_loss.item()) == pytest.approx(float(value), rel=1e-6)
    moved = jax.tree.map(lambda p, g: p - 0.1 * g, network, gradient)
    key = jax.random.fold_in(runs.run_key(7, runs.EVALUATION), 0)
    test = sample(task, key, 16)
    expected = optax.softmax_cross_entropy_with_integer_labels(
        predict(SMALL, moved, test), test.targets
    ).mean()
    assert float(curves.loss.sel(evaluation="pool").item()) == pytest.approx(
        float(expected), rel=1e-5
    )


def test_conditions_share_a_program(curves):
    both = run(seeds=[0, 1], conditions={"num_tasks": [4, 8]})
    assert both.loss.dims == ("num_tasks", "seed", "step", "evaluation")
    np.testing.assert_allclose(both.loss.sel(num_tasks=4), curves.loss.sel(seed=[0, 1]), rtol=1e-5)
    assert not np.allclose(both.loss.sel(num_tasks=8), both.loss.sel(num_tasks=4))


def test_names_stand_at_their_numbers(curves):
    of_oracle = curves.predictor_excess.sel(predictor="memorizing")
    np.testing.assert_allclose(of_oracle, 0, atol=1e-6)
    assert bool((curves.predictor_excess.sel(predictor="generalizing") > 0.01).all())
    # tasks of the pool are at most four, fresh ones as many as sequences
    kept = run(kept=16).predictor_prediction.sel(predictor="memorizing").isel(position=0)
    tasks = [len(np.unique(kept.sel(seed=0, evaluation=e), axis=0)) for e in ("pool", "fresh")]
    assert tasks[0] <= 4 < tasks[1] == 16


def test_distances_are_those_of_the_predictions_kept():
    kept = run(kept=16).sel(evaluation="pool", step=STEPS[-1])
    p, others = kept.prediction, kept.predictor_prediction
    both = ((p - others) * (np.log(p) - np.log(others))).sum("output") / 2
    np.testing.assert_allclose(both.mean(("sequence", "position")), kept.distance, rtol=2e-4)
    zero = kept.apart.sel(predictor="memorizing", other="memorizing")
    np.testing.assert_allclose(zero, 0, atol=1e-7)
    place = relative_distance(kept)
    assert bool(((place >= 0) & (place <= 1)).all())


class KilledError(Exception):
    pass


def test_a_killed_training_resumes_to_the_same_bits(tmp_path, curves, monkeypatch):
    from jtts.in_context.checkpoints import Checkpoints

    save, saved = Checkpoints.save, []

    def dying_save(self, step, *rest):
        save(self, step, *rest)
        saved.append(step)
        if len(saved) == 2:
            raise KilledError

    monkeypatch.setattr(Checkpoints, "save", dying_save)
    with pytest.raises(KilledError):
        run(checkpoints=tmp_path / "run")
    resumed = run(checkpoints=tmp_path / "run")
    assert saved == STEPS, "the first two before the kill, the last one after"
    same(resumed, curves)
    same(run(checkpoints=tmp_path / "run"), curves)  # finished: nothing to train
    assert saved == STEPS


def test_checkpoints_of_another_configuration_are_refused(tmp_path):
    run(checkpoints=tmp_path, steps=[1])
    with pytest.raises(InputError, match=r"another configuration: batch_size is 4, here 5") as info:
        run(checkpoints=tmp_path, steps=[1], batch_size=5)
    assert "\n" not in str(info.value)
    with pytest.raises(InputError, match="another configuration: tasks"):
        run(checkpoints=tmp_path, steps=[1], task=functools.partial(URNS, num_tasks=5))


def test_a_loss_that_is_not_finite_stops_its_seed_alone():
    def task(seed):
        made = linear_regression(
            num_tasks=4, dim=2, num_examples=4, noise_var=0.1, seed=seed, dtype=jnp.float32
        )
        scale = 1e30 if seed == 1 else 1.0  # its squared error overflows
        return type(made)(scale * made.weights, made.num_tasks, made.noise_var, made.prior_var, 4)

    with pytest.warns(UserWarning, match="seed 1 stopped: its loss was not finite at step 0"):
        data = run(seeds=range(3), task=task, predictors={})
    assert data.stopped.values.tolist() == [-1, 0, -1]
    assert bool(data.loss.sel(seed=1).isnull().all())
    assert bool(data.loss.sel(seed=[0, 2]).notnull().all())


def test_curves_survive_their_file(tmp_path, curves):
    write_curves(curves, tmp_path / "curves.json")
    back = read_curves(tmp_path / "curves.json")
    xr.testing.assert_allclose(back, curves, rtol=1e-4)
    assert json.loads(back.attrs["configuration"])["batch_size"] == 4


def test_crossover_is_the_first_after_generalising():
    steps = {"step": [1, 2, 3, 4]}
    curve = xr.DataArray([[0.9, 0.4, 0.6, 0.2], [0.1, 0.2, 0.3, 0.4]], steps, ("seed", "step"))
    assert crossover_step(curve).values.tolist() == [3, np.inf]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seeds": []}, "seeds"),
        ({"steps": 0}, "steps"),
        ({"steps": [10, 5]}, "steps must be rising"),
        ({"batch_size": 0}, "batch_size"),
        ({"side_by_side": 0}, "side_by_side"),
        ({"model": Architecture(width=8, max_positions=4)}, "max_positions must be at least"),
        ({"task": "urns", "conditions": {"num_tasks": [1]}}, "task must be a function"),
        ({"conditions": {"num_tasks": [0, 1]}}, "num_tasks"),
        ({"conditions": {"context": [4, 8]}}, "one shape"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_input(arguments, message):
    with pytest.raises(InputError, match=message) as info:
        run(**arguments)
    assert "\n" not in str(info.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Architecture(width=0),
        lambda: Architecture(attention="none"),
        lambda: Architecture(positions="sine"),
        lambda: Architecture(width=9, heads=3, positions="rotary"),
        lambda: Optimizer(0.0),
        lambda: Optimizer(warmup=10, end=5),
    ],
)
def test_bad_settings(make):
    with pytest.raises(InputError):
        make()


def test_schedules():
    for optimizer, expected in [
        (Optimizer(0.1, rule="sgd"), [0.1] * 4),
        (Optimizer(0.1, warmup=2, rule="sgd"), [0, 0.05, 0.1, 0.1]),
        (Optimizer(0.1, warmup=1, end=3, rule="sgd"), [0, 0.1, 0.05, 0]),
    ]:
        rule = transformation(optimizer)
        state, moves = rule.init(jnp.float32(0)), []
        for _ in expected:
            update, state = rule.update(jnp.float32(-1), state)
            moves.append(float(update))
        np.testing.assert_allclose(moves, expected, atol=1e-7)


def test_evaluations_are_even_in_the_root_of_the_step():
    steps = evaluation_steps(10_000, 11)
    assert steps[0] == 20
    assert steps[-1] == 10_000
    np.testing.assert_allclose(np.diff(np.sqrt(steps)), np.diff(np.sqrt(steps)).mean(), rtol=0.05)
    assert evaluation_steps(3).tolist() == [3]
