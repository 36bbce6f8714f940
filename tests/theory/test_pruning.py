"""Staged pruning against reference digits, identities and limits."""

import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.theory import selection

TABLE = {  # n, kept, correlation: best score, survival
    (4, 2, 0.5): (0.85527806058, 0.73181286617),
    (16, 4, 0.7): (1.6700780166, 0.77178947556),
    (64, 8, 0.5): (2.0821913659, 0.51179935985),
    (64, 8, 0.9): (2.3365920269, 0.96043584965),
    (256, 16, 0.7): (2.7363786863, 0.72166975397),
}


@pytest.mark.parametrize("point", TABLE)
def test_reference(point):
    found = selection.best_score(*point), selection.survival(*point)
    assert found == pytest.approx(TABLE[point], abs=1e-10)


def test_two_kept_by_another_integral():
    found = selection.best_score([4, 16, 64], 2, [0.5, 0.7, 0.9])
    np.testing.assert_allclose(found, [0.8552780606, 1.5081341497, 2.2433466736], atol=1e-10)


@pytest.mark.parametrize("r", [0.0, 0.4, 0.95, 1.0])
def test_identities(r):
    """One kept, all kept; a score that tells nothing or all."""
    of_sixteen, of_four = map(float, selection.expected_max(np.array([16.0, 4.0])))
    assert selection.best_score(16, 1, r) == pytest.approx(r * of_sixteen, abs=1e-10)
    assert selection.best_score(16, 16, r) == pytest.approx(of_sixteen, rel=1e-12)
    assert selection.survival(16, 16, r) == 1
    if r == 0:
        assert selection.best_score(16, 4, r) == pytest.approx(of_four, rel=1e-9)
        assert selection.survival(16, 4, r) == pytest.approx(0.25, rel=1e-9)
    if r == 1:
        assert selection.best_score(16, 4, r) == pytest.approx(of_sixteen, rel=1e-12)


def test_rises_with_each_argument():
    base = selection.best_score(32, 4, 0.6)
    for more in ((33, 4, 0.6), (32, 5, 0.6), (32, 4, 0.61)):
        assert selection.best_score(*more) > base


@pytest.mark.parametrize("r", [0.7 - 1e-12, 0.999999, 1 - 1e-12])
def test_nothing_jumps_where_the_integral_changes(r):
    near = min(1.0, r + 2e-12)
    assert selection.best_score(64, 8, r) == pytest.approx(
        float(selection.best_score(64, 8, near)), abs=1e-10
    )


SPLITS = {  # budget, share, correlation: n, kept, score, finished candidates of that value
    (16, 0.1, 0.5): (79, 9, 2.1607261904, 40),
    (16, 0.1, 0.9): (124, 4, 2.5389329771, 109),
    (16, 0.25, 0.5): (37, 9, 1.9718749616, 25),
    (16, 0.25, 0.7): (46, 6, 2.1033783956, 35),
    (16, 0.25, 0.9): (52, 4, 2.2344665562, 48),
    (16, 0.5, 0.7): (25, 7, 1.912784346, 22),
    (64, 0.25, 0.7): (199, 19, 2.6816458186, 165),
}


@pytest.mark.parametrize("point", SPLITS)
def test_best_split(point):
    found = selection.optimal_split(*point)
    assert (found["n"], found["kept"]) == SPLITS[point][:2]
    assert found["score"] == pytest.approx(SPLITS[point][2], abs=1e-10)
    finished = SPLITS[point][3] + np.arange(-1, 2)
    values = selection.expected_max(finished.astype(float))
    assert np.argmin(abs(values - found["score"])) == 1


@pytest.mark.parametrize(
    ("point", "loss"),
    [
        ((16, 0.25, 0.7), (0.01, 0.02)),
        ((64, 0.25, 0.7), (0.006, 0.0075)),
        ((16, 0.1, 0.5), (0.02, 0.063)),
    ],
)
def test_what_a_split_wrong_by_half_costs(point, loss):
    """1 to 2 %, and 6 % where 14 finished take nearly the whole budget."""
    (budget, share, r), (_, kept, score, _) = point, SPLITS[point]
    wrong = np.array([np.floor(kept / 1.5), np.round(kept * 1.5)])
    started = np.floor((budget - wrong * (1 - share)) / share + 1e-9)
    lost = 1 - selection.best_score(started, wrong, r) / score
    assert loss[0] < lost.min() < lost.max() < loss[1]


def test_splits_that_are_no_choice():
    useless = selection.optimal_split(16, 0.1, 0.0)
    assert (useless["n"], useless["kept"]) == (16, 16)
    perfect = selection.optimal_split(16, 0.1, 1.0)
    assert (perfect["n"], perfect["kept"]) == (151, 1)


def test_limit_reference():
    found = selection.best_score_limit([64, 64, 256], [8, 16, 32], [0.5, 0.7, 0.7])
    np.testing.assert_allclose(found, [2.0971067856, 2.3237299528, 2.7955405528], atol=1e-10)
    gap = found - selection.best_score([64, 64, 256], [8, 16, 32], [0.5, 0.7, 0.7])
    np.testing.assert_allclose(gap, [0.0149, 0.0094, 0.0045], atol=6e-5)


HALVING = {
    (64, (32, 16, 8), (0.25, 0.5, 0.75)): 2.319295786,
    (256, (128, 64, 32), (0.25, 0.5, 0.75)): 2.8134093528,
    (256, (64, 16), (0.25, 0.5)): 2.7256605097,
    (1024, (512, 256, 128), (0.25, 0.5, 0.75)): 3.2409204906,
}


@pytest.mark.parametrize("rounds", HALVING)
def test_halving_reference(rounds):
    n, keep, times = rounds
    found = selection.halving_score(n, np.array(keep), np.array(times))
    assert found == pytest.approx(HALVING[rounds], abs=1e-9)


def test_halving_is_not_for_fewer_than_eight():
    """Simulated: 1.607; the law says that it is not for so few."""
    found = selection.halving_score(16, [8, 4, 2], [0.25, 0.5, 0.75])
    assert found == pytest.approx(1.720, abs=5e-4)


def test_one_round_of_halving_is_the_limit():
    one = selection.halving_score(64, [8], [0.49])
    assert one == pytest.approx(float(selection.best_score_limit(64, 8, 0.7)), rel=1e-10)
    # a round that drops nobody changes nothing
    idle = selection.halving_score(64, [64, 8], [0.2, 0.49])
    assert idle == pytest.approx(float(one), rel=1e-9)


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda: selection.best_score(4, 5, 0.5), "kept must be at most n"),
        (lambda: selection.survival(4, 5, 0.5), "kept must be at most n"),
        (lambda: selection.optimal_split(16, 1.0, 0.5), "share"),
        (lambda: selection.halving_score(64, [8, 16], [0.2, 0.5]), "keep must not rise"),
        (lambda: selection.halving_score(64, [16, 8], [0.5, 0.2]), "times must rise"),
        (lambda: selection.halving_score(64, [16, 8], [0.5]), "equal length"),
    ],
)
def test_refusals(call, problem):
    with pytest.raises(InputError, match=problem):
        call()
