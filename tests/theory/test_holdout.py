"""A reused holdout against reference digits, identities and limits."""

from math import comb

import jax
import numpy as np
import pytest
from scipy import stats

from jtts.arguments import InputError
from jtts.theory import holdout, selection, voting
from jtts.theory.holdout.attacks import agreement
from jtts.theory.holdout.features import _moments, vote


@pytest.mark.parametrize(
    ("point", "value"),
    [
        ((16, 100, 0.6), 0.085471536627),
        ((256, 200, 0.5), 0.099632103748),
        ((16, 30, 0.9), 0.082029115173),
        ((64, 1000, 0.3), 0.034259929981),
    ],
)
def test_bias_of_the_winner(point, value):
    assert holdout.winner_bias(*point) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("point", "reported", "true"),
    [
        ((8, 100, 2, 2), 0.81712326266, 0.8049262141),
        ((64, 50, 8, 4), 0.94073985484, 0.88769343133),
        ((256, 1000, 20, 20), 0.71759441987, 0.70922540372),
    ],
)
def test_winner_among_different_candidates(point, reported, true):
    assert holdout.beta_winner_reported(*point) == pytest.approx(reported, abs=1e-11)
    assert holdout.beta_winner_true(*point) == pytest.approx(true, abs=1e-11)


@pytest.mark.parametrize(
    ("point", "value"),
    [
        ((16, 100, 0.6), 0.086515556063),
        ((256, 200, 0.5), 0.099944709701),
        ((16, 30, 0.9), 0.096727332234),
        ((64, 1000, 0.3), 0.033963924635),
    ],
)
def test_normal_scores_of_equal_candidates(point, value):
    """The usual approximation of `winner_bias`, 18 % high at (16, 30, 0.9)."""
    k, n, p = point
    found = holdout.gaussian_winner_bias(k, n, np.sqrt(p * (1 - p)), 0.0)
    assert found == pytest.approx(value, abs=1e-12)
    if point == (16, 30, 0.9):
        assert found / holdout.winner_bias(*point) == pytest.approx(1.18, abs=0.005)


def test_normal_scores_of_different_candidates():
    """With a spread as large as the error half of the excess is bias."""
    found = holdout.gaussian_winner_bias([16, 8], [100, 50], 0.5, [0.05, 0.0])
    np.testing.assert_allclose(found, [0.0624372244773, 0.10066374301], atol=1e-11)
    excess = selection.expected_max(16.0) * np.sqrt(0.05**2 + 0.5**2 / 100)
    assert found[0] == pytest.approx(float(excess) / 2, rel=1e-12)


def test_one_candidate_is_not_chosen():
    assert holdout.winner_bias(1, 100, 0.3) == 0
    one = holdout.beta_winner_reported(1, 57, 3.0, 2.0), holdout.beta_winner_true(1, 57, 3.0, 2.0)
    assert one == pytest.approx((0.6, 0.6), rel=1e-12)
    assert abs(holdout.gaussian_winner_bias(1, 50, 0.5, 0.1)) < 1e-14


def test_many_alike_candidates_are_equal_ones():
    alike = holdout.beta_winner_reported(16, 100, 6e5, 4e5) - 0.6
    assert alike == pytest.approx(float(holdout.winner_bias(16, 100, 0.6)), rel=1e-3)


ATTACKS = {  # queries, questions, noise: signs, weights
    (15, 25, 0): (0.73856772195, 0.78538210682),
    (51, 101, 0): (0.71636705547, 0.76242880328),
    (101, 101, 0): (0.78904715035, 0.84254860020),
    (14, 24, 0): (0.72452707246, 0.78198095996),
    (15, 25, 0.2): (0.67280835008, 0.70993693661),
    (51, 101, 0.1): (0.65638270842, 0.69232490936),
    (1001, 10001, 0): (0.59967274641, 0.62414516753),
}


@pytest.mark.parametrize("point", ATTACKS)
def test_attacks(point):
    found = holdout.sign_attack_accuracy(*point), holdout.weighted_attack_accuracy(*point)
    assert found == pytest.approx(ATTACKS[point], abs=1e-11)


def test_agreement_of_a_query():
    values = [agreement(n, t) for n, t in ((25.0, 0.0), (101.0, 0.0), (25.0, 0.2), (1001.0, 0.05))]
    reference = [0.161180257797, 0.0795892373872, 0.113313378829, 0.013476167678]
    np.testing.assert_allclose(values, reference, atol=1e-12)
    # one question fewer than an odd number changes nothing
    assert agreement(24.0, 0.0) == pytest.approx(float(agreement(25.0, 0.0)), rel=1e-13)


def test_an_answer_of_zero_needs_a_coin():
    """The vote of (14, 24, 0) with no vote for an answer of 0, as numpy's sign has it."""
    agree = float(agreement(24.0, 0.0))
    none = comb(24, 12) / 2**24
    votes = np.array([1.0])
    for _ in range(14):
        votes = np.convolve(votes, [(1 - none - agree) / 2, none, (1 - none + agree) / 2])
    assert votes[15:].sum() + votes[14] / 2 == pytest.approx(0.746353, abs=1e-6)
    assert holdout.sign_attack_accuracy(14, 24, 0) == pytest.approx(0.724527, abs=1e-6)


def test_constants_of_the_square_root():
    """Published is the order sqrt(k/n); derived here are 1/pi and 1/sqrt(2 pi)."""
    k, n = 10**3 + 1, 10**9 + 1
    root = np.sqrt(k / n)
    for law, constant in (
        (holdout.sign_attack_accuracy, 1 / np.pi),
        (holdout.weighted_attack_accuracy, 1 / np.sqrt(2 * np.pi)),
    ):
        assert law(k, n, 0.0) - 0.5 == pytest.approx(constant * root, rel=1e-3)


def test_disjoint_parts_err_by_more_than_the_bias_they_avoid():
    biases = [
        2 * law(16, 400, 0.0) - 1
        for law in (holdout.weighted_attack_accuracy, holdout.sign_attack_accuracy)
    ]
    np.testing.assert_allclose(biases, [0.1587, 0.1248], atol=5e-5)
    assert max(biases) < np.sqrt(16 / 400) == 0.2


def test_the_last_of_an_even_number_of_queries_changes_nothing():
    even, odd = (holdout.sign_attack_accuracy(k, 31, 0.1) for k in (14, 13))
    assert even == odd
    chance = (1 + agreement(31.0, 0.1)) / 2
    assert odd == pytest.approx(float(voting.majority_accuracy(13, float(chance))), rel=1e-12)


def test_lattice_and_smooth_sums_meet():
    """At a noise of 3, where the formula changes, nothing jumps."""
    low, high = (holdout.weighted_attack_accuracy(9, 11, 3 / 33 * (1 + h)) for h in (-1e-9, 1e-9))
    assert abs(low - high) < 1e-9


def test_many_queries_tend_to_the_normal_law():
    for noise in (0.0, 0.01):
        k, n = 2 * 10**7, 10**8 + 1
        z2 = k / (n * (1 + n * noise**2))
        for found, square in (
            (holdout.sign_attack_accuracy, 2 * z2 / np.pi),
            (holdout.weighted_attack_accuracy, z2),
        ):
            normal = jax.scipy.stats.norm.cdf(np.sqrt(square))
            assert found(k, n, noise) == pytest.approx(float(normal), abs=1e-6)


@pytest.mark.parametrize(
    ("queries", "noise", "bias", "bare"),
    [(1000, 0.05023, 0.04923, 0.2482), (10**5, 0.15884, 0.15749, 0.9984)],
)
def test_noise_as_large_as_the_bias(queries, noise, bias, bare):
    for used, right in ((noise, bias), (0.0, bare)):
        found = 2 * holdout.weighted_attack_accuracy(queries, 10**4, used) - 1
        assert found == pytest.approx(right, abs=1.5e-5 if used else 5e-5)
    assert holdout.query_budget(10**4, bias, noise) == pytest.approx(queries, rel=1e-3)


def test_budget_of_small_errors():
    n, error = 10**8, 1e-3
    noisy, bare = (holdout.query_budget(n, error, noise) for noise in (error, 0.0))
    assert noisy == pytest.approx(np.pi / 2 * n**2 * error**4 * (1 + 1 / (n * error**2)), rel=1e-5)
    assert bare == pytest.approx(np.pi / 2 * n * error**2, rel=1e-5)


def test_chosen_features():
    points = [(500, 10**4, 1), (100, 10**4, 1), (500, 10**4, 2)]
    values = [holdout.selected_feature_accuracy(*point) for point in points]
    np.testing.assert_allclose(values, [0.633459732921, 0.560609039123, 0.702175264641], atol=1e-12)
    assert abs(values[0] - 0.63) < 0.004  # as published: 63 +- 0.4 %


def test_where_fewer_pass_than_are_to_vote():
    """Of 10,000 features 503 pass on average, so that of 500 asked 493 vote."""
    number = stats.binom(10**4, 2 * stats.norm.sf(1.0) ** 2)
    passed = np.arange(1, 1001)
    weights, voting = number.pmf(passed), np.minimum(passed, 500)
    assert weights @ passed == pytest.approx(503.4, abs=0.05)
    assert weights @ voting == pytest.approx(493, abs=0.5)
    accuracy = weights @ holdout.selected_feature_accuracy(voting, 10**4, 1.0)
    assert accuracy == pytest.approx(0.6325, abs=5e-5)
    assert abs(accuracy - 0.6320) < 2 * 0.0006  # 34 runs at that size


def test_thresholdout():
    values = [holdout.thresholdout_slope(4.0, 1.0, 1.0, u) for u in (1.0, 2.0)]
    np.testing.assert_allclose(values, [0.069278842, 0.165769172], atol=1e-9)
    integrals = jax.jit(_moments)
    moments = [integrals(cut, 4.0, 1.0, 1.0) for cut in (1.0, 2.0, 1.907298313)]
    chances = [2 * float(chance) for chance, _, _ in moments]
    np.testing.assert_allclose(chances, [0.302396973, 0.039804276, 0.05], atol=1e-9)
    assert moments[2][1] / moments[2][0] == pytest.approx(0.153524256, abs=1e-9)
    on_train = vote(500, 1e4, moments[2][2] / moments[2][0])
    assert on_train == pytest.approx(0.694198943, abs=1e-9)
    found = holdout.thresholdout_accuracy(500, 10**4, 10**4, 4, 1, 1)
    assert found == pytest.approx(0.513692627, abs=1e-9)


def test_thresholdout_that_never_agrees_is_a_noisy_holdout():
    """T = 0 and little noise: h itself decides, as without a mechanism."""
    slope = holdout.thresholdout_slope(0.0, 0.05, 1.0, 1.5)
    bare = jax.scipy.stats.norm.pdf(1.0) / jax.scipy.stats.norm.cdf(-1.0)
    assert slope == pytest.approx(float(bare), rel=0.02)


def test_more_than_are_selected_is_no_number():
    assert np.isnan(holdout.thresholdout_accuracy(500, 1000, 600, 4.0, 1.0, 1.0))


def test_cut_of_train_below_the_cut_is_refused():
    with pytest.raises(InputError, match="train_cut must be at least cut"):
        holdout.thresholdout_slope(4.0, 1.0, 1.0, 0.5)
