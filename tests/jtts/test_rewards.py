"""Reward laws against scipy: tails, quantiles, densities, samples."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from jtts.arguments import InputError
from jtts.keys import parameter_digest
from jtts.rewards import (
    Discrete,
    Exponential,
    Gumbel,
    Logistic,
    Normal,
    Pareto,
    Quantile,
    StudentT,
    Uniform,
)

PAIRS = {
    "normal": (Normal(1.0, 2.0), stats.norm(1, 2)),
    "student 3": (StudentT(3.0, -1.0, 2.0), stats.t(3, -1, 2)),
    "student 0.7": (StudentT(0.7), stats.t(0.7)),
    "student 40": (StudentT(40.0), stats.t(40)),
    "exponential": (Exponential(2.0, 1.0), stats.expon(1, 2)),
    "logistic": (Logistic(1.0, 0.5), stats.logistic(1, 0.5)),
    "gumbel": (Gumbel(-1.0, 3.0), stats.gumbel_r(-1, 3)),
    "pareto": (Pareto(2.5, 2.0), stats.pareto(2.5, scale=2)),
    "uniform": (Uniform(-1.0, 3.0), stats.uniform(-1, 4)),
}
P = np.array([1e-300, 1e-100, 1e-20, 1e-8, 0.01, 0.3, 0.5])


@pytest.fixture(params=PAIRS)
def pair(request):
    return PAIRS[request.param]


def test_quantiles(pair):
    law, reference = pair
    p = P[1:] if isinstance(law, StudentT) else P  # scipy's overflows at 1e-300
    np.testing.assert_allclose(law.quantile(p, 1 - p), reference.ppf(p), rtol=1e-11)
    np.testing.assert_allclose(law.quantile(1 - p, p), reference.isf(p), rtol=1e-11, atol=1e-12)


def test_tails_and_quantiles_are_inverse(pair):
    law, _ = pair
    reward = law.quantile(1 - P, P)
    upper = law.log_tails(reward)[1]
    # a reward near the end of a bounded law cannot resolve the probability beyond it
    known = np.isfinite(reward) & ((1e-15 if isinstance(law, Uniform) else 0) < P)
    np.testing.assert_allclose(upper[known], np.log(P)[known], rtol=1e-8, atol=1e-13)


def test_tails_and_density(pair):
    law, reference = pair
    x = reference.ppf(np.array([1e-12, 1e-4, 0.05, 0.4, 0.5, 0.8, 0.999, 1 - 1e-9]))
    lower, upper = law.log_tails(x)
    np.testing.assert_allclose(lower, reference.logcdf(x), rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(upper, reference.logsf(x), rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(law.log_density(x), reference.logpdf(x), rtol=1e-11, atol=1e-12)


def test_samples(pair, key):
    law, reference = pair
    sample = np.asarray(law.sample(key, (20_000,)))
    assert sample.dtype == np.float64
    assert stats.kstest(sample, reference.cdf).pvalue > 1e-3


def test_gradients_are_finite(pair):
    law, _ = pair

    def total(law, p):
        x = law.quantile(p, 1 - p)
        return jnp.sum(x) + sum(jnp.sum(tail) for tail in law.log_tails(x))

    for leaf in jax.tree.leaves(jax.jit(jax.grad(total, (0, 1)))(law, jnp.array([0.1, 0.9]))):
        assert np.all(np.isfinite(leaf))


def test_student_slope_in_the_degrees_of_freedom():
    slope = jax.grad(lambda dof: StudentT(dof).quantile(0.999, 0.001))(3.0)
    h = 1e-4
    difference = (stats.t.isf(0.001, 3 + h) - stats.t.isf(0.001, 3 - h)) / (2 * h)
    assert slope == pytest.approx(difference, rel=1e-7)


def test_discrete():
    law = Discrete([0.3, 0.5, 0.2], [2.0, -1.0, 2.0])
    lower = np.array([0.1, 0.49, 0.51, 0.9999])
    np.testing.assert_array_equal(law.quantile(lower, 1 - lower), [-1, -1, 2, 2])
    np.testing.assert_allclose(np.exp(law.log_tails(np.array([-2, -1, 0, 2]))[1]), [1, 0.5, 0.5, 0])
    sample = law.sample(jax.random.key(0), (4000,))
    assert abs(np.mean(sample == 2) - 0.5) < 4 * 0.5 / 4000**0.5


def test_any_quantile_function():
    one_sided = Quantile(lambda p: -jnp.log1p(-p))
    both = Quantile(lambda p: -jnp.log1p(-p), upper=lambda p: -jnp.log(p))
    exact = Exponential()
    x = np.array([0.1, 1.0, 5.0])
    for law in (one_sided, both):
        np.testing.assert_allclose(law.quantile(P, 1 - P), exact.quantile(P, 1 - P), rtol=1e-12)
        for tail, expected in zip(law.log_tails(x), exact.log_tails(x), strict=True):
            np.testing.assert_allclose(tail, expected, rtol=1e-9)
        np.testing.assert_allclose(law.log_density(x), -x, rtol=1e-9)
    np.testing.assert_allclose(both.quantile(1 - P, P), -np.log(P), rtol=1e-14)
    slope = jax.grad(lambda x: both.log_tails(x)[1])(2.0)
    assert slope == pytest.approx(-1, rel=1e-9)
    assert jax.jit(lambda law, p: law.quantile(p, 1 - p))(both, 0.5) == pytest.approx(np.log(2))


def test_a_function_in_a_law_does_not_move_the_random_numbers():
    digests = {parameter_digest({"law": Quantile(lambda p: p**2)}) for _ in range(5)}
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Normal(0.0, 0.0), "scale must be positive and finite, got 0"),
        (lambda: StudentT(-1.0), "dof must be positive and finite, got -1"),
        (lambda: Pareto(0.0), "tail_index must be positive and finite, got 0"),
        (lambda: Uniform(1.0, 1.0), "high must exceed low"),
        (lambda: Discrete([0.5, 0.4], [0, 1]), "probabilities must sum to 1"),
        (lambda: Discrete([1.5, -0.5], [0, 1]), "each entry zero or positive, and finite"),
        (lambda: Discrete([0.5, 0.5], [0, 1, 2]), "one entry per atom"),
    ],
)
def test_bad_parameters_are_refused(build, message):
    with pytest.raises(InputError, match=message):
        build()
