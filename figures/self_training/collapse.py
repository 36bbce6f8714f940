"""Figures of models that are fitted to their own output."""

from __future__ import annotations

import jax
import numpy as np

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, simulated_points
from jtts.explorers import explorer
from jtts.pipeline import figure
from jtts.sims.self_training.collapse.gaussian import variance_paths
from jtts.theory import self_training

SAMPLES = 10, 100
LAST = 10  # generations a sample


@figure(cost="15 s", panels=(1, 2), height=2.9)
def mean_and_typical_collapse(preset):
    """The mean variance stays, the typical one collapses.

    A normal law is fitted, generation after generation, to n = 10 (left) and n = 100 (right) of its
    own samples, with the unbiased variance. Thin lines: 20 loops, every sample drawn. Solid:
    exponential of the mean logarithm, which they follow. Dashed: the mean variance, 1 for ever,
    carried by rare loops. Points: simulated mean logarithms.
    """
    found = {}
    for n in SAMPLES:
        rounds = np.unique(np.linspace(0, LAST * n, 51).astype(int))
        some = np.array([1, 2, 3, 5, 8]) * (LAST * n // 10)
        trials = preset.pick(quick=2**9, paper=2**14)
        law, mean = self_training.self_fit_log_variance, self_training.self_fit_variance
        paths = variance_paths(jax.random.key(n), 20, n, LAST * n)
        found[f"typical{n}"] = sweep(law, {"n": n, "t": rounds}).assign(
            variance=(("path", "generation"), np.asarray(paths))
        )
        found[f"mean{n}"] = sweep(mean, {"n": n, "t": rounds, "fit": "unbiased"})
        found[f"typical{n}_played"] = sweep(law, {"n": n, "t": some}, trials=trials)
    return found


@mean_and_typical_collapse.draw
def _(data, axes):
    for panel, n in zip(axes, SAMPLES, strict=True):
        typical = data[f"typical{n}"]
        panel.plot(np.arange(1, LAST * n + 1), typical.variance.T, color="0.75", linewidth=0.5)
        panel.plot(typical.t, np.exp(typical.theory), color=COLOURS[0], label="typical, theory")
        mean = data[f"mean{n}"]
        panel.plot(mean.t, mean.theory, "--", color=COLOURS[1], label="mean, theory")
        played = data[f"typical{n}_played"]
        value = np.exp(played.simulation)
        simulated_points(panel, played.t, value, value * played.stderr)
        panel.plot([], [], color="0.75", linewidth=0.5, label="20 loops")
        panel.set(
            yscale="log",
            xlabel="generation $t$",
            ylabel="variance",
            ylim=(3e-7, 30),
            title=f"$n$ = {n}",
        )
        evidence_legend(panel, lines=None, loc="lower left")


ROWS = {"dim": 10, "samples": 20, "noise": 1.0}


@figure(cost="20 s", panels=(1, 1), height=2.9)
def replaced_and_accumulated(preset):
    """Regression on labels of the model before: replace or accumulate.

    d = 10 features, T = 20 rows a generation, noise 1. Where the data of a generation replace the
    last ones the error grows with every generation; where they accumulate it ends: at pi^2/6 times
    that of one fit (dashes) if every generation has the same rows, below it if rows are fresh.
    """
    rounds, some = np.arange(1, 21), np.array([1, 2, 4, 8, 16])
    trials = preset.pick(quick=2**10, paper=2**14)
    replaced = self_training.replaced_regression_error
    kept = self_training.accumulated_regression_error
    designs = {"design": ["same", "fresh"]}
    return {
        "replaced": sweep(replaced, ROWS | {"t": rounds}),
        "replaced_played": sweep(replaced, ROWS | {"t": some}, trials=trials),
        "kept": sweep(kept, ROWS | designs | {"t": rounds}),
        "kept_played": sweep(kept, ROWS | designs | {"t": some}, trials=trials),
        "limit": sweep(self_training.accumulated_regression_limit, ROWS | designs),
    }


@replaced_and_accumulated.draw
def _(data, axes):
    curves = [("replaced", data["replaced"], data["replaced_played"])] + [
        (
            f"accumulated, {design} rows",
            *(data[k].sel(design=design) for k in ("kept", "kept_played")),
        )
        for design in ("same", "fresh")
    ]
    for index, (label, curve, played) in enumerate(curves):
        axes.plot(curve.t, curve.theory, color=COLOURS[index], label=label)
        simulated_points(axes, played.t, played.simulation, played.stderr, index=index)
    limits = data["limit"].theory
    for index, design in ((1, "same"), (2, "fresh")):
        label = r"$\pi^2/6$ times one fit" if design == "same" else None
        axes.axhline(
            limits.sel(design=design),
            linestyle="--",
            color=COLOURS[index],
            linewidth=0.9,
            label=label,
        )
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="generation $t$",
        ylabel="error $E(x\\cdot(w_t - w))^2$",
        xticks=[1, 2, 5, 10, 20],
        xticklabels=["1", "2", "5", "10", "20"],
        yticks=[1, 2, 5, 10, 20],
        yticklabels=["1", "2", "5", "10", "20"],
    )
    axes.minorticks_off()
    evidence_legend(axes, lines=None, loc="upper left")


RARE = [0.1, 0.01, 1e-4]


@figure(cost="20 s", panels=(1, 2), height=2.9)
def curated_loop_with_real_data(preset):
    """A curated loop amplifies the few right real answers, below a threshold without bound.

    Where a loop ends in which a fraction alpha of every generation is real data, of which p_ref are
    right, and the rest chosen among K samples by a softmax of the reward (beta = 1); left K = 2,
    right all there are. Dotted: the fraction below which p does not go to 0 with p_ref. Points:
    populations of 256 answers.
    """
    alphas = np.linspace(0.02, 0.98, 49)
    law, found = self_training.curated_success_fixed_point, {}
    for name, n in (("two", 2.0), ("endless", np.inf)):
        found[name] = sweep(law, {"p_ref": RARE, "real_fraction": alphas, "beta": 1.0, "n": n})
        found[f"{name}_threshold"] = sweep(
            self_training.amplification_threshold, {"n": [n], "beta": 1.0}
        )
    played = {"p_ref": 0.1, "real_fraction": [0.1, 0.3, 0.5, 0.7, 0.9], "beta": 1.0, "n": 2}
    trials = preset.pick(quick=2**7, paper=2**12)
    found["played"] = sweep(law, played | {"size": 256}, trials=trials)
    return found


@curated_loop_with_real_data.draw
def _(data, axes):
    for panel, name, title in zip(
        axes, ("two", "endless"), ("$K$ = 2", r"$K = \infty$"), strict=True
    ):
        curves = data[name]
        for index, p in enumerate(RARE):
            one = curves.sel(p_ref=p)
            panel.plot(
                one.real_fraction, one.theory, color=COLOURS[index], label=rf"$p_{{ref}}$ = {p:g}"
            )
        threshold = float(data[f"{name}_threshold"].theory.item())
        panel.axvline(threshold, linestyle=":", color="0.4", linewidth=0.9, label=r"$\alpha_c$")
        panel.set(
            yscale="log",
            ylim=(1e-6, 1.5),
            xlabel=r"fraction of real data $\alpha$",
            ylabel="share of right answers $p$",
            title=title,
        )
    played = data["played"]
    simulated_points(axes[0], played.real_fraction, played.simulation, played.stderr)
    for panel in axes:
        evidence_legend(panel, loc="lower left")


@explorer(cost="10 s", across="real")
def explore_collapse(preset):
    """Tokens drawn from the tokens before, with some real ones in every generation.

    Share of the diversity that is left after t generations of n tokens. Without real tokens it goes
    to 0; one real token in a generation keeps two thirds of it for ever, if there are many. Move n,
    t and the number of real tokens; the simulation draws every token.
    """
    grid = {
        "real": [0, 1, 2, 4, 8],
        "n": [16, 32, 64],
        "t": [1, 2, 5, 10, 20, 40],
    }
    return sweep(
        self_training.resampling_diversity, grid, trials=preset.pick(quick=2**9, paper=2**14)
    )
