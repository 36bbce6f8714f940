"""Repeated sampling against reference digits, mpmath and exhaustive search."""

import itertools

import jax
import mpmath as mp
import numpy as np
import pytest
from scipy import integrate, special, stats

from jtts.arguments import InputError
from jtts.difficulty import Beta, Kumaraswamy, LogUniform
from jtts.special import log_beta, log_gamma_ratio
from jtts.theory import repeated_sampling as rs

mp.mp.dps = 30

PASS_TABLE = {
    (0.3, 3): (0.0909090909, 0.3733811240, 0.6656099741, 0.8312216809),
    (0.5, 2): (0.2, 0.6122353888, 0.8682142856, 0.9579993011),
    (1, 1): (0.5, 0.9090909091, 0.9900990099, 0.9990009990),
    (2, 5): (0.2857142857, 0.875, 0.9973045822, 0.9999703273),
}


@pytest.mark.parametrize("shapes", PASS_TABLE)
def test_pass_at_k_reference(shapes):
    values = rs.pass_at_k(np.array([1, 10, 100, 1000]), *shapes)
    np.testing.assert_allclose(values, PASS_TABLE[shapes], atol=6e-11)
    failures = rs.failure_at_k(np.array([1, 10, 100, 1000]), Beta(*map(float, shapes)))
    np.testing.assert_allclose(failures, 1 - np.array(PASS_TABLE[shapes]), atol=6e-11)


def test_other_difficulties_reference():
    assert rs.failure_at_k(10, Beta(0.5, 2.0, 0.2)) == pytest.approx(0.7172512293, abs=6e-11)
    kumaraswamy = rs.failure_at_k(np.array([10, 1000]), Kumaraswamy(0.4, 3.0))
    np.testing.assert_allclose(kumaraswamy, [0.6793058903, 0.1570613634], atol=6e-11)
    log_uniform = rs.failure_at_k(np.array([10, 1000]), LogUniform(1e-6))
    np.testing.assert_allclose(log_uniform, [0.7879949321, 0.4582559161], atol=6e-11)
    assert rs.failure_power_law(1000, Kumaraswamy(0.4, 3.0)) == pytest.approx(0.16795, abs=6e-6)
    law = rs.failure_power_law(1000, LogUniform(1e-6))
    assert law == pytest.approx(1 - (np.log(1000) + np.euler_gamma) / np.log(1e6))


@pytest.mark.parametrize(("a", "b"), [(0.05, 0.3), (0.3, 10.0), (4.0, 0.3), (1.5, 2.0)])
@pytest.mark.parametrize("k", [1, 37, 10**5, 10**9])
def test_beta_forms_agree_with_mpmath(a, b, k):
    failure = mp.beta(a, mp.mpf(b) + k) / mp.beta(a, b)
    assert rs.failure_at_k(k, Beta(a, b)) == pytest.approx(float(failure), rel=2e-11)
    assert rs.pass_at_k(k, a, b) == pytest.approx(float(1 - failure), rel=1e-13)
    every = mp.beta(mp.mpf(a) + k, b) / mp.beta(a, b)
    assert rs.all_pass_at_k(k, a, b) == pytest.approx(float(every), rel=1e-13)


@pytest.mark.parametrize("scale", [0.1, 0.9])
def test_scaled_beta_is_a_hypergeometric_function(scale):
    for k in (3, 200):
        expected = mp.hyp2f1(-k, 0.7, mp.mpf(0.7) + 1.3, scale)
        assert rs.failure_at_k(k, Beta(0.7, 1.3, scale)) == pytest.approx(
            float(expected), rel=1e-11
        )


def test_quadratures_agree_with_scipy():
    def integral(k, a, b):
        return integrate.quad(lambda u: (1 - (1 - (1 - u) ** (1 / b)) ** (1 / a)) ** k, 0, 1)[0]

    assert rs.failure_at_k(5, Kumaraswamy(2.0, 0.5)) == pytest.approx(integral(5, 2, 0.5), rel=1e-9)
    tail = integrate.quad(lambda v: (1 - np.exp(v)) ** 7, np.log(1e-3), 0)[0] / np.log(1e3)
    assert rs.failure_at_k(7, LogUniform(1e-3)) == pytest.approx(tail, rel=1e-10)


def test_tries_reference_and_sum():
    assert rs.expected_tries(16, 0.5, 2.0) == pytest.approx(8.0429101342, abs=6e-11)
    for a, b in ((0.05, 0.3), (1.0, 2.0), (1 + 1e-9, 2.0), (3.0, 0.4)):
        total = sum(mp.beta(a, mp.mpf(b) + j) / mp.beta(a, b) for j in range(40))
        assert rs.expected_tries(40, a, b) == pytest.approx(float(total), rel=1e-12)
    assert rs.expected_tries(1e9, 3.0, 2.0) == pytest.approx(2.0, rel=1e-12)  # (a + b - 1)/(a - 1)


def test_special_functions_agree_with_mpmath():
    for x, a in itertools.product((1e-3, 0.5, 12.0, 1e5, 1e15), (1e-9, 0.3, 40.0, 1e4)):
        expected = mp.loggamma(mp.mpf(x) + mp.mpf(a)) - mp.loggamma(mp.mpf(x))
        assert log_gamma_ratio(x, a) == pytest.approx(float(expected), rel=2e-14, abs=2e-14)
    assert log_beta(1e12, 0.5) == pytest.approx(float(mp.log(mp.beta(0.5, mp.mpf(10) ** 12))))


def test_gradients_and_broadcasting():
    slope = jax.grad(rs.pass_at_k.function, argnums=(1, 2))(10.0, 0.5, 2.0)
    for index, value in enumerate(slope):
        step = np.array([[1e-6, 0], [0, 1e-6]][index])
        ends = [rs.pass_at_k(10, *(np.array([0.5, 2.0]) + s * step)) for s in (-1, 1)]
        assert value == pytest.approx(float(ends[1] - ends[0]) / 2e-6, rel=1e-6)
    grid = rs.failure_at_k(np.arange(1, 4)[:, None], Beta(np.array([0.5, 1.0]), 2.0))
    assert grid.shape == (3, 2)
    assert grid[2, 1] == pytest.approx(float(rs.failure_at_k(3, Beta(1.0, 2.0))))


def test_local_exponent():
    k, a, b = np.array([1.0, 40.0, 1e6]), 0.7, 2.0
    digammas = [mp.digamma(b + x) - mp.digamma(mp.mpf(a) + b + x) for x in k]
    slope = k * np.array(digammas, float)
    np.testing.assert_allclose(rs.failure_exponent(k, Beta(a, b)), slope, rtol=1e-10)
    assert rs.failure_exponent(1e9, Kumaraswamy(0.4, 3.0)) == pytest.approx(-0.4, rel=1e-3)
    # a log-uniform law, with E (1-p)^k ln(1/q) = ln(1/q) - H_k + k q + ...
    steps, harmonic = 1e5, special.digamma(1e5 + 1) + np.euler_gamma
    expected = 1e-7 - steps * special.polygamma(1, steps + 1)
    expected /= np.log(1e12) - harmonic + 1e-7
    far = rs.failure_exponent(steps, LogUniform(1e-12))
    assert far == pytest.approx(expected, rel=1e-9)
    grid = rs.failure_exponent(k[:, None], Beta(np.array([0.5, a]), b), 0.1)
    assert grid.shape == (3, 2)
    floor = 0.9 * np.exp(special.betaln(a, b + k) - special.betaln(a, b))
    np.testing.assert_allclose(grid[:, 1], slope * floor / (0.1 + floor), rtol=1e-9)


@pytest.mark.parametrize(("a", "b"), [(0.05, 10.0), (0.5, 2.0), (4.0, 0.3)])
@pytest.mark.parametrize("m", [1, 7, 1000])
def test_plug_in_agrees_with_the_beta_binomial_law(m, a, b):
    share = np.arange(m + 1) / m
    chance = stats.betabinom(m, a, b).pmf(np.arange(m + 1))
    for k in (1, 3.5, 100, 1e9):
        expected = chance @ (1 - (1 - share) ** k)
        assert rs.plug_in_pass_at_k(k, m, a, b) == pytest.approx(expected, abs=1e-12)
        expected = chance @ share**k
        assert rs.plug_in_all_pass_at_k(k, m, a, b) == pytest.approx(expected, abs=1e-12)


def test_plug_in_counts_distinct_samples():
    m, k, a, b = 6, 4, 0.5, 2.0
    distinct = [len(set(drawn)) for drawn in itertools.product(range(m), repeat=k)]
    expected = float(np.mean(rs.pass_at_k(np.array(distinct), a, b)))
    assert rs.plug_in_pass_at_k(k, m, a, b) == pytest.approx(expected, abs=1e-12)
    assert rs.plug_in_pass_at_k(1, m, a, b) == pytest.approx(a / (a + b))
    assert rs.plug_in_pass_at_k(1e6, m, a, b) == pytest.approx(float(rs.pass_at_k(m, a, b)))
    leading = 3 / 1000 * special.beta(a + 1, b + 2) / special.beta(a, b)
    gap = rs.pass_at_k(3, a, b) - rs.plug_in_pass_at_k(3, 1000, a, b)
    assert gap == pytest.approx(leading, rel=5e-3)


def test_plug_in_broadcasts_and_differentiates():
    grid = rs.plug_in_pass_at_k(np.arange(1, 4)[:, None], np.array([5, 50]), 0.5, 2.0)
    assert grid.shape == (3, 2)
    assert np.isnan(jax.jit(rs.plug_in_pass_at_k.function)(3, 1001, 0.5, 2.0))
    assert np.isnan(jax.jit(rs.plug_in_pass_at_k.function)(3, 7.5, 0.5, 2.0))
    slope = jax.grad(rs.plug_in_pass_at_k.function, argnums=2)(10.0, 20, 0.5, 2.0)
    ends = [float(rs.plug_in_pass_at_k(10, 20, 0.5 + h, 2.0)) for h in (-1e-6, 1e-6)]
    assert slope == pytest.approx((ends[1] - ends[0]) / 2e-6, rel=1e-6)


def test_allocation_reference():
    p = np.array([0.02, 0.1, 0.3, 0.7])
    given = rs.allocate(p, 40)
    assert given.tolist() == [9, 18, 9, 4]
    assert rs.solved_share(p, given) == pytest.approx(0.7419259989, abs=6e-11)
    assert rs.solved_share(p, 10) == pytest.approx(0.7014988308, abs=6e-11)
    relaxed = rs.relaxed_allocation(p, 40)
    assert relaxed.sum() == pytest.approx(40)
    assert rs.solved_share(p, relaxed) == pytest.approx(0.7425069405, abs=6e-11)


def test_several_allocations_of_the_same_questions():
    p = np.array([0.02, 0.1, 0.3, 0.7])
    given = np.array([[9, 18, 9, 4], [10, 10, 10, 10], [0, 0, 0, 40]])
    right = [float(rs.solved_share(p, row)) for row in given]
    np.testing.assert_allclose(rs.solved_share(p, given), right, rtol=1e-13)
    np.testing.assert_allclose(jax.jit(rs.solved_share)(p, given), right, rtol=1e-13)
    np.testing.assert_allclose(jax.vmap(rs.solved_share, (None, 0))(p, given), right, rtol=1e-13)
    given[1, 2] = -1
    outside = np.asarray(jax.jit(rs.solved_share)(p, given))
    assert np.isnan(outside).tolist() == [False, True, False]


@pytest.mark.parametrize("p", [[0.3, 0.3, 0.3], [0.0, 0.5, 1.0], [1e-9, 0.9], [0.2, 0.4, 0.8]])
def test_no_other_allocation_solves_more(p):
    for budget in range(9):
        given = rs.allocate(p, budget)
        assert given.sum() == budget
        splits = itertools.product(range(budget + 1), repeat=len(p))
        best = max(rs.solved_share(p, np.array(s)) for s in splits if sum(s) == budget)
        assert rs.solved_share(p, given) >= best - 1e-12


def test_large_allocations():
    p = stats.beta(0.4, 3.0).rvs(20_000, random_state=np.random.default_rng(1))
    given = rs.allocate(p, 10**7)
    assert given.sum() == 10**7
    last = np.where(given > 0, p * (1 - p) ** (given - 1.0), np.inf).min()
    following = (p * (1 - p) ** given.astype(float)).max()
    assert following <= last * (1 + 1e-9)
    assert rs.solved_share(p, given) <= rs.solved_share(p, rs.relaxed_allocation(p, 1e7)) + 1e-12
    assert rs.allocate([0.0, 0.0], 5).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rs.pass_at_k(-1, 1.0, 1.0), "k must be at least 0, got -1"),
        (lambda: rs.pass_at_k(1, 0.0, 1.0), r"a must be positive, at most 1e\+300, got 0"),
        (lambda: rs.failure_at_k(1, Beta(1.0, 1.0), 1.5), "unsolvable must be between 0 and 1"),
        (lambda: Beta(1.0, -1.0), "b must be positive"),
        (lambda: Beta(1.0, 1.0, 2.0), "scale must be above 0 and at most 1, got 2"),
        (lambda: LogUniform(0.0), "lowest must be above 0 and below 1, got 0"),
        (lambda: rs.expected_tries(0, 1.0, 1.0), "n must be at least 1"),
        (lambda: rs.success_after_failures(-1, 1.0, 1.0), "m must be at least 0"),
        (lambda: rs.allocate([0.5, 1.5], 3), "probabilities must be between 0 and 1, got 1.5"),
        (lambda: rs.allocate([0.5], 2.5), "budget must be a whole number"),
        (lambda: rs.allocate(0.5, 2), "probabilities must be a list of numbers"),
        (lambda: rs.relaxed_allocation([0.0], 2), "one of them above 0"),
        (
            lambda: rs.failure_exponent(0, Beta(1.0, 1.0)),
            r"k must be positive, at most 1e\+300, got 0",
        ),
        (lambda: rs.plug_in_pass_at_k(0, 5, 1.0, 1.0), "k must be at least 1, got 0"),
        (lambda: rs.plug_in_pass_at_k(1, 2.5, 1.0, 1.0), "num_samples must be a whole number"),
        (
            lambda: rs.plug_in_all_pass_at_k(1, 1001, 1.0, 1.0),
            "num_samples must be a whole number, at least 1, at most 1000, got 1001",
        ),
        (lambda: rs.solved_share([0.5], -1), "attempts must be at least 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
