"""The best design against brute force, closed forms and its own first and second derivatives."""

import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.regression import TrainedJudge
from jtts.theory import best_of_k
from jtts.theory.best_of_k import Prices, design

DIM = 20
LEARNING = {"noise_var": 0.25, "prior_var": 1.0}
PRICES = Prices(sample=1.0, candidate=0.5, judging=0.5, judge_sample=2.0)


def error_at(num_samples, k, judge_samples, temperature=0.0):
    judge = None
    if not np.any(np.isinf(judge_samples)):
        judge = TrainedJudge(DIM / judge_samples, *LEARNING.values())
    found = best_of_k.end_to_end_error(
        k,
        spectrum=np.ones(1),
        aspect_ratio=DIM / num_samples,
        judge=judge,
        temperature=temperature,
        **LEARNING,
    )
    return np.asarray(found)


def numbers(found):
    return found.num_samples, found.num_candidates, found.judge_samples, found.temperature


@pytest.fixture(scope="module")
def cold():
    return design(budget=2000.0, prices=PRICES, dim=DIM, temperature=0.0, **LEARNING)


def test_budget_is_spent_and_error_is_that_of_the_law(cold):
    n, k, judge_samples, temperature = numbers(cold)
    assert n + k + 2 * judge_samples == pytest.approx(2000, rel=1e-5)
    assert temperature == 0
    assert cold.error == pytest.approx(error_at(n, k, judge_samples), rel=1e-9)


def test_whole_numbers_are_the_best_that_the_budget_allows(cold):
    whole = cold.whole
    n, k, judge_samples = whole.num_samples, whole.num_candidates, whole.judge_samples
    assert all(isinstance(number, int) for number in (n, k, judge_samples))
    assert whole.cost == n + k + 2 * judge_samples <= 2000
    assert whole.error == pytest.approx(error_at(n, k, judge_samples), rel=1e-9)
    near = np.arange(-3, 4)
    of_n, of_judge = (x.ravel() for x in np.meshgrid(n + near, judge_samples + near))
    best = error_at(of_n, 2000 - of_n - 2 * of_judge, of_judge).min()
    assert whole.error == pytest.approx(best, rel=1e-3)
    assert whole.error >= cold.error


def test_few_candidates_are_rounded_by_what_they_cost():
    # k = 2.8 of ten candidates a prompt: rounding it down leaves money for training
    prices = Prices(sample=1.0, candidate=1.0)
    found = design(
        budget=400.0, prices=prices, prompts=50, dim=DIM, judge_samples=np.inf, **LEARNING
    )
    whole = found.whole
    assert whole.cost == whole.num_samples + 50 * whole.num_candidates <= 400
    every = [
        error_at(n, k, np.inf) for k in range(1, 8) for n in [np.floor(400 - 50 * k)] if n >= 1
    ]
    assert whole.error == pytest.approx(min(every), rel=0.02)


def test_a_candidate_is_paid_for_every_prompt():
    given = {"budget": 2000.0, "dim": DIM, "temperature": 0.0, **LEARNING}
    many = design(prices=PRICES, prompts=7, **given)
    dear = design(prices=Prices(1.0, 3.5, judging=3.5, judge_sample=2.0), **given)
    assert numbers(many) == pytest.approx(numbers(dear))
    assert many.cost == pytest.approx(2000, rel=1e-5)


def test_what_is_given_is_not_rounded():
    found = design(
        budget=500.0, prices=PRICES, dim=DIM, num_samples=80.5, judge_samples=30, **LEARNING
    )
    assert found.whole.num_samples == 80.5
    assert found.whole.judge_samples == 30


def test_no_split_on_a_grid_does_better(cold):
    shares = np.linspace(0.005, 0.99, 60)
    of_n, of_k = (x.ravel() for x in np.meshgrid(shares, shares))
    of_n, of_k = of_n[of_n + of_k < 0.999], of_k[of_n + of_k < 0.999]
    grid = error_at(2000 * of_n, 2000 * of_k, 1000 * (1 - of_n - of_k))
    assert cold.error <= grid.min()
    assert grid.min() < 1.05 * cold.error  # the grid is fine enough to have come near


def test_little_training_is_needed_when_rho_is_small():
    # ln(error) = -2 ln k + 2 d / n: n = (d / 2) (sqrt(1 + 4 C / (A d)) - 1), to O(d / n)
    found = design(
        budget=1e7, prices=Prices(1.0, 1.0), dim=DIM, judge_samples=np.inf, temperature=0.0,
        noise_var=1.0, prior_var=100.0,
    )  # fmt: skip
    expected = DIM / 2 * (np.sqrt(1 + 4 * 1e7 / DIM) - 1)
    assert found.num_samples == pytest.approx(expected, rel=0.01)
    assert found.budget_exponent == pytest.approx(-2, abs=0.01)


def test_budget_exponent_is_the_slope(cold):
    step = 0.02
    around = [
        design(budget=2000 * np.exp(h), prices=PRICES, dim=DIM, temperature=0.0, **LEARNING).error
        for h in (-step, step)
    ]
    slope = np.log(around[1] / around[0]) / (2 * step)
    assert cold.budget_exponent == pytest.approx(slope, rel=1e-3)


def test_going_as_far_as_the_reach_costs_one_per_cent(cold):
    assert len(cold.directions) == 2
    assert cold.directions[0].curvature < cold.directions[1].curvature
    for direction in cold.directions:
        assert np.linalg.norm(list(direction.change.values())) == pytest.approx(1)
        half = np.sqrt(direction.reach)  # near enough for second derivatives to tell
        rises = []
        for factor in (half, 1 / half):
            n, k, judge_samples, _ = numbers(cold)
            n, k, judge_samples = (
                value * factor ** direction.change[name]
                for name, value in (
                    ("num_samples", n),
                    ("num_candidates", k),
                    ("judge_samples", judge_samples),
                )
            )
            spent = np.log((n + k + 2 * judge_samples) / 2000)
            rise = np.log(error_at(n, k, judge_samples) / cold.error)
            rises.append(rise - cold.budget_exponent * spent)
        assert np.mean(rises) == pytest.approx(np.log(1.01) / 4, rel=0.1)


def test_temperature_is_free_but_best_at_zero_where_k_can_be_chosen(cold):
    free = design(budget=2000.0, prices=PRICES, dim=DIM, **LEARNING)
    assert free.temperature == 0
    assert free.error == pytest.approx(cold.error, rel=1e-9)


def test_too_many_candidates_of_a_poor_judge_want_a_temperature():
    held = {"num_samples": 80, "num_candidates": 400, "judge_samples": 30}
    found = design(budget=2000.0, prices=PRICES, dim=DIM, **held, **LEARNING)
    tried = np.geomspace(0.05, 20, 60)
    errors = error_at(80.0, 400.0, 30.0, tried)
    assert found.temperature == pytest.approx(tried[np.argmin(errors)], rel=0.06)
    assert found.error <= errors.min()
    assert found.error < error_at(80.0, 400.0, 30.0)


def test_money_is_left_where_more_candidates_would_over_optimise():
    held = {"num_samples": 80, "judge_samples": 30, "temperature": 0.0}
    found = design(budget=2000.0, prices=PRICES, dim=DIM, **held, **LEARNING)
    k = np.geomspace(1, 1000, 400)
    assert found.num_candidates == pytest.approx(k[np.argmin(error_at(80.0, k, 30.0))], rel=0.02)
    assert found.budget_exponent == 0
    assert set(found.directions[0].change) == {"num_candidates"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"budget": 0.0}, "budget must be positive and finite, got 0"),
        ({"budget": 3.5}, "budget must be above 4, the price of what is held and one of each"),
        ({"num_samples": 5000}, "budget must be above 5003"),
        ({"num_samples": 0.5}, "num_samples must be at least 1, got 0.5"),
        ({"prompts": 0}, "prompts must be positive and finite, got 0"),
        ({"temperature": -1.0}, "temperature must be zero or positive, and finite, got -1"),
        ({"noise_var": -1.0}, "noise_var must be positive and finite, got -1"),
        ({"judge_noise_var": 0.0}, "judge_noise_var must be positive and finite, got 0"),
        ({"spectrum": [0.0]}, "spectrum must have a positive eigenvalue"),
        ({"prices": Prices(1.0, 1.0)}, "prices.judge_sample must be positive"),
        (
            {"num_samples": 9, "num_candidates": 9, "judge_samples": 9, "temperature": 1},
            "nothing is left to choose",
        ),
    ],
)
def test_bad_designs_are_named(arguments, message):
    with pytest.raises(InputError, match=message):
        design(**{"budget": 2000.0, "prices": PRICES, "dim": DIM} | LEARNING | arguments)


def test_bad_prices_are_named():
    with pytest.raises(InputError, match="candidate must be positive and finite, got 0"):
        Prices(1.0, 0.0)
    with pytest.raises(InputError, match="judging must be zero or positive"):
        Prices(1.0, 1.0, judging=-1.0)
