"""Prompts on a stream: how well their difficulty is followed, and what following it saves."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, theory_lines_with_simulation
from jtts.pipeline import figure
from jtts.theory import repeated_sampling as rs

RATES: dict[str, Any] = {
    "variance": 1 / 12,
    "mean": 0.5,
    "rollouts": 8,
}  # uniform on [0, 1] over time
PERSISTENCE = [0.8, 0.95, 0.99]
MOST_PLAYED = 0.88  # of the discounts: what follows a longer memory is a program more
SHAPES: dict[str, Any] = {"a": 0.3, "b": 1.0}
ROLLOUTS, BATCH = 8, 4
CANDIDATES = [8, 16, 64]
KNOWN = 1000  # rollouts after which a rate is as good as known


@figure(cost="10 s", panels=(1, 2), height=2.9)
def discount_of_a_stream(preset):
    """The best discount of a prompt's past, and what the best linear filter would add.

    A prompt's success rate is redrawn from [0, 1] with chance 1 - f before each visit of 8
    rollouts. Left: error of the prediction by discounted counts, without a prior. A discount of 0
    uses the last visit alone; towards 1 the average over all the past predicts no better than the
    mean (grey). Stars: the best discount. Dotted: the best that any linear prediction reaches.
    Right: the same counts with a prior of the mean, at the discount of the best linear prediction,
    against its strength; the stars reach the dotted lines. The prior is worth 12 % of the error at
    f = 0.8 and 2 % at f = 0.99.
    """
    trials = preset.pick(quick=2**9, paper=2**15)
    law = rs.difficulty_tracking_error
    point: Any = np.array(PERSISTENCE), *RATES.values()
    strengths = np.geomspace(0.05, 50.0, 41)
    discounts = {f: float(rs.best_linear_discount(f, *RATES.values())) for f in PERSISTENCE}

    def at_best(strengths, **budget):
        parts = [
            sweep(
                law,
                {"persistence": f, "discount": discounts[f], "prior_strength": strengths} | RATES,
                **budget,
            ).drop_vars(["discount", "persistence"])
            for f in PERSISTENCE
        ]
        index = xr.IndexVariable("persistence", PERSISTENCE)
        return xr.concat(parts, index, combine_attrs="override", join="exact")

    grid = {"persistence": PERSISTENCE} | RATES
    curves = sweep(law, grid | {"discount": np.r_[np.linspace(0.0, 0.98, 50), 0.99, 0.995, 1.0]})
    best = rs.optimal_discount(*point)
    curves["best"] = "persistence", np.asarray(best)
    curves["error_at_best"] = "persistence", np.asarray(law(best, *point))
    curves["limit"] = "persistence", np.asarray(rs.best_linear_error(*point))
    priors = at_best(strengths)
    priors["best"] = "persistence", np.asarray(rs.best_linear_prior_strength(*point))
    return {
        "discounts": curves,
        "discounts_played": sweep(
            law, grid | {"discount": np.linspace(0.0, MOST_PLAYED, 6)}, trials=trials
        ),
        "priors": priors,
        "priors_played": at_best(np.geomspace(0.2, 20.0, 4), trials=trials),
    }


@discount_of_a_stream.draw
def _(data, axes):
    curves, priors = data["discounts"], data["priors"]
    theory_lines_with_simulation(
        axes[0], curves, simulated=data["discounts_played"], x="discount", lines="persistence",
        label="$f = {:g}$",
    )  # fmt: skip
    theory_lines_with_simulation(
        axes[1], priors, simulated=data["priors_played"], x="prior_strength", lines="persistence",
        label="$f = {:g}$",
    )  # fmt: skip
    for index, colour in enumerate(COLOURS[: len(PERSISTENCE)]):
        limit = float(curves.limit[index])
        for panel in axes:
            panel.axhline(limit, color=colour, linestyle=":", linewidth=1)
        axes[0].plot(
            curves.best[index], curves.error_at_best[index], "*", color=colour, markersize=9
        )
        axes[1].plot(priors.best[index], limit, "*", color=colour, markersize=9)
    for panel in axes:
        panel.axhline(RATES["variance"], color="0.7", linewidth=0.8)
        panel.set(yscale="log", ylim=(0.0022, 0.1), ylabel="mean squared error of the prediction")
    axes[0].set(xlabel="discount $l$")
    axes[0].plot([], [], "*", color="0.4", markersize=8, label="best discount; prior")
    axes[0].plot([], [], ":", color="0.4", label="best linear prediction")
    axes[1].set(xscale="log", xlabel="strength of the prior $N_0$, in rollouts")
    evidence_legend(axes[0], loc="lower left", ncols=2)


@figure(cost="15 s", panels=(1, 2), height=2.9)
def useful_groups(preset):
    """Rollouts that teach: how many visits it takes to choose the right prompts.

    A group of 8 rollouts teaches if it is neither all right nor all wrong; success rates are
    Beta(0.3, 1). Of M prompts, the 4 whose rate, drawn from what N rollouts of each have told, is
    nearest to 1/2 are trained on. Left: the share of useful groups against N (at N = 0 the prompts
    are random). Dotted: all rates known. Right: rollouts saved at equally many useful groups; 63 to
    77 % of what there is to save is saved after 4 rollouts, half a group.
    """
    trials = preset.pick(quick=2**10, paper=2**15)
    seen = np.array([0, 1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64])
    grid = SHAPES | {"rollouts": ROLLOUTS, "batch": BATCH, "candidates": CANDIDATES}
    law = rs.selected_useful_group
    curves = sweep(law, grid | {"seen": seen})
    played = sweep(law, grid | {"seen": [0, 2, 6, 16, 64, KNOWN]}, trials=trials)
    curves["limit"] = "candidates", played.theory.sel(seen=KNOWN).values
    saved = sweep(rs.rollouts_saved, grid | {"seen": seen})
    return {
        "share": curves,
        "share_played": played,
        "saved": saved,
    }


@useful_groups.draw
def _(data, axes):
    curves = data["share"]
    theory_lines_with_simulation(
        axes[0], curves, simulated=data["share_played"].sel(seen=slice(None, KNOWN - 1)), x="seen",
        lines="candidates", label="$M = {:d}$",
    )  # fmt: skip
    for index, limit in enumerate(curves.limit.values):
        axes[0].axhline(limit, color=COLOURS[index], linestyle=":", linewidth=1)
    axes[0].plot([], [], ":", color="0.4", label="rates known")
    axes[0].set(ylabel="share of useful groups")
    evidence_legend(axes[0], loc="lower right", ncols=2)
    theory_lines_with_simulation(axes[1], data["saved"], x="seen", lines="candidates")
    axes[1].set(ylabel="rollouts saved", ylim=(0, None))
    for panel in axes:
        panel.set_xscale("function", functions=(np.log1p, np.expm1))
        panel.set(
            xlim=(-0.15, 72),
            xlabel="rollouts seen of each prompt $N$",
            xticks=[0, 1, 2, 4, 8, 16, 32, 64],
        )
        panel.set_xticklabels([0, 1, 2, 4, 8, 16, 32, 64])
        panel.minorticks_off()
