"""Simulated extensions of selection against reference values, and against other mechanisms.

Reference values are quadratures of docs/best_of_k.md quoted as numbers. A z-score over 32
replicates is Student t with 31 degrees of freedom: the threshold of 5 has a false-alarm rate of
2e-5 per number, below 0.001 for this file; keys are fixed, so a passing test stays one.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.regression import Statistics
from jtts.sims import best_of_k as sims

pytestmark = pytest.mark.long

THRESHOLD = 5.0
TEACHER = Statistics.from_rho
FOUR = Statistics(1.0, 0.4, 0.2, 0.1)
CURVE = np.array([1, 3, 10, 64])
PLACE = {"mean": 0.3, "predictive_var": 1.0, "target": 0.0, "judge": 0.0}

RUNS = {
    "perception": lambda key, k: sims.perception_noise_error(key, 1, k, TEACHER(0.3), 0.4),
    "prompt": lambda key, k: sims.prompt_noise_error(key, 1, k, FOUR, 0.4),
    "gumbel": lambda key, k: sims.gumbel_score_noise_error(key, 1, k, FOUR, 0.5),
    "gaussian": lambda key, k: sims.gaussian_score_noise_error(key, 1, k, FOUR, 0.5),
    "gaussian, one input": lambda key, k: sims.pointwise_gaussian_score_noise_error(
        key, 2**17, k, noise_scale=0.5, **PLACE
    ),
    "correlated": lambda key, k: sims.correlated_error(key, 1, k, TEACHER(0.15), 0.2),
    "tolerance": lambda key, k: sims.tolerance_failure(key, 1, k, TEACHER(0.7), 0.1),
    "student": lambda key, k: sims.student_error(key, 1, k, TEACHER(0.8), 5.0),
}
REFERENCE = {
    "perception": ([1, 4, 64], [1.3, 0.44364589, 0.31109951]),
    "correlated": ([4, 64], [1.63579227e-1, 1.32786154e-3]),
    "tolerance": ([10, 100], [5.42633092e-1, 2.26895033e-2]),
    "student": ([100], [19.20729 / (101 * 102)]),
    "gaussian, one input": ([16], [0.12985884]),
}


@pytest.mark.parametrize("name", REFERENCE)
def test_reference(name, key):
    k, expected = REFERENCE[name]
    estimate = RUNS[name](key, np.array(k))
    deviation = np.abs(estimate.mean - np.array(expected)) - 3e-7 * np.array(expected)
    assert np.all(deviation < THRESHOLD * estimate.stderr)
    assert np.all(estimate.stderr < 0.02 * estimate.mean)


@pytest.mark.parametrize("name", RUNS)
def test_a_point_is_the_same_bits_on_any_curve(name, key):
    whole = RUNS[name](key, CURVE.reshape(2, 2))
    assert whole.mean.shape == (2, 2)
    alone = RUNS[name](key, 10)
    assert alone.mean.shape == ()
    assert alone.mean == whole.mean[1, 0]


def test_gumbel_noise_is_a_draw_from_softmax_weights(key):
    """The candidate is drawn from its explicit probabilities here, at one input."""
    temperature, k, trials = 0.5, 16, 2**16
    deviates, choice = jax.random.split(key)
    y = 0.3 + jax.random.normal(deviates, (trials, k))
    chosen = jax.random.categorical(choice, -(y**2) / temperature)
    square = jnp.take_along_axis(y, chosen[:, None], 1)[:, 0] ** 2
    stderr = jnp.std(square) / np.sqrt(trials)
    by_noise = sims.pointwise_error(key, trials, k, temperature=temperature, **PLACE)
    z = (jnp.mean(square) - by_noise.mean) / jnp.hypot(stderr, by_noise.stderr)
    assert abs(z) < THRESHOLD
    assert stderr < 0.01 * jnp.mean(square)


def test_student_candidates_have_their_variance(key):
    estimate = sims.student_error(key, 2**18, 1, TEACHER(0.0), 9.0)
    assert abs(estimate.mean - 9 / 7) < THRESHOLD * estimate.stderr
    assert estimate.stderr < 0.01


def test_candidates_that_share_all_but_nothing_are_one(key):
    many = sims.correlated_error(key, 1, 64, TEACHER(0.1), 1 - 1e-8)
    # the best of 64 own parts, of deviation 1e-4, gains less than 1e-3
    assert abs(many.mean - 1.1) < 1e-3 + THRESHOLD * many.stderr
    assert many.stderr < 0.01


def test_equal_weights_have_no_divergence(key):
    hot = sims.softmax_kl_to_base(key, 1, k=64, stats=FOUR, temperature=1e6)
    assert 0 <= hot.mean < 1e-10
    one = sims.softmax_kl_to_base(key, 1, k=1, stats=FOUR, temperature=0.5)
    assert abs(one.mean) < 1e-12


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda key: sims.perception_noise_error(key, 1, 2, FOUR, -1.0), "noise_var must be zero"),
        (lambda key: sims.prompt_noise_error(key, 1, 2.5, FOUR, 1.0), "k must be a whole number"),
        (lambda key: sims.gumbel_score_noise_error(key, 1, 2, FOUR, -1.0), "noise_scale must be"),
        (lambda key: sims.correlated_error(key, 1, 2, FOUR, 1.0), r"correlation must be in \[0, 1"),
        (lambda key: sims.tolerance_failure(key, 1, 2, FOUR, 0.0), "tolerance must be positive"),
        (lambda key: sims.student_error(key, 1, 2, FOUR, 0.5), "dof must be at least 1"),
        (
            lambda key: sims.softmax_kl_to_base(key, 1, k=2, stats=FOUR, temperature=0.0),
            "temperature must be positive",
        ),
    ],
)
def test_what_cannot_be_played_is_refused(call, message, key):
    with pytest.raises(InputError, match=message):
        call(key)
