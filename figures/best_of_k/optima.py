"""Best number of candidates and best temperature."""

from __future__ import annotations

import numpy as np

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, theory_lines_with_simulation
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.theory import best_of_k


@figure(cost="30 s", panels=(1, 2))
def finite_optimal_k(preset, *, q_rr=(0.05, 0.2, 0.35, 0.5), delta=0.1, q_rt=0.05):
    """Over-optimisation: a finite best k under a misspecified judge.

    s^2 = 1, Delta = 0.1, q_RT = 0.05. With a judge whose error q_RR is large enough,
    2 (q_RR - q_RT) > s^2 (1 - 2 rho_c), the error approaches its floor q_RR from below: more
    candidates make it worse. Right: the best k against the judge's error.
    """
    errors = list(q_rr)
    fixed = {"stats.predictive_var": 1.0, "stats.mean_error": delta, "stats.judge_cross": q_rt}
    curves = sweep(
        best_of_k.error,
        fixed | {"stats.judge_error": errors, "k": whole_numbers(1, 512, 21)},
        trials=preset.pick(quick=2**15, paper=2**20),
    )
    best = sweep(
        best_of_k.optimal_k,
        fixed | {"stats.judge_error": np.geomspace(0.2, 5, preset.pick(quick=40, paper=100))},
    )
    marks = sweep(best_of_k.optimal_k, fixed | {"stats.judge_error": errors})
    return {"curves": curves, "best": best, "marks": marks}


@finite_optimal_k.draw
def _(data, axes):
    curves = data["curves"].rename({"stats.judge_error": "judge_error"})
    theory_lines_with_simulation(
        axes[0], curves, x="k", lines="judge_error", label=r"$q_{{RR}} = {:g}$", every=2
    )
    for index, best in enumerate(data["marks"].theory.values):
        if np.isfinite(best):
            one = curves.isel(judge_error=index)
            height = np.interp(np.log(best), np.log(one.k), one.theory)
            axes[0].plot(best, height, marker="*", color=COLOURS[index], markersize=8)
    axes[0].plot([], [], "*", color="0.4", markersize=8, label="best $k$")
    axes[0].set(
        xscale="log",
        yscale="log",
        ylim=(0.04, 3),
        xlabel="number of candidates $k$",
        ylabel=r"error $\delta_k/s^2$",
    )
    evidence_legend(axes[0], loc="upper right", ncols=2)
    best = data["best"].rename({"stats.judge_error": "judge_error"})
    axes[1].plot(
        best.judge_error, best.theory.where(np.isfinite(best.theory)), drawstyle="steps-mid"
    )
    axes[1].set(
        xscale="log",
        yscale="log",
        xlabel=r"judge error $q_{RR}/s^2$",
        ylabel="best number of candidates $k^*$",
        xticks=[0.25, 0.5, 1, 2, 4],
        xticklabels=["0.25", "0.5", "1", "2", "4"],
    )
    axes[1].minorticks_off()


@figure(cost="40 s", panels=(1, 2))
def optimal_temperature(preset):
    """The best temperature for a judge that errs.

    s^2 = 1, Delta = 0.3, q_RT = 0.1. Softmax selection interpolates between best-of-k (T = 0) and a
    plain draw (T = inf). With many candidates the error is a parabola in theta = T/(T + 2 s^2); its
    minimum is T* (stars). Right: T* against the judge's error; zero up to q_RR = q_RT + s^2/2.
    """
    temperatures = np.geomspace(0.02, 50, preset.pick(quick=17, paper=48))
    fixed = {"stats.predictive_var": 1.0, "stats.mean_error": 0.3, "stats.judge_cross": 0.1}
    return {
        "finite": sweep(
            best_of_k.error,
            fixed | {"stats.judge_error": 0.8, "k": [4, 16, 64], "temperature": temperatures},
            trials=preset.pick(quick=2**15, paper=2**20),
        ),
        "limit": sweep(
            best_of_k.limit_error,
            fixed | {"stats.judge_error": [0.4, 0.8, 1.6], "temperature": temperatures},
        ),
        "best": sweep(
            best_of_k.optimal_temperature,
            fixed | {"stats.judge_error": np.linspace(0.1, 3, 100)},
        ),
    }


@optimal_temperature.draw
def _(data, axes):
    theory_lines_with_simulation(
        axes[0], data["finite"], x="temperature", lines="k", label="k = {}"
    )
    limit = data["limit"].sel({"stats.judge_error": 0.8})
    axes[0].plot(limit.temperature, limit.theory, color="black", label=r"$k = \infty$")
    best = data["best"].interp({"stats.judge_error": 0.8}).theory
    axes[0].plot(best, limit.interp(temperature=best).theory, "k*", markersize=8, label="$T^*$")
    axes[0].set(
        xscale="log",
        xlabel=r"temperature $T/s^2$",
        ylabel=r"error $\delta_k/s^2$",
    )
    evidence_legend(axes[0])
    axes[1].plot(data["best"]["stats.judge_error"], data["best"].theory)
    axes[1].set(
        xlabel=r"judge error $q_{RR}/s^2$", ylabel=r"best temperature $T^*/s^2$ ($k=\infty$)"
    )
