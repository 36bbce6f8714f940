"""Estimators from samples against enumeration of all subsets and against fresh samples."""

import itertools
import time
import tracemalloc

import numpy as np
import pytest

from jtts import estimators
from jtts.arguments import InputError
from jtts.estimators import soft, votes

M = 7


@pytest.fixture(scope="module")
def generator():
    return np.random.default_rng(5)


def subsets(k, num_samples=M):
    return [list(chosen) for chosen in itertools.combinations(range(num_samples), k)]


def average(k, of_subset):
    return np.mean([of_subset(chosen) for chosen in subsets(k)])


def test_reference_values():
    assert estimators.pass_at_k(20, 3, 5) == pytest.approx(0.6008771930, abs=6e-11)
    assert estimators.pass_at_k(4, 1, 4) == pytest.approx(1)
    correct = np.arange(21)
    binomial = np.array([float(np.prod([(20 - i) / (i + 1) for i in range(c)])) for c in correct])
    weights = binomial * 0.1**correct * 0.9 ** (20 - correct)
    estimates = estimators.pass_at_k(20, correct, 5)
    assert weights @ estimates == pytest.approx(1 - 0.9**5, abs=1e-12)
    assert weights @ estimates**2 - (1 - 0.9**5) ** 2 == pytest.approx(0.0507354085, abs=6e-11)
    ranks = estimators.rank_weights(10, np.array([1, 4, 10]))
    np.testing.assert_allclose(ranks.sum(0), 1, rtol=1e-12)


def test_counts_are_averages_over_all_subsets(generator):
    truth = generator.integers(0, 2, (3, M))
    k = np.arange(1, M + 1)
    some = estimators.pass_at_k(M, truth.sum(1), k)
    every = estimators.all_pass_at_k(M, truth.sum(1), k)
    for question, n in itertools.product(range(3), k):
        row = truth[question]
        assert some[question, n - 1] == pytest.approx(average(n, lambda s, r=row: r[s].max()))
        assert every[question, n - 1] == pytest.approx(average(n, lambda s, r=row: r[s].min()))


@pytest.mark.parametrize("tied", [False, True])
def test_best_is_the_average_over_all_subsets(generator, tied):
    proxy = generator.integers(0, 3, (2, M)) if tied else generator.normal(size=(2, M))
    truth = generator.normal(size=(2, M))
    k = np.arange(1, M + 1)
    best, largest = estimators.best_by_proxy(proxy, truth, k), estimators.expected_max(truth, k)
    for question, n in itertools.product(range(2), k):
        s, g = proxy[question].astype(float), truth[question]
        expected = average(n, lambda c, s=s, g=g: g[c][s[c] == s[c].max()].mean())
        assert best[question, n - 1] == pytest.approx(expected, abs=1e-12)
        assert largest[question, n - 1] == pytest.approx(average(n, lambda c, g=g: g[c].max()))


@pytest.mark.parametrize("temperature", [0.0, 0.01, 0.3, 5.0, np.inf])
def test_soft_selection_is_the_average_over_all_subsets(generator, temperature):
    proxy, truth = generator.normal(size=(2, 2, M))
    found = estimators.soft_best_by_proxy(proxy, truth, np.arange(1, M + 1), temperature)
    assert not found.stderr.any()

    def selected(chosen, s, g):
        if temperature == 0:
            return g[chosen][np.argmax(s[chosen])]
        weights = np.exp((s[chosen] - s[chosen].max()) / temperature)
        return weights @ g[chosen] / weights.sum()

    for question, n in itertools.product(range(2), range(1, M + 1)):
        s, g = proxy[question], truth[question]
        expected = average(n, lambda c, s=s, g=g: selected(c, s, g))
        assert found.value[question, n - 1] == pytest.approx(expected, abs=1e-11)


def test_votes_are_the_average_over_all_subsets(generator):
    answers = generator.integers(0, 4, (3, M))
    found = estimators.plurality_vote(answers, [0, 1, 9], np.arange(1, M + 1))

    def share(chosen, row, correct):
        counts = np.bincount(row[chosen], minlength=10)
        return (counts[correct] == counts.max()) / (counts == counts.max()).sum()

    for question, n in itertools.product(range(3), range(1, M + 1)):
        row, correct = answers[question], [0, 1, 9][question]
        expected = average(n, lambda c, r=row, a=correct: share(c, r, a))
        assert found.value[question, n - 1] == pytest.approx(expected, abs=1e-12)


def test_random_subsets_state_their_error(generator, monkeypatch):
    proxy, truth = generator.normal(size=(2, 40, 16))
    answers = generator.integers(0, 3, (40, 16))
    k = np.array([2, 5, 11])
    exact_soft = estimators.soft_best_by_proxy(proxy, truth, k, 0.5).value
    exact_vote = estimators.plurality_vote(answers, np.zeros(40, int), k).value
    monkeypatch.setattr("jtts.estimators.soft.EXACT_UP_TO", 8)
    monkeypatch.setattr("jtts.estimators.votes.EXACT_UP_TO", 8)
    for exact, drawn in (
        (exact_soft, estimators.soft_best_by_proxy(proxy, truth, k, 0.5, subsets=400)),
        (exact_vote, estimators.plurality_vote(answers, np.zeros(40, int), k, subsets=400)),
    ):
        random = drawn.stderr > 0
        z = ((drawn.value - exact)[random] / drawn.stderr[random]).ravel()
        assert np.abs(z).max() < 5  # 240 values: a false alarm in 1e-4 runs
        # orders are shared between questions, but not the direction of their errors
        assert 0.7 < np.sqrt(np.mean(z**2)) < 1.4


def test_unbiased_for_fresh_samples(generator):
    """Estimates from m = 12 samples average to what fresh samples of k give: z below 4."""
    count, k = 200_000, 4
    proxy, noise = generator.normal(size=(2, count, 12))
    truth = proxy + 2 * noise
    fresh_proxy, fresh_noise = generator.normal(size=(2, count, k))
    fresh_truth = fresh_proxy + 2 * fresh_noise
    chosen = np.take_along_axis(fresh_truth, fresh_proxy.argmax(1)[:, None], 1)[:, 0]
    for estimate, reference in (
        (estimators.best_by_proxy(proxy, truth, k), chosen),
        (estimators.expected_max(truth, k), fresh_truth.max(1)),
        (estimators.pass_at_k(12, (truth > 3).sum(1), k), (fresh_truth > 3).any(1)),
        (estimators.all_pass_at_k(12, (truth > -1).sum(1), k), (fresh_truth > -1).all(1)),
    ):
        error = np.hypot(estimate.std(), reference.std()) / np.sqrt(count)
        assert abs(estimate.mean() - reference.mean()) < 4 * error
        assert estimate.std() < reference.std()


def test_errors_are_over_questions():
    estimate = estimators.over_questions([[0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    np.testing.assert_allclose(estimate.mean, [0.5, 0.75])
    np.testing.assert_allclose(estimate.stderr, np.std([0, 1, 1, 0], ddof=1) / 2 * np.array(
        [1, np.std([1, 1, 0, 1], ddof=1) / np.std([0, 1, 1, 0], ddof=1)]
    ))  # fmt: skip


def test_shapes():
    assert estimators.pass_at_k([5, 6], [1, 2], [[1, 2], [3, 4]]).shape == (2, 2, 2)
    assert estimators.pass_at_k(5, 1, 2).shape == ()
    assert estimators.best_by_proxy(np.ones((2, 3, 4)), np.ones((2, 3, 4)), [1, 2]).shape == (
        2,
        3,
        2,
    )
    assert estimators.plurality_vote([["a", "b"]] * 3, ["a"] * 3, 1).value.shape == (3,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: estimators.pass_at_k(5, 1, 6), "k must be at most the number of samples, 5"),
        (lambda: estimators.pass_at_k([5, 9], 1, [1, 6]), "number of samples, 5, got 6"),
        (lambda: estimators.pass_at_k(5, 6, 1), "num_correct must be at most num_samples, got 6"),
        (lambda: estimators.pass_at_k(5, 1, 0), "k must be a whole number, at least 1"),
        (lambda: estimators.pass_at_k(5.5, 1, 1), "num_samples must be a whole number"),
        (lambda: estimators.all_pass_at_k(5, -1, 1), "num_correct must be a whole number"),
        (lambda: estimators.expected_max([1.0, np.nan], 1), "scores must be finite, got nan"),
        (lambda: estimators.expected_max(1.0, 1), r"scores must have shape \[..., samples\]"),
        (lambda: estimators.best_by_proxy([1.0, 2.0], [1.0], 1), "truth must have shape"),
        (
            lambda: estimators.best_by_proxy([1.0, 2.0], [1.0, 2.0], 3),
            "number of samples, 2, got 3",
        ),
        (
            lambda: estimators.soft_best_by_proxy([1.0, 2.0], [1.0, 2.0], 1, -1.0),
            "temperature must be at least 0, got -1",
        ),
        (
            lambda: estimators.plurality_vote(["a", "b"], ["a"], 1),
            r"answers must have shape \[..., samples\] and correct",
        ),
        (lambda: estimators.plurality_vote(["a", "b"], "a", 3), "of samples, 2, got 3"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_softmax_in_sums_is_that_in_logarithms():
    generator = np.random.default_rng(4)
    scores, truth = generator.normal(size=(2, 5, 80))
    log_weights, k = soft._log_weights(scores, 0.05), np.array([1, 2, 7, 80])
    for order in generator.permuted(np.tile(np.arange(80), (5, 1)), axis=1):
        plain, logs = (of(log_weights, truth, k)(order) for of in (soft._in_sums, soft._in_logs))
        np.testing.assert_allclose(plain, logs, rtol=0, atol=1e-12)


def test_votes_along_an_order_are_counted_by_hand():
    generator = np.random.default_rng(4)
    for most in (2, 5, 40):
        given = generator.integers(0, most, (4, 30))
        order, k = generator.permutation(30), np.arange(1, 31)
        found = votes._along(order, given, k)
        for question, answers in enumerate(given[:, order]):
            for i in k:
                counts = np.bincount(answers[:i], minlength=most)
                expected = (counts[0] == counts.max()) / (counts == counts.max()).sum()
                assert found[question, i - 1] == expected


def test_ten_thousand_mostly_distinct_answers():
    """Linear in samples: a table of answers by samples would hold 10^8 entries."""
    answers = np.arange(10_000)
    answers[:500] = 0
    began = time.perf_counter()
    found = estimators.plurality_vote(answers, 0, [1, 10_000], subsets=50)
    assert time.perf_counter() - began < 5  # minutes, if it were quadratic
    assert found.value[1] == 1
    assert abs(found.value[0] - 0.05) < 4 * found.stderr[0] + 0.05
    tracemalloc.start()
    estimators.plurality_vote(answers, 0, [1, 10_000], subsets=5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000 * len(answers)
