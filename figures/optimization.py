"""Figures of noise in optimisation."""

from __future__ import annotations

from typing import Any

import numpy as np

from jtts import sweep
from jtts.drawing import (
    COLOURS,
    evidence_legend,
    simulated_points,
)
from jtts.explorers import explorer
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.theory import optimization

SCHEDULES = "constant", "linear", "cosine", "wsd"
MODE = {"step": 0.1, "curvature": 1.0, "start": 1.0, "noise": 1.0, "tail": 0.2}
SHARP, FLAT, COUNT = 1.0, 0.01, 100
STOPPED = {"step": 0.05, "noise": 0.1}


@figure(cost="10 s", panels=(1, 2), height=2.9)
def schedules_and_stopping(preset):
    """What noise leaves at the end of a schedule, and when to stop without one.

    Left: second moment of one mode (curvature 1, start 1, gradient noise 1) after T steps, the
    first of them 0.1; dotted: the floors of many steps, T^(-1/2) for a linear end and T^(-2/3) for
    a cosine. Right: loss against the steps taken, all of 0.05, of one sharp mode (curvature 1,
    start 1) and 100 flat ones (0.01, start 0) with gradient noise 0.1: it falls until step 59
    (star) and rises while the flat modes fill. Points: played.
    """
    steps, few = whole_numbers(10, 3000, 30), np.array([20, 60, 200])
    trials = preset.pick(quick=2**13, paper=2**18)
    taken, some = whole_numbers(1, 1000, 60), np.array([1, 5, 20, 35, 110, 300])
    found = {}
    for schedule in SCHEDULES:
        grid = MODE | {"schedule": schedule}
        found[schedule] = sweep(optimization.mode_risk, grid | {"steps": steps})
        found[f"{schedule}_played"] = sweep(
            optimization.mode_risk, grid | {"steps": few}, trials=trials
        )
        long = steps[steps >= 150]
        found[f"{schedule}_floor"] = sweep(optimization.schedule_floor, grid | {"steps": long})
    plain: dict[str, Any] = STOPPED | {"schedule": "constant"}
    for name, mode in (
        ("sharp", {"curvature": SHARP, "start": 1.0}),
        ("flat", {"curvature": FLAT, "start": 0.0}),
    ):
        grid = plain | mode
        found[name] = sweep(optimization.mode_risk, grid | {"steps": taken})
        found[f"{name}_played"] = sweep(
            optimization.mode_risk, grid | {"steps": some}, trials=trials
        )
    best = optimization.peak_step(STOPPED["step"], SHARP, 1.0, FLAT, COUNT, STOPPED["noise"])
    found["sharp"] = found["sharp"].assign_attrs(peak=float(best))
    return found


@schedules_and_stopping.draw
def _(data, axes):
    left, right = axes
    for index, schedule in enumerate(SCHEDULES):
        one, played = data[schedule], data[f"{schedule}_played"]
        left.plot(one.steps, one.theory, color=COLOURS[index], label=schedule)
        simulated_points(left, played.steps, played.simulation, played.stderr, index=index)
        floor = data[f"{schedule}_floor"]
        left.plot(floor.steps, floor.theory, ":", color="0.4", linewidth=1.0)
    left.set(
        xscale="log", yscale="log", xlabel="steps $T$", ylabel="second moment $v_T$",
        title="schedules", ylim=(7e-4, 2),
    )  # fmt: skip
    evidence_legend(left, loc="lower left", ncols=2)

    def loss(kind, of):
        sharp, flat = data[f"sharp{kind}"], data[f"flat{kind}"]
        parts = SHARP * sharp[of] / 2, COUNT * FLAT * flat[of] / 2
        if of == "stderr":
            return np.sqrt(parts[0] ** 2 + parts[1] ** 2)
        return sum(parts)

    sharp, flat = data["sharp"], data["flat"]
    right.plot(sharp.steps, loss("", "theory"), color=COLOURS[0], label="loss")
    played = data["sharp_played"].steps
    simulated_points(right, played, loss("_played", "simulation"), loss("_played", "stderr"))
    right.plot(sharp.steps, SHARP * sharp.theory / 2, "--", color="0.5", label="sharp mode")
    right.plot(flat.steps, COUNT * FLAT * flat.theory / 2, ":", color="0.5", label="flat modes")
    peak = sharp.attrs["peak"]
    lowest = np.interp(peak, sharp.steps, loss("", "theory"))
    right.plot([peak], [lowest], "*", color="#D55E00", markersize=11)
    right.annotate(
        f"step {peak:.0f}", (peak, lowest), (0, -14), textcoords="offset points", fontsize=7,
        ha="center",
    )  # fmt: skip
    right.set(
        xscale="log",
        yscale="log",
        xlabel="steps $t$",
        ylabel="expected loss",
        title="when to stop",
        ylim=(2e-3, 0.7),
    )
    evidence_legend(right, loc="upper right")


DIMENSIONS = [3, 10, 30, 100]
TRIED = {3: [0.3, 0.5, 0.8], 10: [1.6, 2.3, 3.0], 30: [5.5, 7.3, 9.5], 100: [19.0, 25.0, 32.0]}
TRIES = 30


@figure(cost="10 s", panels=(1, 1), height=2.9)
def random_perturbations(preset):
    """Chance that some of 30 random perturbations improve a quadratic loss.

    Against the distance from the minimum in units of a perturbation's standard deviation per
    direction, for d curved directions; flat ones do not matter. One half at a distance near d/4
    (dotted) where d is large. Points: perturbations tried.
    """
    trials = preset.pick(quick=2**11, paper=2**15)
    grid = {"dimension": DIMENSIONS, "distance": np.geomspace(0.15, 60, 80), "tries": TRIES}
    found = {"share": sweep(optimization.improving_share, grid)}
    for dimension, distances in TRIED.items():
        few = {"dimension": dimension, "distance": np.array(distances), "tries": TRIES}
        found[f"tried_{dimension}"] = sweep(optimization.improving_share, few, trials=trials)
    return found


@random_perturbations.draw
def _(data, axes):
    share = data["share"]
    for index, dimension in enumerate(DIMENSIONS):
        one, tried = share.sel(dimension=dimension), data[f"tried_{dimension}"]
        axes.plot(one.distance, one.theory, color=COLOURS[index], label=f"$d$ = {dimension:g}")
        simulated_points(axes, tried.distance, tried.simulation, tried.stderr, index=index)
        axes.plot([dimension / 4] * 2, [0, 0.5], ":", color=COLOURS[index], linewidth=0.9)
    axes.set(
        xscale="log", xlabel="distance $u$ from the minimum", ylabel="share that improves",
        xlim=(0.15, 60), ylim=(-0.03, 1.42),
    )  # fmt: skip
    evidence_legend(axes, loc="upper left", fontsize=7, ncols=2)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])


SPECTRUM = [1.0, 0.3, 0.1]


@figure(cost="10 s", panels=(1, 2), height=2.9)
def correlated_noise(preset):
    """Noise that takes part of itself back at a later step, at equal sensitivity.

    Left: variance of a mode against step times curvature, with noise as drawn and with the best
    filter, which grows as a squared logarithm only. Right: one filter for curvatures 1, 0.3 and 0.1
    at a step of 0.5: error against its number nu, between noise as drawn and the best filter of
    all. Points: descents played, their sensitivity from the filter's inverse.
    """
    taken, few = np.geomspace(1e-4, 1, 41), np.array([0.05, 0.1, 0.3, 0.7])
    trials = preset.pick(quick=2**12, paper=2**17)
    nu, some = np.geomspace(1e-3, 1, 41), np.array([0.05, 0.15, 0.4, 1.0])
    modes = {"step": 0.5, "curvatures": np.array(SPECTRUM)}
    found = {"colored": sweep(optimization.colored_error, modes | {"nu": nu})}
    found["colored_played"] = sweep(optimization.colored_error, modes | {"nu": some}, trials=trials)
    found["best"] = sweep(optimization.colored_error_best, modes, trials=trials)
    for name in ("independent_noise", "best_correlated_noise"):
        law = getattr(optimization, name)
        found[name] = sweep(law, {"pole": 1 - taken})
        found[f"{name}_played"] = sweep(law, {"pole": 1 - few}, trials=trials)
    return found


@correlated_noise.draw
def _(data, axes):
    left, right = axes
    for index, (name, label) in enumerate(
        (("independent_noise", "as drawn"), ("best_correlated_noise", "best filter"))
    ):
        one, played = data[name], data[f"{name}_played"]
        left.plot(1 - one.pole, one.theory, color=COLOURS[index], label=label)
        simulated_points(left, 1 - played.pole, played.simulation, played.stderr, index=index)
    left.set(
        xscale="log", yscale="log", xlabel=r"$\eta h$", ylabel=r"variance / $\eta^2$",
        title="one mode",
    )  # fmt: skip
    evidence_legend(left, loc="upper right")
    colored, played, best = data["colored"], data["colored_played"], data["best"]
    right.plot(colored.nu, colored.theory, color=COLOURS[2], label=r"filter $\nu$")
    simulated_points(right, played.nu, played.simulation, played.stderr, index=2)
    drawn = float(colored.theory.sel(nu=1.0))
    lowest = float(best.theory)
    right.axhline(drawn, linestyle="--", color=COLOURS[0], linewidth=0.9, label="as drawn")
    right.axhline(lowest, linestyle="--", color=COLOURS[1], linewidth=0.9, label="best filter")
    right.set(
        xscale="log", xlabel=r"$\nu$", ylabel="error", title="three curvatures, one filter",
        ylim=(0.9 * lowest, 1.35 * drawn),
    )  # fmt: skip
    evidence_legend(right, loc="upper center", ncols=2)


@explorer(cost="10 s", across="steps")
def explore_schedules(preset):
    """Choose a schedule of the learning rate for one mode with gradient noise.

    Second moment after T steps; start 1, noise 1. A larger first step forgets the start sooner, and
    leaves more noise; a flat mode is still on its way when a sharp one waits for the decay.
    """
    grid = {
        "schedule": list(SCHEDULES),
        "step": [0.03, 0.1, 0.3],
        "steps": [10, 20, 40, 80, 160],
        "curvature": [0.1, 1.0],
        "start": 1.0,
        "noise": 1.0,
        "tail": 0.2,
    }
    return sweep(optimization.mode_risk, grid, trials=preset.pick(quick=2**11, paper=2**16))
