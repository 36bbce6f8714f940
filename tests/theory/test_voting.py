"""Voting against reference digits, scipy, mpmath and enumeration."""

import itertools

import jax
import mpmath as mp
import numpy as np
import pytest
from scipy import stats

from jtts.arguments import InputError
from jtts.theory import voting

mp.mp.dps = 30


def test_majority_reference():
    values = voting.majority_accuracy(np.array([3, 5, 11, 101]), 0.6)
    np.testing.assert_allclose(values, [0.648, 0.68256, 0.7534981325, 0.979103309], atol=6e-10)
    values = voting.majority_accuracy(np.array([11, 101]), 0.55)
    np.testing.assert_allclose(values, [0.6331225808, 0.8437553996], atol=6e-11)
    assert voting.majority_increment(7, 0.6) == pytest.approx(0.02322432, abs=6e-9)


@pytest.mark.parametrize("n", [1, 3, 101, 10**5 + 1, 10**9 + 1])
@pytest.mark.parametrize("p", [0.0, 1e-3, 0.3, 0.4999, 0.5, 0.55, 0.999, 1.0])
def test_majority_agrees_with_incomplete_beta(n, p):
    m = (n + 1) // 2
    exact = stats.beta.cdf(p, m, m)
    if n < 2000 and 0 < p < 1:
        exact = float(mp.betainc(m, m, 0, p, regularized=True))
    # rounding p moves the value by n (2 p - 1) times as much
    rounding = 4 * n * abs(2 * p - 1) * np.finfo(float).eps
    tolerance = 1e-12 + (rounding if p != 1 else 0)
    assert voting.majority_accuracy(n, p) == pytest.approx(exact, rel=tolerance, abs=1e-300)


def test_majority_slope_and_increments():
    for n, p in itertools.product((1, 5, 1001), (0.2, 0.5, 0.73)):
        m = (n + 1) // 2
        slope = jax.grad(voting.majority_accuracy.function, argnums=1)(float(n), p)
        assert slope == pytest.approx(stats.beta.pdf(p, m, m), rel=1e-10)
    n = np.arange(1, 400, 2)
    steps = np.diff(voting.majority_accuracy(n, 0.55))
    np.testing.assert_allclose(voting.majority_increment(n[:-1], 0.55), steps, atol=1e-14)


BETA_TABLE = {
    (3.0, 2.0): {1: 0.6, 3: 0.6285714286, 11: 0.6615384615, 101: 0.6839112344, 10**9 + 1: 0.6875},
    (0.5, 2.0): {1: 0.2, 3: 0.1619047619, 11: 0.1322555060, 101: 0.1180602895},
}


@pytest.mark.parametrize("shapes", BETA_TABLE)
def test_beta_difficulty_reference(shapes):
    for n, value in BETA_TABLE[shapes].items():
        assert voting.beta_majority_accuracy(n, *shapes) == pytest.approx(value, abs=5e-9)
    assert voting.beta_majority_accuracy(10**9 + 1, 0.5, 2.0) == pytest.approx(0.1161165235)
    # f'(1/2) = -3/2 of the density 12 p^2 (1 - p) at 1/2 is 3: the gap is -3 / (8 (n + 2))
    gap = voting.beta_majority_accuracy(1001, 3.0, 2.0) - 0.6875
    assert gap * 8 * 1003 == pytest.approx(-3, rel=0.01)


@pytest.mark.parametrize(("a", "b"), [(3.0, 2.0), (0.5, 2.0), (0.3, 0.3), (5.0, 0.3)])
def test_beta_difficulty_agrees_with_scipy(a, b):
    for n in (3, 11, 1001):
        exact = stats.betabinom.sf((n + 1) // 2 - 1, n, a, b)
        assert voting.beta_majority_accuracy(n, a, b) == pytest.approx(exact, rel=2e-12)
    exact = stats.betabinom.sf(0, 1, a, b)
    assert voting.beta_majority_accuracy(1, a, b) == pytest.approx(exact, rel=3e-8)


def test_two_kinds_of_questions_reference():
    assert voting.best_odd_n([0.6, 0.4], [0.8, 0.45]) == 11
    values = voting.mixed_majority_accuracy(np.array([1, 11]), [0.6, 0.4], [0.8, 0.45])
    np.testing.assert_allclose(values, [0.66, 0.7397584445], atol=1.1e-10)
    assert voting.mixed_majority_accuracy(10**9 + 1, [0.6, 0.4], [0.8, 0.45]) == pytest.approx(0.6)


@pytest.mark.parametrize("seed", range(12))
def test_best_number_of_votes_is_the_best(seed):
    generator = np.random.default_rng(seed)
    weights = generator.dirichlet(np.ones(2 + seed % 3))
    p = generator.uniform(0.3, 0.8, weights.size)
    best = voting.best_odd_n(weights, p)
    n = np.append(np.arange(1, 20_001, 2), 10**9 + 1)
    values = np.asarray(voting.mixed_majority_accuracy(n, weights, p))
    if np.isinf(best):
        assert values[-1] >= values.max() - 1e-12
    else:
        found = voting.mixed_majority_accuracy(best, weights, p)
        assert found >= values.max() - 1e-12


def test_best_number_of_votes_at_the_edges():
    assert voting.best_odd_n([1.0], [0.6]) == np.inf
    assert voting.best_odd_n([1.0], [0.4]) == 1
    assert voting.best_odd_n([1.0, 1.0], [0.5, 0.5]) == 1
    assert voting.best_odd_n([0.6, 0.4], [0.8, 0.5]) == np.inf
    assert voting.best_odd_n([0.5, 0.5], [0.55, 0.4]) == np.inf  # falls, then rises to 1/2
    assert voting.best_odd_n([0.5, 0.5], [1.0, 0.45]) == 1
    # m* = ln(a1 (2 p1 - 1) / (a2 (1 - 2 p2))) / ln(p2 (1 - p2) / (p1 (1 - p1)))
    turn = np.log(0.7 * 0.2 / (0.3 * 0.002)) / np.log(0.499 * 0.501 / 0.24)
    assert voting.best_odd_n([0.7, 0.3], [0.6, 0.499]) == 2 * np.floor(turn) + 1


def test_plurality_reference():
    p = [0.4, 0.3, 0.2, 0.1]
    values = [0.44, 0.49024, 0.5814529024, 0.6679776370, 0.7940729391, 0.8847598954]
    found = voting.plurality_accuracy(np.array([3, 5, 11, 21, 51, 101]), p)
    np.testing.assert_allclose(found, values, atol=6e-11)


def test_plurality_agrees_with_enumeration():
    p = np.array([0.3, 0.35, 0.2, 0.15])
    for n in (1, 2, 6):
        total = 0.0
        for votes in itertools.product(range(4), repeat=n):
            counts = np.bincount(votes, minlength=4)
            top = counts == counts.max()
            total += np.prod(p[list(votes)]) * top[0] / top.sum()
        assert voting.plurality_accuracy(n, p) == pytest.approx(total, abs=1e-13)


def test_plurality_of_two_answers_is_the_majority():
    n = np.array([1, 11, 101, 999])
    two = voting.plurality_accuracy(n, [0.55, 0.45])
    np.testing.assert_allclose(two, voting.majority_accuracy(n, 0.55), atol=2e-13)
    assert voting.plurality_accuracy(1000, [0.5, 0.5]) == pytest.approx(0.5, abs=1e-13)
    assert voting.plurality_accuracy(7, [0.5, 0.3, 0.2, 0.0]) == pytest.approx(
        float(voting.plurality_accuracy(7, [0.5, 0.3, 0.2])), abs=1e-13
    )


def test_plurality_limits():
    assert voting.plurality_limit([0.3, 0.4, 0.3]) == 0
    assert voting.plurality_limit([0.4, 0.4, 0.2]) == 0.5
    p = [0.6, 0.3, 0.1]
    errors = 1 - voting.plurality_accuracy(np.array([100, 200]), p)
    exponent = voting.plurality_error_exponent(p)
    # the error is exponential up to a power n^(-1/2)
    slope = -np.log(errors[1] / errors[0] * np.sqrt(2)) / 100
    assert slope == pytest.approx(float(exponent), rel=0.02)
    assert voting.plurality_error_exponent([0.3, 0.7]) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: voting.majority_accuracy(4, 0.5),
            "n must be an odd number, at least 1, at most 1e\\+15, got 4",
        ),
        (lambda: voting.majority_accuracy([3, 0], 0.5), "n must be an odd number"),
        (lambda: voting.majority_accuracy(3, 1.5), "p must be between 0 and 1, got 1.5"),
        (lambda: voting.beta_majority_accuracy(3, 0.0, 1.0), "a must be between 0.001 and 1e"),
        (lambda: voting.best_odd_n([0.5], [0.5, 0.6]), "lists of numbers of equal length"),
        (lambda: voting.best_odd_n([0.0], [0.5]), "weights must not all be zero"),
        (lambda: voting.best_odd_n([-1.0], [0.5]), "weights must be zero or positive"),
        (
            lambda: voting.plurality_accuracy(1001, [0.5, 0.5]),
            "n must be a whole number, at least 1, at most 1000, got 1001",
        ),
        (lambda: voting.plurality_accuracy(2.5, [0.5, 0.5]), "n must be a whole number"),
        (
            lambda: voting.plurality_accuracy(3, [0.0, 0.0]),
            "probabilities must not all be below 1e-100",
        ),
        (
            lambda: voting.plurality_limit([0.5, -0.5]),
            "probabilities must be a list, each entry zero or positive",
        ),
        (
            lambda: voting.plurality_accuracy(3, [1e308, 1e307]),
            "probabilities must be a list, each entry zero or positive, at most 1e.100",
        ),
        (
            lambda: voting.mixed_majority_accuracy(3, [1e-310, 1e-310], [0.5, 0.6]),
            "weights must not all be below 1e-100",
        ),
        (
            lambda: voting.weighted_plurality_accuracy(3, [1.0, 1.0], [[[0.5, 0.5]]]),
            "weights must be as many as the models",
        ),
        (
            lambda: voting.weighted_plurality_limit([0.0, 0.0], [[[0.5, 0.5]] * 2]),
            "weights must not all be below 1e-100",
        ),
        (
            lambda: voting.weighted_plurality_limit([1.0], [[[0.0, 0.0]]]),
            "every model must have an answer to every question",
        ),
        (
            lambda: voting.best_vote_weights([[0.5, 0.5]]),
            "probabilities must be a list",
        ),
        (
            lambda: voting.best_vote_weights([[[[0.5, 0.5]]]]),
            "must be .questions, models, answers., got 4 axes",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_best_number_of_votes_close_to_one_half():
    # edges s_1 = 2 s_2 of weights .4 and .6: m* = ln(.8 / .6) / (s_1^2 - s_2^2), nearly
    for half in (1e-6, 1e-9):
        p = 0.5 + half, 0.5 - half / 2
        edges = 2 * p[0] - 1, 1 - 2 * p[1]
        turn = np.log(0.4 * edges[0] / (0.6 * edges[1])) / (edges[0] ** 2 - edges[1] ** 2)
        assert voting.best_odd_n([0.4, 0.6], p) == pytest.approx(2 * turn, rel=1e-6)
    # answers that are never or always right do not vote the others down
    assert voting.best_odd_n([0.5, 0.2, 0.3], [1.0, 0.0, 0.6]) == np.inf
    assert voting.best_odd_n([0.3, 0.7], [1e-30, 0.8]) == np.inf


def test_second_slopes_at_the_ends():
    def curvature(function, n, p):
        return jax.grad(jax.grad(lambda x: function(n, x)))(p)

    # A_3 = 3 p^2 - 2 p^3, and its increment 3 (p (1 - p))^2 (2p - 1)
    for p, right in ((0.0, 6.0), (0.5, 0.0), (1.0, -6.0)):
        assert curvature(voting.majority_accuracy, 3, p) == pytest.approx(right, abs=1e-12)
    for p, right in ((0.0, -6.0), (1.0, 6.0)):
        assert curvature(voting.majority_increment, 3, p) == pytest.approx(right, abs=1e-12)


def test_traced_sizes_out_of_range_are_not_answered():
    assert np.isnan(jax.jit(voting.majority_accuracy)(4, 0.6))
    assert np.isnan(jax.jit(voting.plurality_accuracy)(1001, np.array([0.6, 0.4])))


def test_no_program_is_made_twice():
    def calls(n, p):
        voting.majority_accuracy(n, p)
        voting.beta_majority_accuracy(n, p, 2.0)
        voting.mixed_majority_accuracy(n, [0.6, 0.4], [p, 0.3])
        voting.plurality_accuracy(n, [p, 0.3, 0.2])
        voting.plurality_error_exponent([p, 0.3, 0.2])

    calls(11, 0.6)
    made = []
    jax.monitoring.register_event_duration_secs_listener(
        lambda event, *_, **__: made.append(event) if "backend_compile" in event else None
    )
    calls(13, 0.7)
    assert made == []
