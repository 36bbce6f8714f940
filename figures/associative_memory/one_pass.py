"""One pass of writing: what a memory keeps, and how hard it should write."""

from __future__ import annotations

import numpy as np
import xarray as xr

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, theory_lines_with_simulation
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.theory import associative_memory as am

RULES = {
    "Hebb": {"decay": 1.0, "erase": 0.0, "write": 1.0},
    "decay 0.97": {"decay": 0.97, "erase": 0.0, "write": 1.0},
    "delta rule": {"decay": 1.0, "erase": 1.0, "write": 1.0},
    "delta rule, 1/2": {"decay": 1.0, "erase": 0.5, "write": 0.5},
    "gated delta rule": {"decay": 0.97, "erase": 1.0, "write": 1.0},
}


@figure(cost="20 s", panels=(1, 2))
def error_against_age(preset, *, pairs=96, d=32):
    """What is left of a pair, by age, under five rules of writing.

    d = 32, N = 96 pairs on the sphere. A Hebbian memory treats all pairs alike, at an error of
    2.97; decay and the delta rule prefer the new. The delta rule of strength 1 recalls the newest
    pair exactly and the oldest at an error of 1.86, worse than the 1 of no memory at all; decay
    0.97 on top of it brings that to 1.35, strength 1/2 in its place to 1.09. Right: the cosine,
    which no gain can mend.
    """
    ages = whole_numbers(1, pairs, preset.pick(quick=7, paper=20)) - 1
    trials = preset.pick(quick=800, paper=100_000)

    def by_rule(law):
        parts = [
            sweep(law, {"age": ages, "num_pairs": pairs, "dim": d, **rule}, trials=trials)
            for rule in RULES.values()
        ]
        return xr.concat(parts, xr.Variable("rule", list(RULES)))

    return {"errors": by_rule(am.recall_error), "cosines": by_rule(am.recall_cosine)}


@error_against_age.draw
def _(data, axes):
    for panel, shown in zip(axes, (data["errors"], data["cosines"]), strict=True):
        shown = shown.assign_coords(age=shown.age + 1)
        theory_lines_with_simulation(panel, shown, x="age", lines="rule")
        panel.set(xscale="log", xlabel="age + 1")
    axes[0].axhline(1, color="0.6", linewidth=0.8)
    axes[0].set(ylabel="mean squared error", ylim=(-0.1, 4.6))
    axes[1].set(ylabel="cosine", ylim=(0, 1.05))
    evidence_legend(axes[0], loc="upper left", ncols=2)


@figure(cost="30 s", panels=(1, 2))
def optimal_write_strength(preset, *, pairs=192, d=32):
    """How hard to write, for how long to remember.

    Delta rule on the sphere, d = 32, N = 192: error with the best gain of the pair written
    tau d steps before the end, against strength. Weak writing is slow to learn, strong writing
    overwrites: the best strength (stars: the limit of an endless stream at large d) falls from
    0.76 at tau = 1/4 over 0.38 at tau = 1 towards 1/(2 tau) (right, dashed).
    """
    delays = np.array([0.25, 1.0, 2.0])
    strengths = np.linspace(0.1, 1.9, preset.pick(quick=7, paper=37))
    written = {"erase": np.tile(strengths, 3), "write": np.tile(strengths, 3)}
    cosine = sweep(
        am.recall_cosine,
        written
        | {"age": np.repeat(np.round(d * delays), len(strengths)), "num_pairs": pairs, "dim": d},
        zipped=True,
        trials=preset.pick(quick=2000, paper=50_000),
    )
    return {
        "cosine": cosine,
        "marks": sweep(am.optimal_strength, {"delay": delays}),
        "best": sweep(am.optimal_strength, {"delay": np.geomspace(0.03, 30, 60)}),
    }


@optimal_write_strength.draw
def _(data, axes):
    marks, cosine = data["marks"], data["cosine"].swap_dims(point="erase")
    ages = np.round(int(cosine.dim) * marks.delay.values)
    rows = [cosine.isel(erase=cosine.age.values == age) for age in ages]
    curves = xr.concat([row.drop_vars(["age", "write", "point"]) for row in rows], marks.delay)
    errors = 1 - curves[["theory", "simulation"]] ** 2
    errors["stderr"] = 2 * curves.simulation * curves.stderr
    theory_lines_with_simulation(axes[0], errors, x="erase", lines="delay", label=r"$\tau = {:g}$")
    for index, delay in enumerate(marks.delay.values):
        best = float(marks.theory.sel(delay=delay))
        height = float(errors.sel(delay=delay).theory.interp(erase=best))
        axes[0].plot(best, height, "*", color=COLOURS[index], markersize=8)
    axes[0].set(xlabel=r"strength $\beta$", ylabel="error with the best gain", ylim=(0.2, 1.02))
    evidence_legend(axes[0], loc="lower right")
    best = data["best"]
    axes[1].plot(best.delay, best.theory, label=r"best strength $\beta^*$")
    late = best.delay.where(best.delay > 0.7)
    axes[1].plot(late, 1 / (2 * late), "--", color="0.4", label=r"$1/(2\tau)$")
    axes[1].set(
        xscale="log", yscale="log", xlabel=r"delay $\tau = a/d$", ylabel=r"strength $\beta^*$"
    )
    axes[1].legend()


@figure(cost="40 s")
def delta_rule_against_hebb(preset, *, d=32):
    """One pass of the delta rule against Hebbian writing.

    Mean error of all pairs, d = 32. At low load the delta rule (strength 1) all but halves the
    Hebbian error (0.56 of it at N = 4, 0.61 at N = 16). Against a Hebbian memory read with its best
    gain it loses from a load N/d of 0.66 on (star: the crossing at large d), since it overwrites
    the old for the sake of the new.
    """
    loads = preset.pick(quick=[0.125, 0.25, 0.5, 1, 2, 4], paper=np.geomspace(0.125, 4, 16))
    sizes = np.round(d * np.asarray(loads)).astype(int)
    trials = preset.pick(quick=1500, paper=100_000)
    gain = np.asarray(am.best_gain(sizes, d))
    sizes_of = {"num_pairs": sizes, "dim": d}
    return {
        "hebb": sweep(
            am.gain_error, sizes_of | {"gain": np.ones(len(sizes))}, zipped=True, trials=trials
        ),
        "best_gain": sweep(am.gain_error, sizes_of | {"gain": gain}, zipped=True, trials=trials),
        "delta_rule": sweep(
            am.mean_recall_error, sizes_of | {"erase": 1.0, "write": 1.0}, trials=trials
        ).rename(num_pairs="point"),
        "crossing": sweep(am.one_pass_crossing, {}),
    }


@delta_rule_against_hebb.draw
def _(data, axes):
    names = {"hebb": "Hebb", "best_gain": "Hebb, best gain", "delta_rule": "delta rule"}
    load = data["delta_rule"].point.values / int(data["delta_rule"].dim)
    rows = [
        data[name][["theory", "simulation", "stderr"]]
        .reset_coords(drop=True)
        .assign_coords(point=load)
        for name in names
    ]
    curves = xr.concat(rows, xr.Variable("rule", list(names.values())))
    theory_lines_with_simulation(axes, curves, x="point", lines="rule")
    load = float(data["crossing"].theory)
    axes.plot(load, load / (1 + load), "k*", markersize=8, label="crossing, large $d$")
    axes.set(xscale="log", yscale="log", xlabel="load $N/d$", ylabel="mean squared error")
    axes.set_xticks([0.125, 0.25, 0.5, 1, 2, 4], ["1/8", "1/4", "1/2", "1", "2", "4"])
    axes.xaxis.minorticks_off()
    evidence_legend(axes)
