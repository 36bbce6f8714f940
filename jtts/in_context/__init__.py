"""In-context learning: tasks with a pool, how sequences are drawn, networks trained on them."""

from typing import TYPE_CHECKING

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
from jtts.lazily import lazily

if TYPE_CHECKING:
    from jtts.in_context.curves import (
        crossover_step,
        read_curves,
        relative_distance,
        write_curves,
    )
    from jtts.in_context.induction_head import InductionNetwork, MinimalHead
    from jtts.in_context.optimizers import Optimizer
    from jtts.in_context.runs import training_batch
    from jtts.in_context.training import evaluation_steps, train
    from jtts.in_context.transformer import Architecture

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
_HOMES = {
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

__getattr__, __dir__ = lazily(__name__, __all__, _HOMES)
