"""Expansions against the exact curves they expand."""

from __future__ import annotations

import numpy as np

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, theory_lines_with_simulation
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.regression import Statistics
from jtts.theory import best_of_k

INPUT = {"mean": 0.0, "predictive_var": 1.0, "target": 0.5}
STATS = Statistics(1.0, 0.1, 0.4, 0.05)
MEAN = {"stats.predictive_var": 1.0, "stats.mean_error": 0.1, "stats.judge_error": 0.4}
MEAN |= {"stats.judge_cross": 0.05}


@figure(cost="20 s", panels=(2, 2))
def orders_of_expansions(preset):
    """How far each expansion is from the exact error.

    Top left: best-of-k at one input, teacher at one half of a standard deviation as judge. k^2 in
    place of (k+1)(k+2) leaves an error of relative order 1/k; the first term 1/k^2, the second
    1/k^4. Top right: softmax at T = 4, s^2 = 1, Delta = 0.1, q_RR = 0.4, q_RT = 0.05: distance
    from the limit, and what is left of it after the 1/k correction. Simulation: 4096 lattice inputs
    a replicate, explicit candidates. Bottom: high temperature, k = 5 and k = 64. The third term
    published in code (dashed) is right for k = infinity only: at k = 5 it is worse than none.
    """
    k = whole_numbers(4, 1024, preset.pick(quick=17, paper=33)).astype(float)
    hot = np.geomspace(8, 400, preset.pick(quick=25, paper=49))
    cold = INPUT | {"judge": 0.5, "k": k}
    warm = MEAN | {"temperature": 4.0}
    simulated = [4, 8, 16]
    trials = preset.pick(quick=2**15, paper=2**20)
    high = MEAN | {"k": [5.0, 64.0], "temperature": hot}
    published = [
        [float(best_of_k.published_third_order_error(n, STATS, t)) for t in hot] for n in (5, 64)
    ]
    second = [[float(best_of_k.published_softmax_error(n, STATS, t)) for t in hot] for n in (5, 64)]
    exact = sweep(best_of_k.error, high)
    exact["second"] = (("k", "temperature"), np.array(second))
    exact["published"] = (("k", "temperature"), np.array(published))
    return {
        "cold_exact": sweep(best_of_k.pointwise_error, cold),
        "cold": sweep(best_of_k.pointwise_large_k_error, cold),
        "warm_exact": sweep(best_of_k.error, warm | {"k": k}),
        "warm_simulated": sweep(best_of_k.error, warm | {"k": simulated}, trials=trials),
        "warm": sweep(best_of_k.inverse_k_error, warm | {"k": np.append(k, np.inf)}),
        "hot_exact": exact,
        "hot": sweep(best_of_k.high_temperature_error, high),
    }


@orders_of_expansions.draw
def _(data, axes):
    exact, k = data["cold_exact"].theory, data["cold_exact"].k
    leading = np.pi * np.exp(0.25)
    for colour, label, value in (
        (COLOURS[2], r"$k^2$", leading / k**2),
        (COLOURS[1], "one term", leading / ((k + 1) * (k + 2))),
        (COLOURS[0], "two terms", data["cold"].theory),
    ):
        axes[0, 0].plot(k, abs(value / exact - 1), color=colour, label=label)
    axes[0, 0].set(
        xscale="log",
        yscale="log",
        ylim=(1e-10, 3),
        xlabel="number of candidates $k$",
        ylabel="relative remainder",
    )
    axes[0, 0].legend(title="best of $k$, one input", title_fontsize=6.5)
    limit = float(data["warm"].theory[-1])
    exact, points = data["warm_exact"], data["warm_simulated"]
    corrected = data["warm"].theory[:-1].values
    axes[0, 1].plot(exact.k, exact.theory - limit, color=COLOURS[1], label=r"$\delta_\infty$")
    axes[0, 1].plot(
        exact.k, abs(exact.theory - corrected), color=COLOURS[0], label="with the $1/k$ term"
    )
    axes[0, 1].errorbar(
        points.k,
        points.simulation - limit,
        2 * points.stderr,
        color=COLOURS[1],
        marker="o",
        linestyle="none",
        markerfacecolor="white",
    )
    axes[0, 1].set(
        xscale="log",
        yscale="log",
        ylim=(1e-8, 3),
        xlabel="number of candidates $k$",
        ylabel=r"remainder$/s^2$",
    )
    evidence_legend(axes[0, 1], title="softmax, $T = 4 s^2$", title_fontsize=6.5)
    for panel, count in zip(axes[1], (5, 64), strict=True):
        exact = data["hot_exact"].sel(k=count)
        ours = data["hot"].sel(k=count).theory
        for colour, style, label, value in (
            (COLOURS[1], "-", "2nd order", exact.second),
            (COLOURS[3], "--", "3rd order, published", exact.published),
            (COLOURS[0], "-", "3rd order", ours),
        ):
            remainder = abs(value - exact.theory)
            panel.plot(exact.temperature, remainder, style, color=colour, label=label)
        panel.set(
            xscale="log",
            yscale="log",
            xlabel="temperature $T/s^2$",
            ylabel=r"remainder$/s^2$",
        )
        panel.legend(title=f"softmax, $k = {count}$", title_fontsize=6.5)


@figure(cost="40 s", panels=(1, 2))
def best_temperature_among_k(preset):
    """The best temperature among k candidates.

    s^2 = 1, Delta = 0.3, q_RT = 0.1. Left: best temperature against k. It is zero while selection
    among few candidates is weak, and rises to its value for endless candidates (dotted); the
    published estimate 4 s^2 (1 - 2/k) C_2/C_1 (dashed) is meant for high temperature and lies far
    above. Right: error at k = 16 against temperature, its minimum (star) from the left.
    """
    errors = [0.8, 1.6, 3.2]
    fixed = {"stats.predictive_var": 1.0, "stats.mean_error": 0.3, "stats.judge_cross": 0.1}
    k = np.union1d(whole_numbers(2, 2000, preset.pick(quick=9, paper=33)), [16.0])
    estimates = [
        best_of_k.published_optimal_temperature(k, Statistics(1.0, 0.3, q, 0.1)) for q in errors
    ]
    finite = sweep(best_of_k.optimal_temperature, fixed | {"stats.judge_error": errors, "k": k})
    finite["published"] = (("stats.judge_error", "k"), np.array(estimates))
    temperatures = np.geomspace(0.05, 50, preset.pick(quick=9, paper=49))
    return {
        "best": finite,
        "limit": sweep(best_of_k.optimal_temperature, fixed | {"stats.judge_error": errors}),
        "marks": finite.sel(k=16.0),
        "curves": sweep(
            best_of_k.error,
            fixed | {"stats.judge_error": errors, "k": 16, "temperature": temperatures},
            trials=preset.pick(quick=2**13, paper=2**20),
        ),
    }


@best_temperature_among_k.draw
def _(data, axes):
    best = data["best"].rename({"stats.judge_error": "judge_error"})
    for index, judge_error in enumerate(best.judge_error.values):
        one = best.sel(judge_error=judge_error)
        colour = COLOURS[index]
        label = rf"$q_{{RR}} = {judge_error:g}$"
        axes[0].plot(one.k, one.theory, color=colour, label=label)
        axes[0].plot(one.k, one.published, "--", color=colour, linewidth=0.9)
        axes[0].axhline(float(data["limit"].theory[index]), color=colour, ls=":", linewidth=0.9)
    axes[0].plot([], [], "--", color="0.4", label="published estimate")
    axes[0].plot([], [], ":", color="0.4", label=r"$k = \infty$")
    axes[0].set(
        xscale="log",
        ylim=(0, 18),
        xlabel="number of candidates $k$",
        ylabel="best temperature $T^*/s^2$",
    )
    axes[0].legend()
    curves = data["curves"].rename({"stats.judge_error": "judge_error"})
    theory_lines_with_simulation(
        axes[1], curves, x="temperature", lines="judge_error", label=r"$q_{{RR}} = {:g}$"
    )
    for index, mark in enumerate(data["marks"].theory.values):
        if mark > 0:
            one = curves.isel(judge_error=index)
            height = np.interp(np.log(mark), np.log(one.temperature), one.theory)
            axes[1].plot(mark, height, "*", color=COLOURS[index], markersize=8)
    axes[1].set(xscale="log", xlabel="temperature $T/s^2$", ylabel=r"error $\delta_{16}/s^2$")
    evidence_legend(axes[1])


@figure(cost="30 s", panels=(1, 2))
def best_judge_and_weighted_mean(preset):
    """The judge that selects best, and averaging instead of drawing.

    Left: error under a judge r = t - c (m - t), s^2 = 1, Delta = 0.3, k = 64; stars: endless
    candidates, where the best judge overshoots the teacher by c = T/(2 s^2) and leaves s^2 theta.
    At T = 0 the teacher, c = 0, is best. Right: the softmax-weighted mean of 256 candidates errs
    less than a draw by s^2 theta; q_RR = 0.2, q_RT = 0.05.
    """
    temperatures = [0.0, 1.0, 4.0]
    strength = np.linspace(-1, 4, preset.pick(quick=21, paper=51))
    tied = {"predictive_var": 1.0, "mean_error": 0.3, "temperature": temperatures}
    trials = preset.pick(quick=2**13, paper=2**19)
    averaged = {"stats.predictive_var": 1.0, "stats.mean_error": 0.3}
    averaged |= {"stats.judge_error": 0.2, "stats.judge_cross": 0.05}
    warm = np.geomspace(1.0, 30.0, preset.pick(quick=5, paper=9))
    return {
        "judges": sweep(
            best_of_k.tied_judge_error, tied | {"k": 64, "strength": strength}, trials=trials
        ),
        "best": sweep(
            best_of_k.optimal_judge_strength, {"predictive_var": 1.0, "temperature": temperatures}
        ),
        "mean": sweep(
            best_of_k.weighted_mean_error,
            averaged | {"temperature": warm, "k": 256},
            trials=preset.pick(quick=2**13, paper=2**18),
        ),
        "draw": sweep(best_of_k.error, averaged | {"temperature": warm, "k": 256}, trials=trials),
    }


@best_judge_and_weighted_mean.draw
def _(data, axes):
    theory_lines_with_simulation(
        axes[0], data["judges"], x="strength", lines="temperature", label="$T = {:g}$", every=2
    )
    for index, best in enumerate(data["best"].theory.values):
        temperature = float(data["best"].temperature[index])
        axes[0].plot(best, temperature / (temperature + 2), "*", color=COLOURS[index], markersize=8)
    axes[0].set(ylim=(0, 2.5), xlabel="strength $c$ of the judge", ylabel=r"error $\delta/s^2$")
    evidence_legend(axes[0])
    for index, (name, label) in enumerate((("draw", "a draw"), ("mean", "weighted mean"))):
        one = data[name]
        axes[1].plot(one.temperature, one.theory, color=COLOURS[index], label=label)
        axes[1].errorbar(
            one.temperature,
            one.simulation,
            2 * one.stderr,
            color=COLOURS[index],
            marker="o",
            linestyle="none",
            markerfacecolor="white",
        )
    axes[1].set(
        xscale="log", ylim=(0, 1.4), xlabel="temperature $T/s^2$", ylabel=r"error $\delta/s^2$"
    )
    evidence_legend(axes[1])
