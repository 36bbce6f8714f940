"""Training runs on bursty contexts: when an induction head forms, and when weights do the work."""

from __future__ import annotations

import functools
from typing import Any

import jax.numpy as jnp
import numpy as np
import xarray as xr

from jtts.figures.in_context.store import recipe
from jtts.in_context import (
    InductionNetwork,
    MinimalHead,
    Optimizer,
    bursty_classification,
    train,
)

ATTENTIONS = {
    "previous_token_attention": "label to its item (layer 1)",
    "match_attention": "query to labels of its class (layer 2)",
    "label_attention": "query to all labels (layer 2)",
    "target_attention": "query to the right label (layer 2)",
}
MEASURES = ["accuracy", "context_accuracy", "loss", *ATTENTIONS]

# settings of ICL against IWL: what is varied, its value, and the task's arguments
SWEEPS: dict[str, tuple[str, list[Any], dict[str, Any]]] = {
    "classes": ("num_classes", [16, 64, 256, 1024], {"burstiness": 2}),
    "burstiness": ("burstiness", [1, 2, 4], {"num_classes": 64}),
    "noise": ("within_class_noise", [0.1, 0.5, 1.0], {"num_classes": 64, "burstiness": 2}),
    "zipf": ("zipf", [0.0, 1.0, 2.0], {"num_classes": 1024, "burstiness": 2}),
}


def bursty(preset, *, labels=None, **options):
    """Function of the seed that makes the task; novel classes unless told."""
    sizes = preset.pick(
        quick={"num_labels": 8, "num_items": 4, "dim": 24},
        paper={"num_labels": 32, "num_items": 8, "dim": 63},
    )
    if labels is not None:
        sizes["num_labels"] = labels
    settings = sizes | {"num_classes": sizes["num_labels"], "novel": 1.0} | options
    return functools.partial(bursty_classification, dtype=jnp.float32, **settings)


def network(preset):
    """The network with two attention layers, and how it learns."""
    return preset.pick(
        quick=(InductionNetwork(max_positions=9), Optimizer(4e-3)),
        paper=(
            InductionNetwork(max_positions=65, relu_layers=3),
            Optimizer(1e-2, weight_decay=1e-4, rule="sgd"),
        ),
    )


def trained(preset, task, model, optimizer, steps, seeds, **options):
    sizes: dict[str, Any] = {
        "batch_size": preset.pick(quick=48, paper=128),
        "evaluation_size": 4000,
        "progress": True,
    }
    return train(task, model, optimizer, steps, seeds, **sizes | options)


@recipe
def abrupt_emergence(preset, seeds=range(10)):
    """Novel classes only: the context alone can tell."""
    task = bursty(preset)
    steps = preset.pick(quick=range(25, 1501, 25), paper=range(2000, 300_001, 2000))
    model, optimizer = network(preset)
    curves = trained(preset, task, model, optimizer, list(steps), seeds)
    kept = curves[[*MEASURES, "train_loss", "stopped"]].sel(evaluation="icl", drop=True)
    made = task(seed=0)
    return kept.assign_attrs(
        dim=made.means.shape[-1],
        num_items=made.num_items,
        num_labels=made.num_labels,
        within_class_noise=made.within_class_noise,
    )


@recipe
def minimal_emergence(preset, seeds=range(3)):
    """The minimal head on the same task; and the network on labels that differ, L = N and 2 N."""
    steps = list(preset.pick(quick=range(25, 1501, 25), paper=range(2000, 300_001, 2000)))
    model, optimizer = network(preset)
    items = preset.pick(quick=4, paper=8)
    minimal = preset.pick(quick=Optimizer(2e-2), paper=Optimizer(1e-1, rule="sgd"))
    whole = bursty(preset)
    saddle = bursty(preset, labels=items, distinct_labels=True)
    control = bursty(preset, labels=2 * items, distinct_labels=True)
    runs = {
        "minimal head": trained(
            preset, whole, MinimalHead(model.relu_layers), minimal, steps, seeds
        ),
        "L = N": trained(preset, saddle, model, optimizer, steps, seeds),
        "L = 2 N": trained(preset, control, model, optimizer, steps, seeds),
    }
    kept = [run[MEASURES].sel(evaluation="icl", drop=True) for run in runs.values()]
    return xr.concat(kept, xr.Variable("run", list(runs)), join="exact").assign_attrs(
        num_items=items
    )


@recipe
def icl_against_iwl(preset, seeds=range(2)):
    """Classes of a pool: accuracies at the end over four properties of the data."""
    model, optimizer = network(preset)
    steps = preset.pick(quick=[1500], paper=[100_000])
    options: list[tuple[str, Any, dict[str, Any]]] = [
        (sweep, value, {"novel": 0.0, name: value} | others)
        for sweep, (name, values, others) in SWEEPS.items()
        for value in values
    ]
    rows: dict[int, xr.Dataset] = {}
    # settings of one burstiness share shapes, and one compiled program
    for burstiness in sorted({given["burstiness"] for _, _, given in options}):
        chosen = [i for i, (_, _, given) in enumerate(options) if given["burstiness"] == burstiness]

        def task(seed, setting):
            return bursty(preset, max_classes=1024, **options[setting][2])(seed=seed)

        found = trained(
            preset,
            task,
            model,
            optimizer,
            steps,
            seeds,
            conditions={"setting": chosen},
        )
        last = found[["accuracy", "context_accuracy", *ATTENTIONS]].isel(step=-1, drop=True)
        rows |= {int(i): last.sel(setting=i) for i in found.setting.values}
    together: xr.Dataset = xr.concat([rows[i] for i in sorted(rows)], "setting", join="exact")
    return together.assign_coords(
        sweep=("setting", [sweep for sweep, _, _ in options]),
        value=("setting", np.array([value for _, value, _ in options], float)),
    ).assign_attrs(steps=steps[-1])
