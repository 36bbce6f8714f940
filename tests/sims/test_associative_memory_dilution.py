"""Simulations of softmax read-out and conditioning against reference digits and plain code.

Thresholds are 5 standard errors (false alarms 6e-7 a comparison).
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.associative_memory import condition, condition_by_uncertainty
from jtts.sims import associative_memory as sims
from jtts.sims.associative_memory.margins import climb

pytestmark = pytest.mark.long

THRESHOLD = 5.0


@pytest.mark.parametrize(("beta", "partition"), [(2.0, 67.05548193), (6.0, 109.58450162)])
def test_partition_function_reference(beta, partition, key):
    estimate = sims.partition_function(key, 2000, 32, 64, beta)
    assert abs(estimate.mean - partition) < THRESHOLD * estimate.stderr
    assert estimate.stderr < 0.01 * partition


def test_needle_mass_reference(key):
    """Simulated elsewhere: 0.78735(72)."""
    estimate = sims.mean_needle_mass(key, 8000, 32, 64, 6.0)
    assert abs(estimate.mean - 0.78735) < THRESHOLD * np.hypot(estimate.stderr, 0.00072)
    assert estimate.stderr < 0.003


def test_distractors_beyond_a_block_count(key):
    estimate = sims.partition_function(key, 4, 3, 2501, 0.0)
    np.testing.assert_allclose(estimate.mean, 2500.0, rtol=1e-12)


def test_memory_does_not_grow_with_the_context(key):
    sizes = []
    for num_keys in (10, 10**6):
        traced, static = sims.mean_needle_mass.bind(16, num_keys, 6.0)
        compiled = sims.mean_needle_mass._jitted.lower(key, 0, 1, traced, static=static).compile()
        sizes.append(compiled.memory_analysis().temp_size_in_bytes)
    assert sizes[0] == sizes[1] < 3e7


def test_a_query_that_climbs(key):
    """The flow in small steps of its own code: margins after time 8 among 50 equal distractors."""
    query = jnp.zeros(51).at[0].set(2.0)
    found = climb(jnp.eye(51), jnp.eye(51), 8.0)[0]
    slow = np.eye(51)[0]
    for _ in range(8000):
        weights = np.exp(slow) / np.exp(slow).sum()
        slow = slow + 1e-3 * (np.eye(51)[0] - weights)
    np.testing.assert_allclose(found, slow, atol=2e-3)
    estimate = sims.query_update_mass(key, 100_000, 0.0, 51, 2 - np.log(50))
    expected = jax.nn.softmax(query)[0]
    assert abs(estimate.mean - expected) < THRESHOLD * estimate.stderr


def test_conditioning_kernel_is_its_definition(key):
    stimuli = np.array(jax.random.bernoulli(key, 0.6, (9, 3)), float)
    outcomes = np.array(jax.random.normal(key, (2, 9)))
    rates, initial = np.array([0.1, 0.2, 0.3]), np.array([1.0, 0.0, -1.0])
    options = {"correction": 0.8, "decay": 0.9, "adaptation": 0.2, "trace": 0.7}
    followers = np.roll(stimuli, 1, -1) * 0.5
    found = condition(stimuli, outcomes, rates, initial=initial, followers=followers, **options)
    for run in range(2):
        strengths, own = initial.copy(), rates.copy()
        for t in range(9):
            target = outcomes[run, t] + strengths @ followers[t]
            seen = strengths @ stimuli[t]
            grown = 0.7 * own * stimuli[t]
            old = strengths
            strengths = 0.9 * (old - grown * 0.8 * seen) + grown * target
            size = abs(target - 0.8 * seen)
            own = np.where(stimuli[t] > 0, own + 0.2 * (size - own), own)
            np.testing.assert_allclose(found[run, t], strengths, rtol=1e-12, atol=1e-14)


def test_kalman_kernel_is_ridge_regression(key):
    of_stimuli, of_outcomes = jax.random.split(key)
    stimuli = np.array(jax.random.normal(of_stimuli, (7, 3)))
    outcomes = np.array(jax.random.normal(of_outcomes, (7,)))
    ridge = np.linalg.solve(stimuli.T @ stimuli + 0.6 / 1.5 * np.eye(3), stimuli.T @ outcomes)
    found = condition_by_uncertainty(stimuli, outcomes, 1.5, 0.6)[-1]
    np.testing.assert_allclose(found, ridge, rtol=1e-10)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda k: sims.acquisition(k, 1, 65, 0.2), "add up to at most 64"),
        (lambda k: sims.blocking(k, 1, 40, 30, 0.2, 0.2), "add up to at most 64"),
        (lambda k: sims.inhibition(k, 1, 2.5, 0.2), "numbers of trials must be whole"),
        (lambda k: sims.acquisition(k, 1, 5, 1.2), "rate must be between 0 and 1"),
        (lambda k: sims.needle_mass(k, 1, 2.5, 8, 1.0), "dim must be a whole number"),
        (lambda k: sims.needle_mass(k, 1, 8, 8, 1.0, 2.0), "must be zero or positive"),
        (lambda k: sims.query_update_mass(k, 1, -1.0, 8, 1.0), "time must be zero or positive"),
    ],
)
def test_what_cannot_be_played_is_refused(call, message, key):
    with pytest.raises(InputError, match=message):
        call(key)
