"""Closed forms: pure functions of arrays, one module per family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtts.lazily import lazily

if __name__ == "theory":
    from jtts.floors import give_way

    give_way(__name__)

if TYPE_CHECKING:
    from jtts.theory import (
        adaptation,
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
    "adaptation",
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
