"""Estimators where numbers are large, narrow, missing, or as many as a second path takes."""

import time

import jax
import numpy as np
import pytest

from jtts import estimators
from jtts.arguments import InputError


def test_no_estimate_leaves_the_unit_interval():
    m = 10 ** np.arange(1, 10)
    for c in (0, 1, 7):
        some = estimators.pass_at_k(m, c, [1, 3, 10])
        every = estimators.all_pass_at_k(m, m - c, [1, 3])
        assert np.all((some >= 0) & (some <= 1))
        assert np.all((every >= 0) & (every <= 1))
    assert np.all(estimators.pass_at_k(m, 0, [1, 10]) == 0)
    assert np.all(estimators.all_pass_at_k(m, m, [1, 10]) == 1)


def test_weights_of_ranks_add_up_to_one():
    weights = estimators.rank_weights(100_000, [1, 1000])
    np.testing.assert_allclose(weights.sum(0), 1, rtol=1e-11)


@pytest.mark.parametrize("mode", [False, True])
def test_small_differences_survive_in_32_bit_mode(mode):
    with jax.enable_x64(mode):
        estimate = estimators.over_questions(1e9 + np.array([0, 1, 1, 0]))
        assert float(estimate.mean) == 1e9 + 0.5
        assert float(estimate.stderr) == pytest.approx(0.28867513459)
        missed_none = 1 - (990 * 989 * 988) / (1000 * 999 * 998)
        counts = np.float32(1000), np.float32(3), np.float32(10)
        assert estimators.pass_at_k(*counts) == pytest.approx(missed_none, rel=1e-12)


@pytest.mark.parametrize(
    ("answers", "correct", "message"),
    [
        ([np.nan, 2.0, 1.0, 1.0], 1.0, "answers must be text or numbers, got nan"),
        (np.r_[np.full(60, np.nan), np.ones(10)], 1.0, "answers must be text or numbers, got nan"),
        ([1.0, 2.0], np.nan, "correct must be text or numbers, got nan"),
        (["1", "2"], 1, "answers and correct must both be text or both be numbers"),
    ],
)
def test_answers_that_equal_nothing_are_refused(answers, correct, message):
    with pytest.raises(InputError, match=message):
        estimators.plurality_vote(answers, correct, 1)


def test_votes_of_64_and_of_65_samples_agree():
    """One more sample goes by random subsets, and moves the estimate by little."""
    answers = np.repeat([0, 1, 2, 3], [24, 18, 12, 10])
    k = [1, 5, 20]
    exact = estimators.plurality_vote(answers, 0, k)
    more = estimators.plurality_vote(np.append(answers, 4), 0, k, subsets=4000)
    assert not exact.stderr.any()
    assert np.all(more.stderr > 0)
    assert np.all(np.abs(more.value - exact.value) < 4 * more.stderr + 2 / 65)


def test_cold_selection_needs_no_nodes_between_distant_scores():
    proxy, truth = np.array([0.0, 1.0, 3.0]), np.array([1.0, 0.0, 5.0])
    cold = estimators.soft_best_by_proxy(proxy, truth, [1, 2, 3], 1e-9).value
    np.testing.assert_allclose(cold, estimators.best_by_proxy(proxy, truth, [1, 2, 3]), rtol=1e-12)


def test_counting_all_subsets_costs_about_what_drawing_them_does():
    """At 64 samples all count, at 65 a thousand (of votes, a hundred) are drawn."""
    generator = np.random.default_rng(0)
    k, score = [1, 8, 32, 64], generator.normal(size=(200, 65))
    answers = generator.integers(0, 4, (50, 65))

    def seconds(of, size):
        taken = []
        for _ in range(3):
            began = time.process_time()
            of(size)
            taken.append(time.process_time() - began)
        return min(taken)

    def soft(size):
        estimators.soft_best_by_proxy(score[:, :size], score[:, :size], k, 1.0)

    def vote(size):
        estimators.plurality_vote(answers[:, :size], np.zeros(50, int), k, subsets=100)

    for of in (soft, vote):
        assert seconds(of, 64) < 5 * seconds(of, 65)
