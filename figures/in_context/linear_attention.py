"""Linear attention pretrained on a pool of tasks."""

from __future__ import annotations

import numpy as np

from jtts import sweep
from jtts.drawing import COLOURS, MARKERS, evidence_legend, theory_lines_with_simulation
from jtts.pipeline import figure
from jtts.theory import in_context as icl

SEQUENCES = 256  # tested per training set
NAMES = {"icl": "fresh tasks", "idg": "tasks of the pool"}


@figure(cost="60 s", panels=(1, 2))
def linear_attention_double_descent(
    preset, *, context_ratio=2.0, diversity_ratio=1.5, noise_var=0.1
):
    """Double descent of linear attention in the number of training sequences.

    Context 2 d, pool of 1.5 d tasks, noise 0.1, no ridge. Left: both test errors at d = 16 (paper
    preset: 32) against the asymptotic law; they diverge where n sequences just determine the
    d (d + 1) coefficients. Right: the corrections are 1/d; straight lines through the points meet
    the law (stars) at 1/d = 0, to 2 %.
    """
    setting = {"context_ratio": context_ratio, "diversity_ratio": diversity_ratio}
    setting |= {"noise_var": noise_var}
    ratios = np.concatenate([1 - np.geomspace(0.9, 0.01, 60), 1 + np.geomspace(0.01, 9, 60)])
    played = [0.1, 0.2, 0.35, 0.5, 0.7, 1.4, 2.0, 3.0, 5.0, 8.0]
    sets = preset.pick(quick=48, paper=256)
    dims = preset.pick(quick=[8, 12, 16, 24], paper=[8, 12, 16, 24, 32, 48, 80])
    return {
        "law": sweep(icl.linear_attention_errors, setting | {"data_ratio": ratios}),
        "played": sweep(
            icl.linear_attention_errors,
            setting | {"data_ratio": played, "dim": preset.pick(quick=16, paper=32)},
            trials=sets * SEQUENCES,
        ),
        "sizes": sweep(
            icl.linear_attention_errors,
            setting | {"data_ratio": [0.2, 4.0], "dim": dims},
            trials=sets * SEQUENCES,
        ),
    }


@linear_attention_double_descent.draw
def _(data, axes):
    names = {"component": [NAMES[str(name)] for name in data["law"].component.values]}
    law, played = (data[name].assign_coords(names) for name in ("law", "played"))
    theory_lines_with_simulation(axes[0], law, simulated=played, x="data_ratio", lines="component")
    axes[0].axvline(1, color="0.6", linewidth=0.8, linestyle=":")
    axes[0].set(
        xscale="log",
        yscale="log",
        ylim=(0.3, 30),
        xlabel=r"training sequences per coefficient $\tau$",
        ylabel="test error",
    )
    evidence_legend(axes[0], loc="upper right")
    sizes = data["sizes"]
    inverse = 1 / sizes.dim.values
    for index, (ratio, test) in enumerate(
        (ratio, test) for ratio in sizes.data_ratio.values for test in sizes.component.values
    ):
        one = sizes.sel(data_ratio=ratio, component=test)
        slope, limit = np.polyfit(inverse, one.simulation, 1, w=1 / one.stderr)
        axes[1].errorbar(
            inverse,
            one.simulation,
            2 * one.stderr,
            color=COLOURS[index],
            marker=MARKERS[index],
            linestyle="none",
            markerfacecolor="white",
            label=rf"$\tau = {ratio:g}$, {NAMES[str(test)]}",
        )
        axes[1].plot(
            [0, inverse.max()], [limit, limit + slope * inverse.max()], color=COLOURS[index]
        )
        axes[1].plot(
            0, one.theory.values[0], "*", color=COLOURS[index], markersize=7, clip_on=False
        )
    axes[1].set(xlim=(0, None), ylim=(0.4, 1.6), xlabel="$1/d$", ylabel="test error")
    axes[1].legend(loc="upper left", ncols=2)
