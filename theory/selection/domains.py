"""Where the laws of selection are checked."""

from __future__ import annotations

import numpy as np

from jtts.domain import choices

FOUR = (0.5, 0.3, 0.15, 0.05)

# atoms in order, with a tie at the top, and out of order with another tie
PROBABILITIES = choices(np.array(FOUR), np.array([0.1, 0.4, 0.3, 0.2]))
REWARDS = choices(
    np.array([0.0, 1.0, 2.0, 3.0]), np.array([-1.0, 0.5, 1.5, 1.5]), np.array([1.0, 0.2, 0.2, -0.5])
)
