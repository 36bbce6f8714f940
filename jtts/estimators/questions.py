"""From questions to their average."""

from __future__ import annotations

from typing import Any

import numpy as np

from jtts.arguments import InputError, require_finite
from jtts.estimate import Estimate


def over_questions(values: Any) -> Estimate:
    """Mean over questions (the first axis) and its standard error.

    The questions are taken as independent draws from the questions of interest: the error is their
    standard deviation over the square root of their number, and includes the noise of the samples.

    Raises:
      InputError: no questions, or a value that is not finite.

    >>> estimate = over_questions([0.0, 1.0, 1.0, 0.0])
    >>> float(estimate.mean), round(float(estimate.stderr), 4)
    (0.5, 0.2887)
    """
    require_finite(values=values)
    if np.ndim(values) == 0 or not len(values):
        raise InputError(f"values must have an axis of questions, got shape {np.shape(values)}")
    # in double precision whatever JAX's mode: questions may differ by little
    values = np.asarray(values, float)
    mean = values.mean(0)
    return Estimate(np.float64(len(values)), mean, np.sum((values - mean) ** 2, 0))
