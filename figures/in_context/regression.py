"""Linear regression in context: ridge at finite size, and a single gradient step."""

from __future__ import annotations

import numpy as np

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, theory_lines_with_simulation
from jtts.pipeline import figure
from jtts.theory import in_context as icl


@figure(cost="20 s", panels=(1, 2))
def ridge_at_finite_size(preset, *, noise_var=1 / 32, d=(2, 4, 8)):
    """The generaliser of linear regression at finite size.

    Noise variance 1/32, unit prior. Left: error per dimension after n pairs. Lines are exact, from
    the eigenvalue density of the real Wishart ensemble; dashed lines are the large-size law of
    Marchenko and Pastur. Right: the large-size law over the exact error, at d = 8 up to 33 % too
    low and at d = 64 still 16 %.
    """
    per_dimension = np.linspace(0, 4, 65)
    grid = {"noise_var": noise_var, "prior_var": 1.0, "dim": list(d)}
    counts = np.arange(0, 33)
    exact = sweep(icl.ridge_error, grid | {"num_examples": counts})
    played = sweep(
        icl.ridge_error,
        grid | {"num_examples": [0, 1, 2, 3, 4, 6, 8, 11, 16, 23, 32]},
        trials=preset.pick(quick=20_000, paper=10**6),
    )
    large = sweep(icl.large_size_ridge_error, grid | {"num_examples": np.linspace(0, 32, 257)})
    ratio = sweep(
        icl.ridge_error, grid | {"dim": [2, 4, 8, 16, 64], "num_examples": counts[:1]}
    ).isel(num_examples=0)
    sizes = ratio.dim.values[:, None]
    number = np.round(per_dimension * sizes).astype(int)
    share = icl.large_size_ridge_error(number, sizes, noise_var)
    share /= icl.ridge_error(number, sizes, noise_var)
    ratio["share"] = ("dim", "per_dimension"), np.asarray(share)
    ratio["examples"] = ("dim", "per_dimension"), number
    return {"exact": exact, "played": played, "large": large, "ratio": ratio}


@ridge_at_finite_size.draw
def _(data, axes):
    per_dim = {name: data[name] / data[name].dim for name in ("exact", "played", "large")}
    theory_lines_with_simulation(
        axes[0],
        per_dim["exact"],
        simulated=per_dim["played"],
        x="num_examples",
        lines="dim",
        label="$d = {}$",
    )
    for index in range(per_dim["large"].sizes["dim"]):
        one = per_dim["large"].isel(dim=index)
        axes[0].plot(one.num_examples, one.theory, "--", color=COLOURS[index], linewidth=0.8)
    axes[0].plot([], [], "--", color="0.4", label="large size")
    axes[0].set(yscale="log", xlabel="examples $n$", ylabel="error per dimension", ylim=(5e-4, 1.5))
    evidence_legend(axes[0], ncols=2)
    ratio = data["ratio"]
    for index, dim in enumerate(ratio.dim.values):
        one = ratio.sel(dim=dim)
        axes[1].plot(one.examples / dim, one.share, color=COLOURS[index], label=f"$d = {dim}$")
    axes[1].set(xlabel="examples per dimension $n/d$", ylabel="large-size law / exact")
    axes[1].legend()


@figure(cost="15 s", height=2.8)
def one_gradient_step(preset, *, n=(4, 16, 64), d=8, noise_var=0.25):
    """Error of one gradient step, which one layer of linear attention can take.

    d = 8, noise variance 0.25. The best step (star) leaves 1 - eta* of the error of predicting 0;
    the Bayesian ridge estimate from the same examples (dotted) leaves less: 0.366 against 0.033 at
    n = 16.
    """
    grid = {"dim": d, "noise_var": noise_var, "num_examples": list(n)}
    data = sweep(icl.gradient_step_error, grid | {"step_size": np.linspace(0, 1.4, 57)})
    best = sweep(icl.optimal_gradient_step, grid)
    ridge = sweep(icl.ridge_error, grid | {"prior_var": 1.0})
    played = sweep(
        icl.gradient_step_error,
        grid | {"step_size": np.linspace(0.1, 1.3, 7)},
        trials=preset.pick(quick=2**14, paper=2**20),
    )
    return {"curves": data, "played": played, "best": best, "ridge": ridge}


@one_gradient_step.draw
def _(data, axes):
    theory_lines_with_simulation(
        axes,
        data["curves"],
        simulated=data["played"],
        x="step_size",
        lines="num_examples",
        label="$n = {}$",
    )
    for index in range(data["best"].sizes["num_examples"]):
        best = float(data["best"].theory[index])
        axes.plot(best, 1 - best, "*", color=COLOURS[index], markersize=8)
        axes.axhline(
            float(data["ridge"].theory[index] / data["ridge"].dim),
            color=COLOURS[index],
            linestyle=":",
        )
    axes.plot([], [], "*", color="0.4", label="best step", linestyle="none")
    axes.plot([], [], ":", color="0.4", label="ridge")
    axes.set(
        yscale="log",
        ylim=(2e-3, 3),
        xlabel=r"step size $\eta$",
        ylabel="error per dimension",
    )
    evidence_legend(axes, ncols=2, loc="lower right", bbox_to_anchor=(1.0, 0.08))
