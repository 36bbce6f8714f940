"""Pairwise judgements against digits found before by other code, and what they must obey."""

import contextlib

import jax
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.estimators import strengths as strengths_of
from jtts.theory import ranking, selection, voting


@pytest.mark.parametrize(
    ("point", "single", "flipped", "agreed"),
    [
        ((0.5, 1.0), 0.5975575725, 0.57777991592, 0.73105857863),
        ((1.0, 0.5), 0.7200169037, 0.42222008408, 0.88079707798),
        ((0.2, 2.0), 0.52105028789, 0.78669787219, 0.59868766011),
    ],
)
def test_both_orders(point, single, flipped, agreed):
    assert ranking.swap_single(*point) == pytest.approx(single, abs=1e-10)
    assert ranking.swap_flip(*point) == pytest.approx(flipped, abs=1e-10)
    assert ranking.swap_accuracy(*point) == pytest.approx(agreed, abs=1e-10)
    assert ranking.swap_consistent(*point) == pytest.approx(1 - flipped, abs=1e-10)


def test_directions_of_flips():
    gap, bias = np.linspace(-3, 3, 7)[:, None], np.linspace(-2, 2, 9)
    first, second = ranking.swap_first_first(gap, bias), ranking.swap_second_second(gap, bias)
    np.testing.assert_allclose(first + second, ranking.swap_flip(gap, bias), rtol=1e-13)
    np.testing.assert_allclose(np.log(first / second), 2 * bias + 0 * gap, atol=1e-13)
    np.testing.assert_allclose(
        [ranking.swap_first_first(0.5, 1.0), ranking.swap_second_second(0.5, 1.0)],
        [0.50890686166, 0.068873054264],
        atol=1e-11,
    )
    assert ranking.swap_flip(0.0, 0.0) == 0.5  # noise alone flips, without any bias


def test_a_coin_on_disagreement_is_one_call_in_random_order():
    gap, bias = np.linspace(-3, 3, 7)[:, None], np.linspace(-2, 2, 9)
    agreed = ranking.swap_consistent(gap, bias) * ranking.swap_accuracy(gap, bias)
    tossed = agreed + ranking.swap_flip(gap, bias) / 2
    np.testing.assert_allclose(tossed, ranking.swap_single(gap, bias), rtol=1e-13)


@pytest.mark.parametrize(
    ("point", "flipped", "agreed"),
    [
        ((0.5, 1.0, 0.5), 0.341344746069, 0.759122465076),
        ((0.2, 1.0, 1.0), 0.673074931195, 0.648024329727),
    ],
)
def test_the_judge_at_temperature_0(point, flipped, agreed):
    assert ranking.threshold_judge_flip(*point) == pytest.approx(flipped, abs=1e-12)
    assert ranking.threshold_judge_accuracy(*point) == pytest.approx(agreed, abs=1e-12)
    assert ranking.threshold_judge_flip(*point[:2], 0.0) == 0
    accuracies = ranking.threshold_judge_accuracy(*point[:2], np.linspace(0, 10, 30))
    assert np.all(np.diff(accuracies) > 0)  # bias leaves the close pairs undecided


@pytest.mark.parametrize(
    ("games", "gap", "value"),
    [
        (1, 1.0, 0.26894142137),
        (3, 1.0, 0.178083673697),
        (11, 0.5, 0.199354910397),
        (51, 0.5, 0.037133968882),
        (101, 0.2, 0.157053283094),
        (201, 0.5, 0.000207334397769),
    ],
)
def test_majority_of_calls(games, gap, value):
    found = ranking.pair_error(gap, games)
    assert found == pytest.approx(value, rel=1e-10)
    chance = 1 / (1 + np.exp(-gap))
    assert found == pytest.approx(float(1 - voting.majority_accuracy(games, chance)), rel=1e-9)
    assert ranking.pair_error(gap, games + 1) == found  # a tie that is tossed for adds nothing


@pytest.mark.parametrize(
    ("lead", "gap", "error", "calls"),
    [
        (3, 0.5, 0.182425523806, 7.77991696697),
        (5, 0.5, 0.0758581800212, 17.3176603129),
        (10, 0.2, 0.119202922022, 76.4131112321),
        (3, 0.02, 0.485004498381, 8.99760087968),
    ],
)
def test_calls_until_one_leads(lead, gap, error, calls):
    assert ranking.lead_error(gap, lead) == pytest.approx(error, rel=1e-11)
    assert ranking.lead_calls(gap, lead) == pytest.approx(calls, rel=1e-11)


def test_a_lead_saves_up_to_three_quarters_of_the_calls():
    """ln cosh(D/2) / (D tanh(D/2)), a quarter for small gaps: ratio of calls at a tiny error."""
    gap, lead = 0.1, 3000.0
    calls = ranking.lead_calls(gap, lead)
    exponent = -np.log(ranking.lead_error(gap, lead)) / calls
    majority = -np.log(ranking.pair_error(gap, [200_000, 220_000]))
    fixed = (majority[1] - majority[0]) / 20_000
    assert fixed / exponent == pytest.approx(
        np.log(np.cosh(gap / 2)) / (gap * np.tanh(gap / 2)), rel=2e-3
    )
    assert fixed / exponent == pytest.approx(0.25, abs=0.001)


@pytest.mark.parametrize(
    ("gap", "ties", "value"),
    [(1, 1, 0.663643318529), (0.1, 1, 0.0666635808898), (2, 0.5, 1.56944519604), (0.5, 2, 0.25)],
)
def test_ties_as_half_wins(gap, ties, value):
    assert ranking.half_win_gap(gap, ties) == pytest.approx(value, rel=1e-11)
    assert ranking.half_win_gap(-gap, ties) == pytest.approx(-value, rel=1e-11)
    assert jax.grad(ranking.half_win_gap)(0.0, float(ties)) == pytest.approx(2 / (2 + ties))


@pytest.mark.parametrize(
    ("point", "value"),
    [
        ((2, 1, 1), 0.363161846032),
        ((8, 1, 1), 0.982256910457),
        ((8, 1, 3), 1.15940382308),
        ((8, 1, 5), 1.2336808398),
        ((64, 1, 1), 1.73213371842),
        ((8, 0.3, 1), 0.126873600625),
        ((8, 3, 1), 3.96786468633),
    ],
)
def test_knockout(point, value):
    assert ranking.knockout_strength(*point) == pytest.approx(value, rel=1e-10)


def test_knockout_between_its_limits():
    found = ranking.knockout_strength(8, 1.0, np.array([1, 3, 11, 101, 1001, 10_000]))
    assert np.all(np.diff(found) > 0)
    perfect = float(selection.expected_max(8))
    assert perfect * 0.999 < found[-1] < perfect
    small = ranking.knockout_strength(2 ** np.arange(1, 21), 1e-3, 1)
    np.testing.assert_allclose(small, 1e-6 * np.arange(1, 21) / 2, rtol=3e-3)
    with pytest.raises(InputError, match="num_candidates must be a power of two"):
        ranking.knockout_strength(6, 1.0, 1)


@pytest.mark.parametrize(
    ("point", "success", "calls"),
    [
        ((8, 0.5, 4), 0.68332544934, 102.53803809),
        ((8, 1, 3), 0.8643633499, 54.065723184),
        ((16, 0.5, 5), 0.72938108212, 347.59377364),
    ],
)
def test_knockout_with_a_lead(point, success, calls):
    found = ranking.lead_knockout(*point)
    assert found["success"] == pytest.approx(success, rel=1e-10)
    assert found["calls"] == pytest.approx(calls, rel=1e-10)


@pytest.mark.parametrize(
    ("point", "value"),
    [
        ((4, 0.2, 50), 0.16809629451),
        ((8, 0.2, 50), 0.254661364569),
        ((8, 0.2, 10), 0.189813374139),
        ((8, 1, 1), 1.16236478249),
    ],
)
def test_round_robin(point, value):
    found = ranking.round_robin_gain(*point)
    assert found == pytest.approx(value, rel=1e-11)
    k, spread, games = point
    noise = 2 / np.sqrt(k * games)
    proxy = selection.gain_under_error(k, scale=noise / spread)  # a score of the same correlation
    assert found == pytest.approx(float(spread * proxy), rel=1e-9)


@pytest.mark.parametrize(
    ("point", "value"), [((8, 2.0), 0.71099828228), ((16, 3.0), 0.86606988284)]
)
def test_one_ahead_of_equals(point, value):
    assert ranking.slippage_accuracy(*point) == pytest.approx(value, rel=1e-10)


@pytest.mark.parametrize(
    ("k", "separation"), [(2, 2.32617430735), (8, 3.30988054229), (64, 4.15533281111)]
)
def test_calls_that_a_round_robin_needs(k, separation):
    found = ranking.needed_calls(k, 0.5, 0.05)
    assert found == pytest.approx(2 * (k - 1) * (separation / 0.5) ** 2, rel=1e-9)
    assert ranking.slippage_accuracy(k, separation) == pytest.approx(0.95, abs=1e-10)


@pytest.mark.parametrize(
    ("point", "value"),
    [
        ((2, 0.6), 0.704832764699),
        ((4, 0.6), 0.514513746094),
        ((16, 0.6), 0.295992308909),
        ((16, 0.9), 0.603094298538),
        ((64, 0.9), 0.503821229475),
    ],
)
def test_top_of_two_orders(point, value):
    assert ranking.top_agreement(*point) == pytest.approx(value, abs=1e-10)


@pytest.mark.parametrize(
    ("k", "q", "value"),
    [(4, 0.7, 0.469), (16, 0.8, 0.243402930233), (64, 0.95, 0.285765879839)],
)
def test_a_running_champion_forgets(k, q, value):
    assert ranking.scan_accuracy(k, q) == pytest.approx(value, rel=1e-11)
    assert ranking.scan_accuracy(k, q) < q ** np.log2(k)  # what a knockout gives
    many = ranking.scan_accuracy(10**6, q)
    assert many == pytest.approx(q / (1 - q) / 1e6, rel=1e-4)


@pytest.mark.parametrize(
    ("strengths", "games", "right"),
    [
        ([0] * 3, 1, 0.25),
        ([0] * 8, 1, 0.8811149597),
        ([0] * 4, 2, 0.880859375),
        ([0] * 8, 2, 0.9990225269),
        ([1, 0.5, 0, -0.5, -1], 2, 0.7370519318),
        ([2, 1, 0, -1], 1, 0.0981360891),
        ([2, 1, 0, -1], 5, 0.8069850052),
    ],
)
def test_whether_strengths_can_be_fitted(strengths, games, right):
    found = ranking.finite_fit_probability(strengths, games)
    assert found == pytest.approx(right, abs=1e-10)


def test_links_do_not_depend_on_names_or_level():
    t = np.array([0.7, -0.3, 1.1, 0.0, -0.9])
    found = ranking.finite_fit_probability([t, t[::-1] + 5, -t], [[1], [3]])
    np.testing.assert_allclose(found[:, 0], found[:, 1], atol=1e-14)
    np.testing.assert_allclose(found[:, 0], found[:, 2], atol=1e-14)  # wins and losses turned over
    assert ranking.finite_fit_probability([0.4], 1) == 1
    with pytest.raises(InputError, match="strengths must be of 1 to 10 candidates"):
        ranking.finite_fit_probability([0.0] * 11, 1)


def test_links_are_what_the_estimator_needs():
    """Of 200 rounds drawn, as many have finite strengths as the law says."""
    rng = np.random.default_rng(1)
    t = np.array([1.0, 0.5, 0.0, -0.5])
    chance = 1 / (1 + np.exp(t[None] - t[:, None]))
    fitted = 0
    for _ in range(200):
        wins = np.triu(rng.binomial(2, chance), 1)
        wins = wins + np.triu(2 - wins, 1).T
        with contextlib.suppress(InputError):
            fitted += bool(np.isfinite(strengths_of(wins)).all())
    right = float(ranking.finite_fit_probability(t, 2))
    assert abs(fitted / 200 - right) < 4 * np.sqrt(right * (1 - right) / 200)
