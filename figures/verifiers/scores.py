"""Verifiers that score: the ROC curve, best-of-n and tournaments."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from jtts import sweep
from jtts.drawing import (
    COLOURS,
    evidence_legend,
    simulated_points,
    theory_lines_with_simulation,
)
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.rewards import Exponential, Normal
from jtts.theory import verifiers

P = 0.3  # chance that one sample is right
VERIFIERS: dict[str, Any] = {  # laws of the scores of right and of wrong samples
    "N(1, 0.6²)": (Normal(1.0, 0.6), Normal()),
    "0.8 + Exp": (Exponential(1.0, 0.8), Exponential()),
    "N(1, 1)": (Normal(1.0, 1.0), Normal()),
    "N(1, 1.4²)": (Normal(1.0, 1.4), Normal()),
}
NORMAL = ["N(1, 0.6²)", "N(1, 1)", "N(1, 1.4²)"]


def by_verifier(law, grid, names=tuple(VERIFIERS), **budget):
    """Sweep of a law of two score laws, by verifier."""
    parts = []
    for name in names:
        right, wrong = VERIFIERS[name]
        parts.append(sweep(law, {"correct_law": right, "wrong_law": wrong, **grid}, **budget))
    kinds = xr.IndexVariable("verifier", list(names))
    return xr.concat(parts, kinds, combine_attrs="override", join="exact")


def area(name):
    return float(verifiers.auc(*VERIFIERS[name]))


@figure(cost="20 s", panels=(1, 2), height=2.9)
def roc_against_best_of_n(preset):
    """The area under the ROC curve does not tell what best-of-n becomes.

    Four verifiers, right samples with chance 0.3; scores of wrong ones N(0, 1) (0, 1 + Exp in the
    second). Left: ROC curves. Right: accuracy of the sample with the highest score among n. Many
    samples see the corner at the origin alone, where the curve with the largest area (0.804) lies
    below the diagonal: its accuracy peaks at 0.556 (n = 9) and collapses, to 7e-8 at n = 1e9. A
    finite slope L = 2.23 at the origin ends at pL/(pL + 1 - p) = 0.488. The smallest area (0.719)
    belongs to the best verifier of many samples.
    """
    trials = preset.pick(quick=2**17, paper=2**22)
    grid = {"p": P, "n": whole_numbers(1, 10**9, 55)}
    few = {"p": P, "n": whole_numbers(1, 256, 9)}
    curves = by_verifier(verifiers.best_of_n_accuracy, grid)
    names = list(VERIFIERS)
    curves = curves.assign_coords(auc=("verifier", [area(name) for name in names]))
    slopes = [float(verifiers.roc_slope(*VERIFIERS[name])) for name in names]
    curves["limit"] = "verifier", np.asarray(verifiers.roc_limit_accuracy(P, np.array(slopes)))
    return {
        "roc": by_verifier(verifiers.operating_point, {"threshold": np.linspace(-4, 12, 161)}),
        "roc_played": by_verifier(
            verifiers.operating_point, {"threshold": np.linspace(-1, 2.5, 8)}, trials=trials
        ),
        "best_of_n": curves,
        "best_of_n_played": by_verifier(verifiers.best_of_n_accuracy, few, trials=trials // 8),
    }


@roc_against_best_of_n.draw
def _(data, axes):
    curves = data["best_of_n"]
    for index, name in enumerate(curves.verifier.values):
        rates, played = (
            {
                rate: one.sel(verifier=name, component=one.component.str.contains(rate)).squeeze()
                for rate in ("true", "false")
            }
            for one in (data["roc"], data["roc_played"])
        )
        label = f"{name}: {float(curves.auc[index]):.3f}"
        colour = COLOURS[index]
        axes[0].plot(rates["false"].theory, rates["true"].theory, color=colour, label=label)
        simulated_points(
            axes[0],
            played["false"].simulation,
            played["true"].simulation,
            played["true"].stderr,
            index=index,
            x_stderr=played["false"].stderr,
        )
    axes[0].plot([1e-6, 1], [1e-6, 1], color="0.7", linewidth=0.8)
    axes[0].set(
        xscale="log",
        yscale="log",
        xlim=(1e-5, 1.3),
        ylim=(1e-5, 1.5),
        xlabel="false positive rate",
        ylabel="true positive rate",
    )
    evidence_legend(
        axes[0], title="score if right: area (AUC)", title_fontsize=6.5, loc="lower right"
    )
    theory_lines_with_simulation(
        axes[1], curves, simulated=data["best_of_n_played"], x="n", lines="verifier"
    )
    limit = float(curves.limit[1])
    axes[1].axhline(limit, color=COLOURS[1], linestyle=":", linewidth=1)
    axes[1].plot([], [], ":", color="0.4", label="$pL/(pL + 1 - p)$")
    axes[1].set(
        xscale="log",
        ylim=(-0.02, 1.03),
        xlabel="number of samples $n$",
        ylabel="accuracy of best-of-$n$",
    )
    axes[1].legend(loc="center right", bbox_to_anchor=(1.0, 0.68))


def knockouts(sizes, q, num_comparisons, **budget):
    grid = {"num_candidates": sizes, "p": P, "q": q, "num_comparisons": num_comparisons}
    return sweep(verifiers.repeated_knockout_accuracy, grid, **budget)


@figure(cost="20 s", panels=(1, 2), height=2.9)
def knockout_against_best_of_n(preset):
    """A tournament lives on the area under the ROC curve, best-of-n on its corner.

    Candidates are right with chance 0.3. Left: the chance of a wrong winner. In a knockout (dashed)
    every match draws fresh scores for both, so that a right candidate wins with the area (AUC) of
    the verifier, and failures fall as N^-log2(1/(2(1-AUC))): fastest, as N^-1.35, for the
    verifier whose best-of-n (solid) collapses. Black: no candidate is right, 0.7^N. Right: the same
    by calls of the judge, N(1, 1), AUC 0.760, the majority of K comparisons a match. At 63 calls a
    knockout of 64 with K = 1 fails in 7.1 %, best-of-63 in 18.5 %. Repeating pays where failures
    are to be rarer than 10 % (K = 3) or 2.5 % (K = 9). With scores drawn once per candidate a
    knockout would be best-of-n.
    """
    trials = preset.pick(quick=2**15, paper=2**20)
    sizes, some = 2 ** np.arange(1, 14), 2 ** np.arange(1, 7)
    comparisons = [1, 3, 9]
    areas = [area(name) for name in NORMAL]
    n = {"p": P, "n": whole_numbers(1, 8192, 40)}
    few = {"p": P, "n": some}
    law = verifiers.best_of_n_accuracy

    return {
        "best_of_n": by_verifier(law, n, NORMAL),
        "best_of_n_played": by_verifier(law, few, NORMAL, trials=trials),
        "knockout": knockouts(sizes, areas, 1),
        "knockout_played": knockouts(some, areas, 1, trials=trials),
        "repeated": knockouts(sizes, areas[1], comparisons),
        "repeated_played": knockouts(some, areas[1], comparisons, trials=trials),
    }


@knockout_against_best_of_n.draw
def _(data, axes):
    def failures(name):
        return data[name].assign({
            part: 1 - data[name][part] for part in ("theory", "simulation") if part in data[name]
        })  # fmt: skip

    theory_lines_with_simulation(
        axes[0], failures("best_of_n"), simulated=failures("best_of_n_played"), x="n",
        lines="verifier", label="best-of-$n$, {}",
    )  # fmt: skip
    drawn = len(axes[0].lines)
    theory_lines_with_simulation(
        axes[0], failures("knockout"), simulated=failures("knockout_played"), x="num_candidates",
        lines="q", label="knockout, AUC {:.3f}",
    )  # fmt: skip
    for line in axes[0].lines[drawn:]:
        if line.get_linestyle() == "-":
            line.set_linestyle("--")
    few = np.arange(1, 18)
    for panel in axes:
        panel.plot(few, (1 - P) ** few, color="black", label="no candidate is right")
        panel.set(xscale="log", yscale="log", ylim=(1e-5, 1.2), ylabel="chance of a wrong winner")
    axes[0].set(xlabel="number of candidates")
    axes[0].legend(loc="lower left")

    judge = NORMAL.index("N(1, 1)")
    best, played = (
        failures(name).isel(verifier=judge) for name in ("best_of_n", "best_of_n_played")
    )
    axes[1].plot(best.n, best.theory, color=COLOURS[judge], label="best-of-$n$")
    simulated_points(axes[1], played.n, played.simulation, played.stderr, index=judge)
    for index, repeats in enumerate(data["repeated"].num_comparisons.values, start=3):
        best, played = (
            failures(name).sel(num_comparisons=repeats) for name in ("repeated", "repeated_played")
        )
        calls = repeats * (best.num_candidates - 1)
        axes[1].plot(
            calls, best.theory, "--", color=COLOURS[index], label=f"knockout, $K = {repeats}$"
        )
        calls = repeats * (played.num_candidates - 1)
        simulated_points(axes[1], calls, played.simulation, played.stderr, index=index)
    axes[1].set(xlim=axes[0].get_xlim(), xlabel="calls of the judge")
    evidence_legend(axes[1], loc="lower left")
