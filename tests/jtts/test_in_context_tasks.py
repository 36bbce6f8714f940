"""Samplers of in-context tasks: their laws, reproducibility, and what they refuse."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.in_context import (
    balls_and_urns,
    labelled_items,
    linear_regression,
    markov_mixture,
    sample,
)

MAKERS = {
    "urns": (balls_and_urns, {"vocabulary": 4, "context": 6}),
    "regression": (linear_regression, {"dim": 3, "num_examples": 4, "noise_var": 0.25}),
    "items": (labelled_items, {"dim": 3, "context": 6}),
    "chains": (markov_mixture, {"num_states": 3, "context": 6}),
}


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.long
def test_batches_are_reproduced_from_their_step(name, key):
    make, sizes = MAKERS[name]
    task = make(num_tasks=4, seed=1, **sizes)
    batches = [sample(task, jax.random.fold_in(key, step), 3) for step in (7, 7, 8)]
    first, again, other = (np.asarray(batch.inputs) for batch in batches)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.long
def test_padding_and_nesting_of_pools(name, key):
    make, sizes = MAKERS[name]
    task, padded = make(num_tasks=4, **sizes), make(num_tasks=4, max_tasks=9, **sizes)
    for a, b in zip(jax.tree.leaves(task), jax.tree.leaves(padded), strict=True):
        np.testing.assert_array_equal(a, b[:4] if np.ndim(b) else b)
    for a, b in zip(
        jax.tree.leaves(sample(task, key, 5)), jax.tree.leaves(sample(padded, key, 5)), strict=True
    ):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.long
def test_size_of_the_pool_may_be_traced(name, key):
    make, sizes = MAKERS[name]

    @jax.jit
    def inputs(num_tasks, seed):
        task = make(num_tasks=num_tasks, seed=seed, max_tasks=8, dtype=jnp.float32, **sizes)
        return sample(task, key, 3).inputs

    expected = sample(make(num_tasks=5, seed=2, dtype=jnp.float32, **sizes), key, 3).inputs
    np.testing.assert_allclose(inputs(5, 2), expected, rtol=1e-6)
    assert expected.dtype in (jnp.float32, jnp.int32)


@pytest.mark.long
def test_urns_are_uniform_on_the_simplex_and_symbols_follow_them(key):
    task = balls_and_urns(num_tasks=2000, vocabulary=3, context=50)
    share = np.asarray(task.probabilities)
    # Dirichlet(1, 1, 1): mean 1/3, variance 1/18
    assert np.abs(share.mean(0) - 1 / 3).max() < 4 * np.sqrt(1 / 18 / 2000)
    assert share.var(0) == pytest.approx(1 / 18, rel=0.15)
    batch = sample(task, key, 4000)
    counts = np.stack([(np.asarray(batch.targets) == v).mean(1) for v in range(3)], -1)
    z = (counts - batch.oracle[:, 0]) / np.sqrt(batch.oracle[:, 0] * (1 - batch.oracle[:, 0]) / 50)
    assert np.mean(z**2) == pytest.approx(1, abs=0.06)
    assert np.all(np.asarray(batch.inputs[:, 0]) == 3)
    np.testing.assert_array_equal(batch.inputs[:, 1:], batch.targets[:, :-1])


@pytest.mark.long
def test_chains_follow_their_transitions(key):
    task = markov_mixture(num_tasks=1, num_states=3, context=200)
    states = np.asarray(sample(task, key, 500).targets)
    counts = np.zeros((3, 3))
    np.add.at(counts, (states[:, :-1].ravel(), states[:, 1:].ravel()), 1)
    law = np.asarray(task.transitions[0])
    z = (counts / counts.sum(1, keepdims=True) - law) / np.sqrt(
        law * (1 - law) / counts.sum(1, keepdims=True)
    )
    assert np.abs(z).max() < 4


def test_regression_tokens(key):
    task = linear_regression(num_tasks=3, dim=2, num_examples=4, noise_var=0.09, seed=1)
    batch = sample(task, key, 2000)
    assert batch.inputs.shape == (2000, 8, 3)
    assert batch.outputs == 0
    x, y = batch.inputs[:, ::2], batch.inputs[:, 1::2]
    assert not np.any(x[..., 0])
    assert not np.any(y[..., 1:])
    np.testing.assert_array_equal(batch.targets[:, ::2], y[..., 0])
    np.testing.assert_array_equal(batch.weights, np.tile([1.0, 0.0], (2000, 4)))
    assert float(jnp.var(batch.targets[:, ::2] - batch.oracle[:, ::2])) == pytest.approx(
        0.09, rel=0.07
    )


@pytest.mark.long
def test_items_appear_with_their_variation(key):
    task = labelled_items(num_tasks=6, dim=64, context=5, variation=0.5, seed=1)
    batch = sample(task, key, 500)
    assert batch.inputs.shape == (500, 5, 65)
    assert np.all(np.asarray(batch.inputs[:, -1, -1]) == -1)
    assert float(batch.weights.sum()) == 500
    shown = np.asarray(batch.inputs[:, :-1, :-1])
    overlap = np.einsum("bid,bd->bi", shown, np.asarray(batch.inputs[:, -1, :-1])).max(1)
    assert overlap.mean() == pytest.approx(1 / 1.5, abs=0.1)  # the query has its like in context
    absent = sample(task, key, 500, absent=True)
    np.testing.assert_array_equal(absent.inputs[:, :-1, -1], batch.inputs[:, :-1, -1])


@pytest.mark.parametrize(
    ("name", "bad", "message"),
    [
        ("urns", {"num_tasks": 0}, "num_tasks must be a whole number, at least 1, got 0"),
        ("urns", {"vocabulary": 1}, "vocabulary must be a whole number, at least 2, got 1"),
        ("urns", {"context": 0}, "context must be"),
        ("urns", {"num_tasks": 9, "max_tasks": 8}, "num_tasks must be at most max_tasks = 8"),
        ("regression", {"noise_var": 0.0}, "noise_var must be positive"),
        ("regression", {"dim": 0.5}, "dim must be"),
        ("items", {"context": 1}, "context must be"),
        ("items", {"variation": -1.0}, "variation must be positive"),
        ("chains", {"num_states": 1}, "num_states must be"),
        ("chains", {"seed": -1}, "seed must be"),
    ],
)
def test_bad_input(name, bad, message):
    make, sizes = MAKERS[name]
    with pytest.raises(InputError, match=message):
        make(**{"num_tasks": 4, **sizes, **bad})
