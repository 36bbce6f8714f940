"""Simulated selection against reference values quoted as numbers, and what cannot be played.

Keys are fixed; the threshold of 5 standard errors has a false-alarm rate below 1e-6 per number
(2e-5 where a datum is a chunk and there are 32).
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.rewards import StudentT
from jtts.sims import selection as sims

pytestmark = pytest.mark.long

FOUR = np.array([0.5, 0.3, 0.15, 0.05])
STEPS = np.arange(4.0)
TRIALS = 2**16
CASES = {
    "pmf": (
        lambda key: sims.best_of_n_pmf(key, TRIALS, 4, FOUR, STEPS),
        [0.0625, 0.3471, 0.40490625, 0.18549375],
    ),
    "kl": (lambda key: sims.best_of_n_kl(key, 1, 4, FOUR, STEPS), 0.5659147331),
    "win rate": (lambda key: sims.win_rate(key, TRIALS, 3), 0.75),
    "renyi": (lambda key: sims.renyi_divergence(key, 1, 4, 2.0), np.log(1 + 9 / 7)),
    "max": (lambda key: sims.expected_max(key, TRIALS, 16), 1.76599139305),
    "student": (lambda key: sims.expected_max(key, TRIALS, 4, StudentT(3.0)), 1.5317901),
    "variance": (lambda key: sims.max_variance(key, TRIALS, 16), 0.295009809010),
    "soft pmf": (
        lambda key: sims.soft_best_of_n_pmf(key, TRIALS, 4, 1.0, FOUR, STEPS),
        [0.25052788, 0.32304961, 0.28748662, 0.13893589],
    ),
    "soft success": (
        lambda key: sims.soft_best_of_n_success(key, TRIALS, 16, 2.0, 0.2),
        0.6035101063,
    ),
    "soft gain": (lambda key: sims.soft_best_of_n_gain(key, TRIALS, 16, 2.0), 1.3670990),
    "curation": (
        lambda key: sims.iterated_curation(key, 1, 2, 4, 1.0, jnp.full(5, 0.2), jnp.arange(5) / 2),
        [0.0242793, 0.0582121, 0.1312326, 0.2727909, 0.5134852],
    ),
    "normal error": (
        lambda key: sims.gain_under_error(key, TRIALS, 16, scale=4 / 3),
        1.0595948358,
    ),
    "heavy error": (
        lambda key: sims.gain_under_error(key, TRIALS, 16, scale=1.0, dof=3.0),
        0.8709645,
    ),
    "truth variance": (lambda key: sims.variance_under_error(key, TRIALS, 16, 4 / 3), 0.7462035312),
    "curved truth": (
        lambda key: sims.gain_of_curved_truth(key, TRIALS, 16, 1.0, 0.3),
        0.7418707702,
    ),
    "stopping": (lambda key: sims.optimal_stopping_value(key, TRIALS, 0.1), 0.9023463475),
    "draws": (lambda key: sims.optimal_stopping_draws(key, TRIALS, 0.1), 5.4514790612),
    "gain at kl": (lambda key: sims.gain_at_kl(key, 1, 0.5), 1.0),
}


@pytest.mark.parametrize("case", CASES)
def test_reference(case, key):
    play, expected = CASES[case]
    estimate = play(key)
    expected = np.asarray(expected)
    assert np.all(np.abs(estimate.mean - expected) < 5 * estimate.stderr)
    assert np.all(estimate.stderr < 0.01 * np.max(expected))


def test_mappings(key):
    found = sims.chi_square_selection(key, 1, 0.1)
    for name, expected in {"gain": 1.8343645619, "chi2": 8.3201821442}.items():
        assert abs(found.mean[name] - expected) < 5 * found.stderr[name]
    found = sims.soft_best_of_n_divergences(key, 1, 4, 1.0, FOUR, STEPS)
    assert abs(found.mean["to_reference"] - 0.1798018633) < 5 * found.stderr["to_reference"]
    found = sims.tilted_moments(key, 1, 0.8)
    for name, expected in {"mean": 0.8, "kl": 0.32}.items():
        assert abs(found.mean[name] - expected) < 5 * found.stderr[name]


def test_stopping_elsewhere_is_worse(key):
    """The rule that is learnt beats fixed thresholds on either side, played on the same rewards."""
    rewards = np.asarray(jax.random.normal(key, (4000, 400)))
    price = 0.1

    def net(threshold):
        first = np.argmax(rewards > threshold, 1)
        return np.mean(rewards[np.arange(len(rewards)), first] - price * (first + 1))

    best = sims.optimal_stopping_value(key, TRIALS, price).mean
    assert net(0.9023) > max(net(0.4), net(1.4))
    assert abs(net(0.9023) - best) < 0.05


@pytest.mark.parametrize(
    ("play", "message"),
    [
        (lambda key: sims.win_rate(key, 1, 0), "n must be a whole number"),
        (lambda key: sims.expected_max(key, 1, 2.5), "n must be a whole number"),
        (lambda key: sims.soft_best_of_n_gain(key, 1, 2, -1.0), "beta must be zero"),
        (lambda key: sims.optimal_stopping_value(key, 1, 0.0), "price must be positive"),
        (lambda key: sims.gain_at_kl(key, 1, -0.1), "kl must be zero"),
    ],
)
def test_what_cannot_be_played_is_refused(play, message, key):
    with pytest.raises(InputError, match=message):
        play(key)


def test_numbers_kept_may_be_whole_floats():
    """As the laws take them, and as `optimal_split` returns them."""
    key = jax.random.key(0)
    for law in (sims.best_score, sims.survival):
        whole, floats = law(key, 2**10, 16, 4, 0.7), law(key, 2**10, 16.0, 4.0, 0.7)
        assert whole.mean == floats.mean
    rounds = [
        sims.halving_score(key, 2**10, 16, np.array([8, 4], dtype), [0.3, 0.6])
        for dtype in (int, float)
    ]
    assert rounds[0].mean == rounds[1].mean
