"""Soft best-of-n on its way to the tilted law."""

from __future__ import annotations

import numpy as np

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, theory_lines_with_simulation
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.theory import selection

ATOMS = {"probabilities": np.array([0.5, 0.3, 0.15, 0.05]), "rewards": np.arange(4.0)}


@figure(cost="20 s", panels=(1, 2))
def soft_best_of_n_convergence(preset):
    """Soft best-of-n converges as n^-2 in divergence, as 1/n in reward.

    Left: divergence from the tilted law on four atoms (0.5, 0.3, 0.15, 0.05), rewards 0 to 3;
    dotted the leading term Var(w/Ew)/(2 n^2), 2.364/n^2 at beta = 1. The larger beta, the more
    samples it takes to get there: n must exceed E w^2/(E w)^2. Right: mean of a standard normal
    reward, from 0 at n = 1 to beta.
    """
    trials = preset.pick(quick=2**16, paper=2**20)
    few = whole_numbers(1, 16, 7)
    betas = [0.5, 1.0, 2.0]
    far = sweep(
        selection.soft_best_of_n_divergences,
        ATOMS | {"beta": betas, "n": whole_numbers(1, 4096, 37)},
    )
    near = sweep(
        selection.soft_best_of_n_divergences, ATOMS | {"beta": betas, "n": few}, trials=trials
    )
    n = far.n.values
    leading = [selection.soft_best_of_n_kl_approach(n, beta, **ATOMS) for beta in betas]
    far["leading"] = ("beta", "n"), np.array(leading)
    reward = sweep(selection.soft_best_of_n_gain, {"beta": betas, "n": whole_numbers(1, 1024, 21)})
    played = sweep(
        selection.soft_best_of_n_gain,
        {"beta": betas, "n": whole_numbers(1, 256, 9)},
        trials=preset.pick(quick=2**13, paper=2**18),
    )
    return {"far": far, "near": near, "reward": reward, "played": played}


@soft_best_of_n_convergence.draw
def _(data, axes):
    far, near = (
        data[name].sel(component=data[name].component.str.contains("tilted")).squeeze("component")
        for name in ("far", "near")
    )
    theory_lines_with_simulation(
        axes[0], far, simulated=near, x="n", lines="beta", label=r"$\beta = {:g}$"
    )
    for index in range(far.sizes["beta"]):
        one = data["far"].isel(beta=index)
        axes[0].plot(one.n, one.leading, ":", color=COLOURS[index], linewidth=1)
    axes[0].plot([], [], ":", color="0.4", label="leading term, $n^{-2}$")
    axes[0].set(
        xscale="log",
        yscale="log",
        ylim=(1e-8, 10),
        xlabel="number of samples $n$",
        ylabel="KL to the tilted law (nats)",
    )
    evidence_legend(axes[0], loc="lower left")
    theory_lines_with_simulation(
        axes[1], data["reward"], simulated=data["played"], x="n", lines="beta",
        label=r"$\beta = {:g}$",
    )  # fmt: skip
    for index, beta in enumerate(data["reward"].beta.values):
        axes[1].axhline(beta, color=COLOURS[index], linestyle=":", linewidth=1)
    axes[1].plot([], [], ":", color="0.4", label="tilted law")
    axes[1].set(
        xscale="log",
        xlabel="number of samples $n$",
        ylabel="mean reward (standard deviations)",
        ylim=(-0.05, 2.9),
    )
    evidence_legend(axes[1], loc="upper left", ncols=2)
