"""Goodhart's law: what more samples do to the true reward."""

from __future__ import annotations

import numpy as np
import xarray as xr

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, theory_lines_with_simulation
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.theory import selection


@figure(cost="30 s", panels=(1, 2))
def goodhart_curves(preset, *, dof=(10.0, 5.0, 3.0), scale=1.0):
    """Light tails forgive, heavy tails do not: the true reward of the largest proxy.

    Standard normal truth plus an error of scale 1. Under a normal error (blue) more samples always
    help. Under a Student-t error the true reward peaks (stars) and returns to nothing while the
    proxy goes on growing: at n = 22 with 3 degrees of freedom, at 66 with 5 and at 897 with 10.
    Right: the best n against the scale of the error.
    """
    n = whole_numbers(1, 10**6, 61)
    few = whole_numbers(1, preset.pick(quick=256, paper=4096), 7)
    trials = preset.pick(quick=2**13, paper=2**19)
    errors = [{"scale": scale, "dof": d} for d in (None, *dof)]
    curves = [sweep(selection.gain_under_error, one | {"n": n}) for one in errors]
    played = [sweep(selection.gain_under_error, one | {"n": few}, trials=trials) for one in errors]
    scales = np.union1d(np.geomspace(0.4, 3, preset.pick(quick=12, paper=40)), scale)
    best = sweep(selection.optimal_n_under_error, {"dof": list(dof), "scale": scales})
    marks = best.sel(scale=scale)
    height = [
        selection.gain_under_error(one, scale=scale, dof=d)
        for one, d in zip(marks.theory.values, dof, strict=True)
    ]
    marks["height"] = "dof", np.array(height)
    return {
        "curves": _by_error(curves, dof),
        "played": _by_error(played, dof),
        "best": best,
        "marks": marks,
    }


def _by_error(curves, dof):
    names = xr.IndexVariable("error", ["normal", *(f"t, {d:g} d.o.f." for d in dof)])
    return xr.concat(
        [one.drop_vars("dof", errors="ignore") for one in curves],
        names,
        combine_attrs="override",
        join="exact",
    )


@goodhart_curves.draw
def _(data, axes):
    theory_lines_with_simulation(
        axes[0], data["curves"], simulated=data["played"], x="n", lines="error"
    )
    marks = data["marks"]
    for index in range(marks.sizes["dof"]):
        one = marks.isel(dof=index)
        axes[0].plot(one.theory, one.height, "*", color=COLOURS[index + 1], markersize=8)
    axes[0].plot([], [], "*", color="0.4", markersize=8, label="best $n$")
    axes[0].set(
        xscale="log",
        xlabel="number of samples $n$",
        ylabel="true reward (standard deviations)",
        ylim=(0, 4.9),
    )
    evidence_legend(
        axes[0], title="error of the proxy", title_fontsize=6.5, loc="upper left", ncols=2
    )
    best = data["best"]
    for index, dof in enumerate(best.dof.values):
        axes[1].plot(
            best.scale, best.theory.sel(dof=dof), color=COLOURS[index + 1], label=f"{dof:g}"
        )
    axes[1].set(
        xscale="log",
        yscale="log",
        xlabel="scale of the error (standard deviations of the truth)",
        ylabel="best number of samples $n^*$",
        xticks=[0.5, 1, 2],
        xticklabels=["0.5", "1", "2"],
    )
    axes[1].minorticks_off()
    axes[1].legend(title="degrees of freedom", title_fontsize=6.5)
