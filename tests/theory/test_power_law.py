"""Power-law spectra against the direct sum, arbitrary precision and reference values."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.theory import regression
from jtts.theory.regression.power_law_sums import power_law_sums

BAYES = {"noise_var": 0.1, "prior_var": 1.0}


@pytest.mark.parametrize(
    ("n", "kappa", "rho"),
    [
        (200, "1.99483659e-03", "0.749353"),
        (2000, "1.04736361e-04", "0.522611"),
        (20000, "7.10042911e-06", "0.295817"),
    ],
)
def test_reference_values(n, kappa, rho):
    point = {"exponent": 1.5, "modes": 200_000, "samples": n, **BAYES}
    assert f"{regression.power_law_ridge(**point):.8e}" == kappa
    assert f"{regression.power_law_rho(**point):.6f}" == rho


@pytest.mark.parametrize("exponent", [0.3, 1.0, 1 + 1e-9, 1.5, 3.0, 10.0])
def test_sums_over_modes(exponent):
    for modes in (1, 127, 128, 129, 3000, 10**6):
        for log_kappa in (-60.0, -20.0, -5.0, 0.0, 5.0):
            z = np.exp(log_kappa) * np.arange(1.0, modes + 1) ** exponent
            expected = np.sum(1 / (1 + z)), np.sum(z / (1 + z) ** 2)
            found = power_law_sums(*map(jnp.asarray, (np.exp(log_kappa), exponent, float(modes))))
            np.testing.assert_allclose(found, expected, rtol=5e-12)


@pytest.mark.parametrize("exponent", [1.05, 1.5, 2.5, 4.0])
@pytest.mark.parametrize("log_kappa", [-40.0, -10.0, -4.0])
def test_endless_modes(exponent, log_kappa):
    """The first 60 modes and, for the others, the integral with Euler-Maclaurin terms in mpmath."""
    with mp.workdps(40):
        a, kappa, start = mp.mpf(exponent), mp.exp(log_kappa), 60

        def f(x):
            return 1 / (1 + kappa * x**a)

        # the whole integral in closed form, less its beginning
        arch = (mp.pi / a) / mp.sin(mp.pi / a) * kappa ** (-1 / a)
        total = mp.fsum(f(i) for i in range(1, start)) + f(start) / 2
        total += arch - mp.quad(f, [0, 1, 5, 20, start])
        for order, bernoulli in (
            (1, mp.mpf(1) / 12),
            (3, -mp.mpf(1) / 720),
            (5, mp.mpf(1) / 30240),
        ):
            total -= bernoulli * mp.diff(f, start, order)
    found = power_law_sums(*map(jnp.asarray, (np.exp(log_kappa), exponent, np.inf)))[0]
    assert found == pytest.approx(float(total), rel=1e-12)


@pytest.mark.parametrize("modes", [7, 500, 20_000])
@pytest.mark.parametrize("exponent", [0.5, 1.5, 3.0])
def test_it_is_the_family_at_these_arguments(exponent, modes):
    """Spectrum i^-a, aspect_ratio M/n, prior variance M gamma^2."""
    samples, noise, prior = 300, 0.3, 2.0
    point = {"exponent": exponent, "modes": modes, "samples": samples}
    spectrum = regression.power_law_spectrum(modes, exponent)
    kappa = regression.renormalized_ridge(spectrum, modes / samples, noise / (prior * samples))
    found = regression.power_law_ridge(**point, noise_var=noise, prior_var=prior)
    np.testing.assert_allclose(found, kappa, rtol=1e-11)
    stats = regression.statistics(
        spectrum=spectrum, aspect_ratio=modes / samples, noise_var=noise, prior_var=modes * prior
    )
    ours = regression.power_law_statistics(**point, noise_var=noise, prior_var=prior)
    np.testing.assert_allclose(ours.predictive_var, stats.predictive_var, rtol=1e-11)
    np.testing.assert_allclose(ours.mean_error, stats.mean_error, rtol=1e-11)
    rho = regression.power_law_rho(**point, noise_var=noise, prior_var=prior)
    np.testing.assert_allclose(rho, stats.mean_error / stats.predictive_var, rtol=1e-11)


def test_many_decades():
    """rho = 1 - sigma^2/(gamma^2 n kappa) holds to rounding from few to very many samples."""
    samples = np.logspace(0, 18, 37)
    for modes in (1e3, 1e9, np.inf):
        point = {"exponent": 1.3, "modes": modes, "samples": samples, **BAYES}
        kappa, rho = regression.power_law_ridge(**point), regression.power_law_rho(**point)
        np.testing.assert_allclose(1 - 0.1 / (samples * kappa), rho, atol=2e-13)
        assert np.all(np.diff(kappa) < 0)
        assert np.all(np.diff(rho) < 0)


def test_asymptote():
    n = np.array([1e8, 1e10, 1e12])
    for exponent in (1.5, 2.0, 3.0):
        rho = regression.power_law_rho(exponent=exponent, samples=n, **BAYES)
        law = regression.power_law_asymptotic_rho(exponent=exponent, samples=n, **BAYES)
        gap = np.abs(law / rho - 1)
        assert np.all(gap < 1.5 * (law / exponent + 0.5 / (n * law)))
        slopes = np.diff(np.log(law)) / np.diff(np.log(n))
        np.testing.assert_allclose(slopes, -(1 - 1 / exponent), rtol=1e-12)


def test_gradients():
    def kappa(exponent, samples, noise_var, prior_var):
        return regression.power_law_ridge(
            exponent=exponent, samples=samples, noise_var=noise_var, prior_var=prior_var
        )

    point = (1.7, 500.0, 0.2, 1.3)
    differences = []
    for index in range(4):
        up, down = list(point), list(point)
        up[index] *= 1 + 1e-5
        down[index] *= 1 - 1e-5
        differences.append((kappa(*up) - kappa(*down)) / (2e-5 * point[index]))
    every = tuple(range(4))
    np.testing.assert_allclose(jax.jit(jax.grad(kappa, every))(*point), differences, rtol=1e-7)
    np.testing.assert_allclose(jax.jit(jax.jacfwd(kappa, every))(*point), differences, rtol=1e-7)


def test_broadcast_jit_and_vmap():
    exponent, samples = np.array([1.2, 2.0])[:, None], np.array([10.0, 1e3, 1e5])
    grid = regression.power_law_rho(exponent=exponent, samples=samples, **BAYES)
    assert grid.shape == (2, 3)

    def one(a, n):
        return regression.power_law_rho(exponent=a, samples=n, **BAYES)

    mapped = jax.jit(jax.vmap(jax.vmap(one, (None, 0)), (0, None)))(exponent[:, 0], samples)
    np.testing.assert_allclose(mapped, grid, rtol=1e-12)


def test_traced_nonsense_is_nan():
    def kappa(exponent, samples):
        return regression.power_law_ridge(exponent=exponent, samples=samples, **BAYES)

    for point in ((0.9, 10.0), (1.5, -1.0)):
        assert np.isnan(jax.jit(kappa)(*point))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"exponent": 1.0}, "exponent must be above 1 where modes are endless, got exponent = 1"),
        ({"exponent": -1.0}, "exponent must be positive and finite, got -1"),
        ({"samples": 0}, "samples must be positive and finite, got 0"),
        ({"modes": 0}, "modes must be a whole number, at least 1 or infinite, got 0"),
    ],
)
def test_bad_input(change, message):
    for law in (
        regression.power_law_ridge,
        regression.power_law_rho,
        regression.power_law_statistics,
    ):
        with pytest.raises(InputError, match=message):
            law(**{"exponent": 2.0, "samples": 10, **BAYES} | change)
    with pytest.raises(InputError, match=r"exponent must be above 1 and at most 1e\+06, got 1"):
        regression.power_law_asymptotic_rho(exponent=1.0, samples=10, **BAYES)
