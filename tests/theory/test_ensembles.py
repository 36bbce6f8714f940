"""Weighted votes of several models against one model, enumeration and a mixed-integer program."""

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from jtts import sweep
from jtts.theory import voting
from jtts.theory.voting import best_weights

TWO = [[[0.4, 0.1, 0.5], [0.4, 0.5, 0.1]]]


def drawn(seed, questions, models, answers):
    generator = np.random.default_rng(seed)
    return generator.dirichlet(np.full(answers, 0.7), size=(questions, models))


def by_program(probabilities, margin=1e-7):
    """Most questions that some weights answer rightly: weights and one bit for each question."""
    questions, models, answers = probabilities.shape
    rows = []
    for q in range(questions):
        for a in range(1, answers):
            bits = np.zeros(questions)
            bits[q] = -(1 + margin)
            rows.append(np.r_[probabilities[q, :, 0] - probabilities[q, :, a], bits])
    ones = np.r_[np.ones(models), np.zeros(questions)]
    found = milp(
        np.r_[np.zeros(models), -np.ones(questions)],
        constraints=[LinearConstraint(np.array(rows), -1.0), LinearConstraint(ones[None], 1, 1)],
        integrality=1 - ones,
        bounds=Bounds(0, 1),
    )
    return round(-found.fun) / questions


def test_one_model_or_one_weight_is_a_plurality():
    p = drawn(0, 5, 3, 4)
    for n in (1, 6, 41):
        alone = np.mean([voting.plurality_accuracy(n, question[1]) for question in p])
        found = voting.weighted_plurality_accuracy(n, [0.0, 3.0, 0.0], p)
        assert found == pytest.approx(alone, rel=1e-12)
    same = np.repeat(p[:, :1], 3, 1)
    found = voting.weighted_plurality_accuracy(41, [0.2, 0.5, 0.3], same)
    assert found == pytest.approx(np.mean([voting.plurality_accuracy(41, q[0]) for q in p]))


def test_many_votes_tend_to_the_limit():
    p = drawn(1, 4, 2, 3)
    limit = voting.weighted_plurality_limit([0.3, 0.7], p)
    gaps = [abs(voting.weighted_plurality_accuracy(n, [0.3, 0.7], p) - limit) for n in (10, 1000)]
    assert gaps[1] < 0.3 * gaps[0]
    assert gaps[1] < 0.03


def test_weights_broadcast():
    p, n = drawn(2, 4, 2, 3), np.array([1, 8])
    rows = np.array([[1.0, 0.0], [0.5, 0.5], [0.2, 0.8]])
    grid = voting.weighted_plurality_accuracy(n[:, None], rows, p)
    assert grid.shape == (2, 3)
    one = voting.weighted_plurality_accuracy(8, rows[2], p)
    assert grid[1, 2] == pytest.approx(float(one), rel=1e-14)
    assert voting.weighted_plurality_limit(rows, p).shape == (3,)


def test_two_models_that_are_both_wrong():
    found = voting.best_vote_weights(TWO)
    np.testing.assert_allclose(found["weights"], [0.5, 0.5], atol=1e-9)
    assert found["accuracy"] == 1
    assert found["exhaustive"]
    assert [float(voting.weighted_plurality_limit(w, TWO)) for w in np.eye(2)] == [0, 0]


SIZES = [(6, 2, 2), (40, 2, 5), (6, 3, 2), (20, 3, 4), (8, 4, 2), (12, 4, 3)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", range(3))
def test_best_weights_are_those_of_the_program(size, seed):
    p = drawn(seed, *size)
    found = voting.best_vote_weights(p)
    assert found["exhaustive"]
    assert found["accuracy"] == pytest.approx(by_program(p), abs=1e-12)
    reached = voting.weighted_plurality_limit(found["weights"], p)
    assert reached == pytest.approx(found["accuracy"], abs=1e-12)
    assert found["weights"].sum() == pytest.approx(1)
    assert np.all(found["weights"] >= 0)


@pytest.mark.parametrize("seed", range(3))
def test_more_models_have_a_lower_bound(seed):
    p = drawn(seed, 10, 5, 3)
    found = voting.best_vote_weights(p)
    assert not found["exhaustive"]
    every = np.vstack([np.eye(5), np.full(5, 0.2)])
    assert found["accuracy"] >= max(voting.weighted_plurality_limit(every, p))
    assert found["accuracy"] <= by_program(p) + 1e-12
    reached = voting.weighted_plurality_limit(found["weights"], p)
    assert reached == pytest.approx(found["accuracy"], abs=1e-12)


def test_search_agrees_where_every_cell_is_known():
    """The search for many models, tried on few: never better, and seldom worse."""
    worse = 0
    for seed in range(8):
        p = drawn(seed, 12, 3, 3)
        leads, share, _ = best_weights._questions(p)
        weights = best_weights._searched(leads, share, 3)
        gap = voting.best_vote_weights(p)["accuracy"] - voting.weighted_plurality_limit(weights, p)
        assert gap > -1e-12
        worse += gap > 1e-12
    assert worse <= 4


def test_too_many_cuts_are_not_searched_through():
    p = drawn(0, 120, 4, 3)
    found = voting.best_vote_weights(p)
    assert not found["exhaustive"]
    assert found["accuracy"] > max(voting.weighted_plurality_limit(np.eye(4), p))


def test_questions_that_no_weights_change():
    """Right with any weights, wrong with any, tied with any; and equal models."""
    sure, lost, tied = [0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.4, 0.4, 0.2]
    found = voting.best_vote_weights([[sure, sure], [lost, lost], [tied, tied]])
    assert found["accuracy"] == pytest.approx(0.5)
    np.testing.assert_allclose(found["weights"], [0.5, 0.5])
    assert found["exhaustive"]
    single = voting.best_vote_weights([[sure], [lost]])
    assert (single["accuracy"], single["exhaustive"]) == (0.5, True)


def test_counts_do_as_well_as_chances():
    p = drawn(3, 9, 3, 3)
    scaled = p * np.array([80.0, 7.0, 1e100])[:, None]
    found, again = voting.best_vote_weights(p), voting.best_vote_weights(scaled)
    assert found["accuracy"] == again["accuracy"]
    np.testing.assert_allclose(found["weights"], again["weights"], atol=1e-9)


def test_a_list_of_questions_is_one_value_of_a_sweep():
    grid = {"n": [1, 3], "weights": [[1.0, 0.0], [0.5, 0.5]], "probabilities": TWO}
    data = sweep(voting.weighted_plurality_accuracy, grid)
    assert dict(data.sizes) == {"n": 2, "weights": 2}
