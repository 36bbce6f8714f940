"""Bursty contexts, networks with an induction head, and what their stored runs show."""

import functools
import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.in_context import (
    InductionNetwork,
    MinimalHead,
    Optimizer,
    bursty_classification,
    read_curves,
    sample,
    train,
)
from jtts.in_context.induction_head import _forward, _forward_minimal
from jtts.in_context.sequences import evaluations
from jtts.in_context.transformer import initialise, predict, progress

pytestmark = pytest.mark.long

TASK = functools.partial(
    bursty_classification, num_classes=16, num_labels=8, num_items=4, dim=24, burstiness=2
)
SIZE = 512


@pytest.fixture(scope="module")
def batches():
    task = TASK(zipf=1.0)
    return task, {
        name: draw(task, jax.random.key(1), SIZE) for name, draw in evaluations(task).items()
    }


def means_and_labels(task, batch):
    """Nearest class of every item of a batch, and the labels shown, by their vectors."""
    items = batch.inputs[:, ::2]
    nearest = jnp.argmin(jnp.sum((items[:, :, None] - task.means) ** 2, -1), -1)
    shown = batch.inputs[:, 1::2]
    labels = jnp.argmin(jnp.sum((shown[:, :, None] - task.label_vectors) ** 2, -1), -1)
    return np.asarray(nearest), np.asarray(labels)


def test_contexts_of_the_pool(batches):
    """Classes of a bursty context appear B times; labels are k mod L, or moved on by one."""
    task, drawn = batches
    for name, shift in (("train", 0), ("swap", 1)):
        classes, labels = means_and_labels(task, drawn[name])
        context = np.sort(classes[:, :-1], -1)
        assert np.all(context[:, 0] == context[:, 1])
        assert np.all(context[:, 1] != context[:, 2])
        np.testing.assert_array_equal(labels, (classes[:, :-1] + shift) % 8)
        np.testing.assert_array_equal(drawn[name].targets[:, -1], (classes[:, -1] + shift) % 8)
        np.testing.assert_array_equal(drawn[name].same_class, classes[:, :-1] == classes[:, -1:])
        np.testing.assert_array_equal(drawn[name].same_class.sum(-1), 2)


def test_independent_contexts_follow_zipf(batches):
    task, drawn = batches
    classes, labels = means_and_labels(task, drawn["iwl"])
    np.testing.assert_array_equal(labels, classes[:, :-1] % 8)
    assert not np.any(drawn["iwl"].same_class)
    expected = 1 / np.arange(1, 17)
    share = np.bincount(classes.ravel(), minlength=16) / classes.size
    expected /= expected.sum()
    assert np.all(abs(share - expected) < 4 * np.sqrt(expected / classes.size))


def test_novel_classes_are_not_of_the_pool(batches):
    task, drawn = batches
    batch = drawn["icl"]
    items = batch.inputs[:, ::2]
    gaps = jnp.sum((items[:, :, None] - task.means) ** 2, -1)
    assert gaps.min() > 0.3
    # the query is like the items of its class
    alike = jnp.einsum("bnd,bd->bn", items[:, :-1], items[:, -1])
    assert jnp.mean(jnp.where(batch.same_class, alike, 0)) > 0.4
    assert abs(jnp.mean(jnp.where(batch.same_class, 0, alike))) < 0.05
    labels = np.where(batch.same_class, batch.labels, batch.targets[:, -1:])
    np.testing.assert_array_equal(labels, np.broadcast_to(batch.targets[:, -1:], labels.shape))


@pytest.mark.parametrize("novel", [0.0, 1.0])
def test_labels_of_a_context_may_be_made_to_differ(novel):
    task = TASK(distinct_labels=True, novel=novel, burstiness=1, zipf=1.5)
    labels = np.sort(sample(task, jax.random.key(2), SIZE).labels, -1)
    assert np.all(np.diff(labels, axis=-1) > 0)


def test_padded_pool_is_the_same_task():
    small, large = TASK(seed=3), TASK(seed=3, max_classes=64)
    np.testing.assert_array_equal(small.means, large.means[:16])
    classes, _ = means_and_labels(small, sample(large, jax.random.key(0), SIZE, bursty=0.0))
    assert classes.max() < 16


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"burstiness": 3}, "burstiness must divide num_items = 4, got 3"),
        ({"num_classes": 12}, "num_classes must be a multiple of num_labels = 8"),
        ({"num_labels": 2, "num_classes": 2, "num_items": 6}, "and at least 3, got 2"),
        (
            {"num_labels": 2, "burstiness": 1, "distinct_labels": True},
            "num_labels must be at least the 4 classes",
        ),
        ({"novel": 1.5}, "novel must be between 0 and 1"),
        ({"within_class_noise": -1.0}, "within_class_noise must be zero or positive"),
        ({"max_classes": 8}, "max_classes must be a multiple of num_labels = 8 and at least"),
    ],
)
def test_bad_task(options, message):
    with pytest.raises(InputError, match=message):
        TASK(**options)


def test_too_few_positions():
    batch = sample(TASK(), jax.random.key(0), 1)
    with pytest.raises(InputError, match="max_positions must be at least the sequences' 9, got 8"):
        initialise(InductionNetwork(max_positions=8), batch, jax.random.key(0))


def test_attention_of_a_built_head():
    """Positions that ask for the one before them make every token look back."""
    model, task = InductionNetwork(relu_layers=0), TASK()
    batch = sample(task, jax.random.key(0), 64, from_pool=False)
    network = initialise(model, batch, jax.random.key(0))
    queries, keys = np.zeros((2, 33, 33), np.float32)
    queries[:9, :9] = 100 * np.eye(9, k=-1)
    keys[:9, :9] = np.eye(9)
    network["first"] = jnp.stack([queries, keys, network["first"][2]])
    _, attention, _ = _forward(model, network, batch)
    assert jnp.diagonal(attention, offset=-1, axis1=1, axis2=2).min() > 0.99
    assert progress(model, network, batch)["previous_token_attention"] > 0.99


def test_minimal_head_copies():
    """With large numbers it attends to the labels of the query's class alone."""
    task = TASK(within_class_noise=0.0)
    batch = sample(task, jax.random.key(0), 256, from_pool=False)
    model = MinimalHead(relu_layers=0)
    network = initialise(model, batch, jax.random.key(0))
    network |= {"beta": 30.0, "alpha": 80.0, "gamma": 30.0}
    network["classifier"]["head"] = 50 * task.label_vectors.T
    found = progress(model, network, batch)
    assert min(found.values()) > 0.95
    answers = predict(model, network, batch)
    assert jnp.mean(jnp.argmax(answers[:, -1], -1) == batch.targets[:, -1]) > 0.95
    read, _, second = _forward_minimal(network, batch)
    np.testing.assert_allclose(jnp.sum(second, -1), 1, rtol=1e-5)
    assert read.shape == (256, 24)


@pytest.mark.parametrize("model", [InductionNetwork(max_positions=12), MinimalHead()])
def test_training_measures_what_it_should(model):
    task = functools.partial(TASK, novel=1.0, dtype=jnp.float32)
    curves = train(task, model, Optimizer(1e-2), [1, 4], [0], batch_size=8, evaluation_size=64)
    assert list(curves.evaluation.values) == ["icl", "swap", "iwl", "train"]
    for name in ("accuracy", "context_accuracy", "previous_token_attention", "match_attention"):
        values = curves[name]
        assert values.dims == ("seed", "step", "evaluation")
        assert np.all((values >= 0) & (values <= 1))
    shown = curves.sel(evaluation=["icl", "swap"])  # where the right label is in the context
    assert np.all(shown.context_accuracy >= shown.accuracy - 1e-6)
    assert np.all(curves.label_attention >= curves.target_attention - 1e-6)
    assert np.all(curves.target_attention >= curves.match_attention - 1e-6)


# --- stored runs ---


@pytest.fixture(scope="module")
def stored():
    from jtts.figures.in_context.store import FOLDER

    return read_curves(FOLDER / "abrupt_emergence.json")


def test_stored_induction_heads_emerge_abruptly(stored):
    from jtts.figures.in_context.emergence import emerged, emergence

    assert stored.sizes["seed"] == 10
    assert np.all(stored.stopped == -1)
    assert emerged(stored).sum() >= 9
    found = emergence(stored)
    assert (found["end"] > 0.9).sum() >= 9
    # the two layers change together, and accuracy with them
    assert np.all(abs(found["accuracy"] - found["match"]) <= 0.25 * found["match"])


def test_stored_runs_say_where_they_are_from():
    from jtts.figures.in_context.store import FOLDER

    for name in ("abrupt_emergence", "minimal_emergence", "icl_against_iwl"):
        path = FOLDER / f"{name}.json"
        assert path.stat().st_size < 300_000
        facts = json.loads(path.read_text(encoding="utf-8"))["attrs"]
        assert {"command", "date", "jax", "git commit", "configuration"} <= set(facts)
