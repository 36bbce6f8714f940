"""Strategy posterior: odds, distances, and the fit of its exponents to synthetic networks."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.estimate import Estimate
from jtts.theory import in_context as icl

EXAMPLE = (0.02, 2e5, 4e3)
EXPONENTS = {"alpha": 0.6, "beta": 0.2, "gamma": 0.85}


def test_odds_and_time_reference():
    odds = icl.log_posterior_odds(1e4, *EXAMPLE, **EXPONENTS)
    assert odds == pytest.approx(-3.644247, abs=6e-7)
    time = icl.transience_time(*EXAMPLE, **EXPONENTS)
    assert time == pytest.approx(1.030020e6, rel=6e-7)
    assert icl.log_posterior_odds(time, *EXAMPLE, **EXPONENTS) == pytest.approx(0, abs=1e-10)


def test_edges_of_the_transience_time():
    assert icl.transience_time(0.0, 2e5, 4e3, **EXPONENTS) == np.inf
    assert icl.transience_time(0.02, 4e3, 4e3, **EXPONENTS) == 0
    slope = jax.grad(lambda gap: icl.transience_time(gap, 2e5, 4e3, **EXPONENTS))(0.02)
    assert slope == pytest.approx(-1.030020e6 / 0.02 / 0.4, rel=1e-6)
    with pytest.raises(InputError, match="beta must be positive, at most 3"):
        icl.transience_time(*EXAMPLE, **EXPONENTS | {"beta": 0.0})
    with pytest.raises(InputError, match="alpha must be"):
        icl.transience_time(*EXAMPLE, **EXPONENTS | {"alpha": 1.0})


def test_complexities_agree_on_random_numbers(key):
    stored = jax.random.normal(key, (256, 8))
    counted = icl.strategy_complexity(stored.size, overhead=0.0)
    assert icl.compressed_complexity(stored) == pytest.approx(float(counted), rel=0.05)
    assert icl.compressed_complexity(stored, source="def memorise(): ...") > (
        icl.compressed_complexity(stored)
    )
    assert icl.compressed_complexity(np.zeros(10**5)) < 1e4


@pytest.fixture(scope="module")
def urns():
    """Pools, their sequences and what the strategies predict, [D, B, T, V]."""
    tasks = [
        icl.balls_and_urns(num_tasks=d, vocabulary=4, context=16, seed=1, max_tasks=256)
        for d in (4, 16, 64, 256)
    ]
    batches = [icl.sample(task, jax.random.key(2), 48) for task in tasks]
    both = zip(tasks, batches, strict=True)
    memorizing, generalizing = (
        jnp.stack(column)
        for column in zip(
            *((icl.memorizing_predictor(*b), icl.generalizing_predictor(*b)) for b in both),
            strict=True,
        )
    )
    conditions = icl.strategy_conditions(tasks, jax.random.key(3), 256)
    return tasks, batches[0], conditions, memorizing, generalizing


STEPS = np.geomspace(30, 1e5, 12)


def mixed(conditions, memorizing, generalizing, exponents):
    terms = (
        conditions.loss_gap,
        conditions.memorizing_complexity,
        conditions.generalizing_complexity,
    )
    share = jax.nn.sigmoid(icl.log_posterior_odds(STEPS[:, None], *terms, **exponents))
    share = share[..., None, None, None]
    return share * memorizing + (1 - share) * generalizing


def perturbed(key, predictions, size):
    """A network that is off the mixture by noise in its logits."""
    logits = jnp.log(predictions) + size * jax.random.normal(key, predictions.shape)
    return jax.nn.softmax(logits, -1)


def test_fit_recovers_exponents_of_synthetic_networks(urns):
    """Six noisy networks; noise in the logits is itself a bias, for which 2 % are allowed."""
    _, batch, conditions, memorizing, generalizing = urns
    clean = mixed(conditions, memorizing, generalizing, EXPONENTS)
    fits = [
        icl.fit_strategies(
            STEPS,
            conditions,
            perturbed(jax.random.key(seed), clean, 0.2),
            memorizing,
            generalizing,
            batch,
        )
        for seed in range(6)
    ]
    found = Estimate.of(jax.tree.map(lambda *x: jnp.stack(x), *fits))
    for name, truth in EXPONENTS.items():
        mean, stderr = float(getattr(found.mean, name)), float(getattr(found.stderr, name))
        assert stderr < 0.05 * truth
        assert abs(mean - truth) < 5 * stderr + 0.02 * truth
    # a mixture predicts what was held out as well as what was fitted
    assert float(found.mean.held_out_loss) == pytest.approx(float(found.mean.loss), rel=0.2)


def test_fit_is_exact_without_noise(urns):
    _, batch, conditions, memorizing, generalizing = urns
    truth = {"alpha": 0.778, "beta": 0.15, "gamma": 3.0}
    network = mixed(conditions, memorizing, generalizing, truth)
    fit = icl.fit_strategies(STEPS, conditions, network, memorizing, generalizing, batch)
    for name, value in truth.items():
        assert getattr(fit, name) == pytest.approx(value, rel=2e-3)
    assert fit.held_out_loss < 1e-6


def test_fit_refuses(urns):
    _, batch, conditions, memorizing, generalizing = urns
    with pytest.raises(InputError, match="network must be"):
        icl.fit_strategies(STEPS, conditions, memorizing, memorizing, generalizing, batch)
    network = jnp.stack([memorizing] * STEPS.size)
    with pytest.raises(InputError, match="fitted_share must be above 0"):
        icl.fit_strategies(
            STEPS, conditions, network, memorizing, generalizing, batch, fitted_share=0.0
        )


def test_relative_distance_runs_from_one_strategy_to_the_other(urns):
    _, batch, _, memorizing, generalizing = urns
    m, g = memorizing[0], generalizing[0]
    share = jnp.array([0.0, 0.2, 0.5, 0.8, 1.0])[:, None, None, None]
    found = icl.relative_distance(share * m + (1 - share) * g, m, g, batch)
    assert found[0] == 0
    assert found[-1] == 1
    assert np.all(np.diff(found) > 0)
    assert np.isnan(icl.relative_distance(m, g, g, batch))


def test_relative_distance_of_means(key):
    task = icl.linear_regression(num_tasks=4, dim=3, num_examples=6, noise_var=0.1)
    batch = icl.sample(task, key, 50)
    m, g = icl.memorizing_predictor(task, batch), icl.generalizing_predictor(task, batch)
    # the squared distances of a point a share s of the way are s^2 and (1 - s)^2
    found = icl.relative_distance(0.25 * m + 0.75 * g, m, g, batch)
    assert found == pytest.approx((1 + 0.25**2 - 0.75**2) / 2)


def test_mixture_weights(urns, key):
    _, batch, _, memorizing, generalizing = urns
    strategies = jnp.stack([memorizing[0], generalizing[0], jnp.full_like(memorizing[0], 0.25)])
    truth = jnp.array([0.5, 0.3, 0.2])
    network = perturbed(key, jnp.tensordot(truth, strategies, 1), 0.1)
    np.testing.assert_allclose(icl.mixture_weights(network, strategies, batch), truth, atol=0.03)
    task = icl.linear_regression(num_tasks=4, dim=3, num_examples=6, noise_var=0.1)
    with pytest.raises(InputError, match="sequences must be of symbols"):
        icl.mixture_weights(network, strategies, icl.sample(task, key, 2))


def test_loss_gap_is_positive_shrinks_and_keeps_its_bound(urns):
    tasks, _, conditions, _, _ = urns
    gaps = np.asarray(conditions.loss_gap)
    assert np.all(gaps > 0)
    assert np.all(np.diff(gaps) < 0)
    gap = np.stack([icl.loss_gap(task, jax.random.key(4), 2000) for task in tasks[:2]])
    bound = icl.memorizing_advantage(np.array([4, 16]), 4, 16)
    # of one pool each; the bound is on the average over pools
    assert np.all(gap.mean(1) > 0.5 * bound)


def test_phase_diagram(urns):
    tasks, *_ = urns
    diagram = icl.phase_diagram(tasks, STEPS, key=jax.random.key(0), **EXPONENTS)
    assert diagram.memorizing_share.dims == ("steps", "num_tasks")
    # more steps favour memorising, more tasks generalising
    assert np.all(np.diff(diagram.log_odds, axis=0) > 0)
    assert np.all(np.diff(diagram.log_odds.isel(steps=-1)) < 0)
    for tasks_in_pool, time in diagram.transience_time.to_series().items():
        crossed = diagram.steps > time
        odds = diagram.log_odds.sel(num_tasks=tasks_in_pool)
        np.testing.assert_array_equal(odds > 0, crossed)
