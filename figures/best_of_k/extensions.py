"""Other measures of success, other candidates, and the price in divergence."""

from __future__ import annotations

import numpy as np
import xarray as xr

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, theory_lines_with_simulation
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.theory import best_of_k


@figure(cost="20 s", panels=(1, 2))
def pass_at_k_with_tolerance(preset):
    """Pass@k with a tolerance: a power law on both sides of rho = 1/2.

    The share of inputs none of whose k candidates lies within 0.1 s of the target falls as
    k^(-1/rho), up to powers of exp(sqrt(ln k)) (dotted), below and above the transition of the mean
    square. Right: exact over asymptotic, with (lines) and without (dashed) the factor
    exp(-(e/s)^2 / (2 rho)), at rho = 0.7; without it the ratio does not tend to 1: at e = s it
    tends to 0.49. Simulation: explicit candidates.
    """
    rho = [0.3, 0.5, 0.7, 1.0, 2.0]
    k = np.unique(np.geomspace(1, 1e6, 31).round())
    grid = {"rho": rho, "tolerance": 0.1}
    curves = sweep(best_of_k.tolerance_failure, grid | {"k": k})
    curves["asymptote"] = sweep(best_of_k.asymptotic_tolerance_failure, grid | {"k": k}).theory
    late = {"rho": 0.7, "tolerance": [0.1, 0.5, 1.0], "k": np.geomspace(100, 1e60, 80)}
    ratio = sweep(best_of_k.tolerance_failure, late)
    ratio["asymptote"] = sweep(best_of_k.asymptotic_tolerance_failure, late).theory
    return {
        "curves": curves,
        "simulated": sweep(
            best_of_k.tolerance_failure,
            grid | {"k": whole_numbers(1, 256, 9)},
            trials=preset.pick(quick=2**15, paper=2**21),
        ),
        "ratio": ratio,
    }


@pass_at_k_with_tolerance.draw
def _(data, axes):
    theory_lines_with_simulation(
        axes[0],
        data["curves"],
        simulated=data["simulated"],
        x="k",
        lines="rho",
        label=r"$\rho = {:g}$",
    )
    for index, one in enumerate(data["curves"].transpose("rho", "k").asymptote):
        late = one.where(one.k >= 30)
        axes[0].plot(late.k, late, ":", color=COLOURS[index], linewidth=1)
    axes[0].plot([], [], ":", color="0.4", label="asymptotic law")
    axes[0].set(
        xscale="log",
        yscale="log",
        ylim=(1e-12, 2),
        xlabel="number of candidates $k$",
        ylabel=r"failure, $1 - $ pass@$k$",
    )
    evidence_legend(axes[0], loc="lower left")
    ratio = data["ratio"]
    for index, tolerance in enumerate(ratio.tolerance.values):
        one = (ratio.theory / ratio.asymptote).sel({"tolerance": tolerance})
        axes[1].plot(one.k, one, color=COLOURS[index], label=rf"$\epsilon/s = {tolerance:g}$")
        factor = np.exp(-(tolerance**2) / 1.4)
        axes[1].plot(one.k, factor * one, "--", color=COLOURS[index])
    axes[1].axhline(1, color="0.6", linewidth=0.8)
    axes[1].plot([], [], "--", color="0.4", label=r"without $e^{-\epsilon^2/2\rho s^2}$")
    axes[1].set(
        xscale="log",
        xlabel="number of candidates $k$",
        ylabel="exact / asymptotic",
        ylim=(0.3, 1.5),
    )
    axes[1].legend(ncols=2)


@figure(cost="50 s", panels=(1, 2))
def heavy_tails(preset):
    """Heavy tails remove the transition.

    Teacher as judge. Candidates that are Student-t with nu degrees of freedom, as where the noise
    variance was learned too, come near any judge: (k+1)(k+2) times the error levels off (dotted)
    for every rho, while Gaussian candidates beyond rho = 1/2 lose the 1/k^2 law. Left: rho = 0.8;
    the t curves level off at 18.6, 21.3 and 33.5 for nu = 3, 5 and 10. Right: the level at large k
    against rho; that of Gaussian candidates diverges at 1/2. Simulation: explicit candidates.
    """
    k = whole_numbers(2, 10**8, preset.pick(quick=25, paper=50))
    dof = [3.0, 5.0, 10.0, np.inf]
    rho = np.linspace(0.0, 1.2, preset.pick(quick=61, paper=121))
    fixed = {"rho": 0.8, "dof": dof}
    return {
        "curves": sweep(best_of_k.student_error, fixed | {"k": k}),
        "simulated": sweep(
            best_of_k.student_error,
            fixed | {"dof": dof[:-1], "k": whole_numbers(4, 512, 8)},
            trials=preset.pick(quick=2**14, paper=2**20),
        ),
        "gaussian": sweep(
            best_of_k.error,
            {"rho": 0.8, "temperature": 0.0, "k": whole_numbers(4, 10**8, 13)},
            route="error_by_order_statistics",
            trials=preset.pick(quick=2**15, paper=2**20),
        ),
        "levels": sweep(
            best_of_k.asymptotic_student_error, {"rho": rho, "k": 1.0, "dof": dof[:-1]}
        ),
        "gaussian level": sweep(
            best_of_k.asymptotic_error, {"rho": 0.5 - np.geomspace(0.5, 1e-5, 60), "k": 1.0}
        ),
    }


@heavy_tails.draw
def _(data, axes):
    columns = ["simulation", "stderr"]
    simulated = xr.concat(
        [data["simulated"][columns], data["gaussian"][columns].expand_dims(dof=[np.inf])],
        "dof",
        join="outer",
    )

    def level(table):
        return table * ((table.k + 1.0) * (table.k + 2.0))

    names = [*(f"{dof:g}" for dof in simulated.dof.values[:-1]), r"\infty"]
    theory_lines_with_simulation(
        axes[0],
        level(data["curves"][["theory"]]).assign_coords(dof=names),
        simulated=level(simulated).assign_coords(dof=names),
        x="k",
        lines="dof",
        label=r"$\nu = {}$",
    )
    # the laws at k = 1, where (k+1)(k+2) = 6
    limits = data["levels"].theory.sel(rho=0.8, method="nearest") * 6
    for index, limit in enumerate(limits.values):
        axes[0].axhline(limit, linestyle=":", color=COLOURS[index], linewidth=1)
    axes[0].set(
        xscale="log",
        yscale="log",
        ylim=(2, 1e5),
        xlabel="number of candidates $k$",
        ylabel=r"$(k+1)(k+2)\,\delta_k/s^2$",
    )
    evidence_legend(axes[0], loc="upper left")
    for index, dof in enumerate(data["levels"].dof.values):
        one = data["levels"].theory.sel(dof=dof) * 6
        axes[1].plot(one.rho, one, color=COLOURS[index], label=rf"$\nu = {dof:g}$")
    gaussian = data["gaussian level"].theory * 6
    axes[1].plot(gaussian.rho, gaussian, color=COLOURS[index + 1], label=r"$\nu = \infty$")
    axes[1].axvline(0.5, color="0.6", linestyle="--", linewidth=0.8)
    axes[1].set(
        yscale="log",
        ylim=(2, 1e3),
        xlabel=r"$\rho = \Delta/s^2$",
        ylabel=r"$\lim\, k^2 \delta_k/s^2$",
    )
    axes[1].legend()


@figure(cost="30 s", panels=(1, 2))
def divergence_frontier(preset):
    """Error against divergence from the base law: best-of-k and tilting.

    Teacher as judge, s^2 = 1. Tilting (softmax among endless candidates, dashed) has the least
    error that any selection of its average divergence can have; best-of-k (lines) spends more.
    Right: the ratio of the two errors tends to e^(1 + rho) sqrt(1 - 2 rho) / pi (dotted): 0.865 at
    rho = 0, 0.739 at 0.3 and 0.429 at 0.45; beyond the transition (0.8) it falls to 0. Simulation:
    best of k candidates, left; softmax among 256 candidates, filled.
    """
    rho = [0.0, 0.3, 0.45, 0.8]
    k = whole_numbers(1, 512, preset.pick(quick=16, paper=40))
    trials = preset.pick(quick=2**11, paper=2**19)
    temperature = np.geomspace(0.1, 5, 4)
    hot = {"rho": rho[:2], "temperature": temperature}
    curves = sweep(best_of_k.error, {"rho": rho, "temperature": 0.0, "k": k}, trials=trials)
    curves["divergence"] = sweep(best_of_k.kl_to_base, {"k": k}).theory
    tilted = {"rho": rho, "temperature": np.geomspace(2e-5, 100, 80)}
    frontier = sweep(best_of_k.limit_error, tilted)
    frontier["divergence"] = sweep(best_of_k.softmax_kl_to_base, tilted).theory
    played = sweep(
        best_of_k.gumbel_score_noise_error,
        {"rho": rho[:2], "noise_scale": temperature, "k": 256},
        trials=trials,
    ).rename(noise_scale="temperature")
    spent = sweep(best_of_k.softmax_kl_to_base, hot | {"k": 256}, trials=2**13)
    played["divergence"], played["divergence_stderr"] = spent.simulation, spent.stderr
    far = {"rho": rho, "k": np.geomspace(1.5, 1e8, 50)}
    ratio = sweep(best_of_k.frontier_ratio, far)
    ratio["limit"] = sweep(best_of_k.frontier_limit, {"rho": rho}).theory
    return {"curves": curves, "frontier": frontier, "played": played, "ratio": ratio}


@divergence_frontier.draw
def _(data, axes):
    for index, rho in enumerate(data["curves"].rho.values):
        colour = COLOURS[index]
        best, tilted = (data[name].sel(rho=rho) for name in ("curves", "frontier"))
        axes[0].plot(best.divergence, best.theory, color=colour, label=rf"$\rho = {rho:g}$")
        axes[0].plot(tilted.divergence, tilted.theory, "--", color=colour)
        few = best.isel(k=slice(None, None, 4))
        bars = {"color": colour, "marker": "o", "linestyle": "none", "elinewidth": 0.8}
        axes[0].errorbar(
            few.divergence, few.simulation, 2 * few.stderr, markerfacecolor="white", **bars
        )
        if rho in data["played"].rho:
            hot = data["played"].sel(rho=rho)
            axes[0].errorbar(
                hot.divergence, hot.simulation, 2 * hot.stderr, 2 * hot.divergence_stderr, **bars
            )
        one = data["ratio"].sel(rho=rho)
        axes[1].plot(one.k, one.theory, color=colour, label=rf"$\rho = {rho:g}$")
        axes[1].axhline(float(one.limit), linestyle=":", color=colour, linewidth=1)
    axes[0].plot([], [], "--", color="0.4", label="tilting")
    axes[0].set(
        yscale="log",
        xlim=(0, 5.5),
        ylim=(1e-5, 3),
        xlabel="divergence from the base law (nats)",
        ylabel=r"error$/s^2$",
    )
    evidence_legend(axes[0], loc="lower left")
    axes[1].set(
        xscale="log",
        ylim=(0, 1.02),
        xlabel="number of candidates $k$ at equal divergence",
        ylabel="tilting / best-of-k, error",
    )
    axes[1].legend()
