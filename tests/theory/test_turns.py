"""Turns against reference digits, identities and limits."""

import jax
import numpy as np
import pytest
from scipy import stats

from jtts.arguments import InputError
from jtts.theory import turns, verifiers, voting

CHAIN = (0.5, 0.3, 0.05)


def test_accuracy_over_turns():
    found = turns.turn_accuracy([1, 3, 8], *CHAIN)
    np.testing.assert_allclose(found, [0.625, 0.7590625, 0.8457626853], atol=5e-11)
    found = turns.ever_right([1, 3, 8], 0.5, 0.3)
    np.testing.assert_allclose(found, [0.65, 0.8285, 0.971175995], atol=5e-10)


def test_mixture_is_no_chain():
    """Half the questions are hard: a forecast from one turn ends 20 points too high."""
    t = np.array([1, 2, 3, 5, 10**6])
    mixed = np.mean([turns.turn_accuracy(t, 0.5, a, 0.02) for a in (0.5, 0.02)], 0)
    right = [0.62, 0.6776, 0.705248, 0.72488914, 0.73076923]
    np.testing.assert_allclose(mixed, right, atol=5e-9)
    forecast = turns.turn_accuracy(t, 0.5, 0.26, 0.02)
    right = [0.62, 0.7064, 0.768608, 0.84564639, 0.92857143]
    np.testing.assert_allclose(forecast, right, atol=5e-9)
    assert forecast[-1] - mixed[-1] == pytest.approx(0.198, abs=5e-4)


def test_error_is_accuracy_with_the_rates_swapped():
    t = np.arange(12)
    for a, b in ((0.3, 0.05), (0.9, 0.8), (0.5, 0.5), (1.0, 1.0), (0.0, 0.3)):
        total = turns.turn_accuracy(t, 0.3, a, b) + turns.turn_accuracy(t, 0.7, b, a)
        np.testing.assert_allclose(total, 1, atol=1e-15)


@pytest.mark.parametrize("rates", [(0.3, 0.05), (0.8, 0.9), (0.6, 0.4), (1.0, 1.0), (0.0, 0.0)])
def test_a_turn_is_a_turn(rates):
    a, b = rates
    p = turns.turn_accuracy(np.arange(30), 0.2, a, b)
    np.testing.assert_allclose(p[1:], p[:-1] * (1 - b) + (1 - p[:-1]) * a, rtol=1e-13)


def test_best_number_of_turns():
    found = turns.best_num_turns(*CHAIN, [0.1, 0.03, 0.01, 0.001])
    np.testing.assert_array_equal(found, [1, 4, 6, 12])
    assert turns.best_num_turns(0.9, 0.3, 0.05, 1e-9) == 0  # nothing to gain


def test_gates():
    found = turns.gated_turn_accuracy([1, 10], 0.4, 0.3, 0.2, 1.0, 0.5, 0.0)
    np.testing.assert_allclose(found, [0.503315600461, 0.829985584946], atol=5e-13)
    found = turns.gated_turn_accuracy(5, 0.4, 0.3, 0.2, 1.0, 0.5, [0.6, 0.0])
    np.testing.assert_allclose(found, [0.799931269659, 0.73381358], atol=5e-9)
    found = turns.gated_turn_accuracy(10**6, 0.4, 0.3, 0.2, 1.0, [0.0, 0.5, 2.0], 0.0)
    np.testing.assert_allclose(found, [0.8262838029, 0.8689057707, 0.9549955827], atol=5e-11)


def test_shared_noise_is_separation():
    """A correlation acts as separation and threshold over the root of 1 - r."""
    found = turns.gated_turn_accuracy(5, 0.4, 0.3, 0.2, 1.0, 0.5, 0.6)
    wide = np.sqrt(0.4)
    other = turns.gated_turn_accuracy(5, 0.4, 0.3, 0.2, 1 / wide, 0.5 / wide, 0.0)
    assert found == pytest.approx(float(other), rel=1e-13)


def test_best_gate():
    point = 0.4, 0.3, 0.2, 1.0, 0.0
    t = np.array([1, 3, 10, 100])
    thresholds = [-0.810930, -0.267522, 0.643250, 2.456338]
    np.testing.assert_allclose(turns.best_gate(t, *point), thresholds, atol=5e-7)
    right = [0.5262215958, 0.6668500225, 0.8312365504, 0.9643843756]
    np.testing.assert_allclose(turns.best_gate_accuracy(t, *point), right, atol=5e-11)
    ungated = turns.turn_accuracy(t, *point[:3])
    np.testing.assert_allclose(ungated, [0.5, 0.575, 0.5998, 0.6], atol=5e-5)


def test_slope_of_the_best_gate_accuracy():
    """At the best threshold the slope is that of accuracy at fixed threshold."""

    def best(start):
        return turns.best_gate_accuracy(7, start, 0.3, 0.2, 1.0, 0.3)

    ends = [float(best(0.4 + h)) for h in (-1e-5, 1e-5)]
    assert jax.grad(best)(0.4) == pytest.approx((ends[1] - ends[0]) / 2e-5, rel=1e-7)


def test_refinement():
    point = 0.4, 0.3, 0.1, 0.9, 0.2
    t = np.array([3, 10, 10**5])
    accuracy = turns.verified_refinement_accuracy(t, *point)
    right = [0.6198, 0.721708501187, 0.723618090452]
    np.testing.assert_allclose(accuracy, right, atol=5e-13)
    calls = turns.verified_refinement_calls(t, *point)
    np.testing.assert_allclose(calls, [1.81, 2.17901685952, 2.18592964824], atol=5e-12)
    # fresh answers do better here: a < p_0
    assert verifiers.binary_accuracy(10**6, 0.4, 0.9, 0.2) == pytest.approx(0.75)


def test_fresh_answers_are_the_verifier_with_samples():
    t = np.array([1, 4, 16])
    for p, s, f in ((0.3, 0.9, 0.2), (0.7, 0.6, 0.05)):
        point = p, p, 1 - p, s, f
        np.testing.assert_allclose(
            turns.verified_refinement_accuracy(t, *point),
            verifiers.binary_accuracy(t, p, s, f),
            rtol=1e-13,
        )
        np.testing.assert_allclose(
            turns.verified_refinement_calls(t, *point),
            verifiers.verifier_calls(t, p, s, f),
            rtol=1e-13,
        )
    found = turns.verified_refinement_accuracy(16, 0.3, 0.3, 0.7, 0.9, 0.2)
    assert found == pytest.approx(0.6584055726, abs=5e-11)


def test_stuck_chains():
    t = np.array([0, 1, 2, 5])
    failure = turns.chain_failure(t, 0.2, 0.5, 1.5)
    np.testing.assert_allclose(failure, [0.8, 0.6, 0.5, 0.3609375], rtol=1e-14)
    rates = [0.2231435513, 0.2554128119, 0.2310490602, 0.1698417443]
    np.testing.assert_allclose(-np.log(failure) / (t + 1), rates, atol=5e-11)


@pytest.mark.parametrize(
    ("point", "best", "rate"),
    [
        ((0.2, 0.5, 1.5), 1, 0.2554128119),
        ((0.02, 0.5, 1.5), 2, 0.16340211),
        ((0.1, 1.0, 4.0), 2, 0.17027521),
        ((0.1, 0.3, 0.2), 1, 0.51082562),
        ((0.3, 2.0, 2.0), 1, 0.52491106),
    ],
)
def test_best_split_of_a_budget(point, best, rate):
    assert turns.best_split_turns(*point) == best
    found = -np.log(turns.chain_failure(best, *point)) / (best + 1)
    assert found == pytest.approx(rate, abs=5e-9)


def test_chains_alike_have_no_middle():
    """Nearly equal chains: all turns where a > p_0, all chains where not."""
    assert turns.best_split_turns(0.2, 1e5, 2.4e5) > 300  # a = 0.294
    assert turns.best_split_turns(0.2, 1e5, 4.1e5) == 0  # a = 0.196


@pytest.mark.parametrize(
    ("point", "votes", "num_turns", "accuracy"),
    [
        ((15, 0.45, 0.2, 0.05), 1, 14, 0.7937637182),
        ((45, 0.45, 0.2, 0.05), 5, 8, 0.9116297183),
        ((45, 0.55, 0.3, 0.1), 11, 3, 0.9292258426),
        ((45, 0.6, 0.1, 0.08), 45, 0, 0.9135479506),
    ],
)
def test_turns_against_votes(point, votes, num_turns, accuracy):
    found = turns.best_vote_split(*point)
    assert (found["votes"], found["num_turns"]) == (votes, num_turns)
    assert found["accuracy"] == pytest.approx(accuracy, abs=1e-10)
    right = turns.turn_accuracy(num_turns, *point[1:])
    assert found["accuracy"] == pytest.approx(
        float(voting.majority_accuracy(votes, right)), rel=1e-13
    )


def test_one_turn_gate_is_the_likelihood_ratio():
    """One turn: theta of the odds, and no accuracy of a finer search is higher."""
    p, a, b, d, r = 0.35, 0.25, 0.15, 1.3, 0.2
    best = float(turns.best_gate(1, p, a, b, d, r))
    assert best == pytest.approx((1 - r) / d * np.log(p * b / ((1 - p) * a)), rel=1e-13)
    deviation = np.sqrt(2 * (1 - r))
    x = best + np.linspace(-1, 1, 201)
    kept = stats.norm.cdf((d - x) / deviation), stats.norm.cdf((-d - x) / deviation)
    accuracy = p + (1 - p) * a * kept[0] - p * b * kept[1]
    found = turns.best_gate_accuracy(1, p, a, b, d, r)
    assert found == pytest.approx(accuracy.max(), rel=1e-13)
    assert np.argmax(accuracy) == 100


def test_what_is_refused():
    with pytest.raises(InputError, match="num_turns"):
        turns.turn_accuracy(1.5, 0.5, 0.3, 0.1)
    with pytest.raises(InputError, match="add up to at most 1"):
        turns.best_gate(3, 0.5, 0.7, 0.4, 1.0, 0.0)
    with pytest.raises(InputError, match="budget"):
        turns.best_vote_split(4096, 0.5, 0.3, 0.1)
    with pytest.raises(InputError, match="correlation"):
        turns.gated_turn_accuracy(3, 0.5, 0.3, 0.1, 1.0, 0.0, 1.0)


def test_regret_of_constant_hazards():
    found = turns.constant_hazard_regret([5, 20, 100], 0.05, 0.2)
    np.testing.assert_allclose(found, [1.16278125, 7.887927627059, 14.881589416612], atol=5e-13)
    assert turns.constant_hazard_regret(10**6, 0.05, 0.2) == pytest.approx(1 / 0.05 - 1 / 0.2)
    assert turns.stuck_regret(25, 0.8, 0.1, 0.3) == pytest.approx(9.0927952994, abs=5e-11)


def test_hazards_near_and_far_meet():
    """Where the formula changes, at rates a factor of 4 apart, nothing jumps."""
    near, far = (turns.constant_hazard_regret(50, 0.1, 0.4 * (1 + h)) for h in (-1e-12, 1e-12))
    assert abs(near - far) < 1e-10


def test_regret_over_difficulty():
    k = np.array([10, 50, 1000])
    rows = {
        (0.5, 2.0): [5.9185860579, 16.0333710295, 81.1273999393],
        (2.0, 3.0): [3.07692307692, 3.77358490566, 3.98803589232],
        (1.0, 3.0): [4.80963203463, 9.11413185209, 17.9624035966],
    }
    for shapes, right in rows.items():
        np.testing.assert_allclose(turns.difficulty_regret_sum(k, *shapes), right, rtol=1e-11)
    assert turns.difficulty_regret_sum(10**9, 2.0, 3.0) == pytest.approx(4.0)


def test_memory():
    found = turns.memory_regret([5, 10, 40], 10)
    np.testing.assert_allclose(found, [0.0951, 1.013215599, 4.35219117059], atol=5e-10)
    assert turns.memory_regret(30, 50) == pytest.approx(1.42578403088, abs=5e-12)
    assert turns.memory_regret(10**7, 1000) == pytest.approx(999 / 2)
    assert turns.memory_regret(50, 10**6) == pytest.approx(50**3 / 6e12, rel=0.07)


def test_switches():
    point = 0.03, 0.1, 12
    assert turns.outcome_switch_budget(*point) == pytest.approx(16.879894607, abs=5e-10)
    assert turns.regret_switch_budget(*point) == 33
    k = np.array([10, 30, 60, 150])
    quick = [0, 2.0900121968, 8.6593726823, 13.6103211259]
    np.testing.assert_allclose(turns.quick_regret(k, *point), quick, atol=5e-11)
    slow = [1.2474708965, *3 * [2.6226347953]]
    np.testing.assert_allclose(turns.slow_start_regret(k, *point), slow, atol=5e-11)
    assert turns.regret_switch_budget(0.3, 0.4, 10) == np.inf  # the quick one is sooner on average


def test_outcomes_at_a_budget():
    """Before the switch the quick policy has solved more often, after it the slow one."""
    quick, slow = (1 - 0.97**30, 1 - 0.9 ** (30 - 12))
    np.testing.assert_allclose([quick, slow], [0.5989929315, 0.8499053647], atol=5e-11)
    steps = [turns.quick_regret(k, 0.03, 0.1, 12) for k in (30, 31)]
    assert steps[1] - steps[0] == pytest.approx(slow - quick, rel=1e-12)


DRIFT = (0.8, 0.1, 0.04, 0.7)


def test_drift():
    assert turns.drift_before_reminder(*DRIFT, 5) == pytest.approx(0.372808574065, abs=5e-13)
    found = turns.drift_variance_before_reminder(*DRIFT, 5)
    assert found == pytest.approx(0.100148448601, abs=5e-13)
    found = turns.mean_drift_periodic(*DRIFT, [1, 2, 5, 10, 50])
    right = [0.1315789474, 0.1881188119, 0.291227198524, 0.3708729108, 0.4720002797]
    np.testing.assert_allclose(found, right, atol=5e-11)
    assert turns.mean_drift_random(*DRIFT, 0.25) == pytest.approx(0.294117647059, abs=5e-13)
    found = turns.drift_variance_random(*DRIFT, 0.25)
    assert found == pytest.approx(0.0891742586833, abs=1e-13)


def test_regular_reminders_beat_random_ones():
    assert turns.mean_drift_periodic(*DRIFT, 4) == pytest.approx(0.264410798978, abs=5e-13)
    period = np.arange(2, 30)
    regular = turns.mean_drift_periodic(*DRIFT, period)
    assert np.all(regular < turns.mean_drift_random(*DRIFT, 1 / period))


def test_one_reminder_a_turn_is_both():
    for law, other in (
        (turns.mean_drift_periodic, turns.mean_drift_random),
        (turns.drift_before_reminder, turns.mean_drift_random),
        (turns.drift_variance_before_reminder, turns.drift_variance_random),
    ):
        assert law(*DRIFT, 1) == pytest.approx(float(other(*DRIFT, 1.0)), rel=1e-13)


def test_drift_without_reminders_settles():
    phi, c, v = DRIFT[:3]
    assert turns.drift_before_reminder(phi, c, v, 0.0, 7) == pytest.approx(c / (1 - phi))
    found = turns.drift_variance_before_reminder(phi, c, v, 0.0, 7)
    assert found == pytest.approx(v / (1 - phi**2))
    # ten turns from the start: a first stretch after a reminder that takes all away
    first = turns.drift_before_reminder(phi, c, v, 1.0, 10)
    assert first == pytest.approx(0.4463129088, abs=5e-11)
    found = turns.drift_variance_before_reminder(phi, c, v, 1.0, 10)
    assert found == pytest.approx(0.109830087217, abs=5e-13)
