"""Theory of the induction head: its ceiling, the plateau before it, and three nested logits."""

from __future__ import annotations

import numpy as np
import xarray as xr

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, simulated_points, theory_lines_with_simulation
from jtts.pipeline import figure
from jtts.theory import in_context as icl

INITIAL = 0.01  # of the three logits


@figure(cost="30 s", panels=(1, 3))
def induction_ceiling_and_plateau(preset):
    """How well copying can do, and what is known before it.

    Left: accuracy of a perfect induction head against within-class noise, contexts of N items in D
    dimensions, labels that all differ. Middle and right: the best loss and accuracy of a network
    that knows the labels of its context but not which item matches, against the number of labels
    they are drawn from; dotted, ln N and 1/N, where they all differ.
    """
    trials = preset.pick(quick=20_000, paper=10**6)
    noise = np.linspace(0, 3, 61)
    simulated = noise[16::8]  # where copying errs at times
    copied = {}
    for items, dim in ((4, 24), (8, 24), (8, 63)):
        grid = {"num_items": items, "dim": dim, "num_labels": 2**20}
        copied[f"N = {items}, D = {dim}"] = (
            sweep(icl.induction_ceiling, grid | {"within_class_noise": noise}),
            sweep(icl.induction_ceiling, grid | {"within_class_noise": simulated}, trials=trials),
        )
    labels, whole = np.unique(np.geomspace(2, 128, 49).round()), [2, 3, 4, 8, 16, 32, 64, 128]
    guessed = {"num_items": [2, 4, 8]}
    parts = {
        f"{law.name}_{kind}": sweep(law, guessed | {"num_labels": values}, trials=count)
        for law in (icl.plateau_loss, icl.plateau_accuracy)
        for kind, values, count in (("line", labels, 0), ("points", whole, trials))
    }
    names = list(copied)
    for index, kind in enumerate(("line", "points")):
        parts[f"ceiling_{kind}"] = xr.concat(
            [copied[name][index] for name in names], xr.Variable("context", names)
        )
    return parts


@induction_ceiling_and_plateau.draw
def _(data, axes):
    theory_lines_with_simulation(
        axes[0],
        data["ceiling_line"],
        simulated=data["ceiling_points"],
        x="within_class_noise",
        lines="context",
        label="${}$",
    )
    axes[0].set(xlabel=r"within-class noise $\epsilon$", ylabel="accuracy", ylim=(0, 1.05))
    evidence_legend(axes[0])
    for panel, name, limit, label in (
        (axes[1], "plateau_loss", np.log, "loss (nats)"),
        (axes[2], "plateau_accuracy", np.reciprocal, "accuracy"),
    ):
        theory_lines_with_simulation(
            panel,
            data[f"{name}_line"],
            simulated=data[f"{name}_points"],
            x="num_labels",
            lines="num_items",
            label="$N = {}$",
        )
        for index, items in enumerate(data[f"{name}_line"].num_items.values):
            panel.axhline(limit(float(items)), color=COLOURS[index], linestyle=":", linewidth=0.8)
        panel.set(xscale="log", xlabel="labels $L$", ylabel=label)
        panel.legend()


@figure(cost="40 s", panels=(1, 2))
def nested_logits(preset):
    """Three nested logits: the fewer labels there are to rule out, the later the transition.

    Gradient flow from (0.01, 0.01, 0.01), N = 8. Left: the loss falls to a plateau near ln 8 and
    then at once; at L = N the origin is a saddle and the plateau is eight times as long as at
    L = 4 N. Lines: flow; points: the loss at these logits, played token by token. Right: time of
    the transition against the size of the start; for L = N it grows without end, by 82.3 per e-fold
    of a smaller start (dashed).
    """
    items, labels = 8, np.array([8, 9, 16, 32])
    times = np.geomspace(1, 600, 241)
    shown = np.arange(60, 241, 20)
    trials = preset.pick(quick=20_000, paper=10**6)
    path = icl.nested_logit_flow((INITIAL,) * 3, times, num_items=items, num_labels=labels)
    flow = xr.Dataset(
        {"theory": (("num_labels", "time"), np.asarray(path.loss))},
        {"num_labels": labels, "time": times},
        {"law": "in_context.nested_logit_flow", "kind": "path"},
    )
    points = {
        name: np.asarray(getattr(path, name)[:, shown]).ravel()
        for name in ("previous_token", "content_match", "alignment")
    }
    points["num_labels"] = np.repeat(labels, len(shown))
    played = sweep(
        icl.nested_logit_loss, points | {"num_items": items}, trials=trials, zipped=True
    ).assign_coords(time=("point", np.tile(times[shown], len(labels))))
    starts = np.geomspace(1e-5, 0.1, 33)
    late = sweep(
        icl.nested_logit_transition, {"num_items": items, "num_labels": labels, "initial": starts}
    )
    return {"flow": flow, "played": played, "late": late}


@nested_logits.draw
def _(data, axes):
    flow, played, late = data["flow"], data["played"], data["late"]
    for index, labels in enumerate(flow.num_labels.values):
        one = flow.sel(num_labels=labels)
        axes[0].plot(one.time, one.theory, color=COLOURS[index], label=f"$L = {labels}$")
        dots = played.isel(point=np.flatnonzero(played.num_labels == labels))
        simulated_points(axes[0], dots.time, dots.simulation, dots.stderr, index=index)
        times = late.theory.sel(num_labels=labels).squeeze(drop=True)
        axes[1].plot(late.initial, times, color=COLOURS[index], label=f"$L = {labels}$")
    axes[0].axhline(np.log(8), color="0.4", linestyle=":", linewidth=0.8, label=r"$\ln N$")
    axes[0].set(xscale="log", xlabel="time", ylabel="loss (nats)", ylim=(0, None))
    evidence_legend(axes[0], loc="lower left")
    slope = float(icl.saddle_escape_time(8))
    last = float(late.theory.sel(num_labels=8).squeeze().isel(initial=0))
    line = last - slope * np.log(late.initial / late.initial[0])
    axes[1].plot(late.initial, line, "--", color="0.4", label=f"slope {slope:.1f}")
    axes[1].set(
        xscale="log",
        xlabel=r"size of the start $\delta$",
        ylabel="time of the transition",
        ylim=(0, None),
    )
    axes[1].legend()
