"""Verifiers and tournaments against reference digits, quadrature and enumeration."""

import itertools

import jax
import numpy as np
import pytest
from scipy import integrate, stats

from jtts.arguments import InputError
from jtts.rewards import Discrete, Exponential, Normal, StudentT
from jtts.theory import verifiers, voting


def test_binary_reference():
    n = np.array([2, 4, 16, 10**9])
    expected = [0.447, 0.5849007, 0.6584055726, 0.6585365854]
    np.testing.assert_allclose(verifiers.binary_accuracy(n, 0.3, 0.9, 0.2), expected, atol=6e-11)
    assert verifiers.verifier_calls(1e9, 0.3, 0.9, 0.2) == pytest.approx(1 / 0.41)


def test_binary_at_the_edges():
    assert verifiers.binary_accuracy(5, 0.3, 1.0, 0.0) == pytest.approx(1 - 0.7**5)
    assert verifiers.binary_accuracy(5, 0.3, 1.0, 1.0) == pytest.approx(0.3)
    assert verifiers.binary_accuracy(5, 0.3, 0.0, 0.0) == pytest.approx(0.3)
    assert verifiers.verifier_calls(5, 0.3, 0.0, 0.0) == 5
    slope = jax.grad(verifiers.binary_accuracy.function, argnums=1)(4.0, 0.3, 1.0, 0.0)
    assert slope == pytest.approx(4 * 0.7**3)


def test_abstaining_reference():
    def value(n, penalty):
        return verifiers.abstaining_value(n, 0.5, 2.0, 1.0, 0.1, penalty)

    np.testing.assert_allclose(value(200, 0.0), 0.5252803874, atol=6e-11)
    np.testing.assert_allclose(
        value(np.array([4, 200]), 1.0), [0.1734857143, 0.0505607749], atol=6e-11
    )
    assert value(1, 2.0) == pytest.approx(0.04)
    n = np.arange(1, 60)
    few = np.asarray(value(n, 1.0))  # best at 3 and 4, which are equally good
    assert few[2] == pytest.approx(float(few[3]), abs=1e-12)
    assert np.all(few[[0, 1, 4, 5]] < few[3])
    assert np.argmax(value(n, 2.0)) == 0
    assert np.all(np.diff(value(n, 0.0)) > 0)


SCORES = {
    0.6: (0.4278538, 0.5432779, 0.2975698, 0.0034541),
    1.0: (0.4093050, 0.7001855, 0.8842121, 0.9766771),
    1.4: (0.3921732, 0.7798022, 0.9903435, 0.9999959),
}
AUC = {0.6: 0.8044137, 1.0: 0.7602499, 1.4: 0.7194600}


@pytest.mark.parametrize("spread", SCORES)
def test_scores_reference(spread):
    laws = Normal(1.0, spread), Normal()
    found = verifiers.best_of_n_accuracy(np.array([2, 16, 256, 10**5]), 0.3, *laws)
    np.testing.assert_allclose(found, SCORES[spread], atol=6e-8)
    assert verifiers.auc(*laws) == pytest.approx(AUC[spread], abs=6e-8)
    # the best AUC belongs to the verifier that collapses
    slope = verifiers.roc_slope(*laws)
    limit = verifiers.roc_limit_accuracy(0.3, slope)
    assert limit == pytest.approx(0.0 if spread < 1 else 1.0, abs=1e-10)


def test_exponential_scores_reference():
    laws = Exponential(1.0, 1.0), Exponential()
    found = verifiers.best_of_n_accuracy(np.array([4, 16, 10**9]), 0.3, *laws)
    expected = [0.5174735774, 0.5381003642, 0.5381015262]
    np.testing.assert_allclose(found, expected, atol=6e-11)
    assert verifiers.roc_slope(*laws) == pytest.approx(np.e)
    assert verifiers.roc_limit_accuracy(0.3, np.e) == pytest.approx(0.5381015262, abs=6e-11)
    assert verifiers.roc_limit_accuracy(0.3, 0.0) == 0
    assert verifiers.roc_limit_accuracy(0.3, np.inf) == 1


def test_heavy_tailed_scores_agree_with_scipy():
    right, wrong = StudentT(5.0, 1.0), StudentT(3.0)

    def integrand(x, n):
        below = 0.4 * stats.t.cdf(x - 1, 5) + 0.6 * stats.t.cdf(x, 3)
        return n * below ** (n - 1) * 0.4 * stats.t.pdf(x - 1, 5)

    for n in (1, 7, 100):
        expected = integrate.quad(integrand, -60, 400, args=(n,), limit=400, points=[0, 2, 10])[0]
        assert verifiers.best_of_n_accuracy(n, 0.4, right, wrong) == pytest.approx(
            expected, rel=2e-7
        )


def test_tied_scores_agree_with_enumeration():
    rewards = np.array([0.0, 1.0, 2.0])
    right, wrong = np.array([0.2, 0.3, 0.5]), np.array([0.5, 0.3, 0.2])
    p, n = 0.4, 3
    total = 0.0
    for kinds in itertools.product((0, 1), repeat=n):
        for scores in itertools.product(range(3), repeat=n):
            chance = np.prod([
                (p * right[s]) if good else (1 - p) * wrong[s]
                for good, s in zip(kinds, scores, strict=True)
            ])  # fmt: skip
            top = np.array(scores) == max(scores)
            total += chance * np.mean(np.array(kinds)[top])
    laws = Discrete(right, rewards), Discrete(wrong, rewards)
    assert verifiers.best_of_n_accuracy(n, p, *laws) == pytest.approx(total, abs=1e-14)
    grid = np.multiply.outer(right, wrong)
    assert verifiers.auc(*laws) == pytest.approx(np.tril(grid, -1).sum() + np.trace(grid) / 2)
    # in any order, and split in two
    shuffled = Discrete(np.array([0.5, 0.1, 0.2, 0.2]), np.array([2.0, 1.0, 1.0, 0.0]))
    assert verifiers.best_of_n_accuracy(n, p, shuffled, laws[1]) == pytest.approx(total, abs=1e-14)


def test_knockout_reference():
    sizes = 2 ** np.array([1, 2, 3, 4, 10])
    expected = [0.384, 0.4786176, 0.5784347172, 0.6759739152, 0.9726993433]
    np.testing.assert_allclose(verifiers.knockout_accuracy(sizes, 0.3, 0.7), expected, atol=6e-11)
    assert verifiers.knockout_exponent(0.7) == pytest.approx(0.7369655942, abs=6e-11)
    failures = 1 - verifiers.knockout_accuracy(2.0 ** np.array([30, 31]), 0.3, 0.7)
    assert -np.log2(failures[1] / failures[0]) == pytest.approx(0.7369655942, rel=1e-5)
    assert verifiers.knockout_exponent(0.4) == 0
    # three comparisons a match
    q = voting.majority_accuracy(3, 0.7)
    assert verifiers.knockout_accuracy(2, 0.3, q) == pytest.approx(0.09 + 0.42 * float(q))
    repeated = verifiers.repeated_knockout_accuracy(sizes, 0.3, 0.7, np.array([[1], [3]]))
    np.testing.assert_allclose(repeated[0], expected, atol=6e-11)
    np.testing.assert_allclose(repeated[1], verifiers.knockout_accuracy(sizes, 0.3, q), rtol=1e-12)


def test_operating_points_are_the_roc_curve():
    right, wrong = Normal(1.0, np.array([[0.6], [1.4]])), Normal()
    x = np.array([-1.0, 0.5, 3.0, 9.0])
    rates = verifiers.operating_point(x, right, wrong)
    expected = stats.norm.sf(x, 1.0, right.scale)
    np.testing.assert_allclose(rates["true_positive"], expected, rtol=1e-12)
    np.testing.assert_allclose(rates["false_positive"], [stats.norm.sf(x)] * 2, rtol=1e-12)
    for spread in (0.6, 1.4):
        along = verifiers.operating_point(np.linspace(-9, 12, 4001), Normal(1.0, spread), wrong)
        area = -np.trapezoid(along["true_positive"], along["false_positive"])
        assert area == pytest.approx(float(verifiers.auc(Normal(1.0, spread), wrong)), abs=1e-6)
        slope = verifiers.roc_slope(Normal(1.0, spread), wrong, stats.norm.sf(3.0))
        assert slope == pytest.approx(stats.norm.sf(2.0 / spread) / stats.norm.sf(3.0))


def test_score_laws_broadcast():
    spread, n = np.array([0.6, 1.4]), np.array([2, 16, 256])
    grid = verifiers.best_of_n_accuracy(n[:, None], 0.3, Normal(1.0, spread), Normal())
    expected = np.array([SCORES[0.6][:3], SCORES[1.4][:3]]).T
    np.testing.assert_allclose(grid, expected, atol=6e-8)
    areas = verifiers.auc(Normal(1.0, spread), Normal())
    np.testing.assert_allclose(areas, [AUC[0.6], AUC[1.4]], atol=6e-8)
    slope = jax.grad(verifiers.best_of_n_accuracy.function, argnums=1)(
        16, 0.3, Normal(1.0), Normal()
    )
    ends = [verifiers.best_of_n_accuracy(16, 0.3 + h, Normal(1.0), Normal()) for h in (-1e-6, 1e-6)]
    assert slope == pytest.approx(float(ends[1] - ends[0]) / 2e-6, rel=1e-6)


CASCADES = {  # p, separation, right, wrong, price: threshold, accuracy, share deferred
    (0.6, 1.5, 0.9, 0.5, 0.0): (1.55264853622, 0.756689645985, 0.688494992036),
    (0.6, 1.5, 0.9, 0.5, 0.2): (0.479689927928, 0.727627768074, 0.365984850232),
    (0.8, 2.0, 0.95, 0.4, 0.1): (0.65342640972, 0.855898391208, 0.21989890009),
}


@pytest.mark.parametrize("point", CASCADES)
def test_cascade_reference(point):
    threshold = verifiers.cascade_threshold(*point)
    found = [
        law(threshold, *point[:4])
        for law in (verifiers.cascade_accuracy, verifiers.cascade_deferred)
    ]
    np.testing.assert_allclose([threshold, *found], CASCADES[point], rtol=0, atol=1e-11)


def test_cascade_ends_at_either_model():
    """Never deferring is the small model alone, always the large one; between, both are beaten."""
    p, models = 0.6, (1.5, 0.9, 0.5)
    ends = verifiers.cascade_accuracy(np.array([-np.inf, np.inf]), p, *models)
    np.testing.assert_allclose(ends, [0.6, 0.6 * 0.9 + 0.4 * 0.5], rtol=1e-15)
    np.testing.assert_array_equal(
        verifiers.cascade_deferred(np.array([-np.inf, np.inf]), p, *models), [0.0, 1.0]
    )
    best = verifiers.cascade_accuracy(verifiers.cascade_threshold(p, *models), p, *models)
    assert best > max(ends)
    prices = np.array([0.5, 0.499, -0.0999, -0.1])  # q_0 and what 1 - q_1 costs at most
    thresholds = np.asarray(verifiers.cascade_threshold(p, *models, prices))
    np.testing.assert_array_equal(np.isfinite(thresholds), [False, True, True, False])
    assert np.all(np.diff(thresholds) > 0)


def test_cascade_is_a_point_of_the_roc_curve():
    threshold, d = np.linspace(-2, 4, 7), 1.5
    rates = verifiers.operating_point(threshold, Normal(d), Normal())
    kept = 0.6 * rates["true_positive"] + 0.4 * rates["false_positive"]
    np.testing.assert_allclose(verifiers.cascade_deferred(threshold, 0.6, d), 1 - kept, rtol=1e-12)
    sure = verifiers.cascade_accuracy(threshold, 0.6, d, 0.0, 0.0)
    np.testing.assert_allclose(sure, 0.6 * rates["true_positive"], rtol=1e-12)


def test_accuracy_is_concave_in_the_share_deferred():
    threshold = np.linspace(-4, 6, 201)
    share = np.asarray(verifiers.cascade_deferred(threshold, 0.6, 1.5))
    accuracy = np.asarray(verifiers.cascade_accuracy(threshold, 0.6, 1.5, 0.9, 0.5))
    slopes = np.diff(accuracy) / np.diff(share)
    assert np.all(np.diff(slopes) < 0)
    # the slope at a threshold is the price at which it is best
    at = verifiers.cascade_threshold(0.6, 1.5, 0.9, 0.5, slopes[100])
    assert threshold[100] < at < threshold[101]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: verifiers.binary_accuracy(0, 0.3, 0.9, 0.2),
            "n must be between 1 and 1e.300, got 0",
        ),
        (lambda: verifiers.binary_accuracy(1, 1.3, 0.9, 0.2), "p must be between 0 and 1"),
        (lambda: verifiers.verifier_calls(1, 0.3, -0.9, 0.2), "true_positive must be between"),
        (
            lambda: verifiers.abstaining_value(1, 0.0, 1.0, 0.5, 0.5, 1.0),
            "a must be between 0.05 and 1e",
        ),
        (
            lambda: verifiers.best_of_n_accuracy(2, 0.5, Normal(), Discrete([1.0], [0.0])),
            "both be discrete or both not, got Normal and Discrete",
        ),
        (
            lambda: verifiers.roc_slope(Normal(), Discrete([1.0], [0.0])),
            "needs laws with a density",
        ),
        (
            lambda: verifiers.roc_slope(Normal(), Normal(), 0.0),
            "false_positive must be above 0 and below 1",
        ),
        (lambda: verifiers.roc_limit_accuracy(0.5, -1.0), "slope must be at least 0"),
        (lambda: verifiers.knockout_accuracy(6, 0.5, 0.5), "num_candidates must be a power of two"),
        (lambda: verifiers.knockout_accuracy(4, 0.5, 1.5), "q must be between 0 and 1"),
        (
            lambda: verifiers.repeated_knockout_accuracy(4, 0.5, 0.5, 2),
            "num_comparisons must be an odd number, at least 1, at most 1e.15, got 2",
        ),
        (
            lambda: verifiers.operating_point(np.inf, Normal(), Normal()),
            "threshold must be finite",
        ),
        (
            lambda: verifiers.cascade_accuracy(0.0, 0.6, np.inf, 0.9, 0.5),
            "separation must be finite, got inf",
        ),
        (
            lambda: verifiers.cascade_threshold(0.6, 0.0, 0.9, 0.5),
            "separation must be between 0.01 and 100, got 0",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
