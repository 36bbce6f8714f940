"""Cross-talk of a Hebbian memory: laws of keys, noisy queries, correlated keys."""

from __future__ import annotations

import numpy as np

from jtts import sweep
from jtts.drawing import evidence_legend, theory_lines_with_simulation
from jtts.pipeline import figure
from jtts.theory import associative_memory as am

KEYS = ["sphere", "rad", "gauss"]


@figure(cost="40 s", panels=(1, 2))
def cross_talk(preset):
    """Cross-talk under three laws of keys.

    Hebbian memory, d = 8. Left: mean squared error per component, (N-1)/d for keys of unit length
    on the sphere or of random signs, (N+1)/d for Gaussian keys. Right: error of the sign of a
    component, exact for each law (lines) and in the limit of large d (dotted): Gaussian keys err
    more, by the factor 1.22 at N = 5; the other two differ by at most 2 % from N = 5 on.
    """
    sizes = preset.pick(quick=[3, 5, 17], paper=[3, 5, 9, 17, 33])
    grid = {"keys": KEYS, "num_pairs": sizes, "dim": 8}
    dense = grid | {"num_pairs": np.arange(sizes[0], sizes[-1] + 1, 2)}
    bits = sweep(am.bit_error, grid, trials=preset.pick(quick=8000, paper=500_000))
    errors = sweep(
        am.gain_error, grid | {"gain": 1.0}, trials=preset.pick(quick=2000, paper=100_000)
    )
    bits_line = sweep(am.bit_error, dense)
    limit = am.limit_bit_error((bits_line.num_pairs.values - 1) / 8)
    bits_line["limit"] = ("num_pairs", np.asarray(limit))
    return {
        "errors": errors,
        "bits": bits,
        "errors_line": sweep(am.gain_error, dense | {"gain": 1.0}),
        "bits_line": bits_line,
    }


@cross_talk.draw
def _(data, axes):
    for panel, name in zip(axes, ("errors", "bits"), strict=True):
        theory_lines_with_simulation(
            panel, data[f"{name}_line"], simulated=data[name], x="num_pairs", lines="keys"
        )
        sizes = data[name].num_pairs.values
        panel.set(xscale="log", yscale="log", xlabel="number of pairs $N$")
        panel.set_xticks(sizes, [f"{size:g}" for size in sizes])
    bits = data["bits_line"]
    axes[1].plot(bits.num_pairs, bits.limit, ":", color="0.4", label="large $d$")
    for panel, ticks in zip(axes, ([0.25, 0.5, 1, 2, 4], [0.03, 0.1, 0.3]), strict=True):
        panel.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
        panel.minorticks_off()
    axes[0].set(ylabel="mean squared error")
    axes[1].set(ylabel="bit error")
    evidence_legend(axes[0])
    axes[1].legend()


@figure(cost="30 s", panels=(1, 2))
def noisy_and_correlated_keys(preset):
    """What noise on the query and correlations among keys cost.

    Left, d = 32: noise of relative power sigma^2 on the query multiplies the cross-talk by
    1 + sigma^2 and adds sigma^2/d for the pair itself. Right, N = 17: keys with a mean overlap rho
    interfere by rho^2 whatever d is; in 64 dimensions this passes the cross-talk of random keys at
    rho = 0.11, and a memory of many dimensions is full at about 1/rho^2 pairs.
    """
    trials = preset.pick(quick=2000, paper=100_000)
    return {
        "noisy": sweep(
            am.noisy_query_error,
            {"num_pairs": [3, 9, 33], "query_noise": np.geomspace(0.03, 10, 11), "dim": 32},
            trials=trials,
        ),
        "correlated": sweep(
            am.correlated_key_error,
            {"dim": [16, 64, 256], "key_overlap": np.linspace(0.0, 0.5, 11), "num_pairs": 17},
            trials=trials,
        ),
    }


@noisy_and_correlated_keys.draw
def _(data, axes):
    theory_lines_with_simulation(
        axes[0], data["noisy"], x="query_noise", lines="num_pairs", label="$N = {}$"
    )
    axes[0].set(
        xscale="log",
        yscale="log",
        xlabel=r"noise on the query $\sigma^2$",
        ylabel="mean squared error",
    )
    evidence_legend(axes[0])
    theory_lines_with_simulation(
        axes[1], data["correlated"], x="key_overlap", lines="dim", label="$d = {}$"
    )
    axes[1].set(yscale="log", xlabel=r"mean overlap of keys $\rho$", ylabel="mean squared error")
    axes[1].legend()
