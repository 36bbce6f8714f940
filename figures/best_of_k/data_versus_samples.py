"""Training data against candidates: exponents, where they cross, and how to split a budget."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from jtts import sweep
from jtts.drawing import COLOURS, MARKERS, evidence_legend, theory_lines_with_simulation
from jtts.pipeline import figure
from jtts.theory import best_of_k

MODEL: dict[str, Any] = {"spectrum": np.ones(1), "noise_var": 1.0, "prior_var": 100.0}
UNIT_TEACHER = {"teacher": np.ones(1)}
DIM = 32  # simulated


@figure(cost="60 s", panels=(1, 2))
def exponents_in_data_and_candidates(preset):
    """What one more e-fold of data or of candidates buys.

    Isotropic inputs, noise 1, prior variance 100, teacher as judge. Left: -d ln(error)/d ln(n)
    against d/n, teacher drawn from the prior; simulation: differences between training sets of
    d = 32. One more e-fold of candidates buys 2 (grey, large k), so that data are worth more from
    d/n = 0.37 on where k is large (star: 0.3694, without noise). Right: the large-k exponent for a
    teacher with |w|^2 = d and the published one, which keeps the bias alone (arXiv:2512.19905): at
    d/n = 0.08 they are 0.18 and 1.6e-6. Candidates are worth more than data in both; what data are
    worth differs by five orders of magnitude.
    """
    ratios = np.linspace(0.02, 0.6, preset.pick(quick=30, paper=117))
    k = [1, 16, 256]
    samples = np.array(preset.pick(quick=[56, 96, 256], paper=[56, 72, 96, 144, 256]))
    played = sweep(
        best_of_k.end_to_end_error,
        MODEL | {"aspect_ratio": DIM / samples, "k": k, "dim": DIM},
        trials=preset.pick(quick=128, paper=10_000),
    )
    leading = MODEL | UNIT_TEACHER | {"aspect_ratio": np.geomspace(1e-3, 0.4, 40)}
    return {
        "exact": sweep(best_of_k.data_exponent, MODEL | {"aspect_ratio": ratios, "k": k}),
        "played": played,
        "limit": sweep(
            best_of_k.asymptotic_data_exponent,
            MODEL | {"aspect_ratio": np.linspace(0.01, 0.47, 47)},
        ),
        "leading": sweep(best_of_k.asymptotic_data_exponent, leading),
        "published": sweep(best_of_k.asymptotic_data_exponent, leading | {"bias_only": True}),
        "crossover": sweep(best_of_k.asymptotic_crossover_rho, {"exponent": [np.inf]}),
        "differences": _differences(played),
    }


def _differences(played):
    """-d ln(error)/d ln(n) between neighbouring numbers of samples, at their geometric mean."""
    ratio = played.aspect_ratio.values
    step = np.diff(np.log(ratio))[:, None]
    relative = (played.stderr / played.simulation).values
    middle = np.sqrt(ratio[1:] * ratio[:-1])
    exponent = best_of_k.data_exponent(played.k.values, **MODEL, aspect_ratio=middle[:, None])
    variables = {
        "theory": -np.asarray(exponent),
        "difference": np.diff(np.log(played.simulation.values), axis=0) / step,
        "stderr": np.hypot(relative[1:], relative[:-1]) / np.abs(step),
    }
    return xr.Dataset(
        {name: (("aspect_ratio", "k"), values) for name, values in variables.items()},
        {"aspect_ratio": middle, "k": played.k.values},
        {"law": "best_of_k.data_exponent", "kind": "derived"},
    )


@exponents_in_data_and_candidates.draw
def _(data, axes):
    theory_lines_with_simulation(
        axes[0],
        -data["exact"],
        simulated=data["differences"].rename(difference="simulation"),
        x="aspect_ratio",
        lines="k",
        label="k = {}",
    )
    limit = -data["limit"].theory
    axes[0].plot(limit.aspect_ratio, limit, color="black", label=r"$k \to \infty$")
    axes[0].axhline(2, color="0.6", label="one e-fold of $k$")
    axes[0].plot(data["crossover"].theory, 2, "k*", markersize=8)
    axes[0].set(
        xlim=(0, 0.62),
        ylim=(0, 5),
        xlabel=r"parameters per sample $d/n \simeq \rho$",
        ylabel=r"$-d\ln\delta_k / d\ln n$",
    )
    evidence_legend(axes[0], loc="upper left")
    leading, published = -data["leading"].theory, -data["published"].theory
    axes[1].plot(leading.aspect_ratio, leading, color="black", label="exact, large $k$")
    axes[1].plot(
        published.aspect_ratio, published, "--", color=COLOURS[1], label="published (bias only)"
    )
    axes[1].axhline(2, color="0.6", label="one e-fold of $k$")
    axes[1].set(
        xscale="log",
        yscale="log",
        xlabel=r"parameters per sample $d/n$",
        ylabel=r"$-d\ln\delta_k / d\ln n$",
    )
    axes[1].legend(loc="center left")


@figure(cost="40 s", panels=(1, 2))
def worth_of_data_and_candidates(preset):
    """Difficulty: sample more or train more.

    Teacher as judge, drawn from the prior. Left: by how much one more e-fold of candidates lowers
    ln(error) more than one of data, all modes learned (rho = d/n): easy tasks, left of the line,
    want candidates. Right: where the two are worth the same, for spectra i^-a. For all modes
    learned the tie moves from 0.49 at k = 1 to 0.369 at large k; for slower spectra it is later,
    0.453 at a = 2, and up to 1/2 as a goes to 1 (dotted). At a = 2 and fewer than 370 candidates
    there is none: candidates are worth more at every rho.
    """
    k = np.geomspace(1, 1e8, preset.pick(quick=40, paper=120))
    rho = np.linspace(0.02, 0.9, preset.pick(quick=30, paper=120))
    exponents = [2.0, 3.0, 5.0, np.inf]
    return {
        "advantage": sweep(best_of_k.sampling_advantage, {"k": k, "rho": rho}),
        "crossover": sweep(best_of_k.crossover_rho, {"k": k, "exponent": exponents}),
        "asymptote": sweep(best_of_k.asymptotic_crossover_rho, {"exponent": exponents}),
    }


@worth_of_data_and_candidates.draw
def _(data, axes):
    advantage = data["advantage"].theory.transpose("k", "rho")
    levels = np.linspace(-3, 2, 21)
    filled = axes[0].contourf(
        advantage.rho, advantage.k, advantage, levels=levels, cmap="PuOr_r", extend="both",
        vmin=-3, vmax=3,
    )  # fmt: skip
    axes[0].contour(advantage.rho, advantage.k, advantage, levels=[0], colors="black")
    axes[0].text(0.06, 1e6, "sample more", fontsize=7)
    axes[0].text(0.6, 1e6, "train more", fontsize=7, color="white")
    axes[0].set(
        yscale="log", xlabel=r"parameters per sample $\rho$", ylabel="number of candidates $k$"
    )
    axes[0].figure.colorbar(
        filled, ax=axes[0], label="advantage of sampling", ticks=[-3, -2, -1, 0, 1, 2]
    )
    for index, exponent in enumerate(data["crossover"].exponent.values):
        one = data["crossover"].sel(exponent=exponent)
        name = "all modes learned" if np.isinf(exponent) else f"a = {exponent:g}"
        axes[1].plot(one.k, one.theory, color=COLOURS[index], label=name)
        limit = data["asymptote"].sel(exponent=exponent).theory
        axes[1].axhline(limit, color=COLOURS[index], linestyle=":", linewidth=0.8)
    axes[1].set(
        xscale="log",
        ylim=(0.3, 0.9),
        xlabel="number of candidates $k$",
        ylabel=r"$\rho$ where data and candidates tie",
    )
    axes[1].legend(loc="upper right")


@figure(cost="60 s", panels=(1, 2))
def budget_split(preset):
    """How to split a budget between data and candidates.

    d = 32, noise 0.1, unit prior; a training sample and a candidate cost 1 each. Left: the exact
    error over numbers of samples and candidates, lines of equal budget (dotted), the best split
    (solid) and its closed form at large budgets (dashed), k = n^2/d, 11 % low in n at C = 1000 and
    1 % at 10^5. Right: the error along three budgets. A budget of 1000 is best spent on 184 samples
    and 816 candidates, one of 200 on 85 and 115.
    """
    model = {"spectrum": np.ones(1), "noise_var": 0.1, "prior_var": 1.0}
    costs = {"sample_cost": 1.0, "candidate_cost": 1.0, "dim": float(DIM)}
    samples = np.geomspace(8, 3e3, preset.pick(quick=40, paper=120))
    plane = sweep(
        best_of_k.end_to_end_error,
        model | {"aspect_ratio": DIM / samples, "k": np.geomspace(1, 1e5, 41)},
    )
    budgets = np.geomspace(60, 1e5, 25)
    lines = {}
    for budget, few in BUDGETS.items():
        n = np.geomspace(8, budget - 2, 60)
        lines[f"line{budget}"] = sweep(
            best_of_k.end_to_end_error,
            model | {"aspect_ratio": DIM / n, "k": budget - n},
            zipped=True,
        )
        lines[f"played{budget}"] = sweep(
            best_of_k.end_to_end_error,
            model | {"aspect_ratio": DIM / np.array(few), "k": budget - np.array(few), "dim": DIM},
            trials=preset.pick(quick=100, paper=2000),
            zipped=True,
        )
    marked = list(BUDGETS)
    return lines | {
        "plane": plane,
        "best": sweep(best_of_k.optimal_samples, model | costs | {"budget": budgets}),
        "closed": sweep(best_of_k.asymptotic_optimal_samples, costs | {"budget": budgets}),
        "marked": sweep(best_of_k.optimal_samples, model | costs | {"budget": marked}),
    }


BUDGETS = {200: (64, 96, 128, 160), 450: (64, 128, 256, 384), 1000: (64, 128, 256, 512)}


@budget_split.draw
def _(data, axes):
    plane = data["plane"]
    n = DIM / plane.aspect_ratio
    filled = axes[0].contourf(
        n,
        plane.k,
        np.log10(plane.theory.transpose("k", "aspect_ratio")),
        levels=np.arange(-11, 1.1),
        cmap="cividis",
    )
    axes[0].figure.colorbar(filled, ax=axes[0], label=r"$\log_{10}\delta_k$")
    for name, style in (("best", "-"), ("closed", "--")):
        best = data[name]
        axes[0].plot(best.theory, best.budget - best.theory, style, color="white")
    for budget in BUDGETS:
        line = np.geomspace(8, budget - 1, 100)
        axes[0].plot(line, budget - line, ":", color="white", linewidth=0.8)
    axes[0].set(
        xscale="log",
        yscale="log",
        xlim=(8, 3e3),
        ylim=(1, 1e5),
        xlabel="training samples $n$",
        ylabel="candidates $k$",
    )
    for index, budget in enumerate(BUDGETS):
        line, played = data[f"line{budget}"], data[f"played{budget}"]
        axes[1].plot(
            DIM / line.aspect_ratio, line.theory, color=COLOURS[index], label=f"C = {budget}"
        )
        axes[1].errorbar(
            DIM / played.aspect_ratio,
            played.simulation,
            2 * played.stderr,
            color=COLOURS[index],
            marker=MARKERS[index],
            linestyle="none",
            markerfacecolor="white",
        )
        best = float(data["marked"].sel(budget=budget).theory)
        height = np.interp(np.log(best), np.log(DIM / line.aspect_ratio), line.theory)
        axes[1].plot(best, height, "k*", markersize=7)
    axes[1].plot([], [], "k*", markersize=7, label="best split")
    axes[1].set(
        xscale="log",
        yscale="log",
        ylim=(1e-9, 1),
        xlabel="training samples $n$",
        ylabel=r"error $\delta_k$",
    )
    evidence_legend(axes[1], loc="lower left", ncols=2)
