"""Memories in series: how deep, and where the threshold is."""

from __future__ import annotations

import numpy as np

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, theory_lines_with_simulation
from jtts.pipeline import figure
from jtts.theory import associative_memory as am


@figure(cost="30 s", panels=(1, 2))
def depth_with_clean_up(preset):
    """Layers with a sign between them: a threshold of load, not a budget of depth.

    d = 400, lines for large d. Left: overlap with the pattern asked for, layer by layer, from 0.8.
    Up to a load of 0.269 errors are cleaned up faster than they arise, and depth costs nothing;
    above it every layer loses a little more. Right: the overlap after 12 layers, and the one that
    is kept at any depth (black): it is 0.83 still at the critical load, and then gone. (Where the
    overlap is being lost, small networks lag behind the line: 0.24 for 0.22 at a load of 0.35.)
    """
    trials = preset.pick(quick=20, paper=1000)
    depths = preset.pick(quick=[0, 1, 2, 4, 8, 12], paper=range(13))
    loads = preset.pick(
        quick=[0.1, 0.2, 0.25, 0.3, 0.35, 0.5], paper=[0.05 * i for i in range(1, 11)]
    )
    dense = np.linspace(0.02, 0.5, 200)
    critical = sweep(am.critical_load, {})
    below = np.append(np.linspace(0.02, 0.268, 80), float(critical.theory) * (1 - 1e-9))
    return {
        "layers": sweep(
            am.layered_overlap,
            {"load": [0.1, 0.2, 0.35, 0.5], "depth": list(depths), "initial": 0.8, "dim": 400},
            trials=trials,
        ),
        "layers_line": sweep(
            am.layered_overlap,
            {"load": [0.1, 0.2, 0.35, 0.5], "depth": list(range(13)), "initial": 0.8},
        ),
        "deep": sweep(
            am.layered_overlap,
            {"load": loads, "depth": 12, "initial": 0.8, "dim": 400},
            trials=trials,
        ),
        "deep_line": sweep(am.layered_overlap, {"load": dense, "depth": 12, "initial": 0.8}),
        "kept": sweep(am.layered_fixed_point, {"load": below}),
        "critical": critical,
    }


@depth_with_clean_up.draw
def _(data, axes):
    theory_lines_with_simulation(
        axes[0],
        data["layers_line"],
        simulated=data["layers"],
        x="depth",
        lines="load",
        label="$N/d$ = {:g}",
    )
    axes[0].set(xlabel="layers $L$", ylabel="overlap $m$", ylim=(0, 1.05), xticks=[0, 4, 8, 12])
    evidence_legend(axes[0], loc="lower left")
    theory_lines_with_simulation(axes[1], data["deep_line"], simulated=data["deep"], x="load")
    axes[1].lines[0].set_label("12 layers")
    kept = data["kept"]
    axes[1].plot(kept["load"], kept.theory, "k--", label="any depth")
    axes[1].axvline(float(data["critical"].theory), color="0.6", linewidth=0.8)
    axes[1].set(xlabel="load $N/d$", ylim=(0, 1.05))
    axes[1].legend(loc="lower left")


@figure(cost="30 s", panels=(1, 2))
def depth_of_chains(preset):
    """Layers without clean-up: a budget of depth.

    Left: power of the read-out of a chain of Hebbian layers, 25 pairs per 100 dimensions
    (d = 64, N = 17 and 16). With fresh keys in every layer the noise is multiplied by 1.25 each
    time, and equals the signal (dotted) after 3.1 layers; with the same keys it adds up in phase
    and does so before the second. Right: independent faults of probability p per
    layer; half the chains of 69 layers are sound at p = 0.01 (stars: depth for a reliability 1/2).
    """
    depths = [1, 2, 3, 4, 6]
    faults = [0.1, 0.03, 0.01]
    dense = np.linspace(1, 6, 60)
    return {
        "fresh": sweep(
            am.chain_power,
            {"num_pairs": 17, "dim": 64, "depth": depths},
            trials=preset.pick(quick=300, paper=20_000),
        ),
        "tied": sweep(
            am.tied_chain_power,
            {"load": 0.25, "dim": 128, "depth": [1, 2]},
            trials=preset.pick(quick=100, paper=5000),
        ),
        "fresh_line": sweep(am.chain_power, {"num_pairs": 17, "dim": 64, "depth": dense}),
        "tied_line": sweep(am.tied_chain_power, {"load": 0.25, "depth": np.linspace(1, 2.5, 30)}),
        "reliability": sweep(
            am.reliability,
            {"fault": faults, "depth": [1, 3, 10, 30, 60]},
            trials=preset.pick(quick=10_000, paper=10**6),
        ),
        "reliability_line": sweep(
            am.reliability, {"fault": faults, "depth": np.geomspace(1, 300, 100)}
        ),
        "budget": sweep(am.depth_budget, {"fault": faults, "target": 0.5}),
    }


@depth_of_chains.draw
def _(data, axes):
    chains = {"fresh": "fresh keys", "tied": "the same keys"}
    for index, (name, label) in enumerate(chains.items()):
        line, points = (data[key].expand_dims(keys=[label]) for key in (f"{name}_line", name))
        before = len(axes[0].lines)
        theory_lines_with_simulation(axes[0], line, simulated=points, x="depth", lines="keys")
        for drawn in axes[0].lines[before:]:
            drawn.set_color(COLOURS[index])
    axes[0].axhline(2, color="0.6", linestyle=":", linewidth=0.8)
    axes[0].set(yscale="log", xlabel="layers $L$", ylabel="power of the read-out", ylim=(1, 12))
    axes[0].set_yticks([1, 2, 5, 10], ["1", "2", "5", "10"])
    axes[0].yaxis.minorticks_off()
    evidence_legend(axes[0])
    theory_lines_with_simulation(
        axes[1],
        data["reliability_line"],
        simulated=data["reliability"],
        x="depth",
        lines="fault",
        label="$p$ = {:g}",
    )
    for index, depth in enumerate(data["budget"].theory.values):
        axes[1].plot(depth, 0.5, "*", color=COLOURS[index], markersize=8)
    axes[1].set(xscale="log", xlabel="layers $L$", ylabel="reliability", ylim=(0, 1.05))
    axes[1].legend(loc="lower left")
