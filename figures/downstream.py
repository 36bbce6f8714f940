"""Figures of the way from log-likelihood to accuracy."""

from __future__ import annotations

from typing import Any

import numpy as np

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, simulated_points
from jtts.explorers import explorer
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.theory import downstream

STAGES = "loglik", "prob", "margin", "renormalised", "accuracy"
MODELS = 2**13  # in a datum
PAIR: dict[str, Any] = {"right_slope": 0.9, "noise": 0.5, "gap": 0.2, "options": 2, "items": 1}
ITEMS: dict[str, Any] = {"right_slope": 1.0, "noise": 1.0, "gap": 0.5}


@figure(cost="10 s", panels=(1, 2), height=2.9)
def lost_on_the_way(preset):
    """Correlation with the scale of a model, from log-likelihood to accuracy.

    Left: one question of two options, whose right option rises with the scale (slope a = 0.9, noise
    0.5, ahead by 0.2), against how much the wrong one rises with it, b/a. What depends on the wrong
    option is lost as b nears a; where b is small, renormalising raises what probability has. Right:
    accuracy over many questions (slopes 1 and 0.3, noise 1, ahead by 0.5): averaging brings the
    correlation back, but not to 1. Points: models asked.
    """
    slope = PAIR["right_slope"]
    ratios, few = slope * np.linspace(-0.2, 1.0, 31), slope * np.array([0.0, 0.3, 0.6, 0.9])
    items, some = whole_numbers(1, 10**4, 25), np.array([1, 5, 25])
    trials = 32 * MODELS * preset.pick(quick=1, paper=32)
    found = {}
    for stage in STAGES:
        grid = PAIR | {"stage": stage}
        found[stage] = sweep(downstream.scale_correlation, grid | {"wrong_slope": ratios})
        found[f"{stage}_asked"] = sweep(
            downstream.scale_correlation, grid | {"wrong_slope": few}, trials=trials
        )
    many = ITEMS | {"stage": "accuracy", "wrong_slope": 0.3}
    for options in (2, 4):
        grid = many | {"options": options}
        name = f"options_{options}"
        found[name] = sweep(downstream.scale_correlation, grid | {"items": items})
        found[f"{name}_asked"] = sweep(
            downstream.scale_correlation, grid | {"items": some}, trials=trials
        )
    plain = ITEMS | {"stage": "loglik", "wrong_slope": 0.3, "options": 2, "items": items}
    found["plain"] = sweep(downstream.scale_correlation, plain)
    return found


LABELS = {"loglik": "log-likelihood", "prob": "probability"}


@lost_on_the_way.draw
def _(data, axes):
    left, right = axes
    slope = PAIR["right_slope"]
    for index, stage in enumerate(STAGES):
        one, asked = data[stage], data[f"{stage}_asked"]
        label = LABELS.get(stage, stage)
        left.plot(one.wrong_slope / slope, one.theory, color=COLOURS[index], label=label)
        simulated_points(
            left, asked.wrong_slope / slope, asked.simulation, asked.stderr, index=index
        )
    left.set(
        xlabel="slope of the wrong option, $b/a$",
        ylabel="correlation with scale",
        title="one question",
        ylim=(-0.03, 1.5),
    )
    left.set_yticks([0, 0.25, 0.5, 0.75, 1])
    evidence_legend(left, loc="upper right", ncols=2, fontsize=6.5)
    plain = data["plain"]
    right.plot(plain["items"], plain.theory, "--", color="0.5", label="log-likelihood")
    for index, options in enumerate((2, 4)):
        one, asked = data[f"options_{options}"], data[f"options_{options}_asked"]
        label = f"accuracy, {options} options"
        right.plot(one["items"], one.theory, color=COLOURS[index], label=label)
        simulated_points(right, asked["items"], asked.simulation, asked.stderr, index=index)
    right.set(xscale="log", xlabel="questions $N$", title="many questions", ylim=(0.3, 1.03))
    evidence_legend(right, loc="lower right")


@explorer(cost="10 s", across="right_slope")
def explore_accuracy(preset):
    """How accurate are models of all scales on multiple-choice questions?

    Averaged over the scales; the right option's log-likelihood rises with the scale, the wrong ones
    by the slope chosen. More options are harder; a gap is what the right one is ahead by. Slopes
    spread the models: where the right option is ahead, some of them answer worse.
    """
    grid = {
        "right_slope": [0.0, 0.5, 1.0, 1.5, 2.0, 3.0],
        "wrong_slope": [0.0, 0.5, 1.0],
        "noise": 1.0,
        "gap": [0.0, 0.5, 1.0, 2.0],
        "options": [2, 4, 10],
    }
    return sweep(downstream.mean_accuracy, grid, trials=preset.pick(quick=2**13, paper=2**18))
