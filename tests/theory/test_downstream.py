"""From log-likelihood to accuracy against reference digits, identities and limits."""

import jax
import numpy as np
import pytest
from scipy import stats

from jtts.arguments import InputError
from jtts.theory import downstream

STAGES = "loglik", "prob", "margin", "renormalised", "accuracy"
PAIRS = {  # right and wrong slope, noise, gap of two options, one question
    (1.0, 0.0, 0.5, 0.0): (
        0.894427191, 0.63368061237, 0.81649658093, 0.80571865986, 0.65147001587,
    ),
    (0.8, 0.6, 0.6, 0.0): (0.8, 0.61029918269, 0.22941573387, 0.22816336199, 0.18304727206),
    (1.0, 0.3, 1.0, 0.5): (
        0.70710678119, 0.39562310695, 0.44360697537, 0.4314414185, 0.34753231609,
    ),
}  # fmt: skip
FOUR = {1: 0.38745106048, 100: 0.96586755343, 1000: 0.98960796883, 10**9: 0.99235523884}


@pytest.mark.parametrize("point", PAIRS)
def test_reference_digits_of_pairs(point):
    found = [downstream.scale_correlation(stage, *point, 2, 1) for stage in STAGES]
    np.testing.assert_allclose(found, PAIRS[point], atol=6e-12)


def test_reference_digits_of_four_options():
    point = 1.0, 0.3, 1.0, 0.5, 4
    found = downstream.scale_correlation("accuracy", *point, list(FOUR))
    np.testing.assert_allclose(found, list(FOUR.values()), atol=6e-12)
    assert float(downstream.mean_accuracy(*point)) == pytest.approx(0.40619255602, abs=6e-12)
    plain = downstream.scale_correlation("loglik", *point, 100)
    assert float(plain) == pytest.approx(0.99503719021, abs=6e-12)


def test_the_published_order_is_not_monotone():
    """Renormalising may raise the correlation."""
    prob, renormalised = (
        downstream.scale_correlation(stage, 1.0, 0.3, 1.0, 0.5, 2, 1)
        for stage in ("prob", "renormalised")
    )
    assert renormalised > prob + 0.03


@pytest.mark.parametrize("gap", [-1.0, 0.0, 2.0])
def test_what_always_falls(gap):
    """With two options: log-likelihood, margin, accuracy, for 0 <= b <= a."""
    a, b, w = np.meshgrid([0.2, 1.0, 3.0], [0.0, 0.3, 0.9], [0.3, 1.0, 3.0], indexing="ij")
    given = a, a * b, w, gap, 2, 1
    plain, margin, accuracy = (
        np.asarray(downstream.scale_correlation(stage, *given))
        for stage in ("loglik", "margin", "accuracy")
    )
    assert np.all(plain >= margin)
    # thresholding loses at least a fifth
    assert np.all(accuracy <= np.sqrt(2 / np.pi) * margin * (1 + 1e-12))


def test_accuracy_of_two_options():
    """In closed form: r phi(h) / sqrt(Phi(h) Phi(-h)), h = g / S."""
    a, b, w, g = 1.2, -0.4, 0.7, 0.9
    size = np.sqrt((a - b) ** 2 + 2 * w**2)
    h = g / size
    right = (a - b) / size * stats.norm.pdf(h) / np.sqrt(stats.norm.cdf(h) * stats.norm.cdf(-h))
    found = downstream.scale_correlation("accuracy", a, b, w, g, 2, 1)
    assert float(found) == pytest.approx(right, rel=1e-12)
    mean = downstream.mean_accuracy(a, b, w, g, 2)
    assert float(mean) == pytest.approx(stats.norm.cdf(h), rel=1e-12)


def test_no_gap_no_slope_is_chance():
    options = np.array([2, 3, 10, 100])
    np.testing.assert_allclose(
        downstream.mean_accuracy(1.0, 1.0, 0.5, 0.0, options), 1 / options, rtol=1e-12
    )
    # what rises alike with scale tells nothing of it
    for stage in ("margin", "renormalised", "accuracy"):
        assert downstream.scale_correlation(stage, 0.7, 0.7, 0.5, 0.2, 2, 1) == 0
    assert downstream.scale_correlation("accuracy", 0.7, 0.7, 0.5, 0.2, 5, 10**12) == 0


def test_variance_over_scales_by_quadrature():
    """Of many questions only the chance to be right is left: its correlation with the scale."""
    a, b, w, g = 1.5, 0.2, 0.8, 0.4
    x, weight = np.polynomial.hermite_e.hermegauss(120)
    weight = weight / weight.sum()
    chance = stats.norm.cdf((g + (a - b) * x) / (np.sqrt(2) * w))
    variance = weight @ (chance - weight @ chance) ** 2
    right = weight @ (x * chance) / np.sqrt(variance)
    found = downstream.scale_correlation("accuracy", a, b, w, g, 2, 10**12)
    assert float(found) == pytest.approx(right, rel=1e-10)


def test_signs_turn():
    for stage in STAGES[:1] + STAGES[2:]:
        ahead = downstream.scale_correlation(stage, 0.5, 0.2, 0.5, 0.3, 2, 1)
        behind = downstream.scale_correlation(stage, -0.5, -0.2, 0.5, 0.3, 2, 1)
        assert float(ahead) == pytest.approx(-float(behind), rel=1e-13), stage


def test_slopes():
    for stage in STAGES:
        for argument in (1, 3):
            given = [stage, 0.9, 0.2, 0.6, 0.3, 2, 1]

            def value(x, given=given, argument=argument):
                return downstream.scale_correlation(*given[:argument], x, *given[argument + 1 :])

            ends = [float(value(given[argument] + h)) for h in (-1e-5, 1e-5)]
            slope = jax.grad(value)(given[argument])
            assert float(slope) == pytest.approx((ends[1] - ends[0]) / 2e-5, rel=1e-7), stage


def test_what_stages_take():
    with pytest.raises(InputError, match="items must be 1"):
        downstream.scale_correlation("prob", 1.0, 0.3, 1.0, 0.5, 2, 5)
    with pytest.raises(InputError, match="options must be 2"):
        downstream.scale_correlation("margin", 1.0, 0.3, 1.0, 0.5, 3, 1)
    with pytest.raises(InputError, match="stage must be one of"):
        downstream.scale_correlation("likelihood", 1.0, 0.3, 1.0, 0.5, 3, 1)
    with pytest.raises(InputError, match="10 noise"):
        downstream.mean_accuracy(1.0, 0.3, 1.0, 10.5, 3)
