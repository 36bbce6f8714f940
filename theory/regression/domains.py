"""Where the laws of this family are checked, and what they declare about finite sizes."""

from __future__ import annotations

from functools import partial

import numpy as np

from jtts.domain import choices, constant, log_reals
from jtts.kinds import Asymptotic

SOURCE = "arXiv:2512.19905"

# The gap was measured at dim = 16, 32 and 64 in the corners of the domains below: it is c/dim, c
# constant within errors. Each finite_size declared is twice the largest |c|.
in_proportional_limit = partial(Asymptotic, size="dim", sizes=(8, 16, 32, 64))

SPECTRA = choices(np.ones(4), np.array([2.0, 1.0, 0.5, 0.1]))
DOMAIN = {
    "spectrum": SPECTRA,
    "aspect_ratio": choices(0.5, 2.0),
    "noise_var": log_reals(0.05, 1.0),
    "prior_var": log_reals(0.3, 3.0),
}
INPUT = constant(np.array([1.5, 1.0, -0.5, 1.0]))
TEACHER = constant(np.array([1.0, 0.5, -0.5, 1.5]))
