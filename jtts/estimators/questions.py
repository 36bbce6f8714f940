"""From questions to their average."""

from __future__ import annotations

from typing import Any

import numpy as np

from jtts.estimate import Estimate


def over_questions(values: Any) -> Estimate:
    """Mean over questions (the first axis) and its standard error.

    The questions are taken as independent draws from the questions of interest: the error is their
    standard deviation over the square root of their number, and includes the noise of the samples.

    >>> estimate = over_questions([0.0, 1.0, 1.0, 0.0])
    >>> float(estimate.mean), round(float(estimate.stderr), 4)
    (0.5, 0.2887)
    """
    return Estimate.of(np.asarray(values, float))
