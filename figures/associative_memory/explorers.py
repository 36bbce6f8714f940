"""Sweeps of a linear memory's error to move through."""

from __future__ import annotations

import numpy as np

from jtts import sweep
from jtts.explorers import explorer
from jtts.theory import associative_memory as am

DIM = 32


@explorer(cost="5 s", across="load")
def explore_ridge(preset):
    """A memory fitted to all pairs with a ridge.

    Error per component against the load N/d; lines for large d, simulation at d = 32. The smaller
    the ridge, the sharper the corner at load 1; the larger, the closer to linear attention.
    """
    grid = {
        "load": np.array([4, 8, 16, 24, 28, 32, 36, 48, 64, 96, 128]) / DIM,
        "ridge": [0.1, 0.2, 0.5, 1.0, 2.0, 5.0],
        "dim": DIM,
    }
    return sweep(am.ridge_error, grid, trials=preset.pick(quick=256, paper=2**14))
