"""Networks in training: transience, task diversity, phase diagram, learned attention."""

from __future__ import annotations

import numpy as np

from jtts import sweep
from jtts.checks.datasets import with_claims
from jtts.drawing import COLOURS
from jtts.figures.in_context import experiments
from jtts.figures.in_context.store import curves_of
from jtts.in_context import crossover_step
from jtts.pipeline import figure
from jtts.theory import in_context as icl

EVALUATIONS = {"pool": "tasks of the pool", "fresh": "fresh tasks"}
STYLES = {"memorizing": "--", "generalizing": ":"}
REFERENCES = {"memorizing": "memoriser", "generalizing": "generaliser"}


def band(axes, x, runs, *, over="seed", **options):
    """Mean over runs, and a band of two standard errors around it."""
    mean, stderr = runs.mean(over), runs.std(over, ddof=1) / np.sqrt(runs.sizes[over])
    (line,) = axes.plot(x, mean, **options)
    axes.fill_between(
        x, mean - 2 * stderr, mean + 2 * stderr, color=line.get_color(), alpha=0.2, linewidth=0
    )


def each(axes, curves, *, color, label):
    """Every seed as a thin line, and their mean."""
    axes.plot(curves.step, curves.transpose("step", "seed"), color=color, linewidth=0.5, alpha=0.7)
    axes.plot(curves.step, curves.mean("seed"), color=color, linewidth=2, label=label)


def references(axes, data, evaluation, colour, names=REFERENCES):
    """Horizontal lines at the errors of the strategies, averaged over seeds."""
    for predictor, name in names.items():
        height = data.predictor_excess.sel(evaluation=evaluation, predictor=predictor).mean("seed")
        axes.axhline(float(height), color=colour, linestyle=STYLES[predictor], linewidth=0.9)
        axes.plot([], [], STYLES[predictor], color="0.4", label=name)


def crossing(data):
    """How many seeds generalise before they memorise, on sequences of the pool."""
    crossed = np.isfinite(crossover_step(data.position.sel(evaluation="pool")))
    return int(crossed.sum()), crossed.size


@figure(cost="45 s", panels=(1, 2))
def transience_of_generalisation(preset):
    """Transience of generalisation: a network learns to learn, then memorises.

    Balls and urns, pool of 64 urns, 8 symbols, contexts of 64; one layer, width 32; 10 seeds, each
    with its own pool. Left: KL divergence from the truth; on fresh urns it falls to near the
    generaliser's, then rises again. Right: where the networks stand between the strategies on
    sequences of the pool, every seed; black: seed 0 trained again for this figure.
    """
    data = curves_of(experiments.urns_transience, preset)
    again = experiments.urns_transience(preset, seeds=[0]) if preset.name == "quick" else data
    crossed, seeds = crossing(data)
    again_crossed, again_seeds = crossing(again)
    data = data.assign(
        again=again.position.sel(evaluation="pool", seed=[0]).rename(seed="again_seed")
    )
    return with_claims(
        data,
        "in_context.transience_of_generalisation",
        data.attrs["source"],
        {
            f"memorising overtakes generalising in {crossed} of {seeds} seeds": crossed
            >= 0.9 * seeds,
            f"and in {again_crossed} of {again_seeds} trained again": again_crossed
            >= 0.9 * again_seeds,
        },
    )


@transience_of_generalisation.draw
def _(data, axes):
    for colour, (evaluation, name) in zip(COLOURS, EVALUATIONS.items(), strict=False):
        runs = data.excess.sel(evaluation=evaluation)
        band(axes[0], data.step, runs, color=colour, label=name)
        references(axes[0], data, evaluation, colour, REFERENCES if evaluation == "pool" else {})
    for predictor in ("memorizing", "generalizing"):
        height = data.predictor_excess.sel(evaluation="fresh", predictor=predictor).mean("seed")
        axes[0].axhline(float(height), color=COLOURS[1], linestyle=STYLES[predictor], linewidth=0.9)
    axes[0].set(
        xscale="log",
        xlabel="training steps $N$",
        ylabel="KL divergence from the truth (nats)",
    )
    axes[0].legend()
    position = data.position.sel(evaluation="pool")
    each(axes[1], position, color=COLOURS[0], label=f"mean of {data.sizes['seed']} seeds")
    axes[1].plot(data.step, data.again.isel(again_seed=0), "k.", markersize=3, label="seed 0 again")
    axes[1].axhline(0.5, color="0.6", linewidth=0.8)
    axes[1].set(
        xscale="log",
        ylim=(0, 1),
        xlabel="training steps $N$",
        ylabel="generalises 0 ... memorises 1",
    )
    axes[1].legend()


@figure(cost="2 s", panels=(1, 2))
def task_diversity_threshold(preset):
    """The number of tasks from which a network learns to learn.

    Linear regression in 4 dimensions, 8 examples, noise variance 1/16; two layers, width 32, 2
    seeds, trained on pools of D tasks. Error per dimension averaged over positions, on tasks of the
    pool (left) and fresh ones (right), between the Bayesian posterior over the pool (dMMSE) and
    ridge. With 4 tasks a network follows dMMSE; from 16 on it does better on fresh tasks than the
    posterior over its pool. Networks of this size and training stay some 30 % above ridge.
    """
    data = curves_of(experiments.regression_diversity, preset)
    last = data.isel(step=-1).sel(evaluation="fresh")
    few = float(last.position.mean("seed")[0])
    mean = last.mean("seed")
    ratio = mean.excess / mean.predictor_excess.sel(predictor="memorizing")
    middle = ratio.values[1:3]
    shown = " and ".join(f"{value:.2f}" for value in middle)
    named = " and ".join(str(count) for count in data.num_tasks.values[1:3])
    return with_claims(
        data,
        "in_context.task_diversity_threshold",
        data.attrs["source"],
        {
            f"on fresh tasks the network is nearer to dMMSE than to ridge for D = "
            f"{data.num_tasks.values[0]} ({few:.2f})": few > 0.5,
            f"and errs {shown} times as much as dMMSE for D = {named}": bool(np.all(middle < 0.9)),
        },
    ).assign_attrs(dim=data.attrs["dim"])


@task_diversity_threshold.draw
def _(data, axes):
    last = data.isel(step=-1)
    for panel, (evaluation, title) in zip(axes, EVALUATIONS.items(), strict=True):
        one = last.sel(evaluation=evaluation) / data.attrs["dim"]
        for colour, (predictor, name) in zip(
            COLOURS[1:], {"memorizing": "dMMSE", "generalizing": "ridge"}.items(), strict=False
        ):
            height = one.predictor_excess.sel(predictor=predictor).mean("seed")
            panel.plot(data.num_tasks, height, color=colour, label=name)
        spread = one.excess.std("seed", ddof=1) / np.sqrt(data.sizes["seed"])
        panel.errorbar(
            data.num_tasks,
            one.excess.mean("seed"),
            2 * spread,
            color=COLOURS[0],
            marker="o",
            linestyle="none",
            markerfacecolor="white",
            label=f"network, {data.sizes['seed']} seeds ± 2 s.e.",
        )
        panel.set(
            xscale="log",
            yscale="log",
            title=title,
            xlabel="tasks in the pool $D$",
            ylabel="error per dimension",
        )
    axes[0].legend()


@figure(cost="2 s", panels=(1, 2))
def strategy_phase_diagram(preset):
    """Memorising and generalising networks over training steps and pools, measured and predicted.

    Balls and urns, 8 symbols, contexts of 64; one layer, width 32, 2 seeds. Left: where networks
    stand on sequences of the pool, 0 generaliser, 1 memoriser. Right: share of the memoriser by the
    strategy posterior, whose three exponents are fitted to each seed on the first 80 % of
    checkpoints and the smallest 80 % of pools; the rest is predicted.
    """
    data = curves_of(experiments.urns_phase_diagram, preset)
    measured = data.position.sel(evaluation="pool").mean("seed")
    share = data.share.mean("seed").transpose(*measured.dims)
    held_out = (data.fitted.min("seed") > 0) & (~_fitted(data))
    correlation = float(np.corrcoef(measured.values.ravel(), share.values.ravel())[0, 1])
    outside = [m.where(held_out).values.ravel() for m in (measured, share)]
    good = np.isfinite(outside[0]) & np.isfinite(outside[1])
    held_out_correlation = float(np.corrcoef(outside[0][good], outside[1][good])[0, 1])
    return with_claims(
        data,
        "in_context.strategy_phase_diagram",
        data.attrs["source"],
        {
            f"measured and predicted correlate at {correlation:.2f}": correlation > 0.8,
            f"held out at {held_out_correlation:.2f}": held_out_correlation > 0.7,
        },
    )


def _fitted(data):
    """Checkpoints and pools that the exponents were fitted to."""
    used = data.fitted.min("seed").values.astype(bool)
    steps = used & (np.cumsum(used) <= np.ceil(0.8 * used.sum()))
    pools = np.arange(data.sizes["num_tasks"]) < np.ceil(0.8 * data.sizes["num_tasks"])
    return data.step.copy(data=steps) & data.num_tasks.copy(data=pools)


@strategy_phase_diagram.draw
def _(data, axes):
    shown = {
        "measured": data.position.sel(evaluation="pool").mean("seed"),
        "predicted": data.share.mean("seed"),
    }
    for panel, (title, values) in zip(axes, shown.items(), strict=True):
        values = values.transpose("step", "num_tasks")
        mesh = panel.pcolormesh(
            data.num_tasks, data.step, values, vmin=0, vmax=1, cmap="RdBu_r", shading="nearest"
        )
        panel.contour(data.num_tasks, data.step, values, [0.5], colors="black", linewidths=1)
        panel.set(
            xscale="log",
            yscale="log",
            ylim=(data.step[0], data.step[-1]),
            title=title,
            xlabel="tasks in the pool $D$",
            ylabel="training steps $N$",
        )
    axes[1].figure.colorbar(mesh, ax=axes[1], label="share of the memoriser")


@figure(cost="2 s", panels=(1, 2))
def learned_linear_attention(preset):
    """One layer of linear attention learns to take the best gradient step.

    Linear regression in 4 dimensions from 8 examples at four noise variances; 5 seeds, each from
    random weights. Left: error per dimension in training; lines are 1 - eta*, what the best single
    step of gradient descent leaves. Right: the error at the end against the noise, and (squares)
    the squared distance between the network's predictions and those of that step.
    """
    data = curves_of(experiments.learned_attention, preset)
    sizes = {"dim": data.attrs["dim"], "num_examples": data.attrs["num_examples"]}
    noise = np.geomspace(data.noise_var.min() / 2, data.noise_var.max() * 2, 41)
    best = sweep(icl.optimal_gradient_step, sizes | {"noise_var": noise})
    last = data.isel(step=-1).sel(evaluation="fresh", predictor="gradient step")
    ratio = (last.excess / last.predictor_excess).mean("seed")
    worst = float(np.abs(ratio - 1).max())
    apart = float((last.distance / last.predictor_excess).mean("seed").max())
    claims = {
        f"errors within {100 * worst:.1f} % of the best gradient step's": worst < 0.05,
        f"squared distance from its predictions at most {apart:.3f} of its error": apart < 0.1,
    }
    name = "in_context.learned_linear_attention"
    networks = with_claims(data, name, data.attrs["source"], claims)
    return {"networks": networks.assign_attrs(sizes), "best": best}


@learned_linear_attention.draw
def _(data, axes):
    networks, best = data["networks"].sel(evaluation="fresh"), data["best"]
    dim = data["networks"].attrs["dim"]
    for colour, noise in zip(COLOURS, networks.noise_var.values, strict=False):
        runs = networks.excess.sel(noise_var=noise) / dim
        band(axes[0], networks.step, runs, color=colour, label=rf"$\sigma^2 = {noise:g}$")
        height = 1 - float(best.theory.interp(noise_var=noise))
        axes[0].axhline(height, color=colour, linewidth=0.8)
    axes[0].set(xscale="log", ylim=(0, 1.5), xlabel="training steps", ylabel="error per dimension")
    axes[0].legend(loc="upper right")
    axes[1].plot(best.noise_var, 1 - best.theory, color=COLOURS[0], label=r"best step, $1-\eta^*$")
    last = networks.isel(step=-1)
    for values, marker, name in (
        (last.excess / dim, "o", "network"),
        (last.distance.isel(predictor=0) / dim, "s", "network to best step"),
    ):
        spread = values.std("seed", ddof=1) / np.sqrt(networks.sizes["seed"])
        axes[1].errorbar(
            networks.noise_var,
            values.mean("seed"),
            2 * spread,
            color=COLOURS[0],
            marker=marker,
            linestyle="none",
            markerfacecolor="white",
            label=f"{name} ± 2 s.e.",
        )
    axes[1].set(
        xscale="log",
        yscale="log",
        xlabel=r"noise variance $\sigma^2$",
        ylabel="error per dimension",
    )
    axes[1].legend()
