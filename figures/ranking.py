"""Figures of pairwise judgements."""

from __future__ import annotations

import numpy as np
import xarray as xr

from jtts import sweep
from jtts.drawing import (
    COLOURS,
    evidence_legend,
    simulated_points,
    theory_lines_with_simulation,
)
from jtts.explorers import explorer
from jtts.pipeline import figure
from jtts.theory import ranking

SPREAD = 1.0
GAP = 1.0
COUNTS = 2 ** np.arange(1, 11)
CALLS = [1, 3, 5]
PLAYED = [4, 16]
ROUND, CHAMPION, LEAD = range(len(CALLS), len(CALLS) + 3)  # colours


@figure(cost="10 s", panels=(1, 2), height=2.9)
def tournaments(preset):
    """What judge calls buy, spent in tournaments of more candidates or on surer matches.

    Left: strength of the winner of a knockout of k candidates with strengths N(0, 1), against the
    calls (k - 1) m, m calls a match; dashed: the round robin of one call a pair, whose law is for
    close candidates and 6 % high here. Right: one candidate ahead of equals by D = 1, its chance to
    win. A running champion, who meets the others one after the other with one call each, forgets:
    more candidates are worse even where calls are free. Points: played.
    """
    trials = preset.pick(quick=2**11, paper=2**16)
    few = {"num_candidates": PLAYED, "spread": SPREAD, "games": CALLS}
    robin = {"num_candidates": COUNTS[:6], "spread": SPREAD, "games": 1}
    chance = float(1 - ranking.pair_error(GAP, 1))
    met = {"num_candidates": COUNTS, "q": chance}
    return {
        "knockout": sweep(
            ranking.knockout_strength,
            {"num_candidates": COUNTS, "spread": SPREAD, "games": CALLS},
        ),
        "knockout_played": sweep(ranking.knockout_strength, few, trials=trials),
        "robin": sweep(ranking.round_robin_gain, robin),
        "matches": sweep(ranking.pair_error, {"gap": GAP, "games": CALLS}, trials=trials),
        "champion": sweep(ranking.scan_accuracy, met, trials=trials),
        "leads": sweep(
            ranking.lead_knockout, {"num_candidates": PLAYED, "gap": GAP, "lead": 2}, trials=trials
        ),
    }


@tournaments.draw
def _(data, axes):
    knockout, played, robin = data["knockout"], data["knockout_played"], data["robin"]
    counts = knockout.num_candidates.values
    for index, games in enumerate(CALLS):
        label = f"knockout, {games} call{'s' * (games > 1)} a match"
        one, points = knockout.sel(games=games), played.sel(games=games)
        axes[0].plot((counts - 1) * games, one.theory, color=COLOURS[index], label=label)
        simulated_points(
            axes[0],
            (points.num_candidates - 1) * games,
            points.simulation,
            points.stderr,
            index=index,
        )
        won = (1 - data["matches"].theory.sel(games=games).item()) ** np.log2(counts)
        axes[1].plot((counts - 1) * games, won, color=COLOURS[index])
    met = robin.num_candidates.values
    axes[0].plot(met * (met - 1) / 2, robin.theory, "--", color=COLOURS[ROUND], label="round robin")
    champion, leads = data["champion"], data["leads"]
    axes[1].plot(counts - 1, champion.theory, color=COLOURS[CHAMPION], label="running champion")
    simulated_points(axes[1], counts - 1, champion.simulation, champion.stderr, index=CHAMPION)
    component = {name: {"component": f"['{name}']"} for name in ("success", "calls")}
    axes[1].plot(
        leads.theory.sel(component["calls"]), leads.theory.sel(component["success"]), ":",
        color=COLOURS[LEAD], label="knockout, lead of 2",
    )  # fmt: skip
    simulated_points(
        axes[1],
        leads.simulation.sel(component["calls"]),
        leads.simulation.sel(component["success"]),
        leads.stderr.sel(component["success"]),
        index=LEAD,
    )
    axes[0].set(xscale="log", xlabel="calls of the judge", ylabel="strength of the winner")
    axes[1].set(
        xscale="log",
        xlabel="calls of the judge",
        ylabel="chance that the best wins",
        ylim=(0, 1.3),
        yticks=[0, 0.25, 0.5, 0.75, 1],
    )
    axes[0].set_ylim(0, 1.45 * float(knockout.theory.max()))
    evidence_legend(axes[0], loc="upper left")
    evidence_legend(axes[1], loc="upper right")


GAPS = [0.0, 0.5, 1.0]
SEEN = 1.0


@figure(cost="10 s", panels=(1, 3), height=2.7)
def flips_and_bias(preset):
    """How often a judge asked in both orders contradicts itself, and in which direction.

    Left: a judge with noise in every call flips between equals (D = 0) half of the time without any
    bias for a place. Middle: a judge at temperature 0, that sees a gap N(D, 1) once for a pair,
    does not flip without bias. Right: of the noisy judge's flips, those for the first place over
    those for the second are e^{2b} whatever D, so that their counts, pooled, give b; the other
    judge has none for the second. Points: judges asked.
    """
    trials = preset.pick(quick=2**12, paper=2**17)
    biases = np.linspace(0, 2.5, 26)
    few = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 2.5])
    some = {"gap": GAPS, "bias": few}
    fine = {"gap": GAPS, "bias": biases}
    return {
        "noisy": sweep(ranking.swap_flip, fine),
        "noisy_asked": sweep(ranking.swap_flip, some, trials=trials),
        "sure": sweep(ranking.threshold_judge_flip, fine | {"spread": SEEN}),
        "sure_asked": sweep(ranking.threshold_judge_flip, some | {"spread": SEEN}, trials=trials),
        "first": sweep(ranking.swap_first_first, some, trials=trials),
        "second": sweep(ranking.swap_second_second, some, trials=trials),
    }


@flips_and_bias.draw
def _(data, axes):
    for panel, name, title in zip(
        axes, ("noisy", "sure"), ("noise in every call", "temperature 0"), strict=False
    ):
        theory_lines_with_simulation(
            panel, data[name], simulated=data[f"{name}_asked"], x="bias", lines="gap",
            label="$D$ = {:g}",
        )  # fmt: skip
        panel.set(xlabel="bias $b$ for the first", ylim=(0, 1.35), title=title)
        panel.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes[0].set_ylabel("flip rate")
    evidence_legend(axes[0], loc="upper left")
    ratio, error = _ratio(data["first"], data["second"])
    biases = ratio.bias.values
    axes[2].plot(biases, np.exp(2 * biases), color="0.4", label="$e^{2b}$, noisy")
    for index, gap in enumerate(GAPS):
        one = {"gap": gap}
        simulated_points(axes[2], biases, ratio.sel(one), error.sel(one), index=index)
    axes[2].set(
        yscale="log", xlabel="bias $b$ for the first", title="direction", ylabel="first : second"
    )
    evidence_legend(axes[2], lines=None, loc="upper left")


def _ratio(first: xr.Dataset, second: xr.Dataset) -> tuple[xr.DataArray, xr.DataArray]:
    """Of what was seen, with its standard error."""
    ratio = first.simulation / second.simulation
    relative = np.hypot(first.stderr / first.simulation, second.stderr / second.simulation)
    return ratio, ratio * relative


@explorer(cost="5 s", across="bias")
def explore_position_bias(preset):
    """A judge that likes the answer shown first, asked in both orders.

    How often its two verdicts contradict each other, against its bias b for the first place. Move
    the gap D between the answers: between equals half of the verdicts flip without any bias, so
    that a flip rate alone accuses nobody. Of the flips, first-first over second-second is e^{2b}
    at every gap. Simulation asks the judge twice for every pair.
    """
    grid = {
        "bias": np.linspace(-2.5, 2.5, 21),
        "gap": [0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0],
    }
    return sweep(ranking.swap_flip, grid, trials=preset.pick(quick=2**12, paper=2**17))
