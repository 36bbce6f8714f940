"""Closed forms of Bayesian linear regression against independent numerics and reference values."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from jax.test_util import check_grads
from scipy.optimize import brentq

from jtts.arguments import InputError
from jtts.theory import regression
from jtts.theory.regression import Statistics, TiedJudge, TrainedJudge

ISOTROPIC = {"spectrum": [1.0], "noise_var": 0.25, "prior_var": 1.0}
MODEL = {"spectrum": [2.0, 1.0, 0.1], "aspect_ratio": 0.5, "noise_var": 0.2, "prior_var": 0.7}
TEACHER = np.array([1.0, -0.5, 2.0])
JUDGES = {
    "teacher": None,
    "weights": np.array([0.5, 0.2, 1.0]),
    "trained": TrainedJudge(1.0, 0.3, 2.0),
    "tied": TiedJudge(0.5),
}


def fields(stats):
    four = stats.predictive_var, stats.mean_error, stats.judge_error, stats.judge_cross
    return [jnp.asarray(value) for value in four]


def agree(got, printed):
    """Equal to every digit printed."""
    digits = len(printed.partition(".")[2])
    return f"{float(got):.{digits}f}" == printed


@pytest.mark.parametrize(
    ("alpha", "kappa", "predictive_var", "mean_error"),
    [
        (0.5, "0.212695264840", "0.42539053", "0.17539053"),
        (2.0, "1.780776406404", "0.89038820", "0.64038820"),
    ],
)
def test_reference_values(alpha, kappa, predictive_var, mean_error):
    # docs, best-of-k section 10
    assert agree(regression.renormalized_ridge([1.0], alpha, alpha / 4), kappa)
    stats = regression.statistics(aspect_ratio=alpha, **ISOTROPIC)
    assert agree(stats.predictive_var, predictive_var)
    assert agree(stats.mean_error, mean_error)


def test_reference_degrees_of_freedom():
    df1 = regression.degrees_of_freedom([1.0], 0.5, 0.125)
    assert agree(df1, "0.824609")
    assert agree(regression.degrees_of_freedom_2([1.0], 0.5, 0.125), "0.679981")
    assert agree(0.5 * df1, "0.412305")  # rho of the matched model


@pytest.mark.parametrize(("alpha", "bias"), [(0.5, "0.03076184"), (2.0, "0.41009705")])
def test_reference_bias_only(alpha, bias):
    stats = regression.statistics(aspect_ratio=alpha, bias_only=True, **ISOTROPIC)
    assert agree(stats.mean_error, bias)


@pytest.mark.parametrize(
    ("n", "kappa", "rho"),
    [
        (200, 1.99483659e-3, 0.749353),
        (2000, 1.04736361e-4, 0.522611),
        (20000, 7.10042911e-6, 0.295817),
    ],
)
def test_reference_power_law(n, kappa, rho):
    # the reference has no 1/d in the features: that is alpha = d/n at ridge sigma^2/n
    modes = 200_000
    spectrum = regression.power_law_spectrum(modes, 1.5)
    got = regression.renormalized_ridge(spectrum, modes / n, 0.1 / n)
    assert got == pytest.approx(kappa, rel=5e-9)
    df = regression.degrees_of_freedom(spectrum, modes / n, 0.1 / n)
    assert modes / n * df == pytest.approx(rho, abs=6e-7)


@pytest.mark.parametrize("seed", range(8))
def test_root_agrees_with_scipy(seed):
    rng = np.random.default_rng(seed)
    spectrum, alpha, ridge = rng.gamma(0.5, size=20), rng.uniform(0.05, 5), 10 ** rng.uniform(-6, 2)
    root = brentq(
        lambda kappa: kappa * (1 - alpha * np.mean(spectrum / (spectrum + kappa))) - ridge,
        0.9 * ridge,
        2 * (ridge + alpha * np.mean(spectrum)),
        xtol=1e-300,
        rtol=1e-14,
    )
    np.testing.assert_allclose(
        regression.renormalized_ridge(spectrum, alpha, ridge), root, rtol=1e-9
    )


@pytest.mark.parametrize("alpha", [1e-6, 0.5, 1.0, 1.001, 1e6])
@pytest.mark.parametrize("ridge", [1e-300, 1e-30, 1.0, 1e250])
def test_extreme_ridge_against_mpmath(alpha, ridge):
    spectrum = [1.0, 0.3, 1e-6]
    with mpmath.workdps(330):
        values, a = [mpmath.mpf(x) for x in spectrum], mpmath.mpf(alpha)
        low, high = mpmath.mpf(ridge), ridge + a * sum(values) / 3
        for _ in range(70):
            kappa = mpmath.sqrt(low * high)
            unused = 1 - a * sum(x / (x + kappa) for x in values) / 3
            low, high = (low, kappa) if kappa * unused > ridge else (kappa, high)
        expected = float(high)
    got = regression.renormalized_ridge(spectrum, alpha, ridge)
    np.testing.assert_allclose(got, expected, rtol=1e-13)


@pytest.mark.parametrize("alpha", [0.2, 1.0, 3.0])
@pytest.mark.parametrize("ridge", [1e-8, 0.1, 10.0])
def test_isotropic_closed_form(alpha, ridge):
    scale = 1.7
    b = ridge + scale * (alpha - 1)
    root = np.sqrt(b**2 + 4 * ridge * scale)
    expected = (b + root) / 2 if b > 0 else 2 * ridge * scale / (root - b)
    got = regression.renormalized_ridge([scale], alpha, ridge)
    np.testing.assert_allclose(got, expected, rtol=1e-12)


def test_zero_eigenvalues_only_dilute():
    # half the directions carry no input: d and d/n count twice as many as matter
    padded = regression.renormalized_ridge([2.0, 0.5, 0.0, 0.0], 2.0, 1e-20)
    np.testing.assert_allclose(
        padded, regression.renormalized_ridge([2.0, 0.5], 1.0, 1e-20), rtol=1e-14
    )


@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0])
def test_derivatives_of_the_root(alpha):
    point = (jnp.array([2.0, 1.0, 0.1]), alpha, 0.05)
    check_grads(regression.renormalized_ridge, point, order=2, modes=("fwd", "rev"), eps=1e-4)


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("teacher", [None, TEACHER], ids=["prior", "fixed"])
def test_derivatives_of_statistics(teacher, judge):
    def at(noise_var, spectrum):
        model = MODEL | {"noise_var": noise_var, "spectrum": spectrum}
        return fields(regression.statistics(**model, teacher=teacher, judge=JUDGES[judge]))

    point = (0.2, jnp.array(MODEL["spectrum"]))
    check_grads(at, point, order=1, modes=("fwd", "rev"), eps=1e-5)


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("teacher", [None, TEACHER], ids=["prior", "fixed"])
def test_broadcasting_is_looping(teacher, judge):
    noise, alpha = np.array([0.1, 0.5]), np.array([0.5, 1.0, 2.0])

    def at(noise_var, aspect_ratio):
        model = MODEL | {"noise_var": noise_var, "aspect_ratio": aspect_ratio}
        return fields(regression.statistics(**model, teacher=teacher, judge=JUDGES[judge]))

    whole = at(noise[:, None], alpha)
    mapped = jax.jit(jax.vmap(jax.vmap(at, (None, 0)), (0, None)))(noise, alpha)
    for i, j in np.ndindex(2, 3):
        one = at(noise[i], alpha[j])
        for field in range(4):
            grid = np.broadcast_to(whole[field], (2, 3))
            np.testing.assert_allclose(grid[i, j], one[field], rtol=1e-12)
            np.testing.assert_allclose(mapped[field][i, j], one[field], rtol=1e-12)


def test_many_spectra_at_once():
    spectra = np.array([[1.0, 2.0], [0.5, 0.1]])
    model = MODEL | {"spectrum": spectra}
    stats = regression.statistics(**model, teacher=np.ones((2, 2)), bias_only=[True, False])
    alone = regression.statistics(**MODEL | {"spectrum": spectra[1]}, teacher=np.ones(2))
    np.testing.assert_allclose(stats.mean_error[1], alone.mean_error, rtol=1e-14)


def test_one_entry_stands_for_all():
    teacher = np.array([1.0, -2.0, 0.5])
    model = {"aspect_ratio": 0.5, "noise_var": 0.2, "prior_var": 0.7}
    short = regression.statistics(spectrum=[1.5], teacher=teacher, judge=[0.3], **model)
    full = regression.statistics(
        spectrum=np.full(3, 1.5), teacher=teacher, judge=np.full(3, 0.3), **model
    )
    np.testing.assert_allclose(fields(short), fields(full), rtol=1e-14)


@pytest.mark.parametrize("noise_var", [1e-12, 0.2, 1e6])
@pytest.mark.parametrize("alpha", [0.3, 1.0, 4.0])
def test_matched_model(alpha, noise_var):
    model = MODEL | {"aspect_ratio": alpha, "noise_var": noise_var}
    stats = regression.statistics(**model)
    ridge = alpha * noise_var / model["prior_var"]
    kappa = regression.renormalized_ridge(model["spectrum"], alpha, ridge)
    df1 = regression.degrees_of_freedom(model["spectrum"], alpha, ridge)
    np.testing.assert_allclose(stats.predictive_var, noise_var * kappa / ridge, rtol=1e-11)
    np.testing.assert_allclose(stats.mean_error, model["prior_var"] * kappa * df1, rtol=1e-12)
    np.testing.assert_allclose(stats.mean_error / stats.predictive_var, alpha * df1, rtol=1e-11)


@pytest.mark.parametrize("judge", JUDGES)
def test_average_over_teachers(judge):
    """The statistics of a drawn teacher are the average of those of fixed ones."""
    signs = np.sqrt(MODEL["prior_var"]) * np.array(np.meshgrid(*[[-1, 1]] * 3)).reshape(3, 8).T
    each = regression.statistics(**MODEL, teacher=signs, judge=JUDGES[judge])
    drawn = regression.statistics(**MODEL, judge=JUDGES[judge])
    for one, average in zip(fields(each), fields(drawn), strict=True):
        np.testing.assert_allclose(np.mean(one), average, rtol=1e-12, atol=1e-15)


def test_judge_trained_on_endless_data_is_the_teacher():
    stats = regression.statistics(**MODEL, teacher=TEACHER, judge=TrainedJudge(1e-9, 0.1, 1.0))
    assert stats.judge_error < 1e-8
    assert abs(stats.judge_cross) < 1e-8


def test_pointwise_laws_average_to_the_statistics():
    """Over x ~ N(0, Sigma), by its second moments: E phi phi^T = Sigma / d."""
    d = 3
    inputs = np.sqrt(d * np.diag(MODEL["spectrum"]) / d)
    values = regression.predictive_variance(inputs, **MODEL)
    average = MODEL["noise_var"] + np.sum(values - MODEL["noise_var"])
    np.testing.assert_allclose(average, regression.statistics(**MODEL).predictive_var, rtol=1e-13)
    means = regression.predictive_mean(inputs, **MODEL, teacher=TEACHER)
    misses = means - inputs @ TEACHER / np.sqrt(d)
    bias = regression.statistics(**MODEL, teacher=TEACHER, bias_only=True).mean_error
    np.testing.assert_allclose(np.sum(misses**2), bias, rtol=1e-13)


def test_traced_nonsense_is_nan():
    for point in ([[1.0], -0.5, 0.1], [[1.0], 0.5, -0.1], [[-1.0], 0.5, 0.1]):
        assert np.isnan(jax.jit(regression.renormalized_ridge)(*map(jnp.array, point)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"spectrum": [1.0, -2.0, 1.0]},
            "spectrum must be a list, each entry zero or positive, and finite, got -2",
        ),
        ({"spectrum": [0.0, 0.0, 0.0]}, "spectrum must have a positive eigenvalue"),
        (
            {"spectrum": 1.0},
            "spectrum must be a list, each entry zero or positive, and finite, got 1",
        ),
        ({"aspect_ratio": 0.0}, "aspect_ratio must be positive and finite, got 0"),
        ({"noise_var": -1.0}, "noise_var must be positive and finite, got -1"),
        ({"prior_var": np.inf}, "prior_var must be positive and finite, got inf"),
        ({"teacher": [1.0, 2.0]}, "teacher must have 1 or 3 entries like spectrum, got 2"),
        ({"judge": [1.0, 2.0]}, "judge must have 1 or 3 entries like spectrum, got 2"),
        ({"teacher": [1.0, np.nan, 1.0]}, "teacher must be a list, each entry finite, got nan"),
    ],
)
def test_bad_input(change, message):
    with pytest.raises(InputError, match=message) as raised:
        regression.statistics(**MODEL | change)
    assert "\n" not in str(raised.value)


def test_bad_ridge():
    with pytest.raises(InputError, match="ridge must be positive and finite, got 0"):
        regression.renormalized_ridge([1.0], 0.5, 0.0)


def test_returns_statistics():
    assert isinstance(regression.statistics(**MODEL), Statistics)
