"""Predictors of in-context tasks against direct forms, and that they are Bayesian."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.in_context.markov_mixture import unigrams
from jtts.theory import in_context as icl

TASKS = {
    "urns": functools.partial(
        icl.balls_and_urns, num_tasks=5, vocabulary=4, context=12, seed=3, max_tasks=7
    ),
    "regression": functools.partial(
        icl.linear_regression,
        num_tasks=5,
        dim=3,
        num_examples=9,
        noise_var=0.25,
        prior_var=2.0,
        seed=3,
        max_tasks=7,
    ),
    "items": functools.partial(
        icl.labelled_items, num_tasks=5, dim=6, context=9, seed=3, max_tasks=7
    ),
    "chains": functools.partial(
        icl.markov_mixture, num_tasks=5, num_states=4, context=20, seed=3, max_tasks=7
    ),
}


def in_float32(*trees):
    def single(leaf):
        return jnp.asarray(leaf, jnp.float32) if jnp.result_type(leaf) == jnp.float64 else leaf

    return jax.tree.map(single, trees)


def posterior(log_likelihood):
    weights = np.exp(log_likelihood - log_likelihood.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)


def memorize_directly(task, batch):
    """The posterior from all that was seen, position by position, in NumPy."""
    pool = [np.asarray(leaf, float)[:5] for leaf in jax.tree.leaves(task) if jnp.ndim(leaf)]
    inputs, targets = np.asarray(batch.inputs), np.asarray(batch.targets)
    result = np.zeros(batch.oracle.shape)
    for b, t in np.ndindex(targets.shape):
        if isinstance(task, icl.BallsAndUrns):
            weights = posterior(np.log(pool[0])[:, inputs[b, 1 : t + 1]].sum(-1))
            result[b, t] = weights @ pool[0]
        elif isinstance(task, icl.MarkovMixture):
            seen = inputs[b, 1 : t + 1]
            weights = posterior(np.log(pool[0])[:, seen[:-1], seen[1:]].sum(-1))
            result[b, t] = weights @ pool[0][:, seen[-1]] if t else 1 / 4
        elif isinstance(task, icl.LinearRegression) and t % 2 == 0:
            x, y = inputs[b, 0:t:2, 1:], inputs[b, 1:t:2, 0]
            weights = posterior(-((y - pool[0] @ x.T) ** 2).sum(-1) / (2 * 0.25))
            result[b, t] = weights @ (pool[0] @ inputs[b, t, 1:])
        elif isinstance(task, icl.LabelledItems):
            # x_q ~ N(mu, v/d) / sqrt(1 + v) around each item
            gap = inputs[b, -1, :-1] - pool[0] / np.sqrt(1.5)
            weights = posterior(-((gap) ** 2).sum(-1) / (2 * 0.5 / 6 / 1.5))
            one = weights @ pool[1]
            result[b, t] = [1 - one, one] if t == 8 else 0.5
    return result


def generalize_directly(task, batch):
    inputs, targets = np.asarray(batch.inputs), np.asarray(batch.targets)
    result = np.zeros(batch.oracle.shape)
    for b, t in np.ndindex(targets.shape):
        if isinstance(task, icl.BallsAndUrns):
            result[b, t] = (np.bincount(inputs[b, 1 : t + 1], minlength=4) + 1) / (t + 4)
        elif isinstance(task, icl.MarkovMixture):
            seen = inputs[b, 1 : t + 1]
            after = seen[1:][seen[:-1] == seen[-1]] if t else seen
            result[b, t] = (np.bincount(after, minlength=4) + 1) / (after.size + 4)
        elif isinstance(task, icl.LinearRegression) and t % 2 == 0:
            x, y = inputs[b, 0:t:2, 1:], inputs[b, 1:t:2, 0]
            learned = np.linalg.solve(x.T @ x + 0.125 * np.eye(3), x.T @ y)
            result[b, t] = learned @ inputs[b, t, 1:]
        elif isinstance(task, icl.LabelledItems):
            # joint Gaussian of two appearances of one item, correlation 1 / (1 + v)
            shown, labels = inputs[b, :-1, :-1], inputs[b, :-1, -1]
            var = (1 - 1 / 1.5**2) / 6
            weights = posterior(-((inputs[b, -1, :-1] - shown / 1.5) ** 2).sum(-1) / (2 * var))
            one = weights @ labels
            result[b, t] = [1 - one, one] if t == 8 else 0.5
    return result


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("from_pool", [True, False])
def test_against_direct_forms(name, from_pool, key):
    task = TASKS[name]()
    batch = icl.sample(task, key, 6, from_pool=from_pool)
    for predictor, directly in (
        (icl.memorizing_predictor, memorize_directly),
        (icl.generalizing_predictor, generalize_directly),
    ):
        expected = directly(task, batch)
        np.testing.assert_allclose(predictor(task, batch), expected, rtol=1e-10, atol=1e-10)
        found = predictor(*in_float32(task, batch))
        assert found.dtype == jnp.float32
        np.testing.assert_allclose(found, expected, atol=2e-5)


def test_predictive_variance(key):
    task = TASKS["regression"]()
    batch = icl.sample(task, key, 4)
    found = icl.predictive_variance(task, batch)
    for b, t in np.ndindex(4, 9):
        x, query = np.asarray(batch.inputs[b, 0 : 2 * t : 2, 1:]), batch.inputs[b, 2 * t, 1:]
        inverse = np.linalg.inv(x.T @ x + 0.125 * np.eye(3))
        expected = float(0.25 * (1 + query @ inverse @ query))
        assert found[b, 2 * t] == pytest.approx(expected, rel=1e-10)


def test_ridge_stays_accurate_in_float32(key):
    """Recursive least squares over 64 pairs, against float64."""
    options = {"num_tasks": 1, "dim": 8, "num_examples": 64, "noise_var": 1 / 32}
    task = icl.linear_regression(**options)
    batch = icl.sample(task, key, 64)
    gap = icl.generalizing_predictor(*in_float32(task, batch)) - icl.generalizing_predictor(
        task, batch
    )
    assert float(jnp.max(jnp.abs(gap))) < 3e-4


BIG = {
    "urns": functools.partial(icl.balls_and_urns, num_tasks=16, vocabulary=4, context=32, seed=1),
    "regression": functools.partial(
        icl.linear_regression, num_tasks=16, dim=4, num_examples=12, noise_var=0.25, seed=1
    ),
    "items": functools.partial(icl.labelled_items, num_tasks=64, dim=8, context=8, seed=1),
    "chains": functools.partial(icl.markov_mixture, num_tasks=8, num_states=4, context=64, seed=1),
}


def loss_per_sequence(predictor, task, key, from_pool):
    return np.asarray(
        icl.excess_loss(predictor, task, key, 4000, from_pool=from_pool).sum(-1), float
    )


@pytest.mark.parametrize("name", ["urns", "regression", "chains"])
def test_no_predictor_beats_the_bayesian_one(name, key):
    """The memoriser on the pool, the generaliser on the prior: paired differences."""
    task = BIG[name]()
    for best, other, from_pool in (
        (icl.memorizing_predictor, icl.generalizing_predictor, True),
        (icl.generalizing_predictor, icl.memorizing_predictor, False),
    ):
        mixed = [
            lambda t, s, best=best, other=other: 0.8 * best(t, s) + 0.2 * other(t, s),
            other,
        ]
        least = loss_per_sequence(best, task, key, from_pool)
        for challenger in mixed:
            gain = loss_per_sequence(challenger, task, key, from_pool) - least
            assert gain.mean() > 3 * gain.std() / np.sqrt(gain.size)


def test_copying_is_bayesian_among_items_that_are_all_different(key):
    task = BIG["items"]()

    def loss(predictor):
        batch = icl.sample(task, key, 8000, from_pool=False)
        chosen = jnp.take_along_axis(predictor(task, batch)[:, -1], batch.targets[:, -1:], 1)
        return -np.log(np.asarray(chosen[:, 0]))

    def sharper(task, batch):
        p = icl.generalizing_predictor(task, batch) ** 1.3
        return p / p.sum(-1, keepdims=True)

    def flatter(task, batch):
        return 0.9 * icl.generalizing_predictor(task, batch) + 0.05

    least = loss(icl.generalizing_predictor)
    for challenger in (sharper, flatter):
        gain = loss(challenger) - least
        assert gain.mean() > 3 * gain.std() / np.sqrt(gain.size)


def test_one_task_is_an_oracle(key):
    for task in (
        icl.balls_and_urns(num_tasks=1, vocabulary=4, context=8),
        icl.linear_regression(num_tasks=1, dim=3, num_examples=8, noise_var=0.1),
        icl.markov_mixture(num_tasks=1, num_states=3, context=8),
        icl.labelled_items(num_tasks=1, dim=3, context=8),
    ):
        batch = icl.sample(task, key, 50)
        np.testing.assert_allclose(
            icl.memorizing_predictor(task, batch), batch.oracle, rtol=1e-12, atol=1e-12
        )


# mean squared error per dimension at n = 0, 4, 8, 15 (6 pools x 400 sequences, by other code);
# d = 8, noise 0.25: from the pool, and on fresh tasks
DISCRETE = {
    4: ([0.73, 0.0018, 1e-4, 0], [1.27, 1.51, 1.31, 1.27]),
    16: ([1.07, 0.0158, 1e-4, 0], [1.08, 1.30, 1.10, 0.91]),
    64: ([0.97, 0.049, 9e-4, 0], [1.01, 1.09, 0.83, 0.68]),
    256: ([1.01, 0.161, 0.0025, 0], [1.02, 0.93, 0.67, 0.48]),
}


@pytest.mark.parametrize("num_tasks", DISCRETE)
def test_errors_of_the_discrete_posterior_mean(num_tasks, key):
    """Against a table that holds 6 pools of its own; pools scatter as 1/sqrt(6 D)."""

    def curve(seed, from_pool):
        task = icl.linear_regression(
            num_tasks=num_tasks, dim=8, num_examples=16, noise_var=0.25, seed=seed, max_tasks=256
        )
        own = jax.random.fold_in(key, seed)
        error = icl.excess_loss(icl.memorizing_predictor, task, own, 400, from_pool=from_pool)
        return error.mean(0)[jnp.array([0, 8, 16, 30])] / 8

    for from_pool, expected in zip((True, False), DISCRETE[num_tasks], strict=True):
        curves = np.stack([curve(seed, from_pool) for seed in range(16)])
        spread = curves.std(0) / np.sqrt(16) * np.sqrt(1 + 16 / 6)  # ours and the table's
        allowed = 4 * spread + 0.02 * np.array(expected) + 5e-4
        assert np.all(np.abs(curves.mean(0) - expected) < allowed), (curves.mean(0), allowed)
        # before anything is seen the mean of the pool is predicted
        blind = 1 - 1 / num_tasks if from_pool else 1 + 1 / num_tasks
        assert abs(curves.mean(0)[0] - blind) < 4 * curves.std(0)[0] / np.sqrt(16)


def test_generaliser_error_is_the_ridge_error(key):
    task = icl.linear_regression(num_tasks=1, dim=8, num_examples=16, noise_var=0.25)
    loss = icl.excess_loss(icl.generalizing_predictor, task, key, 20_000, from_pool=False)[:, ::2]
    expected = icl.ridge_error(np.arange(16), 8, 0.25)
    z = (loss.mean(0) - expected) / (loss.std(0) / np.sqrt(len(loss)))
    assert np.abs(z).max() < 4


def test_information_of_the_memoriser_is_below_log_d(key):
    for task in (BIG["urns"](), BIG["chains"]()):
        total = loss_per_sequence(icl.memorizing_predictor, task, key, True)
        assert total.mean() < np.log(task.num_tasks) + 3 * total.std() / np.sqrt(total.size)
        assert total.mean() > 0.5 * np.log(task.num_tasks)


def test_unigrams_of_chains(key):
    task = icl.markov_mixture(num_tasks=3, num_states=4, context=400, seed=2)
    urns = unigrams(task)
    law = np.asarray(urns.probabilities)
    np.testing.assert_allclose(
        np.einsum("dk,dkj->dj", law, np.asarray(task.transitions)), law, rtol=1e-10
    )
    batch = icl.sample(task, key, 200)
    found = icl.memorizing_predictor(urns, batch)[:, -1]
    assert float(jnp.max(jnp.min(jnp.abs(found[:, None] - law).sum(-1), -1))) < 0.05


def test_unknown_tasks_are_refused(key):
    batch = icl.sample(TASKS["urns"](), key, 2)
    for predictor in (icl.memorizing_predictor, icl.generalizing_predictor):
        with pytest.raises(InputError, match="task must be a task"):
            predictor(3.0, batch)
