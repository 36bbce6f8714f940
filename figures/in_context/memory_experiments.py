"""Training runs on words and facts: what is remembered in weights, and what is read in context."""

from __future__ import annotations

import functools
import tempfile

import jax.numpy as jnp
import xarray as xr

from jtts.figures.in_context.store import recipe
from jtts.in_context import Architecture, Optimizer, facts, parts_of_speech, train

TRAININGS = ("vanilla", "active", "temporary")


@recipe
def forgetting(preset, seeds=None):
    """Words with uniform and Zipf frequencies: embeddings kept, forgotten for ever, or for a time."""
    every, until = preset.pick(quick=(100, 1000), paper=(10, 1000))
    schedule = {
        "vanilla": {},
        "active": {"forget_every": every},
        "temporary": {"forget_every": every, "forget_until": until},
    }
    settings = preset.pick(
        quick={"learning_rate": 2e-3, "warmup": 100, "weight_decay": 0.05, "clip": 1.0},
        paper={"learning_rate": 5e-5, "weight_decay": 0.01},
    )
    # embeddings are measured when they are oldest, just before they are forgotten
    steps = preset.pick(
        quick=[100, 200, 300, 400, 600, 800, 1000, 1500, 2000, 3000, 4000, 5000],
        paper=[*range(250, 4001, 250), *range(5000, 62_501, 2500)],
    )
    task = functools.partial(
        parts_of_speech, vocabulary=preset.pick(quick=200, paper=10_000), dtype=jnp.float32
    )
    model = Architecture(
        width=preset.pick(quick=32, paper=64),
        layers=preset.pick(quick=2, paper=6),
        mlp_ratio=2,
        max_positions=7,
        causal=False,
        tied=True,
        embedding=preset.pick(quick=0.2, paper=0.02),
    )
    found = [
        train(
            task,
            model,
            Optimizer(**settings | schedule[name]),
            steps,
            preset.pick(quick=range(3), paper=range(5)) if seeds is None else seeds,
            conditions={"exponent": preset.pick(quick=[0.0, 1.5], paper=[0.0, 1.0001, 1.2, 1.5])},
            batch_size=preset.pick(quick=64, paper=128),
            evaluation_size=preset.pick(quick=1024, paper=8192),
            progress=True,
        )[["accuracy", "train_loss", "stopped"]].drop_attrs()
        for name in TRAININGS
    ]
    curves = xr.concat(found, xr.Variable("training", list(TRAININGS)))
    return curves.assign_attrs(forget_every=every, forget_until=until)


@recipe
def storage(preset, seeds=None):
    """Facts stored from statements in K of R relations, then questions about N_f subjects."""
    subjects = preset.pick(quick=200, paper=2000)
    settings = preset.pick(
        quick=[(1, 20), (2, 20), (4, 20), (8, 20), (2, 10), (2, 40)],
        paper=[(k, r) for r in (10, 20, 40, 80) for k in (1, 2, 4, 8)],
    )
    options = {
        "seeds": preset.pick(quick=range(5), paper=range(10)) if seeds is None else seeds,
        "batch_size": preset.pick(quick=64, paper=256),
        "evaluation_size": preset.pick(quick=1024, paper=8192),
        "progress": True,
    }
    steps = preset.pick(quick=4000, paper=40_000)
    found = [_stored(subjects, k, r, steps, preset, options) for k, r in settings]
    return xr.concat(found, "setting")


def _stored(subjects, multiplicity, relations, steps, preset, options):
    """Networks of one multiplicity and number of relations, pretrained and then fine-tuned."""
    task = functools.partial(
        facts,
        num_subjects=subjects,
        num_relations=relations,
        num_answers=20,
        multiplicity=multiplicity,
        dtype=jnp.float32,
    )
    sizes = {"width": preset.pick(quick=32, paper=128), "max_positions": 2}
    tuned = preset.pick(quick=[1, 3, 10, 30, 100], paper=[1, 3, 10, 30, 100, 300, 1000])
    with tempfile.TemporaryDirectory() as folder:
        pretrained = train(
            task,
            Architecture(**sizes),
            Optimizer(2e-3, warmup=50),
            [steps],
            checkpoints=folder,
            **options,
        )
        accuracy = [
            train(
                functools.partial(task, questions=True),
                Architecture(**sizes, low_rank=rank),
                Optimizer(rate),
                [150],
                conditions={"num_tuned": tuned},
                start=folder,
                **options,
            ).accuracy.isel(step=0, drop=True)
            for rank, rate in ((0, 1e-3), (2, 5e-3))
        ]
    curves = xr.concat(accuracy, xr.Variable("fine_tuning", ["full", "low rank"]))
    stored = pretrained.accuracy.sel(evaluation="stored", drop=True).isel(step=0, drop=True)
    return xr.Dataset(
        {"accuracy": curves, "stored": stored},
        {"multiplicity": multiplicity, "num_relations": relations},
    )
