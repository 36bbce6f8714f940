"""Figures of learning from one's own answers."""

from jtts.figures.self_training.collapse import (
    curated_loop_with_real_data,
    explore_collapse,
    mean_and_typical_collapse,
    replaced_and_accumulated,
)
from jtts.figures.self_training.lock_in import lock_in_of_a_crowd

__all__ = [
    "curated_loop_with_real_data",
    "explore_collapse",
    "lock_in_of_a_crowd",
    "mean_and_typical_collapse",
    "replaced_and_accumulated",
]
