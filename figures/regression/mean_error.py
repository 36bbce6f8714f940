"""The mean error of the generator, and what the published approximation keeps of it."""

from __future__ import annotations

import numpy as np
import xarray as xr

from jtts import sweep
from jtts.drawing import evidence_legend, theory_lines_with_simulation
from jtts.pipeline import figure
from jtts.theory import regression


@figure(cost="20 s", panels=(1, 2))
def bias_only_approximation(preset, *, noise_var=(0.05, 0.25, 1.0), d=64):
    """Bias-only approximation against the full mean error.

    Mean error of the posterior mean against the number of parameters per training sample, matched
    prior, isotropic inputs. The published approximation keeps the bias alone (arXiv:2512.19905);
    the variance over training sets, which it drops, is most of the error when the noise matters.
    Simulation: training sets of d = 64 (n = d / aspect ratio), one posterior each.
    """
    constants = {"spectrum": np.ones(1), "prior_var": 1.0, "noise_var": list(noise_var)}
    ratios = np.geomspace(1 / 16, 4, preset.pick(quick=29, paper=57))
    simulated = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0, 2.0, 4.0]
    return {
        "full": sweep(regression.statistics, constants | {"aspect_ratio": ratios}),
        "bias_only": sweep(
            regression.statistics, constants | {"aspect_ratio": ratios, "bias_only": True}
        ),
        "simulated": sweep(
            regression.statistics,
            constants | {"aspect_ratio": simulated, "dim": d},
            trials=preset.pick(quick=64, paper=10_000),
        ),
    }


@bias_only_approximation.draw
def _(data, axes):
    error = {name: one.sel(component="mean_error") for name, one in data.items()}
    theory_lines_with_simulation(
        axes[0],
        error["full"],
        simulated=error["simulated"],
        x="aspect_ratio",
        lines="noise_var",
        label=r"$\sigma^2/\gamma^2 = {:g}$",
    )
    for index in range(error["bias_only"].sizes["noise_var"]):
        one = error["bias_only"].isel(noise_var=index)
        axes[0].plot(one.aspect_ratio, one.theory, "--", color=f"C{index}")
    axes[0].plot([], [], "--", color="0.4", label="bias only (published)")
    axes[0].set(
        xscale="log",
        yscale="log",
        ylim=(1e-3, 10),
        xlabel=r"parameters per sample $d/n$",
        ylabel=r"mean error $\Delta = E\,(m-t)^2$",
    )
    evidence_legend(axes[0], loc="upper left", ncols=2)
    share = xr.where(error["full"].theory > 0, error["bias_only"].theory / error["full"].theory, 0)
    for index, noise in enumerate(share.noise_var.values):
        axes[1].plot(
            share.aspect_ratio,
            share.isel(noise_var=index),
            color=f"C{index}",
            label=rf"$\sigma^2/\gamma^2 = {noise:g}$",
        )
    axes[1].set(
        xscale="log",
        ylim=(0, 1),
        xlabel=r"parameters per sample $d/n$",
        ylabel="bias-only / full mean error",
    )
    axes[1].legend()
