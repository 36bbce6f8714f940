"""Networks that remember or read: forgotten embeddings, and facts stored and asked for."""

from __future__ import annotations

import numpy as np
import xarray as xr

from jtts import sweep
from jtts.checks.datasets import with_claims
from jtts.drawing import COLOURS, MARKERS
from jtts.figures.in_context import memory_experiments
from jtts.figures.in_context.store import curves_of
from jtts.figures.in_context.training import band
from jtts.pipeline import figure
from jtts.theory import in_context as icl

NOTICED = 0.1  # difference of accuracies below which nothing is claimed
EVALUATIONS = {"holdout": "words never seen", "switch": "roles switched"}


def frequencies(exponent):
    """How words are distributed, in words."""
    return f"Zipf {exponent:g}" if exponent else "uniform"


@figure(cost="3 s", panels=(2, 2), height=2.1)
def forgetting_keeps_structural_learning(preset):
    """Networks that forget their embeddings keep reading a word's role from the sentence.

    Part-of-speech task, 200 words, uniform or by Zipf's law with exponent 1.5; two bidirectional
    layers, width 32; 3 seeds, mean and two standard errors. Active forgetting draws all embeddings
    anew every 100 steps, temporary forgetting up to step 1000 (dotted). Top: accuracy on words that
    training never shows, drawn anew at every evaluation. Bottom: on nouns and adjectives in each
    other's role, where what is remembered misleads. A small network trained 5000 steps: a sketch of
    arXiv:2406.00053, whose sizes are in the paper preset.
    """
    data = curves_of(memory_experiments.forgetting, preset)
    runs = data.accuracy.mean("seed")
    end = runs.isel(step=-1)
    claims = {}
    for exponent in data.exponent.values:
        named = frequencies(float(exponent))
        of = end.sel(exponent=exponent)
        known = float(of.sel(evaluation="val").min())
        claims[f"{named}: sentences as in training are answered ({known:.2f})"] = known > 0.9
        unseen = {
            str(t): float(of.sel(training=t, evaluation="holdout")) for t in of.training.values
        }
        for kept in ("active", "temporary"):
            claims[
                f"{named}: {kept} forgetting answers for {unseen[kept]:.2f} of the unseen words, "
                f"vanilla training for {unseen['vanilla']:.2f}"
            ] = unseen[kept] > unseen["vanilla"] + NOTICED
    name = "in_context.forgetting_keeps_structural_learning"
    schedule = {key: data.attrs[key] for key in ("forget_every", "forget_until")}
    return with_claims(data, name, data.attrs["source"], claims).assign_attrs(schedule)


@forgetting_keeps_structural_learning.draw
def _(data, axes):
    shown = data.exponent.values[[0, -1]]
    for row, (evaluation, title) in zip(axes, EVALUATIONS.items(), strict=True):
        for panel, exponent in zip(row, shown, strict=True):
            runs = data.accuracy.sel(evaluation=evaluation, exponent=exponent)
            for colour, training in zip(COLOURS, data.training.values, strict=False):
                one = runs.sel(training=training)
                band(panel, data.step, one, color=colour, label=str(training))
            panel.axvline(data.attrs["forget_until"], color="0.6", linewidth=0.8, linestyle=":")
            panel.set(
                xscale="log",
                ylim=(0, 1.03),
                title=f"{title}, {frequencies(float(exponent))}",
                ylabel="accuracy",
            )
    for panel in axes[-1]:
        panel.set_xlabel("training steps")
    axes[1, 0].legend(loc="lower right", title=f"{data.sizes['seed']} seeds ± 2 s.e.")


@figure(cost="3 s", panels=(1, 2))
def knowledge_extraction(preset):
    """Questions reach facts that fine-tuning never touched, if these were stated in several ways.

    200 subjects with one of 20 answers, stated in K of R relations; one layer, width 32; then
    questions about N_f subjects; 5 seeds. Left: error on questions about all other subjects,
    R = 20; solid: full fine-tuning ± 2 s.e., dashed: corrections of rank 2; dotted: probability
    that no relation of a subject was shown. Right: all K and R against the exponent of a published
    bound whose constants are unknown, and the exponential fitted to them: the errors fall along it,
    but K = 1 lies far above and N_f >= 10 beyond it. A trend, not a law.
    """
    data = curves_of(memory_experiments.storage, preset)
    error = 1 - data.accuracy.sel(evaluation="extracted")
    full = error.sel(fine_tuning="full").mean("seed").transpose("setting", "num_tuned")
    settings = [data[name].values[:, None] for name in ("multiplicity", "num_relations")]
    known, stated = settings
    (initial, rate), _ = icl.fit_extraction_error(data.num_tuned.values, known, stated, full.values)
    x = _exponent(data.num_tuned.values, *settings)
    trend = icl.extraction_error(data.num_tuned.values, *settings, initial=initial, rate=rate)
    explained = 1 - float(np.var(full.values - trend) / np.var(full.values))
    order = float(np.corrcoef(*(a.ravel().argsort().argsort() for a in (x, full.values)))[0, 1])
    rare, often = (float(full.isel(setting=0, num_tuned=i)) for i in (0, -1))
    most = float(full.isel(setting=_largest(data), num_tuned=-1))
    stored = float(data.stored.min())
    claims = {
        f"every network has stored its facts ({stored:.2f} right)": stored > 0.98,
        f"at K = 1 the error falls from {rare:.2f} to {often:.2f} with N_f": often < rare - NOTICED,
        f"and to {most:.2f} at K = {int(data.multiplicity.max())}": most < often - NOTICED,
        f"errors fall with the exponent of the bound (rank correlation {order:.2f})": order < -0.5,
        f"the exponential explains {100 * explained:.0f} % of their variance": explained > 0.5,
    }
    networks = with_claims(data, "in_context.knowledge_extraction", data.attrs["source"], claims)
    networks = networks.assign(error=error, exponent=(("setting", "num_tuned"), x))
    covered = sweep(
        icl.uncovered_probability,
        {
            "num_tuned": data.num_tuned.values,
            "multiplicity": sorted({int(k) for k in data.multiplicity.values}),
            "num_relations": int(data.num_relations.values[_largest(data)]),
        },
    )
    line = np.geomspace(x.min(), x.max(), 60)
    fitted = xr.Dataset(
        {"theory": ("exponent", initial * np.exp(-rate * line))},
        {"exponent": line},
        {"law": icl.extraction_error.full_name, "kind": icl.extraction_error.kind.name},
    )
    return {"networks": networks, "covered": covered, "fitted": fitted}


def _exponent(num_tuned, multiplicity, num_relations):
    """N_f K^2 ln R / 2 R^2."""
    return num_tuned * (multiplicity / num_relations) ** 2 * np.log(num_relations) / 2


def _largest(data):
    """Setting of the largest multiplicity."""
    return int(np.argmax(data.multiplicity.values))


@knowledge_extraction.draw
def _(data, axes):
    networks, covered, fitted = data["networks"], data["covered"], data["fitted"]
    relations = int(networks.num_relations.values[_largest(networks)])
    shown = [i for i, r in enumerate(networks.num_relations.values) if int(r) == relations]
    for index, setting in enumerate(shown):
        one, colour = networks.isel(setting=setting), COLOURS[index]
        multiplicity = int(one.multiplicity)
        for tuning in ("full", "low rank"):
            runs = one.error.sel(fine_tuning=tuning)
            if tuning == "full":
                label = f"$K = {multiplicity}$"
                band(axes[0], one.num_tuned, runs, color=colour, label=label)
            else:
                axes[0].plot(one.num_tuned, runs.mean("seed"), "--", color=colour)
        ideal = covered.theory.sel(multiplicity=multiplicity).squeeze()
        axes[0].plot(covered.num_tuned, ideal, ":", color=colour, linewidth=0.8)
    axes[0].set(
        xscale="log",
        ylim=(0, 1.03),
        xlabel="subjects asked about in fine-tuning $N_f$",
        ylabel="error on other subjects",
    )
    axes[0].legend(title=f"$R = {relations}$", loc="upper right")
    mean = networks.error.sel(fine_tuning="full").mean("seed")
    spread = networks.error.sel(fine_tuning="full").std("seed", ddof=1)
    spread = spread / np.sqrt(networks.sizes["seed"])
    for setting in range(networks.sizes["setting"]):
        at = {"setting": setting}
        k, r = (int(networks[name].values[setting]) for name in ("multiplicity", "num_relations"))
        axes[1].errorbar(
            networks.exponent.isel(at),
            mean.isel(at),
            2 * spread.isel(at),
            color=COLOURS[setting % len(COLOURS)],
            marker=MARKERS[setting % len(MARKERS)],
            linestyle="none",
            elinewidth=0.8,
            markerfacecolor="white",
            label=f"$K = {k}$, $R = {r}$",
        )
    axes[1].plot(fitted.exponent, fitted.theory, color="0.4", label="fitted exponential")
    axes[1].set(
        xscale="log",
        ylim=(-0.03, 1.03),
        xlabel=r"$N_f K^2 \ln R\,/\,2R^2$",
        ylabel="error on other subjects",
    )
    axes[1].legend(loc="upper right", fontsize=5.5)
