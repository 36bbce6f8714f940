"""Conditioning laws: reference digits, recursions trial by trial, endless trials."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.theory import associative_memory as am


def test_reference():
    found = [
        am.acquisition(10, 0.2),
        am.blocking(8, 6, 0.3, 0.2),
        am.second_order(12, 0.3, 0.1, discount=0.9),
        am.kalman_acquisition(10, 5, 2.0),
        am.latent_inhibition(6, 0.8, 0.15),
        *am.inhibition(30, 0.2),
    ]
    expected = [0.8926258176, 0.0990904320, 0.3625941365, 0.5882352941, 0.3017196125,
                0.9420946147, -0.9201023884]  # fmt: skip
    np.testing.assert_allclose(found, expected, rtol=0, atol=6e-11)
    np.testing.assert_allclose(am.second_order_peak(0.3, 0.1), 4.852236, rtol=0, atol=6e-7)
    np.testing.assert_allclose(am.overexpectation(7, 0.15), 0.54117715, rtol=0, atol=6e-9)


def trials(strengths, rates, correction, sequence):
    """Learn a list of (stimuli shown, outcome) by the rule itself."""
    strengths = dict(strengths)
    for shown, outcome in sequence:
        error = outcome - correction * sum(strengths[s] for s in shown)
        for s in shown:
            strengths[s] += rates[s] * error
    return strengths


@pytest.mark.parametrize("correction", [1.0, 0.4, 0.0])
def test_laws_follow_the_rule_trial_by_trial(correction):
    rates, none = {"A": 0.25, "B": 0.15}, {"A": 0.0, "B": 0.0}
    size, rule = 1.7, {"outcome": 1.7, "correction": correction}
    for n in (0, 1, 7):
        alone = trials(none, rates, correction, [("A", size)] * n)
        np.testing.assert_allclose(am.acquisition(n, 0.25, **rule), alone["A"], atol=1e-14)
        sequence = [("A", size)] * n + [("AB", size)] * 5
        blocked = trials(none, rates, correction, sequence)
        np.testing.assert_allclose(am.blocking(n, 5, 0.15, 0.25, **rule), blocked["B"], atol=1e-14)
        shadowed = trials(none, rates, correction, [("AB", size)] * n)
        np.testing.assert_allclose(
            am.overshadowing(n, 0.25, 0.15, **rule), shadowed["A"], atol=1e-14
        )
        equal = {"A": 0.15, "B": 0.15}
        grown = trials({"A": size, "B": size}, equal, correction, [("AB", size)] * n)
        np.testing.assert_allclose(am.overexpectation(n, 0.15, **rule), grown["B"], atol=1e-14)
        inhibited = trials(none, equal, correction, [("A", size), ("AB", 0.0)] * n)
        np.testing.assert_allclose(
            am.inhibition(n, 0.15, **rule), [inhibited["A"], inhibited["B"]], atol=1e-13
        )


@pytest.mark.parametrize("correction", [1.0, 0.0])
def test_variance_follows_its_recursion(correction):
    variance = 0.0
    for _ in range(6):
        variance = (1 - correction * 0.3) ** 2 * variance + (0.3 * 1.7) ** 2 * 0.2 * 0.8
    found = am.reinforcement_variance(6, 0.3, 0.2, outcome=1.7, correction=correction)
    np.testing.assert_allclose(found, variance, rtol=1e-13)


def test_endless_trials():
    np.testing.assert_allclose(am.acquisition(np.inf, 0.2, outcome=1.5, probability=0.4), 0.6)
    np.testing.assert_allclose(am.overshadowing(np.inf, 0.1, 0.3), 0.25)
    np.testing.assert_allclose(am.overexpectation(np.inf, 0.2), 0.5)
    np.testing.assert_allclose(am.inhibition(10**5, 0.2), [1, -1])
    found = am.reinforcement_variance(np.inf, 0.2, 0.3, outcome=2.0)
    np.testing.assert_allclose(found, 4 * 0.3 * 0.7 * 0.2 / 1.8)
    assert am.acquisition(np.inf, 0.2, correction=0.0) == np.inf


def test_second_order_keeps_its_digits_at_equal_rates():
    n = 12
    for gap in (0.0, 1e-12, 1e-7, 1e-3):
        b = 0.3 + gap
        expected = b * sum(0.7**i * (1 - b) ** (n - 1 - i) for i in range(n))
        np.testing.assert_allclose(am.second_order(n, b, 0.3), expected, rtol=1e-13)
        peak = am.second_order_peak(b, 0.3)
        np.testing.assert_allclose(peak, -1 / np.log(0.7), rtol=2 * gap + 1e-9)


def test_rates_that_overshoot():
    assert np.isnan(jax.jit(lambda a: am.acquisition(4, a))(1.5))
    assert am.acquisition(4, 1.0) == 1.0
    np.testing.assert_allclose(am.inhibition(3, 0.5), [0.578125, -0.578125])


@pytest.mark.parametrize(
    "call",
    [
        lambda x: am.acquisition(5.0, 0.3 * x, probability=x),
        lambda x: am.reinforcement_variance(5.0, 0.3 * x, x),
        lambda x: am.extinction(5.0, 0.3 * x, decay=x),
        lambda x: am.trace_conditioning(5.0, 0.3, 2.0, x, correction=x),
        lambda x: am.blocking(4.0, 3.0, 0.3 * x, 0.2 * x),
        lambda x: am.overexpectation(4.0, 0.3 * x),
        lambda x: am.inhibition(4.0, 0.3 * x, correction=x)[..., 1],
        lambda x: am.inhibition(4.0, 0.3 * x, correction=0.0)[..., 0],
        lambda x: am.second_order(4.0, 0.3 * x, 0.2),
        lambda x: am.second_order_peak(0.3 * x, 0.2),
        lambda x: am.latent_inhibition(4.0, x, 0.5 * x),
        lambda x: am.kalman_acquisition(4.0, 3.0 * x, x),
    ],
)
def test_gradients_are_slopes_under_jit_and_vmap(call):
    x = jnp.array([0.7, 0.8])
    step = 1e-5
    slope = (call(x + step) - call(x - step)) / (2 * step)
    np.testing.assert_allclose(jax.jit(jax.vmap(jax.grad(call)))(x), slope, rtol=1e-6, atol=1e-8)


def test_grids_broadcast():
    grid = am.inhibition(np.arange(4)[:, None], np.array([0.1, 0.2, 0.3]))
    assert grid.shape == (4, 3, 2)
    np.testing.assert_allclose(grid[2, 1], am.inhibition(2, 0.2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: am.acquisition(-1, 0.2), "num_trials must be at least 0, got -1"),
        (lambda: am.acquisition(3, 1.2), "rate must be between 0 and 1"),
        (lambda: am.acquisition(3, 0.2, probability=2.0), "probability must be between 0 and 1"),
        (lambda: am.blocking(3, 3, 0.7, 0.6), r"rate \+ blocker_rate must be at most 1"),
        (lambda: am.inhibition(3, 0.6), "rate must be between 0 and 0.5"),
        (lambda: am.extinction(3, 0.2, decay=1.5), "decay must be between 0 and 1"),
        (lambda: am.kalman_acquisition(3, -1, 1.0), "num_exposures must be zero or positive"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
