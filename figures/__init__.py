"""Figures: one function computes the data, one draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtts.lazily import lazily

if __name__ == "figures":
    from jtts.floors import give_way

    give_way(__name__)

if TYPE_CHECKING:
    from jtts.figures import (
        associative_memory,
        best_of_k,
        downstream,
        holdout,
        in_context,
        optimization,
        ranking,
        regression,
        repeated_sampling,
        selection,
        self_training,
        turns,
        verifiers,
        voting,
    )

__all__ = [
    "associative_memory",
    "best_of_k",
    "downstream",
    "holdout",
    "in_context",
    "optimization",
    "ranking",
    "regression",
    "repeated_sampling",
    "selection",
    "self_training",
    "turns",
    "verifiers",
    "voting",
]

__getattr__, __dir__ = lazily(__name__, __all__)
