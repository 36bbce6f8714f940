"""Weighted votes of several models against plain ones."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import xarray as xr

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, theory_lines_with_simulation
from jtts.pipeline import figure
from jtts.theory import voting

QUESTIONS, ANSWERS = 24, 4
SKILLS = (1.0, 0.6, 0.4)  # of the models: how far the right answer stands out


@functools.cache
def benchmark():
    """Chances of the answers of three models to every question, the right answer first."""
    generator = np.random.default_rng(18)
    logits = 1.4 * generator.standard_normal((QUESTIONS, len(SKILLS), ANSWERS))
    logits[..., 0] += np.array(SKILLS)
    chances = np.exp(logits)
    return chances / chances.sum(-1, keepdims=True)


def mixtures():
    """Weights by name: the best, equal ones, and every model alone."""
    models = len(SKILLS)
    found: dict[str, Any] = {
        "best weights": voting.best_vote_weights(benchmark())["weights"],
        "equal weights": np.full(models, 1 / models),
    }
    return found | {f"model {i + 1} alone": row for i, row in enumerate(np.eye(models))}


def accuracies(n, weights, **budget):
    """Sweep over n, by weights."""
    parts = [
        sweep(
            voting.weighted_plurality_accuracy,
            {"n": n, "weights": row, "probabilities": benchmark()},
            **budget,
        )
        for row in weights.values()
    ]
    index = xr.IndexVariable("mixture", list(weights))
    return xr.concat(parts, index, combine_attrs="override", join="exact")


def limits(rows):
    return np.array([float(voting.weighted_plurality_limit(row, benchmark())) for row in rows])


@figure(cost="15 s", panels=(1, 2), height=2.9)
def weighted_against_plain(preset):
    """Weighted votes of several models beat the best of them, where votes are many.

    Three models answer 24 questions of four answers; model 1 is right in 43 % of its answers, model
    2 in 30 %, model 3 in 23 %. Left: plurality of n votes, each of a model drawn by weight; dotted:
    of endless votes. Equal weights are worse than model 1 alone (0.417 against 0.625). The best
    weights, found among all, reach 0.708; but they are the best of endless votes: they answer some
    questions by a small lead, which takes many votes to see, and below 35 votes model 1 alone is
    better. Right: two models. What endless votes answer jumps where a question changes sides; of
    few votes the accuracy is smooth, and its best weight another. Weights chosen on the questions
    that they are judged by look better than they are.
    """
    trials = preset.pick(quick=2**14, paper=2**19)
    weights = mixtures()
    n = np.array([1, 2, 3, 5, 8, 12, 20, 30, 45, 70, 100, 160, 250])  # 256 would be slower
    curves = accuracies(n, weights)
    curves["limit"] = "mixture", limits(weights.values())
    shares = np.linspace(0.0, 1.0, 25)
    fine = np.linspace(0.0, 1.0, 1001)
    two = np.stack([fine, 1 - fine, 0 * fine], -1)
    law = voting.weighted_plurality_accuracy
    steps = xr.Dataset(
        {"theory": ("share", limits(two))},
        {"share": fine},
        {"law": law.full_name, "kind": law.kind.name},
    )
    return {
        "votes": curves,
        "votes_played": accuracies([1, 3, 10, 30, 100], weights, trials=trials),
        "shares": along(shares, [5, 25, 125]),
        "shares_played": along(shares[::6], [5, 25, 125], trials=trials),
        "limit": steps,
    }


def along(shares, n, **budget):
    """Sweep over the share of the first of two models."""
    rows = np.stack([shares, 1 - shares, 0 * shares], -1)
    grid = {"n": n, "weights": rows, "probabilities": benchmark()}
    data = sweep(voting.weighted_plurality_accuracy, grid, **budget)
    return data.rename(weights="share").assign_coords(share=shares)


@weighted_against_plain.draw
def _(data, axes):
    votes = data["votes"]
    theory_lines_with_simulation(
        axes[0], votes, simulated=data["votes_played"], x="n", lines="mixture"
    )
    for index, limit in enumerate(votes.limit.values):
        axes[0].axhline(limit, color=COLOURS[index], linestyle=":", linewidth=1)
    axes[0].plot([], [], ":", color="0.4", label="endless votes")
    axes[0].set(xscale="log", ylim=(0.12, 1.0), xlabel="votes on a question $n$", ylabel="accuracy")
    evidence_legend(axes[0], loc="upper left", ncols=2)
    theory_lines_with_simulation(
        axes[1],
        data["shares"],
        simulated=data["shares_played"],
        x="share",
        lines="n",
        label="$n = {}$",
    )
    axes[1].plot(
        data["limit"].share, data["limit"].theory, color="black", linewidth=1, label="endless"
    )
    axes[1].set(xlabel="share of model 1 in the votes, the rest of model 2", ylabel="accuracy")
    axes[1].legend(loc="upper left")
