"""Expansions, optimal temperatures and judges against reference digits and brute force."""

import jax
import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from jtts.arguments import InputError
from jtts.theory import best_of_k
from jtts.theory.best_of_k import Statistics


@pytest.mark.parametrize(("k", "ratio"), [(16, 1.00074346), (64, 1.00000559), (256, 1.00000003)])
def test_two_terms_at_large_k_reference(k, ratio):
    point = {"mean": 0.0, "predictive_var": 1.0, "target": 0.5, "judge": 0.5}
    exact = best_of_k.pointwise_error(k, **point)
    found = exact / best_of_k.pointwise_large_k_error(k, **point)
    assert found == pytest.approx(ratio, abs=1.1e-8)


@pytest.mark.parametrize(
    ("c", "tau", "limit"), [(0.5, 0.2, 2.823719), (1.0, -0.5, -17.079468), (-0.3, 0.6, 1.581227)]
)
def test_leading_coefficient_reference(c, tau, limit):
    k = 1e5
    error = best_of_k.pointwise_large_k_error(k, mean=0.0, predictive_var=1.0, target=tau, judge=c)
    assert (error - (c - tau) ** 2) * (k + 1) * (k + 2) == pytest.approx(limit, abs=3e-5)


def test_inverse_k_reference():
    point = {"mean": 0.5, "predictive_var": 1.0, "target": 0.0, "judge": 0.2, "temperature": 1.0}
    limit = best_of_k.pointwise_inverse_k_error(np.inf, **point)
    assert limit == pytest.approx(0.42333333, abs=6e-9)
    assert best_of_k.pointwise_inverse_k_error(1, **point) - limit == pytest.approx(
        0.214013, abs=6e-7
    )


def test_approach_from_below_is_what_halving_the_temperature_says():
    judges = np.array([0.3, 2.0, -1.5])
    point = {"mean": 0.0, "predictive_var": 1.0, "target": 0.2, "judge": judges}
    halved = best_of_k.pointwise_inverse_k_error(np.inf, temperature=0.5, **point)
    whole = best_of_k.pointwise_inverse_k_error(np.inf, temperature=1.0, **point)
    many = best_of_k.pointwise_error(4000, temperature=1.0, **point)
    np.testing.assert_array_equal(many < whole, halved > whole)


def test_inverse_k_averages_the_pointwise_coefficient():
    stats, temperature = Statistics(1.0, 0.2, 0.3, 0.05), 3.0
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    cross = stats.judge_cross / stats.mean_error
    rest = np.sqrt(stats.judge_error - cross * stats.judge_cross)
    a = np.sqrt(stats.mean_error) * nodes[:, None]
    judge_error = cross * a + rest * nodes[None, :]
    point = {"mean": a, "predictive_var": 1.0, "target": 0.0, "judge": judge_error}
    each = best_of_k.pointwise_inverse_k_error(7, temperature=temperature, **point)
    expected = weights @ np.asarray(each) @ weights
    assert best_of_k.inverse_k_error(7, stats, temperature) == pytest.approx(expected, rel=1e-9)


def test_inverse_k_ends_where_few_candidates_reach_the_judge():
    stats = Statistics(1.0, 2.0)
    assert np.isnan(best_of_k.inverse_k_error(100, stats, 1.0))
    edge = (-6 + np.sqrt(36 + 4 * 8)) / 2  # (T + 2)(T + 4) = 16
    assert np.isfinite(best_of_k.inverse_k_error(100, stats, edge * 1.001))
    assert np.isnan(best_of_k.inverse_k_error(100, stats, edge * 0.999))


def test_third_order_reference():
    # at t_s = 80: second order leaves 0.1936 / t_s^3, the term is 0.2298, the published one -0.5914
    point = {"mean": 0.5, "predictive_var": 1.0, "target": 0.0, "judge": -0.3}
    exact = best_of_k.pointwise_error(5, temperature=160.0, **point)
    ours = best_of_k.pointwise_high_temperature_error(5, temperature=160.0, **point)
    assert exact == pytest.approx(1.2321833781, abs=6e-11)
    assert abs(ours - exact) * 80**4 == pytest.approx(2.89, abs=0.01)
    second = 0.25 + 1 - 0.8 * 1.8 / 80 + 0.8 * 0.6 * 2.44 / 80**2
    assert (exact - second) * 80**3 == pytest.approx(0.1936, abs=6e-5)
    assert (ours - second) * 80**3 == pytest.approx(0.2298, abs=6e-5)
    # one input is a distribution without spread but for ab^3, which the average takes as Gaussian
    stats = Statistics(1.0, 0.25, 0.09, -0.15)
    published = best_of_k.published_third_order_error(5, stats, 160.0)
    assert (published - second) * 80**3 == pytest.approx(-0.5914, abs=6e-5)
    assert best_of_k.published_softmax_error(5, stats, 160.0) == pytest.approx(second, rel=1e-13)


@pytest.mark.parametrize(
    ("offset", "scaled", "argmin"), [(4, 20, 2.19), (6, 60, 2.90), (6, 90, 7.05)]
)
def test_second_order_best_k_reference(offset, scaled, argmin):
    stats = Statistics(1.0, 0.0, offset**2, 0.0)
    found = best_of_k.second_order_optimal_k(stats, 2.0 * scaled)
    assert found == pytest.approx(argmin, abs=6e-3)
    assert best_of_k.second_order_optimal_k(Statistics(1.0, 0.1), 400.0) == np.inf


def test_published_temperature_is_the_minimum_of_the_second_order():
    stats = Statistics(1.0, 0.1, 4.0, -0.2)
    found = best_of_k.published_optimal_temperature(8, stats)
    least = minimize_scalar(
        lambda t: float(best_of_k.published_softmax_error(8, stats, t)), bounds=(1, 100),
        method="bounded", options={"xatol": 1e-9},
    )  # fmt: skip
    assert found == pytest.approx(least.x, rel=1e-5)
    assert best_of_k.published_optimal_temperature(2, stats) == 0


def test_optimal_temperature_among_few_candidates():
    stats = Statistics(1.0, 0.3, 1.6, 0.1)
    k = np.array([4.0, 16.0, np.inf])
    found = np.asarray(best_of_k.optimal_temperature(stats, k))
    assert found[0] == 0  # four candidates are best left to the judge
    assert found[2] == pytest.approx(20 / 7)
    tried = np.geomspace(0.5, 8, 49)
    curve = np.asarray(best_of_k.error(16, stats, tried))
    near = np.argmin(curve)
    assert tried[near - 1] < found[1] < tried[near + 1]
    assert best_of_k.error(16, stats, found[1]) <= curve.min()
    assert best_of_k.optimal_temperature(Statistics(0.1, 0.1, 2.0, 0.4), 64.0) == np.inf


@pytest.mark.long
def test_optimal_temperature_has_an_implicit_gradient():
    def best(k, judge_error):
        return best_of_k.optimal_temperature(Statistics(1.0, 0.3, judge_error, 0.1), k)

    slopes = jax.grad(best, argnums=(0, 1))(16.0, 1.6)
    for index, step in enumerate(([0.2, 0.0], [0.0, 0.01])):
        ends = [float(best(16 + s * step[0], 1.6 + s * step[1])) for s in (-1, 1)]
        assert slopes[index] == pytest.approx((ends[1] - ends[0]) / (2 * sum(step)), rel=2e-3)
    assert jax.grad(best, argnums=1)(16.0, 0.2) == 0  # T* = 0 all around


def test_error_of_endless_candidates_is_the_limit():
    stats = Statistics(1.0, 0.3, np.array([0.2, 0.8]), 0.1)
    mixed = best_of_k.error(np.array([8.0, np.inf]), stats, 2.0)
    assert mixed[0] == pytest.approx(float(best_of_k.error(8, stats, 2.0)[0]))
    assert mixed[1] == pytest.approx(float(best_of_k.limit_error(stats, 2.0)[1]))
    assert best_of_k.error(np.inf, Statistics(1.0, 0.3, 0.8, 0.1)) == pytest.approx(0.8)


@pytest.mark.parametrize("k", [1, 2, 8, 1000, np.inf])
def test_nobody_selects_better_than_the_teacher_at_temperature_zero(k):
    generator = np.random.default_rng(3)
    mean_error, judge_error = generator.uniform(0.01, 0.8, (2, 40))
    cosine = generator.uniform(-1, 1, 40)
    stats = Statistics(1.0, mean_error, judge_error, cosine * np.sqrt(mean_error * judge_error))
    teacher = best_of_k.error(k, Statistics(1.0, mean_error))
    assert np.all(best_of_k.error(k, stats) >= teacher * (1 - 1e-9))


def test_best_judge_leaves_the_spread():
    strength = best_of_k.optimal_judge_strength(0.5, 2.0)
    found = best_of_k.tied_judge_error(np.inf, strength, 0.5, 0.3, 2.0)
    assert found == pytest.approx(0.5 * 2 / (2 + 2 * 0.5))
    for other in (0.9, 1.1):
        assert best_of_k.tied_judge_error(np.inf, other * strength, 0.5, 0.3, 2.0) > found


def test_weighted_mean_at_its_best():
    stats = Statistics(1.0, 0.3, 0.8, 0.1)
    best = best_of_k.weighted_mean_temperature(stats)
    value = (0.3 * 0.8 - 0.01) / (0.3 - 0.2 + 0.8)
    assert best_of_k.weighted_mean_error(stats, best) == pytest.approx(value)
    assert value < min(0.3, 0.8)
    assert best_of_k.weighted_mean_error(stats, np.inf) == pytest.approx(0.3)
    assert best_of_k.weighted_mean_error(stats, 0.0) == pytest.approx(0.8)
    assert best_of_k.weighted_mean_temperature(Statistics(1.0, 0.3, 0.8, 0.4)) == np.inf


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: best_of_k.inverse_k_error(0, Statistics(1.0, 0.1), 1.0), "k must be at least 1"),
        (
            lambda: best_of_k.inverse_k_error(2, Statistics(1.0, 0.1), 0.0),
            "temperature must be pos",
        ),
        (lambda: best_of_k.high_temperature_error(2, Statistics(1.0, 0.1), -1.0), "temperature"),
        (
            lambda: best_of_k.pointwise_large_k_error(
                9, mean=0.0, predictive_var=0.0, target=0.0, judge=0.0
            ),
            "predictive_var must be positive",
        ),
        (lambda: best_of_k.optimal_temperature(Statistics(1.0, 0.1), 0.5), "k must be at least 1"),
        (lambda: best_of_k.tied_judge_error(2, np.nan, 1.0, 0.1), "strength must be finite"),
        (lambda: best_of_k.optimal_judge_strength(1.0, -1.0), "temperature must be zero or pos"),
        (lambda: best_of_k.weighted_mean_error(Statistics(1.0, 0.1), -1.0), "temperature"),
        (lambda: best_of_k.published_optimal_temperature(0.5, Statistics(1.0, 0.1)), "k must be"),
        (lambda: best_of_k.second_order_optimal_k(Statistics(1.0, 0.1), 0.0), "temperature"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
