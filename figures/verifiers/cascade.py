"""Accuracy against cost of a small model that asks a large one where it is unsure."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, simulated_points
from jtts.pipeline import figure
from jtts.rewards import Normal
from jtts.theory import verifiers

P, SMALL_COST, PRICE = 0.6, 0.1, 0.2  # of the small model; price of asking the large one
SEPARATIONS = (0.5, 1.5, 3.0)
BOTH = 0.74  # accuracy of every large model
LARGE = {  # its chances where the small one is right and where it is wrong
    "knows all the small one knows": (1.0, 0.35),
    "errs on similar questions": (0.9, 0.5),
    "errs independently": (BOTH, BOTH),
}
TYPICAL = "errs on similar questions"
LAWS: dict[str, Any] = {
    "accuracy": verifiers.cascade_accuracy,
    "deferred": verifiers.cascade_deferred,
}


def cascades(thresholds, **budget):
    """Accuracy and deferred share along the threshold, by separation and by large model."""
    found = {}
    for name, law in LAWS.items():
        parts = []
        for right, wrong in LARGE.values():
            grid = {"separation": list(SEPARATIONS), "threshold": thresholds, "p": P}
            grid |= {"large_if_right": right, "large_if_wrong": wrong}
            parts.append(sweep(law, grid, **budget).drop_vars(["large_if_right", "large_if_wrong"]))
        kinds = xr.IndexVariable("large", list(LARGE))
        found[name] = xr.concat(parts, kinds, combine_attrs="override", join="exact")
    return found


def with_best(curves):
    """With cost and accuracy at the best threshold, and the area under the ROC curve."""
    right, wrong = np.array(list(LARGE.values())).T[:, :, None]
    point = P, np.array(SEPARATIONS), right, wrong
    threshold = verifiers.cascade_threshold(*point, PRICE)
    for name, law in LAWS.items():
        curves[f"best_{name}"] = ("large", "separation"), np.asarray(law(threshold, *point))
    area = verifiers.auc(Normal(np.array(SEPARATIONS), 1.0), Normal())
    return curves.assign(area=("separation", np.asarray(area)))


@figure(cost="10 s", panels=(1, 2), height=2.9)
def accuracy_against_cost(preset):
    """Two models can beat both of them, at less than the cost of the larger.

    A small model, right with chance 0.6, keeps the answers it is confident of and leaves the others
    to a large one, right with chance 0.74 and ten times as dear. Left: the better its confidence
    tells right from wrong (AUC), the more is won by a call; confidence that tells nothing moves
    along the straight line. At an AUC of 0.856 the accuracy of the large model is reached at 54 %
    of its cost, and 0.757 at 79 %. Right, at this AUC: three large models, equally accurate. What a
    cascade can reach depends on where the large model is right. One that knows all that the small
    one knows is never beaten; one that errs independently is reached at 35 % of its cost and beaten
    by 0.062. Stars: the best threshold where a call of the large model is worth an accuracy of 0.2.
    """
    few = preset.pick(quick=2**17, paper=2**22)
    played = cascades(np.linspace(-0.5, 3.5, 7), trials=few)
    curves = cascades(np.r_[-np.inf, np.linspace(-5.0, 8.0, 131), np.inf])
    return {
        "accuracy": with_best(curves["accuracy"]),
        "deferred": curves["deferred"],
        "accuracy_played": played["accuracy"],
        "deferred_played": played["deferred"],
    }


@accuracy_against_cost.draw
def _(data, axes):
    chosen = [{"large": TYPICAL, "separation": d} for d in SEPARATIONS]
    chosen_large = [{"large": name, "separation": SEPARATIONS[1]} for name in LARGE]
    areas = data["accuracy"].area.values
    labels = [[f"AUC {area:.3f}" for area in areas], list(LARGE)]
    for panel, lines, names in zip(axes, (chosen, chosen_large), labels, strict=True):
        for index, (line, name) in enumerate(zip(lines, names, strict=True)):
            colour = COLOURS[index]
            curve, deferred = (data[part].sel(line) for part in LAWS)
            panel.plot(SMALL_COST + deferred.theory, curve.theory, color=colour, label=name)
            seen, sent = (data[f"{part}_played"].sel(line) for part in LAWS)
            simulated_points(
                panel,
                SMALL_COST + sent.simulation,
                seen.simulation,
                seen.stderr,
                index=index,
                x_stderr=sent.stderr,
            )
            panel.plot(
                SMALL_COST + curve.best_deferred,
                curve.best_accuracy,
                "*",
                color=colour,
                markersize=9,
            )
        panel.plot([SMALL_COST, SMALL_COST + 1], [P, BOTH], color="0.7", linewidth=0.8, zorder=0)
        panel.plot([SMALL_COST, 1.0], [P, BOTH], "s", color="black", markersize=4.5, zorder=5)
        panel.set(
            ylim=(0.56, 0.825),
            xlabel="cost per question, in calls of the large model",
            ylabel="accuracy",
        )
    evidence_legend(axes[0], loc="lower right", title="confidence", title_fontsize=6.5)
    axes[1].plot([], [], "s", color="black", markersize=4.5, label="either model alone")
    axes[1].plot([], [], "*", color="0.4", markersize=8, label="best if a call is worth 0.2")
    axes[1].plot([], [], color="0.7", linewidth=0.8, label="any questions deferred")
    axes[1].legend(loc="lower right", title="large model", title_fontsize=6.5)
