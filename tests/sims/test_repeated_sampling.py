"""Attempts played out, where the check of the laws does not look."""

import numpy as np
import pytest

from jtts.difficulty import LogUniform
from jtts.sims import repeated_sampling as simulated
from jtts.theory import repeated_sampling

pytestmark = pytest.mark.long

THRESHOLD = 5.0  # standard errors: 6e-7 a comparison


@pytest.mark.parametrize("unsolvable", [0.0, 0.3])
def test_log_uniform_difficulty(key, unsolvable):
    difficulty, k = LogUniform(1e-4), np.array([1, 8, 64, 512])
    estimate = simulated.failure_at_k(key, 2**18, k, difficulty, unsolvable)
    expected = repeated_sampling.failure_at_k(k, difficulty, unsolvable)
    assert np.all(estimate.stderr < 0.004 * expected)  # a 2 % error would show
    assert np.all(np.abs(estimate.mean - expected) < THRESHOLD * estimate.stderr)
