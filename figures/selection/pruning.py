"""Staged pruning: what an early score is worth."""

from __future__ import annotations

import numpy as np

from jtts import sweep
from jtts.drawing import (
    COLOURS,
    evidence_legend,
    simulated_points,
    theory_lines_with_simulation,
)
from jtts.explorers import explorer
from jtts.pipeline import figure
from jtts.theory import selection

CORRELATIONS = [0.5, 0.7, 0.9]
SHARE = 0.25
NUMBER = 64
KEPT = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64]


@figure(cost="15 s", panels=(1, 2), height=2.9)
def pruning_at_the_best_split(preset):
    """What a budget buys if candidates are dropped by an early score.

    Left: final score of the best, in standard deviations, against the budget in full candidates, at
    the best split into candidates started and candidates finished; an early score costs a quarter
    of a candidate. Dashed: all are finished. Points: the split is played. Right: the chance that
    the truly best of 64 survives, against the share that is kept; dashed: kept at random.
    """
    budgets = preset.pick(
        quick=np.array([4.0, 8, 16, 32, 64]), paper=np.unique(np.round(np.geomspace(4, 64, 15)))
    )
    # point by point, as it is played: the score is compiled for one number of points
    points = {
        "budget": np.repeat(budgets, len(CORRELATIONS)),
        "correlation": np.tile(CORRELATIONS, len(budgets)),
    }
    best = sweep(selection.optimal_split, points | {"share": SHARE}, zipped=True)
    split = {n: best.theory.sel(component=f"['{n}']").values for n in ("n", "kept")}
    played = sweep(
        selection.best_score,
        split | {"correlation": points["correlation"]},
        zipped=True,
        trials=preset.pick(quick=2**12, paper=2**17),
    )
    return {
        "best": best,
        "played": played.assign_coords(budget=("point", points["budget"])),
        "unpruned": sweep(selection.expected_max, {"n": budgets}),
        "survival": sweep(
            selection.survival,
            {"n": NUMBER, "correlation": CORRELATIONS, "kept": KEPT},
            trials=preset.pick(quick=2**12, paper=2**18),
        ),
    }


@pruning_at_the_best_split.draw
def _(data, axes):
    best, played, unpruned = data["best"], data["played"], data["unpruned"]
    for index, r in enumerate(CORRELATIONS):
        one = best.isel(point=best.correlation.values == r)
        score = one.theory.sel(component="['score']")
        axes[0].plot(one.budget, score, color=COLOURS[index], label=f"$r$ = {r:g}")
        points = played.isel(point=played.correlation.values == r)
        simulated_points(axes[0], points.budget, points.simulation, points.stderr, index=index)
    axes[0].plot(unpruned.n, unpruned.theory, "--", color="0.4", label="all finished")
    survival = data["survival"].assign_coords(share=("kept", np.array(KEPT) / NUMBER))
    theory_lines_with_simulation(
        axes[1], survival.swap_dims(kept="share"), x="share", lines="correlation",
        label="$r$ = {:g}", every=2,
    )  # fmt: skip
    shares = np.geomspace(1 / NUMBER, 1, 60)
    axes[1].plot(shares, shares, "--", color="0.4", label="kept at random")
    budgets = [4, 8, 16, 32, 64]
    axes[0].set(
        xscale="log",
        xlabel="budget (full candidates)",
        ylabel="score of the best (s.d.)",
        xticks=budgets,
        xticklabels=map(str, budgets),
        ylim=(0.9, 3.5),
    )
    axes[1].set(
        xscale="log",
        xlabel=f"share kept of {NUMBER}",
        ylabel="chance that the best survives",
        xticks=[1 / 64, 1 / 16, 1 / 4, 1],
        xticklabels=["1/64", "1/16", "1/4", "1"],
        yticks=[0, 0.25, 0.5, 0.75, 1],
        ylim=(0, 1.38),
    )
    for panel in axes:
        panel.minorticks_off()
    title = "early and final score correlate by"
    evidence_legend(axes[0], title=title, title_fontsize=6.5, loc="upper left")
    evidence_legend(axes[1], loc="upper left", ncols=2)


@explorer(cost="10 s", across="kept")
def explore_pruning(preset):
    """Keep some of 64 candidates by an early score, finish these.

    Final score of the best, in standard deviations, against the number that is kept. Move the
    correlation of early and final score: the better the early score, the fewer have to be finished.
    Across correlation, the slider is the number kept: with one kept the score is a straight line,
    with all kept the early score has no say. Simulation draws both scores of every candidate.
    """
    grid = {
        "n": NUMBER,
        "kept": [1, 2, 4, 8, 16, 32, 64],
        "correlation": [0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95],
    }
    return sweep(selection.best_score, grid, trials=preset.pick(quick=2**12, paper=2**17))
