"""The transition at rho = 1/2."""

from __future__ import annotations

import numpy as np

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, theory_lines_with_simulation
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.regression import Statistics
from jtts.theory import best_of_k


@figure(cost="20 s", panels=(1, 2))
def both_sides_of_the_transition(preset, *, rho=(0.1, 0.4, 0.5, 0.6, 0.9, 1.5)):
    """Best-of-k error on both sides of rho = 1/2.

    Teacher as judge, rho = mean error / predictive variance. Below 1/2 the error falls as k^-2,
    beyond it as k^(-1/rho), up to logarithms (dotted: the extreme-value laws). Right: the same
    times (k+1)(k+2), level where the k^-2 law holds. Simulation draws the order statistic directly,
    at a cost that does not depend on k.
    """
    k = whole_numbers(1, 10**9, preset.pick(quick=37, paper=73))
    data = sweep(
        best_of_k.error,
        {"rho": list(rho), "k": k, "temperature": 0.0},
        route="error_by_order_statistics",
        trials=preset.pick(quick=2**15, paper=2**21),
    )
    laws = [best_of_k.asymptotic_error(k, Statistics.from_rho(r)) for r in rho]
    data["asymptote"] = (("rho", "k"), np.array(laws))
    return data


@both_sides_of_the_transition.draw
def _(data, axes):
    level = (data.k + 1.0) * (data.k + 2.0)
    scaled = data[["theory", "simulation", "stderr", "asymptote"]] * level
    for panel, shown in zip(axes, (data, scaled), strict=True):
        theory_lines_with_simulation(panel, shown, x="k", lines="rho", label="{:g}", every=4)
        for index in range(data.sizes["rho"]):
            one = shown.isel(rho=index).where(data.k >= 30)
            panel.plot(one.k, one.asymptote, ":", color=COLOURS[index], linewidth=1)
        panel.set(xscale="log", yscale="log", xlabel="number of candidates $k$")
    axes[0].plot([], [], ":", color="0.4", label="extreme-value law")
    axes[0].set(ylabel=r"error $\delta_k/s^2$")
    axes[1].set(ylabel=r"$(k+1)(k+2)\,\delta_k/s^2$", ylim=(1, 1e5))
    evidence_legend(axes[0], title=r"$\rho = \Delta/s^2$", title_fontsize=6.5)


@figure(cost="20 s", height=2.7)
def local_exponent_phase_diagram(preset):
    """Phase diagram of the local exponent.

    -d ln(error)/d ln(k), teacher as judge. Left of rho = 1/2 it reaches 2; beyond, 1/rho, and only
    logarithmically: at practical k the transition is a crossover.
    """
    rho = np.linspace(0.02, 1.5, preset.pick(quick=60, paper=150))
    k = np.geomspace(2, 1e9, preset.pick(quick=50, paper=120))
    return sweep(best_of_k.local_exponent, {"rho": rho, "k": k})


@local_exponent_phase_diagram.draw
def _(data, axes):
    exponent = -data.theory.transpose("k", "rho")
    levels = np.arange(0.6, 2.01, 0.1)
    filled = axes.contourf(data.rho, data.k, exponent, levels=levels, cmap="cividis", extend="both")
    lines = axes.contour(
        data.rho, data.k, exponent, levels=[0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 1.9], colors="white",
        linewidths=0.6,
    )  # fmt: skip
    axes.clabel(lines, fontsize=6, fmt="%.1f")
    axes.axvline(0.5, color="white", linestyle="--")
    axes.set(
        yscale="log",
        xlabel=r"$\rho$ = mean error / predictive variance",
        ylabel="number of candidates $k$",
    )
    axes.figure.colorbar(filled, ax=axes, label=r"local exponent $-d\ln\delta_k/d\ln k$")
