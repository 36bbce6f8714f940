"""Tournaments played out, where the check of the laws does not look."""

import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.sims import verifiers as simulated

pytestmark = pytest.mark.long


def test_sizes_are_powers_of_two_of_any_integer_type(key):
    one = simulated.repeated_knockout_accuracy(key, 1000, 4, 0.3, 0.7, 3)
    other = simulated.repeated_knockout_accuracy(key, 1000, np.int64(4), 0.3, 0.7, 3)
    assert one.mean == other.mean
    with pytest.raises(InputError, match="num_candidates must be a power of two, got 6"):
        simulated.knockout_accuracy(key, 1000, 6, 0.3, 0.7)


def test_a_sure_judge_finds_any_right_candidate(key):
    estimate = simulated.repeated_knockout_accuracy(key, 2**14, 8, 0.1, 1.0, 5)
    assert abs(estimate.mean - (1 - 0.9**8)) < 5 * estimate.stderr
