"""Covered relations and the trend of extraction, against counting and known parameters."""

import itertools

import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.theory import in_context as icl


@pytest.mark.parametrize(("tuned", "k", "relations"), [(1, 2, 5), (2, 2, 6), (2, 3, 7), (3, 1, 4)])
def test_uncovered_sets_are_counted(tuned, k, relations):
    own = set(range(k))
    sets = [own.isdisjoint(s) for s in itertools.combinations(range(relations), k)]
    expected = np.mean(sets) ** tuned
    found = icl.uncovered_probability(tuned, k, relations)
    assert float(found) == pytest.approx(expected, rel=1e-12)


def test_edges_of_coverage():
    assert float(icl.uncovered_probability(0, 3, 4)) == 1
    assert float(icl.uncovered_probability(1, 3, 4)) == 0
    assert np.isnan(icl.uncovered_probability(1, 5, 4))
    large = icl.uncovered_probability(np.array([10, 100]), 3, 1000)
    np.testing.assert_allclose(large, np.exp(-np.array([0.09, 0.9])), rtol=3e-3)
    with pytest.raises(InputError, match="num_relations must be positive"):
        icl.uncovered_probability(1, 1, 0)


def test_trend_by_hand_and_its_fit():
    grid = np.meshgrid([1, 3, 10, 30], [2, 4, 8], [10, 20], indexing="ij")
    n, k, r = grid
    expected = 0.8 * np.exp(-1.7 * n * k**2 * np.log(r) / (2 * r**2))
    found = icl.extraction_error(*grid, initial=0.8, rate=1.7)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    fit, _ = icl.fit_extraction_error(*grid, expected)
    np.testing.assert_allclose(fit, [0.8, 1.7], rtol=1e-6)
    with pytest.raises(InputError, match="errors must be one for each"):
        icl.fit_extraction_error([1, 2, 3], 2, 10, [0.5, 0.4])
