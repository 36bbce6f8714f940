"""Induction heads in training: when they form, and when weights do their work."""

from __future__ import annotations

import numpy as np

from jtts.checks.datasets import with_claims
from jtts.drawing import COLOURS, MARKERS
from jtts.figures.in_context import induction_experiments
from jtts.figures.in_context.store import curves_of
from jtts.figures.in_context.training import band, each
from jtts.pipeline import figure
from jtts.theory import in_context as icl

ABOVE_GUESSING = 1.15  # times the accuracy of the most frequent label: still on the plateau
WINDOW = 0.25  # of the step of the transition, in which the two layers change together
EVALUATIONS = {
    "icl": "novel classes",
    "swap": "labels swapped",
    "iwl": "no help from context",
}
NOTICED = 0.1  # change of accuracy below which nothing is claimed
MORE_IN_CONTEXT = {"classes": 1, "burstiness": 1, "noise": 1, "zipf": -1}  # arXiv:2312.03002
AXES = {
    "classes": "classes $K$ ($B = 2$)",
    "burstiness": "burstiness $B$ ($K = 64$)",
    "noise": r"within-class noise $\epsilon$ ($K = 64$, $B = 2$)",
    "zipf": r"Zipf exponent $\alpha$ ($K = 1024$, $B = 2$)",
}


def half_way(curve):
    """First step at which a curve over `step` is half-way between its start and its end."""
    start, end = curve.isel(step=0), curve.isel(step=-1)
    return curve.step.where(curve > (start + end) / 2).min("step")


def emergence(curves):
    """For every seed: accuracy on the plateau and at the end over the ceiling, and three steps.

    The plateau ends where attention to the match is half-way; it is looked at half-way through.
    """
    sizes = {name: curves.attrs[name] for name in ("num_items", "num_labels")}
    ceiling = float(
        icl.induction_ceiling(
            curves.attrs["dim"], within_class_noise=curves.attrs["within_class_noise"], **sizes
        )
    )
    guess = float(icl.plateau_accuracy(**sizes))
    match = half_way(curves.match_attention)
    on_plateau = curves.step <= match / 2
    return {
        "plateau": curves.accuracy.where(on_plateau).max("step") / guess,
        "end": curves.accuracy.isel(step=-1) / ceiling,
        "previous": half_way(curves.previous_token_attention),
        "match": match,
        "accuracy": half_way(curves.accuracy),
    }


def emerged(curves):
    """Which seeds stay on the plateau, reach the ceiling, and change both layers together."""
    found = emergence(curves)
    together = np.abs(found["previous"] - found["match"]) <= WINDOW * found["match"]
    return (found["plateau"] < ABOVE_GUESSING) & (found["end"] > 0.9) & together


@figure(cost="60 s", panels=(1, 3))
def abrupt_emergence(preset):
    """An induction head forms abruptly.

    Contexts of 4 items of novel classes in 24 dimensions, 8 labels; two attention layers; 10 seeds.
    Left: accuracy of every seed, between naming the most frequent label of the context (0.41,
    dotted) and a perfect induction head (1.00, dashed); black: seed 0 trained again for this
    figure. Middle: the loss pauses at that of guessing among the context's labels (1.14 nats; ln 4
    if they all differed). Right: attention of the two layers, mean and 2 s.e. over seeds.
    """
    data = curves_of(induction_experiments.abrupt_emergence, preset)
    again = (
        induction_experiments.abrupt_emergence(preset, seeds=[0])
        if preset.name == "quick"
        else data.isel(seed=[0])
    )
    held, held_again = emerged(data), emerged(again)
    seeds = held.size
    attrs = {name: data.attrs[name] for name in data.attrs if name in SIZES}
    claims = {
        f"{int(held.sum())} of {seeds} seeds stay within {ABOVE_GUESSING} of guessing, then pass "
        "90 % of the ceiling, and both layers change together": held.sum() >= 0.9 * seeds,
        "and so does seed 0 trained again": bool(held_again.all()),
    }
    data = data.assign(
        again=again.accuracy.isel(seed=0, drop=True),
        again_loss=again.train_loss.isel(seed=0, drop=True),
    )
    return with_claims(
        data, "in_context.abrupt_emergence", data.attrs["source"], claims
    ).assign_attrs(attrs)


SIZES = ("dim", "num_items", "num_labels", "within_class_noise")


@abrupt_emergence.draw
def _(data, axes):
    sizes = {name: data.attrs[name] for name in ("num_items", "num_labels")}
    ceiling = icl.induction_ceiling(
        data.attrs["dim"], within_class_noise=data.attrs["within_class_noise"], **sizes
    )
    runs = data.sizes["seed"]
    for panel, name, again, low, high in (
        (axes[0], "accuracy", data.again, icl.plateau_accuracy(**sizes), ceiling),
        (axes[1], "train_loss", data.again_loss, icl.plateau_loss(**sizes), None),
    ):
        each(panel, data[name], color=COLOURS[0], label=f"mean of {runs} seeds")
        panel.plot(data.step, again, "k.", markersize=2, label="seed 0 again")
        panel.axhline(float(low), color="0.4", linestyle=":", label="guessing")
        if high is not None:
            panel.axhline(float(high), color="0.4", linestyle="--", label="induction head")
    axes[0].set(xlabel="training steps", ylabel="accuracy", ylim=(0, 1.05))
    axes[1].set(xlabel="training steps", ylabel="loss (nats)", ylim=(0, None))
    axes[0].legend(loc="lower right")
    axes[1].legend(loc="upper right")
    for index, (name, label) in enumerate(induction_experiments.ATTENTIONS.items()):
        if name != "target_attention":
            band(axes[2], data.step, data[name], color=COLOURS[index], label=label)
    axes[2].set(xlabel="training steps", ylabel="attention", ylim=(0, 1.3))
    axes[2].legend(loc="upper left")


@figure(cost="2 s", panels=(1, 2))
def minimal_induction_head(preset):
    """Three numbers form an induction head as a network does; with N labels it is late.

    Left: accuracy on the contexts of `abrupt_emergence`: the two-layer network (10 seeds) and the
    minimal head, three trained numbers and a classifier (3 seeds). Right: loss of the network where
    the labels of a context differ, with L = 2 N labels (they leave at 2.08 for ln 4) and L = N,
    where the origin is a saddle (3 seeds each). Thin: every seed; thick: their mean.
    """
    whole = curves_of(induction_experiments.abrupt_emergence, preset)
    data = curves_of(induction_experiments.minimal_emergence, preset)
    items = data.attrs["num_items"]
    steps = {
        str(name): half_way(data.accuracy.sel(run=name)).mean("seed").item()
        for name in data.run.values
    }
    last = data.accuracy.isel(step=-1).mean("seed")
    minimal = float(last.sel(run="minimal head"))
    claims = {
        f"the minimal head ends at {minimal:.2f}": minimal > 0.9,
        f"half-way at step {steps['L = N']:.0f} for L = N, {steps['L = 2 N']:.0f} for L = 2 N": (
            steps["L = N"] > 1.2 * steps["L = 2 N"]
        ),
    }
    data = data.assign(network=whole.accuracy.rename(seed="network_seed").reindex(step=data.step))
    return with_claims(
        data, "in_context.minimal_induction_head", data.attrs["source"], claims
    ).assign_attrs(num_items=items)


@minimal_induction_head.draw
def _(data, axes):
    network = data.network.rename(network_seed="seed")
    minimal = data.accuracy.sel(run="minimal head")
    for colour, name, curves in (
        (COLOURS[0], "network", network),
        (COLOURS[1], "minimal head", minimal),
    ):
        each(axes[0], curves, color=colour, label=f"{name}, {curves.sizes['seed']} seeds")
    axes[0].set(xlabel="training steps", ylabel="accuracy", ylim=(0, 1.05))
    axes[0].legend(loc="lower right")
    for colour, name in zip(COLOURS[2:], ("L = 2 N", "L = N"), strict=False):
        each(axes[1], data.loss.sel(run=name), color=colour, label=f"${name}$")
    plateau = np.log(data.attrs["num_items"])
    axes[1].axhline(plateau, color="0.4", linestyle=":", label=r"$\ln N$")
    axes[1].set(xlabel="training steps", ylabel="loss (nats)", ylim=(0, None))
    axes[1].legend()


@figure(cost="2 s", panels=(2, 2))
def icl_against_iwl(preset):
    """Many, noisy, evenly met classes are learned in context; few in weights.

    A pool of K classes, contexts of 4 items, 8 labels; accuracy of the two-layer network after 1500
    steps, mean of 2 seeds with their range: on novel classes and on swapped labels, where only the
    context is right, and with a query that the context does not help with, where only weights are.
    Dotted: chance, 1/8.
    """
    data = curves_of(induction_experiments.icl_against_iwl, preset)
    mean = data.accuracy.mean("seed")
    claims = {}
    for name, sign in MORE_IN_CONTEXT.items():
        one = mean.isel(setting=np.flatnonzero(data["sweep"] == name))
        least, most = (float(one.value[end]) for end in (0, -1))
        context, weights = (
            [float(one.sel(evaluation=evaluation)[end]) for end in (0, -1)]
            for evaluation in ("icl", "iwl")
        )
        claims[
            f"{name} from {least:g} to {most:g}: novel classes {context[0]:.2f} to "
            f"{context[1]:.2f}, weights {weights[0]:.2f} to {weights[1]:.2f}"
        ] = min(sign * (context[1] - context[0]), sign * (weights[0] - weights[1])) > NOTICED
    return with_claims(data, "in_context.icl_against_iwl", data.attrs["source"], claims)


@icl_against_iwl.draw
def _(data, axes):
    for panel, (sweep, label) in zip(np.ravel(axes), AXES.items(), strict=True):
        one = data.isel(setting=np.flatnonzero(data["sweep"] == sweep))
        for index, (evaluation, name) in enumerate(EVALUATIONS.items()):
            runs = one.accuracy.sel(evaluation=evaluation)
            mean = runs.mean("seed")
            panel.errorbar(
                one.value,
                mean,
                [mean - runs.min("seed"), runs.max("seed") - mean],
                color=COLOURS[index],
                marker=MARKERS[index],
                linewidth=0.8,
                markerfacecolor="white",
                label=name,
            )
        panel.axhline(1 / 8, color="0.6", linestyle=":", linewidth=0.8)
        panel.set(xlabel=label, ylabel="accuracy", ylim=(0, 1.05))
        if sweep in ("classes", "burstiness"):
            panel.set(xscale="log", xticks=one.value.values)
            panel.set_xticklabels([f"{value:g}" for value in one.value.values])
            panel.minorticks_off()
        else:
            panel.set_xticks(one.value.values)
    np.ravel(axes)[0].legend()
