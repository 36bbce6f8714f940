"""Strengths and bias from pairwise judgements, against digits found before and played judges."""

import time

import numpy as np
import pytest
from scipy import optimize, special

from jtts import estimators
from jtts.arguments import InputError
from jtts.estimators.strengths import strength_covariance

WINS = np.array([[0, 3, 5, 4], [1, 0, 3, 5], [2, 2, 0, 3], [0, 1, 2, 0]])


def test_reference_digits():
    np.testing.assert_allclose(
        estimators.strengths(WINS),
        [1.122350619, 0.23234570375, -0.21170203305, -1.1429942897],
        atol=1e-10,
    )
    np.testing.assert_allclose(
        estimators.strength_standard_errors(WINS),
        [0.50209519423, 0.43552999176, 0.4095387725, 0.50097978337],
        atol=1e-10,
    )
    np.testing.assert_allclose(
        estimators.map_strengths(WINS),
        [0.96481571456, 0.2126141456, -0.19725826765, -0.98391263527],
        atol=1e-10,
    )
    apart = np.array([1.0, 0, 0, -1])
    covariance = strength_covariance(WINS, estimators.strengths(WINS))
    assert np.sqrt(apart @ covariance @ apart) == pytest.approx(0.86754657079, abs=1e-10)


def test_the_prior_fixes_the_level():
    """The sum of the chances against a candidate of strength 0 is that of equals, exactly."""
    for wins in (WINS, [[0, 3], [0, 0]], np.zeros((5, 5))):
        t = estimators.map_strengths(wins)
        assert special.expit(t).sum() == pytest.approx(len(t) / 2, abs=1e-12)


def test_two_candidates_have_the_root_of_a_cubic():
    for w, lost in ((3, 0), (10, 1), (7, 7)):
        roots = np.roots([lost + 1, lost - 1, -(w - 1), -(w + 1)])
        x = roots[(abs(roots.imag) < 1e-9) & (roots.real > 0)].real
        found = estimators.map_strengths([[0, w], [lost, 0]])
        np.testing.assert_allclose(found, [np.log(x[0]), -np.log(x[0])], atol=1e-12)


def test_it_is_the_maximum_of_the_likelihood():
    generator = np.random.default_rng(3)
    wins = generator.poisson(2.0, (6, 6)) + 1 - np.eye(6)

    def loss(t):
        return -np.sum(wins * special.log_expit(t[:, None] - t))

    found = optimize.minimize(loss, np.zeros(6), tol=1e-12).x
    np.testing.assert_allclose(estimators.strengths(wins), found - found.mean(), atol=1e-5)


def test_models_judged_only_against_baselines():
    """On a bipartite graph simultaneous updates do not converge; here they are in place."""
    wins = np.zeros((6, 6))
    wins[:3, 3:] = [[5, 1, 3], [2, 2, 7], [1, 9, 4]]
    wins[3:, :3] = [[1, 4, 2], [3, 3, 3], [2, 1, 8]]
    t = estimators.strengths(wins)
    chance = special.expit(t[:, None] - t)
    np.testing.assert_allclose(wins.sum(1), ((wins + wins.T) * chance).sum(1), atol=1e-10)


def test_a_long_chain_and_many_candidates():
    chain = np.zeros((60, 60))
    np.fill_diagonal(chain[:, 1:], 3)
    np.fill_diagonal(chain[1:], 1)
    t = estimators.strengths(chain)
    np.testing.assert_allclose(-np.diff(t), np.log(3), atol=1e-10)
    generator = np.random.default_rng(0)
    true = generator.normal(size=300)
    chance = special.expit(true[:, None] - true)
    upper = np.triu(generator.binomial(20, chance), 1)
    wins = upper + np.tril(20 - upper.T, -1)
    began = time.process_time()
    found = estimators.strengths(wins)
    assert time.process_time() - began < 20
    errors = estimators.strength_standard_errors(wins)
    z = (found - true + true.mean()) / errors
    assert 0.8 < z.std() < 1.2


def test_what_has_no_finite_fit_is_named():
    with pytest.raises(InputError, match="no other candidate ever beat one of 0; take map_"):
        estimators.strengths([[0, 1, 2], [0, 0, 1], [0, 1, 0]])
    with pytest.raises(InputError, match="beat one of 0, 2;"):
        estimators.strengths([[0, 1, 2, 0], [0, 0, 0, 1], [1, 0, 0, 3], [0, 1, 0, 0]])
    for bad in ([1, 2], [[0, 1, 2], [1, 0, 1]], [[0]], [[0, -1], [1, 0]], [[0, np.nan], [1, 0]]):
        with pytest.raises(InputError, match="wins must be"):
            estimators.strengths(bad)


def test_bias_is_free_of_the_gaps():
    generator = np.random.default_rng(1)
    gap, bias = generator.normal(scale=1.5, size=200_000), 0.7
    ahead = generator.random(gap.size) < special.expit(gap + bias)
    behind = generator.random(gap.size) < special.expit(-gap + bias)
    found = estimators.position_bias(np.sum(ahead & behind), np.sum(~ahead & ~behind))
    assert abs(found.value - bias) < 4 * found.stderr
    assert 0.001 < found.stderr < 0.01
    with pytest.raises(InputError, match="second_second must be positive"):
        estimators.position_bias(3, 0)


def test_errors_are_those_of_fits_again_and_again():
    generator = np.random.default_rng(2)
    true = np.linspace(-1, 1, 5)
    chance = special.expit(true[:, None] - true)
    fits = []
    for _ in range(400):
        upper = np.triu(generator.binomial(40, chance), 1)
        fits.append(estimators.strengths(upper + np.tril(40 - upper.T, -1)))
    expected = estimators.strength_standard_errors(40 * chance)
    np.testing.assert_allclose(
        expected, [0.15395934316, 0.140563091475, 0.136261601145, 0.140563091475, 0.15395934316],
        atol=1e-10,
    )  # fmt: skip
    np.testing.assert_allclose(np.std(fits, 0, ddof=1), expected, rtol=0.16)
