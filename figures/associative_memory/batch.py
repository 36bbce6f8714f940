"""Memories fitted to all pairs: what they recall, and what noise on the query costs."""

from __future__ import annotations

import numpy as np

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, theory_lines_with_simulation
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.theory import associative_memory as am

DIM = 24


@figure(cost="30 s")
def noise_gain_of_least_squares(preset):
    """Least squares recalls d pairs exactly, and makes the most of any noise on the query.

    d = 24: power out over power in. Sphere keys reach 1 at N = 12, half the capacity, 20 at N = 22
    and diverge at N = d, beyond which (Gaussian keys) least squares averages again; the limit of
    large d is min(N/d, 1)/|1 - N/d| (dotted). A Hebbian memory has N/d at any load (dashed).
    """
    few, many = np.arange(1, 23), np.arange(26, 73)
    shown = preset.pick(quick=[4, 12, 18], paper=[2, 4, 6, 8, 10, 12, 14, 16, 18])
    beyond = preset.pick(quick=[32, 60], paper=[32, 36, 44, 52, 60, 72])
    trials = preset.pick(quick=4000, paper=100_000)
    loads = np.geomspace(1 / 24, 3, 400)
    limit = sweep(am.limit_noise_gain, {"load": loads})
    parts = {"sphere": (few, shown), "gauss": (few, shown), "gauss_beyond": (many, beyond)}
    result = {"limit": limit}
    for name, (line, points) in parts.items():
        memory = {"dim": DIM, "keys": name.split("_")[0]}
        result[f"{name}_line"] = sweep(am.noise_gain, memory | {"num_pairs": line})
        result[name] = sweep(am.noise_gain, memory | {"num_pairs": points}, trials=trials)
    return result


@noise_gain_of_least_squares.draw
def _(data, axes):
    for index, name in enumerate(("sphere", "gauss", "gauss_beyond")):
        rows = [
            one.expand_dims(law=[f"{name.split('_')[0]} keys"])
            for one in (data[f"{name}_line"], data[name])
        ]
        before = len(axes.lines)
        theory_lines_with_simulation(axes, rows[0], simulated=rows[1], x="num_pairs", lines="law")
        colour = COLOURS[min(index, 1)]
        for line in axes.lines[before:]:
            line.set_color(colour)
        if index == 2:
            axes.lines[before].set_label("_")
    limit = data["limit"]
    axes.plot(DIM * limit["load"], limit.theory.where(limit.theory < 100), ":", color="0.4")
    axes.plot(DIM * limit["load"], limit["load"], "--", color="0.4", label="Hebb, $N/d$")
    axes.plot([], [], ":", color="0.4", label="large $d$")
    axes.set(yscale="log", xlabel="number of pairs $N$", ylabel="gain of query noise")
    axes.set(xlim=(0, 73), ylim=(0.03, 40))
    axes.axvline(DIM, color="0.8", linewidth=0.8)
    evidence_legend(axes, loc="lower right")


@figure(cost="30 s", panels=(1, 2))
def many_passes(preset):
    """What more passes, or a ridge, make of a memory.

    d = 48, lines for large d. Left: error of ridge regression. Without a ridge (grey) it is
    0 up to N = d and 1 - d/N beyond; at ridge 1 and N = d it is 0.45, against 0.5 of Hebbian
    writing with its best gain (dashed). Right: gradient descent on all pairs, step 0.3: 30 passes
    bring the error at N = d/2 to 0.008, at N = d to 0.13, and at N = 2 d to within 0.001 of the 1/2
    that no number of passes removes (grey). At N = d it falls as one over the root of the passes.
    """
    trials = preset.pick(quick=300, paper=5000)
    loads = preset.pick(quick=[0.25, 0.5, 1, 2], paper=[0.125, 0.25, 0.5, 0.75, 1, 1.5, 2, 4])
    ridges = [0.03, 0.3, 1.0]
    passes = np.unique(np.round(np.geomspace(1, 100, 9)).astype(int))
    dense = np.geomspace(0.1, 5, 200)
    return {
        "ridge": sweep(am.ridge_error, {"ridge": ridges, "load": loads, "dim": 48}, trials=trials),
        "ridge_line": sweep(am.ridge_error, {"ridge": [*ridges, 0.0], "load": dense}),
        "descent": sweep(
            am.gradient_descent_error,
            {"load": [0.5, 1, 2], "num_steps": passes, "step": 0.3, "dim": 48},
            trials=trials,
        ),
        "descent_line": sweep(
            am.gradient_descent_error,
            {"load": [0.5, 1, 2], "num_steps": whole_numbers(1, 100, 60), "step": 0.3},
        ),
    }


@many_passes.draw
def _(data, axes):
    line = data["ridge_line"]
    theory_lines_with_simulation(
        axes[0],
        line.sel(ridge=data["ridge"].ridge),
        simulated=data["ridge"],
        x="load",
        lines="ridge",
        label="ridge {:g}",
    )
    load = line["load"]
    axes[0].plot(load, line.theory.sel(ridge=0.0), color="0.6", label="least squares")
    axes[0].plot(load, load / (1 + load), "--", color="0.4", label="Hebb, best gain")
    axes[0].set(xscale="log", xlabel="load $N/d$", ylabel="mean squared error", ylim=(-0.02, 1))
    axes[0].set_xticks([0.1, 0.25, 0.5, 1, 2, 4], ["0.1", "1/4", "1/2", "1", "2", "4"])
    axes[0].xaxis.minorticks_off()
    evidence_legend(axes[0])
    theory_lines_with_simulation(
        axes[1],
        data["descent_line"],
        simulated=data["descent"],
        x="num_steps",
        lines="load",
        label="$N/d$ = {:g}",
    )
    axes[1].axhline(0.5, color="0.6", linewidth=0.8)
    axes[1].set(xscale="log", yscale="log", xlabel="passes", ylim=(1e-3, 1.1))
    axes[1].legend(loc="lower left")
