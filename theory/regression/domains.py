"""Where the laws of this family are checked, and what they declare about finite sizes."""

from __future__ import annotations

import dataclasses
from functools import partial

import numpy as np

from jtts.domain import choices, constant, log_reals
from jtts.kinds import Asymptotic
from jtts.promises import finite, nonnegative, positive, vector
from jtts.regression import TiedJudge, TrainedJudge

SOURCE = "arXiv:2512.19905"

# The gap was measured at dim = 16, 32 and 64 in the corners of the domains below: it is c/dim, c
# constant within errors. Each finite_size declared is twice the largest |c|.
in_proportional_limit = partial(Asymptotic, size="dim", sizes=(8, 16, 32, 64))

SPECTRUM = vector(nonnegative())
WEIGHTS = vector(finite())
JUDGE = dataclasses.replace(WEIGHTS, types=(TrainedJudge, TiedJudge))
LEARNER = {
    "spectrum": SPECTRUM,
    "aspect_ratio": positive(),
    "noise_var": positive(),
    "prior_var": positive(),
}
LARGEST = 1e300  # sums and quotients of what a law is given overflow beyond it


def _ordinary(x):
    return (x >= 1 / LARGEST) & (x <= LARGEST)


SOME_INPUT = {
    "spectrum must have a positive eigenvalue": lambda spectrum: (spectrum > 0).any(-1),
    "aspect_ratio times the mean of the spectrum must be at most 1e300": (
        lambda spectrum, aspect_ratio: aspect_ratio * spectrum.mean(-1) <= LARGEST
    ),
}
LEARNS = SOME_INPUT | {
    "aspect_ratio * noise_var / prior_var must be from 1e-300 to 1e300": (
        lambda aspect_ratio, noise_var, prior_var: _ordinary(aspect_ratio * noise_var / prior_var)
    ),
}
OF_A_RIDGE = SOME_INPUT | {
    "ridge must be from 1e-300 to 1e300": lambda ridge: _ordinary(ridge),
}

SPECTRA = choices(np.ones(4), np.array([2.0, 1.0, 0.5, 0.1]))
DOMAIN = {
    "spectrum": SPECTRA,
    "aspect_ratio": choices(0.5, 2.0),
    "noise_var": log_reals(0.05, 1.0),
    "prior_var": log_reals(0.3, 3.0),
}
INPUT = constant(np.array([1.5, 1.0, -0.5, 1.0]))
TEACHER = constant(np.array([1.0, 0.5, -0.5, 1.5]))
