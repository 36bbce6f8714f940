"""The posterior of strategies: odds, and the time at which memorising overtakes."""

from __future__ import annotations

import jax
import numpy as np
import xarray as xr

from jtts import sweep
from jtts.drawing import COLOURS, MARKERS, evidence_legend
from jtts.pipeline import figure
from jtts.theory import in_context as icl

VOCABULARY, CONTEXT = 8, 128
EXPONENTS = {"alpha": 0.6, "beta": 0.2, "gamma": 0.85}  # where the published fits start


def pools(sizes):
    return [
        icl.balls_and_urns(num_tasks=d, vocabulary=VOCABULARY, context=CONTEXT, seed=1)
        for d in sizes
    ]


@figure(cost="60 s", panels=(1, 2))
def posterior_odds(preset, *, alpha=0.6, beta=0.2, gamma=0.85):
    """Posterior odds of memorising over generalising.

    Balls and urns, 8 symbols, contexts of 128. Left: log odds against training steps at alpha =
    0.6, beta = 0.2 and gamma = 0.85, where the published fits start. Right: what memorising gains
    per symbol on the pool, the loss gap that drives the odds. Simulation with fresh pools, and the
    lower bound (redundancy - ln D) / C: 0.072 nats for one urn, none from D = 10,200 on.
    """
    sizes = [1, 4, 16, 64, 256, 1024]
    diagram = icl.phase_diagram(
        pools(sizes[1:]),
        np.geomspace(10, 1e7, 61),
        key=jax.random.key(0),
        batch_size=preset.pick(quick=256, paper=4096),
        alpha=alpha,
        beta=beta,
        gamma=gamma,
    )
    grid = {"vocabulary": VOCABULARY, "context": CONTEXT}
    bound = sweep(icl.memorizing_advantage, grid | {"num_tasks": np.geomspace(1, 20_000, 81)})
    played = sweep(
        icl.memorizing_advantage,
        grid | {"num_tasks": sizes},
        trials=preset.pick(quick=256, paper=2**14),
    )
    return {"odds": _as_curves(diagram, "log_odds"), "bound": bound, "played": played}


def _as_curves(diagram, name):
    """The dataset of a sweep from one variable of a phase diagram."""
    return diagram[[name]].rename({name: "theory"}).assign_attrs(diagram.attrs)


@posterior_odds.draw
def _(data, axes):
    odds = data["odds"]
    for index, tasks in enumerate(odds.num_tasks.values):
        axes[0].plot(
            odds.steps,
            odds.theory.sel(num_tasks=tasks),
            color=COLOURS[index],
            label=f"$D = {tasks}$",
        )
    axes[0].axhline(0, color="0.6", linewidth=0.8)
    axes[0].set(
        xscale="log", ylim=(-8, 10), xlabel="training steps $N$", ylabel=r"log odds $\eta$ (nats)"
    )
    axes[0].legend(loc="upper left")
    bound, played = data["bound"], data["played"]
    axes[1].plot(bound.num_tasks, bound.theory, color=COLOURS[0])
    axes[1].errorbar(
        played.num_tasks,
        played.simulation,
        2 * played.stderr,
        color=COLOURS[0],
        marker=MARKERS[0],
        linestyle="none",
        markerfacecolor="white",
    )
    axes[1].set(
        xscale="log",
        xlabel="tasks in the pool $D$",
        ylabel=r"loss gap $L_G - L_M$ (nats per symbol)",
        ylim=(0, None),
    )
    evidence_legend(axes[1])


@figure(cost="30 s", panels=(1, 2))
def superlinear_transience(preset):
    """Memorising takes superlinearly long in the number of tasks.

    Balls and urns, 8 symbols, contexts of 128, beta = 0.2 and gamma = 0.85. Left: training steps
    until the odds are even, from the simulated loss gaps, against a straight line (dotted).
    Evidence that gathers as N^(1-alpha) raises the ratio of complexity and loss gap to the power
    1/(1-alpha); 0.778 is a published fit. From 4 to 1024 urns the time grows 60 times at alpha = 0,
    900 times at 0.4 and 28,000 times at 0.6. Right: share of the memoriser in the mixture at
    alpha = 0.6; on the line it is one half.
    """
    sizes = [4, 8, 16, 32, 64, 128, 256, 512, 1024]
    batch_size = preset.pick(quick=256, paper=4096)
    conditions = icl.strategy_conditions(pools(sizes), jax.random.key(0), batch_size)
    alphas = np.array([0.0, 0.4, 0.6, 0.778])
    times = icl.transience_time(
        conditions.loss_gap,
        conditions.memorizing_complexity,
        conditions.generalizing_complexity,
        **EXPONENTS | {"alpha": np.maximum(alphas, 1e-9)[:, None]},
    )
    curves = xr.Dataset(
        {"theory": (("alpha", "num_tasks"), np.asarray(times))},
        {"alpha": alphas, "num_tasks": sizes},
        {"law": icl.transience_time.full_name, "kind": icl.transience_time.kind.name},
    )
    diagram = icl.phase_diagram(
        pools(sizes),
        np.geomspace(10, 1e8, 57),
        key=jax.random.key(0),
        batch_size=batch_size,
        **EXPONENTS,
    )
    return {"times": curves, "share": _as_curves(diagram, "memorizing_share")}


@superlinear_transience.draw
def _(data, axes):
    times = data["times"]
    for index, alpha in enumerate(times.alpha.values):
        one = times.theory.sel(alpha=alpha)
        axes[0].plot(one.num_tasks, one, color=COLOURS[index], label=rf"$\alpha = {alpha:g}$")
    first = float(times.theory.isel(num_tasks=0).sel(alpha=0.6))
    line = first * times.num_tasks / times.num_tasks[0]
    axes[0].plot(times.num_tasks, line, ":", color="0.4", label="linear")
    axes[0].set(
        xscale="log",
        yscale="log",
        xlabel="tasks in the pool $D$",
        ylabel="transience time $N^*$ (steps)",
    )
    axes[0].legend()
    share = data["share"]
    mesh = axes[1].pcolormesh(
        share.num_tasks, share.steps, share.theory, vmin=0, vmax=1, cmap="RdBu_r", shading="gouraud"
    )
    mesh.set_rasterized(True)
    axes[1].figure.colorbar(mesh, ax=axes[1], label="share of the memoriser")
    overtaken = times.theory.sel(alpha=0.6)
    axes[1].plot(times.num_tasks, overtaken, color="black", label="$N^*$")
    axes[1].set(
        xscale="log",
        yscale="log",
        ylim=(10, 1e8),
        xlabel="tasks in the pool $D$",
        ylabel="training steps $N$",
    )
    axes[1].legend(loc="lower right", labelcolor="white")
