"""Error laws of in-context learning against reference digits and independent integrals."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.theory import in_context as icl
from jtts.theory.in_context.wishart import wishart_spectrum

# --- urns ---


def test_dirichlet_kl_reference():
    found = icl.dirichlet_kl(np.array([0, 1, 16, 128, 32]), np.array([8, 8, 8, 8, 4]))
    np.testing.assert_allclose(found, [0.361584, 0.325335, 0.132001, 0.024955, 0.039574], atol=6e-7)
    large = icl.dirichlet_kl(1000, np.array([8, 4]))
    np.testing.assert_allclose(large, [0.0034494, 0.0014882], atol=6e-8)


def test_dirichlet_redundancy_reference():
    mean = icl.dirichlet_redundancy(np.array([32, 128]), np.array([4, 8])) / np.array([32, 128])
    np.testing.assert_allclose(mean, [0.096061, 0.072137], atol=6e-7)


@pytest.mark.parametrize(("context", "vocabulary"), [(1, 2), (7, 3), (40, 8), (1500, 4)])
def test_redundancy_is_the_sum_of_divergences(context, vocabulary):
    total = float(icl.dirichlet_kl(np.arange(context), vocabulary).sum())
    assert icl.dirichlet_redundancy(context, vocabulary) == pytest.approx(total, rel=1e-11)


@pytest.mark.parametrize(("n", "v"), [(3, 2), (20, 5), (300, 64)])
def test_dirichlet_kl_against_mpmath(n, v):
    with mp.workdps(40):

        def probability(c):
            return mp.binomial(n, c) * mp.beta(c + 1, n - c + v - 1) / mp.beta(1, v - 1)

        spent = sum(
            probability(c) * mp.mpf(c + 1) / (n + v) * mp.log(mp.mpf(c + 1) / (n + v))
            for c in range(n + 1)
        )
        value = float(-v * spent - mp.digamma(v + 1) + mp.digamma(2))
    assert icl.dirichlet_kl(n, v) == pytest.approx(value, rel=1e-11)


def test_divergence_at_many_symbols():
    assert icl.dirichlet_kl(10**6, 8) == pytest.approx(7 / 2e6, rel=1e-4)


# --- ridge ---

RIDGE = [
    (3, 1, 0.25, 0.561817771773),
    (1, 8, 0.25, 28.1572526722),
    (4, 8, 0.25, 17.0734534878),
    (8, 8, 0.25, 5.81292456512),
    (8, 8, 1 / 32, 19.5807581944),
    (12, 8, 0.25, 2.00375464927),
    (15, 8, 0.25, 1.20088077803),
    (16, 8, 0.25, 1.05220010598),
    (31, 8, 0.25, 0.357834412688),
    (4, 4, 1 / 16, 9.29957896092),
    (7, 3, 0.5, 0.724460961637),
    (3, 7, 0.5, 8.72446096164),
    (40, 32, 0.1, 4.20585187582),
    (64, 64, 1e-3, 349.439271514),
    (256, 64, 1e-3, 0.335076179416),
]


@pytest.mark.parametrize(("n", "d", "ridge", "trace"), RIDGE)
def test_ridge_reference(n, d, ridge, trace):
    # twelve digits are printed
    assert icl.ridge_error(n, d, ridge) / ridge == pytest.approx(trace, rel=5e-12)


def test_ridge_table_of_large_and_finite_size():
    n = np.array([0, 1, 4, 8, 12, 15, 31])
    exact = icl.ridge_error(n, 8, 0.25) / 8
    monte_carlo = [1, 0.87989, 0.53343, 0.18175, 0.06235, 0.03750, 0.01119]
    np.testing.assert_allclose(exact, monte_carlo, atol=2e-3)
    large = icl.ridge_error(n, 8, 1 / 32, method="large_size") / 8
    printed = [1, 0.87556, 0.50385, 0.06058, 0.00764, 0.00442, 0.00136]
    np.testing.assert_allclose(large, printed, atol=6e-6)


@pytest.mark.parametrize(("n", "noise"), [(1, 0.1), (2, 1e-4), (50, 3.0)])
def test_one_dimension_is_an_integral_over_chi_square(n, noise):
    with mp.workdps(25):

        def integrand(s):
            density = s ** (mp.mpf(n) / 2 - 1) * mp.exp(-s / 2) / 2 ** (mp.mpf(n) / 2)
            return noise / (s + noise) * density / mp.gamma(mp.mpf(n) / 2)

        value = float(mp.quad(integrand, [0, 1e-6, 1e-4, 0.01, 0.1, 1, 10, 50, 200, 600]))
    assert icl.ridge_error(n, 1, noise) == pytest.approx(value, rel=1e-10)


def test_without_noise_the_shortest_fit_misses_the_unseen_directions():
    assert icl.ridge_error(3, 8, 0.0, 2.0) == pytest.approx(10.0)
    assert icl.ridge_error(20, 8, 0.0) == 0.0


def test_vague_prior_gives_least_squares():
    error = icl.ridge_error(20, 8, 0.25, prior_var=1e10)
    assert error / 8 == pytest.approx(0.0227273, abs=6e-8)
    assert error == pytest.approx(0.25 * 8 / 11, rel=1e-9)


@pytest.mark.parametrize(
    ("n", "d"), [(1, 1), (2, 2), (5, 5), (1, 9), (128, 128), (127, 128), (256, 256), (4096, 64)]
)
def test_moments_of_the_spectrum(n, d):
    nodes, weights = wishart_spectrum(n, d)
    moments = [weights.sum(), weights @ nodes, weights @ nodes**2]
    np.testing.assert_allclose(moments, [min(n, d), n * d, n * d * (n + d + 1)], rtol=2e-13)
    again = wishart_spectrum(d, n)
    np.testing.assert_allclose(weights @ (1 / (1 + nodes)), again[1] @ (1 / (1 + again[0])))


def test_ridge_error_is_that_of_either_side():
    """tr (X'X + r)^-1 and tr (XX' + r)^-1 differ by the null space alone."""
    n, d, noise = 100, 128, 0.3
    wide, tall = icl.ridge_error(n, d, noise), icl.ridge_error(d, n, noise)
    assert wide - tall == pytest.approx(d - n, rel=1e-12)


def test_ridge_gradients():
    def total(noise, prior, method):
        return jnp.sum(icl.ridge_error(np.array([0, 3, 8]), 4, noise, prior, method=method))

    for method in ("exact", "large_size"):
        slopes = jax.jit(jax.grad(total, (0, 1)), static_argnums=2)(0.3, 1.2, method)
        h = 1e-5
        expected = [
            (total(0.3 + h, 1.2, method) - total(0.3 - h, 1.2, method)) / (2 * h),
            (total(0.3, 1.2 + h, method) - total(0.3, 1.2 - h, method)) / (2 * h),
        ]
        np.testing.assert_allclose(slopes, expected, rtol=1e-7)


def test_large_size_is_the_limit():
    for n, d, noise in ((3, 2, 0.5), (1, 2, 0.1)):
        gap = [
            float(icl.ridge_error(c * n, c * d, c * noise)) / c
            - float(icl.large_size_ridge_error(n, d, noise))
            for c in (16, 32)
        ]
        assert gap[0] / gap[1] == pytest.approx(2, rel=0.05)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((4, 8, -1.0), "noise_var must be zero or positive"),
        ((4, 8, 1.0, 0.0), "prior_var must be between 1e-50"),
        ((4, 8, 1e-16), "noise_var / prior_var must be 0 or at least 1e-15, got noise_var = 1e-16"),
        ((4.5, 8, 1.0), "num_examples must be a whole number"),
        ((4, 0, 1.0), "dim must be positive"),
        ((1000, 1000, 1.0), "num_examples and dim must be at most 256"),
        ((4, 8, 1.0, 1.0, "mp"), "method must be one of exact, large_size"),
    ],
)
def test_ridge_refuses(arguments, message):
    with pytest.raises(InputError, match=message):
        icl.ridge_error(*arguments)


def test_traced_sizes_need_the_large_size_law():
    with pytest.raises(InputError, match="num_examples must be known before tracing"):
        jax.jit(lambda n: icl.ridge_error(n, 8, 0.25))(4)
    assert np.isfinite(jax.jit(lambda n: icl.ridge_error(n, 8, 0.25, method="large_size"))(4))


# --- one gradient step ---


def test_gradient_step_reference():
    best = icl.optimal_gradient_step(np.array([8, 10]), np.array([16, 10]), np.array([0.25, 0.0]))
    np.testing.assert_allclose(best, [0.633663, 0.476190], atol=6e-7)
    left = icl.gradient_step_error(best, np.array([8, 10]), np.array([16, 10]), [0.25, 0.0])
    np.testing.assert_allclose(left, [0.366337, 0.523810], atol=6e-7)


def test_one_step_is_worse_than_ridge():
    n = np.array([1, 4, 16, 64])
    best = icl.optimal_gradient_step(8, n, 0.25)
    step = icl.gradient_step_error(best, 8, n, 0.25)
    assert np.all(step > icl.ridge_error(n, 8, 0.25) / 8)


# --- linear attention ---

ATTENTION = [
    (2, 2, 1.5, 0.1, 1.067016, 0.792091),
    (0.5, 2, 1.5, 0.1, 1.268147, 1.074126),
    (4, 8, 0.5, 0.1, 0.911744, 0.214898),
    (20, 10, 5, 0.01, 0.110841, 0.105207),
    (0.2, 1, 1, 0.25, 1.363532, 1.253424),
    (10, 10, 2, 0.1, 0.252979, 0.213841),
    (10, 10, 0.5, 0.1, 0.744617, 0.166628),
    (1e7, 2, 1e7, 0.1, 0.454839, 0.454839),
]


def attention(tau, alpha, kappa, rho):
    return icl.linear_attention_errors(
        context_ratio=alpha, diversity_ratio=kappa, data_ratio=tau, noise_var=rho
    )


@pytest.mark.parametrize(("tau", "alpha", "kappa", "rho", "fresh", "pool"), ATTENTION)
def test_linear_attention_reference(tau, alpha, kappa, rho, fresh, pool):
    np.testing.assert_allclose(attention(tau, alpha, kappa, rho), (fresh, pool), atol=6e-7)


def test_linear_attention_limits():
    # plentiful tasks and data: one gradient step with the best step size, plus the noise
    found = attention(1e9, 2.0, 1e9, 0.1)
    q = 1.1 / 2
    np.testing.assert_allclose(found, 0.1 + q / (1 + q), rtol=1e-7)
    d = 10**6
    step = icl.optimal_gradient_step(d, 2 * d, 0.1 * d)  # inputs of variance 1: noise scales with d
    np.testing.assert_allclose(found[0] - 0.1, 1 - step, rtol=1e-5)
    # no data: predicts nothing
    assert attention(1e-9, 2.0, 1.5, 0.1).icl == pytest.approx(1.1, abs=1e-6)
    # one peak
    near = attention(np.array([1 - 1e-7, 1.0, 1 + 1e-7]), 2.0, 1.5, 0.1)
    for values in near:
        assert np.all(np.asarray(values) > 1e6)
    assert np.isinf(near.icl[1])


def test_linear_attention_is_smooth_in_everything():
    def total(point):
        return jnp.sum(jnp.stack(attention(*point)))

    for tau in (0.3, 3.0):
        point = np.array([tau, 2.0, 0.7, 0.2])
        slopes = jax.grad(total)(jnp.array(point))
        for i, h in enumerate(1e-5 * np.eye(4)):
            assert slopes[i] == pytest.approx(
                float(total(point + h) - total(point - h)) / 2e-5, rel=1e-5
            )


def test_resolvent_is_that_of_a_pool():
    """M(x) = (1/d) tr (R + x)^-1 for the second moment R of kappa d random tasks."""
    from jtts.theory.in_context.linear_attention import _averages, _resolvent

    def resolvent(x, kappa):
        y, root = _resolvent(x, kappa)
        return 1 / y, -_averages(x, y, root, kappa)[0]

    rng = np.random.default_rng(0)
    for kappa in (0.5, 2.0):
        d = 400
        tasks = rng.standard_normal((int(kappa * d), d))
        tasks *= np.sqrt(d / (tasks**2).sum(1, keepdims=True))
        values = np.linalg.eigvalsh(tasks.T @ tasks / len(tasks))
        m, slope = resolvent(0.55, kappa)
        assert m == pytest.approx(np.mean(1 / (values + 0.55)), rel=5e-3)
        assert slope == pytest.approx(-np.mean(1 / (values + 0.55) ** 2), rel=1e-2)
    assert resolvent(0.55, 1.5)[1] == pytest.approx(-0.873515, abs=6e-7)


def test_linear_attention_refuses():
    ratios = {"context_ratio": 2.0, "diversity_ratio": 1.5, "data_ratio": 2.0, "noise_var": 0.1}
    with pytest.raises(InputError, match="test must be one of icl, idg, got 'ood'"):
        icl.linear_attention_error(**ratios, test="ood")
    with pytest.raises(InputError, match="data_ratio must be between 1e-30 and 1e\\+30"):
        icl.linear_attention_error(**ratios | {"data_ratio": 0.0})
