"""Noise in the judge, and candidates that share theirs."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, theory_lines_with_simulation
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.theory import best_of_k

KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "noiseless": (best_of_k.error, {"temperature": 0.0}),
    "prompt": (best_of_k.prompt_noise_error, {"noise_var": 0.3}),
    "candidates": (best_of_k.perception_noise_error, {"noise_var": 0.1}),
    "Gumbel score": (best_of_k.gumbel_score_noise_error, {"noise_scale": 0.2}),
    "Gaussian score": (best_of_k.gaussian_score_noise_error, {"noise_scale": 0.2}),
}


@figure(cost="40 s", panels=(1, 2))
def noisy_judges(preset):
    """What noise in the judge costs.

    Teacher as judge, s^2 = 1, rho = 0.3. Noise shared by a prompt's candidates sets the floor to
    its own variance, 0.3. Noise of variance nu^2 on every candidate is a temperature 2 nu^2 among
    many candidates: at nu^2 = 0.1 and Gumbel noise of scale 0.2 on the score the two curves meet at
    the floor 0.0934 (dashed). Gaussian noise of scale 0.2 on the score has no floor, but decays as
    nu / (2 sqrt(2 ln k)) (right, dotted: softmax at temperature nu / b_k). Simulation: explicit
    candidates, each noise drawn.
    """
    k = whole_numbers(1, 256, 17)
    trials = preset.pick(quick=2**15, paper=2**20)
    late = {"rho": 0.3, "noise_scale": [0.05, 0.2, 1.0]}
    far = late | {"k": np.geomspace(2, 1e9, preset.pick(quick=30, paper=60)).round()}
    beyond = sweep(best_of_k.gaussian_score_noise_error, far)
    beyond["asymptote"] = sweep(best_of_k.asymptotic_gaussian_score_noise_error, far).theory
    return {
        name: sweep(law, {"rho": 0.3, "k": k, **noise}, trials=trials)
        for name, (law, noise) in KINDS.items()
    } | {
        "floor": sweep(best_of_k.perception_noise_limit, {"rho": 0.3, "noise_var": [0.1]}),
        "beyond": beyond,
        "near": sweep(best_of_k.gaussian_score_noise_error, late | {"k": k[1::3]}, trials=trials),
    }


@noisy_judges.draw
def _(data, axes):
    columns = ["theory", "simulation", "stderr"]
    curves = [data[name][columns].reset_coords(drop=True) for name in KINDS]
    kinds = xr.concat(curves, "kind")
    theory_lines_with_simulation(
        axes[0], kinds.assign_coords(kind=list(KINDS)), x="k", lines="kind", every=4
    )
    axes[0].axhline(float(data["floor"].theory[0]), color="0.4", linestyle="--", linewidth=0.8)
    axes[0].set(
        xscale="log",
        yscale="log",
        ylim=(1e-4, 3),
        xlabel="number of candidates $k$",
        ylabel=r"error $\delta_k/s^2$",
    )
    evidence_legend(axes[0], loc="lower left", title="noise", title_fontsize=6.5)
    theory_lines_with_simulation(
        axes[1],
        data["beyond"],
        simulated=data["near"],
        x="k",
        lines="noise_scale",
        label=r"$\nu/s^2 = {:g}$",
    )
    for index, one in enumerate(data["beyond"].transpose("noise_scale", "k").asymptote):
        axes[1].plot(one.k, one, ":", color=COLOURS[index], linewidth=1)
    axes[1].plot([], [], ":", color="0.4", label=r"softmax at $\nu/b_k$, $k = \infty$")
    axes[1].set(
        xscale="log",
        yscale="log",
        ylim=(3e-3, 5),
        xlabel="number of candidates $k$",
        ylabel=r"error $\delta_k/s^2$",
    )
    evidence_legend(axes[1], loc="upper right", ncols=2)


@figure(cost="30 s", panels=(1, 2))
def correlated_candidates(preset):
    """Candidates that share part of their noise.

    Teacher as judge, s^2 = 1, rho = 0.1. At pairwise correlation v the candidates behave as
    independent ones of variance 1 - v around a mean of error 0.1 + v. The 1/k^2 law holds below
    v = (1 - 2 rho)/3 = 0.267 and gives way to k^(-1/rho'), rho' = (0.1 + v)/(1 - v), beyond. Left:
    (k+1)(k+2) times the error, level where the law holds. Simulation: explicit candidates with an
    explicit shared part. Right: the threshold against rho, and the exponent at k = 1e6.
    """
    stats = {"rho": 0.1, "temperature": 0.0}
    v = [0.0, 0.1, 0.2, 0.3, 0.4, 0.6]
    few = whole_numbers(1, 256, 9)
    trials = preset.pick(quick=2**15, paper=2**21)
    rho = np.linspace(0.0, 0.5, preset.pick(quick=41, paper=101))
    correlation = np.linspace(0.0, 0.6, preset.pick(quick=31, paper=101))
    return {
        "curves": sweep(
            best_of_k.correlated_error,
            stats | {"correlation": v, "k": whole_numbers(1, 10**7, 36)},
        ),
        "simulated": sweep(
            best_of_k.correlated_error, stats | {"correlation": v, "k": few}, trials=trials
        ),
        "pair": sweep(
            best_of_k.correlated_error,
            {"rho": rho, "correlation": correlation, "k": [1e6, 1.01e6], "temperature": 0.0},
        ),
        "threshold": sweep(best_of_k.correlation_threshold, {"rho": rho}),
    }


@correlated_candidates.draw
def _(data, axes):
    scaled = {
        name: data[name][columns] * ((data[name].k + 1.0) * (data[name].k + 2.0))
        for name, columns in (("curves", ["theory"]), ("simulated", ["simulation", "stderr"]))
    }
    theory_lines_with_simulation(
        axes[0],
        scaled["curves"],
        simulated=scaled["simulated"],
        x="k",
        lines="correlation",
        label="{:g}",
    )
    axes[0].set(
        xscale="log",
        yscale="log",
        ylim=(2, 1e10),
        xlabel="number of candidates $k$",
        ylabel=r"$(k+1)(k+2)\,\delta_k/s^2$",
    )
    evidence_legend(axes[0], loc="upper left", ncols=2, title="correlation $v$", title_fontsize=6.5)
    first, second = np.log(data["pair"].theory).transpose("k", "correlation", "rho")
    exponent = (first - second) / np.log(1.01)
    levels = np.arange(0.6, 2.01, 0.1)
    filled = axes[1].contourf(
        exponent.rho, exponent.correlation, exponent, levels=levels, cmap="cividis", extend="both"
    )
    threshold = data["threshold"]
    axes[1].plot(threshold.rho, threshold.theory, "w--", label=r"$(1-2\rho)/3$")
    axes[1].set(xlabel=r"$\rho$ of independent candidates", ylabel="correlation $v$", ylim=(0, 0.6))
    axes[1].legend(labelcolor="white")
    axes[1].figure.colorbar(filled, ax=axes[1], label=r"$-d\ln\delta_k/d\ln k$ at $k = 10^6$")
