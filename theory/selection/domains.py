"""Where the laws of selection hold and where they are checked."""

from __future__ import annotations

import typing

import numpy as np

from jtts.domain import choices, simplex
from jtts.promises import between, finite, nonnegative, vector
from jtts.rewards import RewardLaw

FOUR = (0.5, 0.3, 0.15, 0.05)

PROBABILITIES = simplex((4,), (0.3, 5.0))
OFTEN = choices(np.array(FOUR), np.array([0.1, 0.4, 0.3, 0.2]))  # where each atom has to be met
# atoms in order, with a tie at the top, and out of order with another tie
REWARDS = choices(
    np.array([0.0, 1.0, 2.0, 3.0]), np.array([-1.0, 0.5, 1.5, 1.5]), np.array([1.0, 0.2, 0.2, -0.5])
)

ANY_LAW = typing.get_args(RewardLaw)
COUNTS = between(1, 1e15)
ATOMS = {"probabilities": vector(nonnegative()), "rewards": vector(finite())}
SUM_TO_ONE = {
    "probabilities must sum to 1": lambda probabilities: abs(probabilities.sum(-1) - 1) <= 1e-9
}
