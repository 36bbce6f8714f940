"""Figures of a holdout that is used again."""

from __future__ import annotations

import numpy as np
import scipy

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, simulated_points, theory_lines_with_simulation
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.theory import holdout

QUESTIONS = 101
NOISES = [0.0, 0.1, 0.3]
ATTACKS = ("weights", "signs")


@figure(cost="10 s", panels=(1, 2), height=2.9)
def attacks_on_the_holdout(preset):
    """Random queries, put together by a vote, look right on the holdout that answered them.

    Accuracy on a holdout of n = 101 questions whose labels are fair coins, against the odd number
    k of queries; the truth is 1/2. Left: queries weighted by their answers; right: by the signs of
    these alone. Noise of standard deviation tau in the answers, in correlation units, costs a
    factor 1 + n tau^2 in queries. Dotted: the normal law for large n and k, Phi(sqrt(k/n)) for
    weights without noise.
    """
    counts = 2 * whole_numbers(1, 500, 40) - 1  # an even number of signs is worth one fewer
    few = 2 * whole_numbers(1, preset.pick(quick=100, paper=500), 7) - 1
    trials = preset.pick(quick=2**9, paper=2**16)
    laws = holdout.weighted_attack_accuracy, holdout.sign_attack_accuracy
    found = {}
    for name, law in zip(ATTACKS, laws, strict=True):
        grid = {"questions": QUESTIONS, "noise": NOISES}
        found[name] = sweep(law, grid | {"queries": counts})
        found[f"{name}_played"] = sweep(law, grid | {"queries": few}, trials=trials)
        rate = 1.0 if name == "weights" else 2 / np.pi
        found[name]["normal"] = (
            ("noise", "queries"),
            np.array(
                [_normal(rate * counts / (QUESTIONS * (1 + QUESTIONS * t * t))) for t in NOISES]
            ),
        )
    return found


def _normal(square):
    """Phi of its square root."""
    return scipy.special.ndtr(np.sqrt(square))


@attacks_on_the_holdout.draw
def _(data, axes):
    for panel, name in zip(axes, ATTACKS, strict=True):
        per_question = {
            key: data[key].assign_coords(ratio=("queries", data[key].queries.values / QUESTIONS))
            for key in (name, f"{name}_played")
        }
        curves, played = (one.swap_dims(queries="ratio") for one in per_question.values())
        theory_lines_with_simulation(
            panel, curves, simulated=played, x="ratio", lines="noise", label=r"$\tau$ = {:g}"
        )
        for index in range(len(NOISES)):
            panel.plot(curves.ratio, curves.normal[index], ":", color=COLOURS[index], linewidth=1)
        panel.plot([], [], ":", color="0.4", label="large $n$, $k$")
        panel.axhline(0.5, color="0.6", linewidth=0.8, label="true accuracy")
        panel.set(
            xscale="log",
            ylim=(0.48, 1.02),
            xlabel="queries per question $k/n$",
            ylabel="accuracy on the holdout",
            title=f"vote by {name}",
        )
        title = r"noise $\tau$ of an answer"
        evidence_legend(panel, title=title, title_fontsize=6.5, loc="upper left")


BENCHMARK = 100
MEAN = 0.7
RATIOS = np.array([3.0, 1.0, 0.3])  # spread of the true accuracies over the error of a score
# of Beta(a, b), q^2 / e^2 is n / (a + b)
SIZES = BENCHMARK / RATIOS**2


@figure(cost="10 s", panels=(1, 1), height=2.9)
def best_of_k_reported_and_true(preset):
    """What the best of k models is reported to score, and what it scores.

    n = 100 questions; true accuracies are Beta(a, b) of mean 0.7 whose spread q is 3, 1 and 0.3
    times the error e of a score. Solid: reported; dashed: true. Of the winner's gain over the mean
    the share q^2/(q^2 + e^2) is real: 90, 50 and 8 %. Where models are alike, all that is gained is
    luck.
    """
    counts = whole_numbers(1, 1000, 30)
    few = whole_numbers(1, preset.pick(quick=32, paper=512), 5)
    trials = preset.pick(quick=2**11, paper=2**17)
    return {
        "reported": _winners(holdout.beta_winner_reported, counts),
        "true": _winners(holdout.beta_winner_true, counts),
        "reported_played": _winners(holdout.beta_winner_reported, few, trials=trials),
        "true_played": _winners(holdout.beta_winner_true, few, trials=trials),
    }


def _winners(law, counts, **budget):
    """Sweep over the number of models, by ratio."""
    pairs = {
        "num_candidates": np.tile(counts, len(SIZES)),
        "a": np.repeat(MEAN * SIZES, len(counts)),
        "b": np.repeat((1 - MEAN) * SIZES, len(counts)),
    }
    found = sweep(law, pairs | {"questions": BENCHMARK}, zipped=True, **budget)
    return found.assign_coords(ratio=("point", np.repeat(RATIOS, len(counts))))


@best_of_k_reported_and_true.draw
def _(data, axes):
    for name, line in (("reported", "-"), ("true", "--")):
        for index, ratio in enumerate(RATIOS):
            curve, played = (
                one.isel(point=one.ratio.values == ratio)
                for one in (data[name], data[f"{name}_played"])
            )
            label = f"$q = {ratio:g}\\,e$" if line == "-" else None
            axes.plot(curve.num_candidates, curve.theory, line, color=COLOURS[index], label=label)
            simulated_points(
                axes, played.num_candidates, played.simulation, played.stderr, index=index
            )
    axes.plot([], [], "-", color="0.4", label="reported, theory")
    axes.plot([], [], "--", color="0.4", label="true, theory")
    axes.set(
        xscale="log",
        xlabel="number of models $k$",
        ylabel="accuracy of the best",
        ylim=(0.68, 1.14),
        yticks=[0.7, 0.8, 0.9, 1.0],
    )
    title = "spread $q$ of the models, error $e$ of a score"
    evidence_legend(axes, lines=None, title=title, title_fontsize=6.5, loc="upper left", ncols=2)


SHARES = np.array([0.002, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05])  # features that vote per question
GUARD = {"threshold": 4.0, "tolerance": 1.0, "cut": 1.0}
PUBLISHED = {"share": 0.05, "accuracy": 0.63, "deviation": 0.004}


@figure(cost="10 s", panels=(1, 1), height=2.9)
def features_chosen_on_the_holdout(preset):
    """Noise features chosen on a holdout, by itself and through Thresholdout.

    The experiment of "The reusable holdout" (Science 349, 636, 2015; arXiv:1506.02629) in full: no
    feature has anything to do with the labels, those that agree on training set and holdout beyond
    1/sqrt(n) are kept, and the k with the largest training correlation vote. The number that pass
    is drawn anew in every run. Published for n = d = 10,000 and k = 500 (star, with the standard
    deviation of a run): 63 +- 0.4 % on the holdout; the truth is 50 %. Thresholdout
    (T = 4, tolerance 1, in units of 1/sqrt(n)) leaves little of it. Quick: n = 1000, d = 1200;
    paper: the published size, in blocks of features. 40 runs.
    """
    questions = preset.pick(quick=1000, paper=10_000)
    features = preset.pick(quick=1200, paper=10_000)
    runs = 40
    kept = np.unique(np.round(SHARES * questions))
    smooth = np.unique(np.round(np.linspace(SHARES[0], SHARES[-1], 25) * questions))
    bare = {"questions": questions, "cut": GUARD["cut"]}
    return {
        "bare": sweep(holdout.selected_feature_accuracy, bare | {"kept": smooth}),
        "bare_played": sweep(
            holdout.selected_feature_accuracy,
            bare | {"kept": kept, "features": features},
            trials=runs,
            route="features_on_holdout",
        ),
        "guarded_played": sweep(
            holdout.thresholdout_accuracy,
            {"questions": questions, "features": features, "kept": kept, **GUARD},
            trials=runs,
            route="features_through_thresholdout",
        ),
    }


@features_chosen_on_the_holdout.draw
def _(data, axes):
    guarded = data["guarded_played"]  # so flat that its line needs no more points
    curves = [
        ("the holdout itself", data["bare"], data["bare_played"]),
        ("through Thresholdout", guarded, guarded),
    ]
    for index, (label, curve, played) in enumerate(curves):
        n = float(curve.questions)
        axes.plot(curve.kept / n, curve.theory, color=COLOURS[index], label=label)
        simulated_points(axes, played.kept / n, played.simulation, played.stderr, index=index)
    axes.errorbar(
        PUBLISHED["share"], PUBLISHED["accuracy"], PUBLISHED["deviation"], marker="*",
        markersize=10, color="0.2", markerfacecolor="#F0E442", markeredgewidth=0.8, elinewidth=0.8,
        linestyle="none", label=r"published, $n = d = 10^4$", zorder=1,
    )  # fmt: skip
    axes.axhline(0.5, color="0.6", linewidth=0.8, label="true accuracy")
    axes.set(
        xlabel="features that vote per question, $k/n$",
        ylabel="accuracy on the holdout",
        ylim=(0.485, 0.69),
        yticks=[0.5, 0.55, 0.6, 0.65],
    )
    evidence_legend(axes, loc="upper left")
