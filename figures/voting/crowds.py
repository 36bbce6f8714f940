"""Majorities and pluralities of one model: rise and fall."""

from __future__ import annotations

import numpy as np
import xarray as xr

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, theory_lines_with_simulation
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.theory import voting

MIXTURES = {  # shares of the kinds of question, chance of one answer there
    "0.6 at 0.8, 0.4 at 0.45": ([0.6, 0.4], [0.8, 0.45]),
    "0.7 at 0.65, 0.3 at 0.48": ([0.7, 0.3], [0.65, 0.48]),
    "0.35 at 0.9, 0.65 at 0.4": ([0.35, 0.65], [0.9, 0.4]),
    "0.55 at 0.6, 0.45 at 0.3": ([0.55, 0.45], [0.6, 0.3]),
}
ANSWERS = {  # the right one first
    "0.4, 0.3, 0.2, 0.1": [0.4, 0.3, 0.2, 0.1],
    "0.2, eight times 0.1": [0.2] + 8 * [0.1],
    "0.35, 0.35, 0.3": [0.35, 0.35, 0.3],
    "0.3, 0.4, 0.2, 0.1": [0.3, 0.4, 0.2, 0.1],
}


def by_kind(name, parts):
    """The parts, stacked along a dimension of that name."""
    kinds = xr.IndexVariable(name, list(parts))
    return xr.concat(list(parts.values()), kinds, combine_attrs="override", join="exact")


def majorities(n, **budget):
    return by_kind(
        "questions",
        {
            name: sweep(
                voting.mixed_majority_accuracy,
                {"n": n, "weights": np.array(weights), "probabilities": np.array(chances)},
                **budget,
            )
            for name, (weights, chances) in MIXTURES.items()
        },
    )


def pluralities(n, **budget):
    return by_kind(
        "answers",
        {
            name: sweep(voting.plurality_accuracy, {"n": n, "probabilities": np.array(p)}, **budget)
            for name, p in ANSWERS.items()
        },
    )


@figure(cost="15 s", panels=(1, 2), height=2.9)
def rise_and_fall(preset):
    """More votes help, hurt, or first one and then the other.

    Left: majority of n right or wrong answers, over two kinds of question; dotted the limit, the
    share of questions with p > 1/2. Accuracy rises while the easy questions gain and falls when the
    hard ones are lost: best are n = 11 and n = 61 (stars), a single vote for the third mixture, and
    endless ones for the fourth, which falls first. Right: plurality of several answers, ties broken
    at random, so that a second vote changes nothing. It tends to the modal answer (dotted), which
    can be right at a chance of 0.2 if the wrong answers are spread; two modal answers share.
    """
    trials = preset.pick(quick=2**15, paper=2**20)
    odd = 2 * whole_numbers(1, 2000, 60) - 1
    some = 2 * whole_numbers(1, 150, 9) - 1
    best = {name: voting.best_odd_n(*mixture) for name, mixture in MIXTURES.items()}
    marks = {
        name: majorities([int(n)]).sel(questions=name).squeeze("n", drop=True).assign(best=n)
        for name, n in best.items()
        if np.isfinite(n)
    }
    curves = majorities(odd)
    curves["limit"] = (
        "questions",
        np.array([np.dot(weights, np.array(p) > 0.5) for weights, p in MIXTURES.values()]),
    )
    counts = whole_numbers(1, 400, 40)
    votes = pluralities(counts)
    votes["limit"] = "answers", np.array([voting.plurality_limit(p) for p in ANSWERS.values()])
    return {
        "majority": curves,
        "majority_played": majorities(some, trials=trials),
        "best": by_kind("questions", marks),
        "plurality": votes,
        "plurality_played": pluralities(whole_numbers(1, 200, 10), trials=trials),
    }


@rise_and_fall.draw
def _(data, axes):
    for panel, name, lines in zip(
        axes, ("majority", "plurality"), ("questions", "answers"), strict=True
    ):
        curves = data[name]
        theory_lines_with_simulation(
            panel, curves, simulated=data[f"{name}_played"], x="n", lines=lines
        )
        for index, limit in enumerate(curves.limit.values):
            panel.axhline(limit, color=COLOURS[index], linestyle=":", linewidth=1)
        panel.plot([], [], ":", color="0.4", label="limit")
    best = data["best"]
    for name, one in best.groupby("questions"):
        colour = COLOURS[list(MIXTURES).index(str(name))]
        axes[0].plot(one.best, one.theory, "*", color=colour, markersize=9, zorder=4)
    axes[0].plot([], [], "*", color="0.4", markersize=8, label="best odd $n$")
    axes[0].set(
        xscale="log",
        ylim=(0.32, 1.09),
        xlabel="number of votes $n$, odd",
        ylabel="accuracy of the majority",
    )
    evidence_legend(axes[0], title="share of questions at $p$", title_fontsize=6.5,
                    loc="upper left", ncols=2)  # fmt: skip
    axes[1].set(
        xscale="log",
        ylim=(-0.03, 1.5),
        yticks=[0, 0.25, 0.5, 0.75, 1],
        xlabel="number of votes $n$",
        ylabel="accuracy of the plurality",
    )
    evidence_legend(axes[1], title="chances of the answers, the right one first",
                    title_fontsize=6.5, loc="upper left", ncols=2)  # fmt: skip
