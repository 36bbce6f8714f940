"""Sweeps of the selected candidate's error to move through."""

from __future__ import annotations

import numpy as np

from jtts import sweep
from jtts.explorers import explorer
from jtts.theory import best_of_k


@explorer(cost="5 s", across="k")
def explore_transition(preset):
    """Best of k on both sides of rho = 1/2.

    Error in units of s^2 with the teacher as judge. Move rho across 1/2: the slope goes from -2 to
    -1/rho. Across rho, the slider is k. Simulation draws the order statistic directly.
    """
    grid = {
        "k": np.logspace(0, 6, 13).round(),
        "rho": np.linspace(0.1, 1.0, 10).round(1),
        "temperature": 0.0,
    }
    trials = preset.pick(quick=2**13, paper=2**17)
    return sweep(best_of_k.error, grid, trials=trials, route="error_by_order_statistics")


@explorer(cost="10 s", across="k")
def explore_temperature(preset):
    """Softmax selection among k candidates.

    Error in units of s^2, rho = 0.3, teacher as judge. A temperature, in units of s^2, sets a floor
    that more candidates do not lower. Across temperature, the slider is k: the more candidates,
    the more a little temperature costs. Simulation draws every candidate.
    """
    grid = {
        "k": [1, 2, 4, 8, 16, 32, 64],
        "rho": 0.3,
        "temperature": [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0],
    }
    return sweep(best_of_k.error, grid, trials=preset.pick(quick=2**13, paper=2**18))
