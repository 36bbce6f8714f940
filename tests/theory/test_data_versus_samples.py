"""Exponents in data and candidates, budgets and trained judges: reference digits and oracles."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from jtts.arguments import InputError
from jtts.regression import TrainedJudge
from jtts.theory import best_of_k, regression
from jtts.theory.best_of_k import Statistics

MODEL = {"spectrum": np.array([2.0, 1.0, 0.3]), "noise_var": 0.2, "prior_var": 0.7}
NOISY = {"spectrum": [1.0], "noise_var": 1.0, "prior_var": 100.0, "teacher": [1.0]}
COSTS = {"budget": 3000.0, "sample_cost": 2.0, "candidate_cost": 0.5, "dim": 6.0}


# --- exponents ---


@pytest.mark.parametrize(
    ("alpha", "exact", "bias"),
    [
        (0.005, "-0.010074", "-5.075e-09"),
        (0.02, "-0.041215", "-8.495e-08"),
        (0.08, "-0.181632", "-1.639e-06"),
        (0.3, "-1.141945", "-5.144e-05"),
    ],
)
def test_reference_slopes(alpha, exact, bias):
    # docs, best-of-k section 7
    assert f"{best_of_k.asymptotic_data_exponent(aspect_ratio=alpha, **NOISY):.6f}" == exact
    published = best_of_k.asymptotic_data_exponent(aspect_ratio=alpha, **NOISY, bias_only=True)
    assert f"{published:.3e}" == bias


@pytest.mark.parametrize("alpha", [0.02, 0.1, 0.25])
def test_leading_slope_of_the_matched_model(alpha):
    """[1/(1 - rho) + 1/(1 - 2 rho)] d rho/d ln n, rho from its own equation in 30 digits."""
    noise, prior = mp.mpf(1) / 5, mp.mpf(7) / 10
    spectrum = [mp.mpf(2), mp.mpf(1), mp.mpf(3) / 10]

    def rho(log_n):
        a = mp.mpf(alpha) * mp.exp(-log_n)
        ridge = a * noise / prior
        kappa = mp.findroot(
            lambda x: x * (1 - a * sum(s / (s + x) for s in spectrum) / 3) - ridge,
            (ridge, ridge + 2 * a),
            solver="anderson",
            tol=1e-40,
        )
        return 1 - ridge / kappa

    with mp.workdps(30):
        slope = mp.diff(rho, 0, h=mp.mpf(10) ** -8)
        expected = (1 / (1 - rho(0)) + 1 / (1 - 2 * rho(0))) * slope
    found = best_of_k.asymptotic_data_exponent(aspect_ratio=alpha, **MODEL)
    assert found == pytest.approx(float(expected), rel=1e-10)


def test_no_leading_slope_beyond_the_transition():
    slopes = best_of_k.asymptotic_data_exponent(aspect_ratio=np.array([0.1, 2.0]), **MODEL)
    np.testing.assert_array_equal(np.isnan(slopes), [False, True])


@pytest.mark.parametrize("judge", [None, TrainedJudge(0.4, 0.1, 0.7)])
@pytest.mark.parametrize("temperature", [0.0, 0.5])
def test_exact_slope_is_a_difference_quotient(judge, temperature):
    k = np.array([1.0, 8.0, 200.0])
    point = MODEL | {"judge": judge, "temperature": temperature}
    step = 1e-4
    up, down = (
        np.log(best_of_k.end_to_end_error(k, aspect_ratio=0.3 * np.exp(-h), **point))
        for h in (step, -step)
    )
    found = best_of_k.data_exponent(k, aspect_ratio=0.3, **point)
    np.testing.assert_allclose(found, (up - down) / (2 * step), rtol=2e-6)


def test_slopes_broadcast_and_differentiate():
    k, alpha = np.array([4.0, 100.0])[:, None], np.array([0.05, 0.2, 0.7])
    grid = best_of_k.data_exponent(k, aspect_ratio=alpha, **MODEL)
    assert grid.shape == (2, 3)
    alone = best_of_k.data_exponent(100.0, aspect_ratio=0.2, **MODEL)
    assert grid[1, 1] == pytest.approx(float(alone), rel=1e-12)

    def leading(alpha):
        return best_of_k.asymptotic_data_exponent(aspect_ratio=alpha, **MODEL)

    found = jax.jit(jax.vmap(jax.grad(leading)))(jnp.array([0.05, 0.2]))
    expected = [(leading(a + 1e-6) - leading(a - 1e-6)) / 2e-6 for a in (0.05, 0.2)]
    np.testing.assert_allclose(found, expected, rtol=1e-7)


# --- data against candidates ---


def test_reference_crossover():
    assert f"{best_of_k.asymptotic_crossover_rho():.12f}" == "0.369398062518"
    rho = np.roots([7, -8, 2]).min()
    assert best_of_k.asymptotic_crossover_rho() == pytest.approx(rho, rel=1e-14)


@pytest.mark.parametrize("exponent", [1.0, 1.2, 2.0, 5.0, np.inf])
def test_crossover_solves_its_quadratic(exponent):
    c = 1 - 1 / exponent
    roots = np.roots(np.trim_zeros([7 * c, -4 * (1 + c), 2], "f"))
    found = best_of_k.asymptotic_crossover_rho(exponent)
    assert found == pytest.approx(roots.min(), rel=1e-13)
    # where the two exponents of the k^-2 law are equal
    assert c * found * (2 - 3 * found) == pytest.approx(2 * (1 - c * found) * (1 - 2 * found))


def test_advantage_is_the_difference_of_two_laws():
    """All modes learned, hardly any noise: rho = d/n, and both exponents are laws of their own."""
    alpha, k = np.array([0.1, 0.3, 0.6]), 50.0
    model = {"spectrum": [1.0], "noise_var": 1e-9, "prior_var": 1.0}
    in_n = best_of_k.data_exponent(k, aspect_ratio=alpha, **model)
    in_k = best_of_k.local_exponent(k, Statistics.from_rho(alpha))
    found = best_of_k.sampling_advantage(k, alpha)
    np.testing.assert_allclose(found, in_n - in_k, rtol=1e-6)


def test_advantage_over_a_power_law():
    """Many modes learned: n from the number that gives rho, exponents by difference quotients."""
    exponent, k, step = 1.5, 100.0, 1e-3
    n = 1e9 * np.exp(step * np.array([-1.0, 0.0, 1.0]))
    stats = regression.power_law_statistics(
        exponent=exponent, samples=n, noise_var=1e-3, prior_var=1.0
    )
    errors = np.log(best_of_k.error(k, stats))
    in_n = (errors[2] - errors[0]) / (2 * step)
    rho = float(stats.mean_error[1] / stats.predictive_var[1])
    assert 0.05 < rho < 0.5
    in_k = best_of_k.local_exponent(k, Statistics.from_rho(rho))
    found = best_of_k.sampling_advantage(k, rho, exponent)
    assert found == pytest.approx(float(in_n - in_k), rel=1e-5)


def test_advantage_at_large_k():
    rho, exponent = np.array([0.05, 0.1, 0.2])[:, None], np.array([1.5, np.inf])
    c = 1 - 1 / exponent
    expected = 2 - c * rho * (2 - 3 * rho) / ((1 - c * rho) * (1 - 2 * rho))
    np.testing.assert_allclose(
        best_of_k.sampling_advantage(1e8, rho, exponent), expected, rtol=1e-6
    )


def test_candidates_are_worth_more_again_without_data():
    few, fewer = best_of_k.sampling_advantage(1e8, np.array([0.7, 0.97]), 1.5)
    assert few < 0 < fewer


def test_crossover_is_the_first_root():
    k, exponent = np.array([64.0, 1e4])[:, None], np.array([1.5, 3.0, np.inf])
    rho = np.asarray(best_of_k.crossover_rho(k, exponent))
    np.testing.assert_array_equal(np.isnan(rho), [[True, False, False], [True, False, False]])
    root = np.asarray(best_of_k.sampling_advantage(k, rho[:, 1:], exponent[1:]))
    np.testing.assert_allclose(root, 0, atol=1e-8)
    smaller = np.linspace(0.02, 0.99, 12)[:, None, None] * rho[:, 1:]
    assert np.all(np.asarray(best_of_k.sampling_advantage(k, smaller, exponent[1:])) > 0)
    everywhere = best_of_k.sampling_advantage(k, np.linspace(0.01, 0.99, 50), 1.5)
    assert np.all(np.asarray(everywhere) > 0)


# --- budget ---


@pytest.mark.parametrize("change", [{}, {"budget": 60.0}, {"candidate_cost": 30.0}, {"dim": 60.0}])
def test_split_is_the_best(change):
    costs = COSTS | change

    def risk(log_n):
        k = (costs["budget"] - costs["sample_cost"] * np.exp(log_n)) / costs["candidate_cost"]
        alpha = costs["dim"] / np.exp(log_n)
        return float(jnp.log(best_of_k.end_to_end_error(k, aspect_ratio=alpha, **MODEL)))

    high = np.log((costs["budget"] - costs["candidate_cost"]) / costs["sample_cost"])
    n = float(best_of_k.optimal_samples(**costs, **MODEL))
    grid = np.linspace(0, high, 60)[:-1]
    start = int(np.argmin([risk(x) for x in grid]))
    ends = grid[max(start - 1, 0)], grid[min(start + 1, len(grid) - 1)]
    found = minimize_scalar(risk, bounds=ends, method="bounded", options={"xatol": 1e-6})
    assert np.log(n) == pytest.approx(found.x, abs=1e-4)
    assert risk(np.log(n)) <= found.fun + 1e-10


def test_split_differentiates():
    def best(budget):
        return best_of_k.optimal_samples(**COSTS | {"budget": budget}, **MODEL)

    difference = (best(3003.0) - best(2997.0)) / 6
    assert jax.grad(best)(3000.0) == pytest.approx(float(difference), rel=1e-4)


def test_split_at_a_large_budget():
    costs = COSTS | {"budget": np.array([1e4, 1e6, 1e8])}
    exact = best_of_k.optimal_samples(**costs, **MODEL)
    closed = best_of_k.asymptotic_optimal_samples(**costs)
    gap = np.abs(closed / exact - 1)
    np.testing.assert_allclose(gap[:-1] / gap[1:], 10, rtol=0.2)  # falls as budget^-1/2
    candidates = (costs["budget"] - 2 * closed) / 0.5
    np.testing.assert_allclose(candidates, 2 * closed**2 / (0.5 * 6), rtol=1e-12)


# --- trained judges ---


@pytest.mark.parametrize("judge_noise_var", [0.01, 0.2, 1.0])
def test_break_even_at_endless_candidates(judge_noise_var):
    point = MODEL | {"aspect_ratio": 0.4, "judge_noise_var": judge_noise_var}
    ratio = best_of_k.limit_judge_break_even(**point)
    assert best_of_k.judge_break_even(np.inf, **point) == pytest.approx(float(ratio), rel=1e-10)
    judge = TrainedJudge(0.4 / ratio, judge_noise_var, 0.7)
    stats = regression.statistics(aspect_ratio=0.4, judge=judge, **MODEL)
    assert stats.judge_error == pytest.approx(float(stats.mean_error), rel=1e-10)


def test_break_even_special_cases():
    point = MODEL | {"aspect_ratio": 0.4}
    same = best_of_k.limit_judge_break_even(**point, judge_noise_var=0.2)
    assert same == pytest.approx(1, rel=1e-14)
    stats = regression.statistics(**point)
    noiseless = best_of_k.limit_judge_break_even(**point, judge_noise_var=1e-12)
    assert noiseless == pytest.approx(float(stats.mean_error / stats.predictive_var), rel=1e-9)
    # two candidates of a generator that knows little: any judge is better than their average
    ignorant = MODEL | {"aspect_ratio": 8.0, "noise_var": 0.05}
    assert best_of_k.judge_break_even(2, **ignorant, judge_noise_var=0.05) == 0


@pytest.mark.parametrize("teacher", [None, np.full(3, 0.8)])
def test_break_even_separates_good_judges_from_bad(teacher):
    point = MODEL | {"aspect_ratio": 0.4, "teacher": teacher}
    ratio = best_of_k.judge_break_even(16, **point, judge_noise_var=0.1)
    stats = regression.statistics(**point)
    averaged = stats.mean_error + stats.predictive_var / 16
    for factor, wins in ((0.99, False), (1.01, True)):
        judge = TrainedJudge(0.4 / (factor * ratio), 0.1, 0.7)
        assert (best_of_k.end_to_end_error(16, **point, judge=judge) < averaged) == wins


def test_break_even_broadcasts_and_differentiates():
    def ratio(noise):
        return best_of_k.judge_break_even(16, **MODEL, aspect_ratio=0.4, judge_noise_var=noise)

    difference = (ratio(0.1 + 1e-5) - ratio(0.1 - 1e-5)) / 2e-5
    assert jax.grad(ratio)(0.1) == pytest.approx(float(difference), rel=1e-6)
    many = best_of_k.judge_break_even(
        np.array([16, np.inf]), **MODEL, aspect_ratio=0.4, judge_noise_var=0.1
    )
    assert many[0] == pytest.approx(float(ratio(0.1)), rel=1e-10)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: best_of_k.data_exponent(0, aspect_ratio=1.0, **MODEL),
         "k must be between 1 and 1e"),
        (lambda: best_of_k.asymptotic_data_exponent(aspect_ratio=0.0, **MODEL), "aspect_ratio"),
        (lambda: best_of_k.sampling_advantage(4, 1.0),
         "rho must be at least 0 and below 1, got 1"),
        (lambda: best_of_k.crossover_rho(4, 0.5), "exponent must be at least 1, got 0.5"),
        (lambda: best_of_k.judge_break_even(1, aspect_ratio=1.0, judge_noise_var=1.0, **MODEL),
         "k must be at least 2, got 1"),
        (lambda: best_of_k.optimal_samples(**COSTS | {"budget": 2.0}, **MODEL),
         "budget must pay for one sample and one candidate, got budget = 2, "
         "sample_cost = 2, candidate_cost = 0.5"),
        (lambda: best_of_k.asymptotic_optimal_samples(**COSTS | {"dim": -1.0}), "dim must be"),
    ],
)  # fmt: skip
def test_bad_input(call, message):
    with pytest.raises(InputError, match=message):
        call()
