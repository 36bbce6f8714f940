"""In-context learning: tasks with a pool, how sequences are drawn, networks trained on them."""

import importlib
from typing import Any

from jtts.in_context.balls_and_urns import BallsAndUrns, balls_and_urns
from jtts.in_context.bursty_classification import (
    BurstyClassification,
    Contexts,
    bursty_classification,
)
from jtts.in_context.facts import Facts, facts
from jtts.in_context.labelled_items import LabelledItems, labelled_items
from jtts.in_context.linear_regression import LinearRegression, linear_regression
from jtts.in_context.markov_mixture import MarkovMixture, markov_mixture, unigrams
from jtts.in_context.paired_regression import PairedRegression, paired_regression
from jtts.in_context.parts_of_speech import PartsOfSpeech, parts_of_speech
from jtts.in_context.sequences import Sequences, sample

__all__ = [
    "Architecture",
    "BallsAndUrns",
    "BurstyClassification",
    "Contexts",
    "Facts",
    "InductionNetwork",
    "LabelledItems",
    "LinearRegression",
    "MarkovMixture",
    "MinimalHead",
    "Optimizer",
    "PairedRegression",
    "PartsOfSpeech",
    "Sequences",
    "balls_and_urns",
    "bursty_classification",
    "crossover_step",
    "evaluation_steps",
    "facts",
    "labelled_items",
    "linear_regression",
    "markov_mixture",
    "paired_regression",
    "parts_of_speech",
    "read_curves",
    "relative_distance",
    "sample",
    "train",
    "training_batch",
    "unigrams",
    "write_curves",
]

# what needs flax, optax or orbax is imported when it is first asked for: closed forms do without
LAZY = {
    "Architecture": "transformer",
    "InductionNetwork": "induction_head",
    "MinimalHead": "induction_head",
    "Optimizer": "optimizers",
    "crossover_step": "curves",
    "evaluation_steps": "training",
    "read_curves": "curves",
    "relative_distance": "curves",
    "train": "training",
    "training_batch": "runs",
    "write_curves": "curves",
}


def __getattr__(name: str) -> Any:
    if name in LAZY:
        return getattr(importlib.import_module(f"{__name__}.{LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
