"""Figures of thinking in turns."""

from __future__ import annotations

import numpy as np

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, simulated_points, theory_lines_with_simulation
from jtts.explorers import explorer
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.theory import turns, voting

EASY, HARD, SPOILED, START = 0.5, 0.02, 0.02, 0.5
RATES = {"start": 0.4, "correction_rate": 0.3, "introduction_rate": 0.2}
JUDGE = {"separation": 1.0, "correlation": 0.0}


@figure(cost="10 s", panels=(1, 2), height=2.9)
def forecast_and_gates(preset):
    """What more turns give: not what the first one promises, and more with a judge.

    Left: accuracy of a set of questions of which half are easy to correct (rate 0.5 a turn) and
    half hard (0.02); 2 % of right answers are spoiled. Forecast from the first turn alone (mean
    rate 0.26) it would end 20 points higher. Right: start 0.4, rates of correction and spoiling 0.3
    and 0.2; a revision is kept only where a judge scores it higher by more than theta. The more
    turns, the stricter the best judge (dashes: the best theta at every number of turns).
    """
    rounds = np.arange(13)
    some = np.array([1, 2, 4, 8, 12])
    trials = preset.pick(quick=2**13, paper=2**18)
    chain = {"start": START, "introduction_rate": SPOILED}
    gate = RATES | JUDGE | {"threshold": [-1.0, 0.0, 1.0, 2.0]}
    long = whole_numbers(1, 100, 25)
    few = np.array([1, 3, 10, 30, 100])
    return {
        "kinds": sweep(
            turns.turn_accuracy, chain | {"correction_rate": [EASY, HARD], "num_turns": rounds}
        ),
        "kinds_played": sweep(
            turns.turn_accuracy,
            chain | {"correction_rate": [EASY, HARD], "num_turns": some},
            trials=trials,
        ),
        "forecast": sweep(
            turns.turn_accuracy,
            chain | {"correction_rate": [(EASY + HARD) / 2, EASY], "num_turns": rounds},
        ),
        "gates": sweep(turns.gated_turn_accuracy, gate | {"num_turns": long}),
        "gates_played": sweep(turns.gated_turn_accuracy, gate | {"num_turns": few}, trials=trials),
        "best": sweep(turns.best_gate_accuracy, RATES | JUDGE | {"num_turns": long}),
    }


@forecast_and_gates.draw
def _(data, axes):
    left, right = axes
    kinds, played = data["kinds"], data["kinds_played"]
    mixed = kinds.theory.mean("correction_rate")
    left.plot(kinds.num_turns, mixed, color=COLOURS[0], label="half easy, half hard")
    simulated_points(
        left,
        played.num_turns,
        played.simulation.mean("correction_rate"),
        np.sqrt((played.stderr**2).sum("correction_rate")) / 2,
    )
    left.plot(
        kinds.num_turns,
        data["forecast"].theory.isel(correction_rate=0),
        "--",
        color=COLOURS[1],
        label="forecast from the first turn",
    )
    for index, name in enumerate(("easy", "hard")):
        left.plot(
            kinds.num_turns,
            kinds.theory.isel(correction_rate=index),
            ":",
            color="0.5",
            label="each half alone" if not index else None,
        )
        left.annotate(
            name,
            (12, float(kinds.theory.isel(correction_rate=index)[-1])),
            (0, 3),
            textcoords="offset points",
            fontsize=6.5,
            ha="right",
        )
    left.set(xlabel="turns $t$", ylabel="accuracy", ylim=(0.45, 1.02), title="a mixed set")
    evidence_legend(left, lines=None, loc="center right", bbox_to_anchor=(1, 0.62))
    theory_lines_with_simulation(
        right,
        data["gates"],
        simulated=data["gates_played"],
        x="num_turns",
        lines="threshold",
        label=r"$\theta$ = {:g}",
    )
    right.plot(data["best"].num_turns, data["best"].theory, "k--", label=r"best $\theta$")
    right.set(xscale="log", xlabel="turns $t$", ylim=(0.38, 1.02), title="judged revisions")
    evidence_legend(right, loc="lower right")


BUDGET = 45
VOTED = {"start": 0.45, "correction_rate": 0.2, "introduction_rate": 0.05}


@figure(cost="5 s", panels=(1, 1), height=2.9)
def turns_against_votes(preset):
    """One budget: more turns for each of a few votes, or more votes.

    Accuracy of the majority of k chains of t turns each, start 0.45, rates of correction and
    spoiling 0.2 and 0.05, at all k(t + 1) <= 45. Star: the best split.
    Votes without turns make it worse, since the first answers are wrong more often than not; one
    long chain stops at 0.8.
    """
    rounds, votes = np.arange(BUDGET), np.arange(1, BUDGET + 1, 2)
    right = turns.turn_accuracy(rounds, **VOTED)
    best = turns.best_vote_split(BUDGET, **VOTED)
    found = sweep(voting.majority_accuracy, {"n": votes, "p": np.asarray(right)})
    return found.assign_coords(num_turns=("p", rounds)).assign_attrs(
        {f"best_{name}": float(value) for name, value in best.items()}
    )


@turns_against_votes.draw
def _(data, axes):
    within = data.n * (data.num_turns + 1) <= BUDGET
    answers = np.arange(0.5, BUDGET + 1)  # edges of the cells
    votes = np.concatenate([[0.5], np.arange(2.0, BUDGET + 2, 2)])
    shown = axes.pcolormesh(answers, votes, data.theory.where(within), cmap="cividis")
    axes.figure.colorbar(shown, ax=axes, label="accuracy of the majority")
    best = {name: data.attrs[f"best_{name}"] for name in ("num_turns", "votes", "accuracy")}
    axes.plot(best["num_turns"] + 1, best["votes"], "*", color="#D55E00", markersize=11)
    axes.annotate(
        "{votes:g} chains of {num_turns:g} turns: {accuracy:.3f}".format(**best),
        (best["num_turns"] + 1, best["votes"]),
        (-10, 12),
        textcoords="offset points",
        fontsize=7,
    )
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="answers of each chain $t + 1$",
        ylabel="votes $k$",
        xticks=[1, 3, 9, 45],
        xticklabels=["1", "3", "9", "45"],
        yticks=[1, 3, 9, 45],
        yticklabels=["1", "3", "9", "45"],
    )
    axes.minorticks_off()


POLICIES = {"quick": 0.03, "slow": 0.1, "delay": 12}


@figure(cost="10 s", panels=(1, 2), height=2.9)
def regret_of_episodes(preset):
    """Regret against the number of episodes.

    Left: hazards Beta(a, 2) over problems; against a policy that solves at once regret is a power
    of the number of episodes for a < 1, a logarithm at a = 1 and bounded for a > 1. Right: a quick
    policy (hazard 0.03) and a slow one (none for 12 episodes, then 0.1) against the better of the
    two at every budget. Dotted: where the slow one has the better outcome, and where it has the
    smaller regret.
    """
    long, few = whole_numbers(1, 1000, 25), np.array([2, 8, 32, 128])
    shapes = {"a": [0.5, 1.0, 2.0], "b": 2.0}
    rounds, some = np.arange(1, 81), np.array([10, 20, 30, 50, 80])
    trials = preset.pick(quick=2**13, paper=2**18)
    found = {
        "difficulty": sweep(turns.difficulty_regret_sum, shapes | {"num_episodes": long}),
        "difficulty_played": sweep(
            turns.difficulty_regret_sum, shapes | {"num_episodes": few}, trials=trials
        ),
    }
    for name, law in (("quick", turns.quick_regret), ("slow", turns.slow_start_regret)):
        found[name] = sweep(law, POLICIES | {"num_episodes": rounds})
        found[f"{name}_played"] = sweep(law, POLICIES | {"num_episodes": some}, trials=trials)
    found["quick"] = found["quick"].assign_attrs(
        outcome=float(turns.outcome_switch_budget(**POLICIES)),
        regret=float(turns.regret_switch_budget(**POLICIES)),
    )
    return found


@regret_of_episodes.draw
def _(data, axes):
    left, right = axes
    theory_lines_with_simulation(
        left,
        data["difficulty"],
        simulated=data["difficulty_played"],
        x="num_episodes",
        lines="a",
        label="$a$ = {:g}",
    )
    left.set(
        xscale="log",
        yscale="log",
        xlabel="episodes $k$",
        ylabel="mean episodes until solved",
        title="problems that differ",
    )
    evidence_legend(left)
    for index, (name, label) in enumerate((("quick", "quick"), ("slow", "slow start"))):
        one, played = data[name], data[f"{name}_played"]
        right.plot(one.num_episodes, one.theory, color=COLOURS[index], label=label)
        simulated_points(right, played.num_episodes, played.simulation, played.stderr, index=index)
    for name, words, side in (
        ("outcome", "outcome ", "right"),
        ("regret", " regret", "left"),
    ):
        place = data["quick"].attrs[name]
        right.axvline(place, linestyle=":", color="0.4", linewidth=0.9)
        right.text(place, 11.2, words, fontsize=6.5, color="0.3", ha=side)
    right.set(xlabel="episodes $k$", ylabel="regret", ylim=(-0.3, 12), title="two policies")
    evidence_legend(right, loc="lower right", bbox_to_anchor=(1, 0.27))


DRIFTING = {"persistence": 0.8, "push": 0.1, "noise_var": 0.04, "strength": 0.7}


@figure(cost="10 s", panels=(1, 1), height=2.9)
def drift_with_reminders(preset):
    """Mean drift of a conversation against how often it is reminded.

    Drift persists with 0.8 a turn and is pushed by 0.1; a reminder takes 70 % of it away. Regular
    reminders every m turns against ones that come at random, with chance 1/m before a turn; dashes:
    no reminders. Regular ones are better at every rate.
    """
    periods, some = whole_numbers(1, 64, 20), np.array([1, 2, 4, 8, 16, 32])
    trials = preset.pick(quick=2**13, paper=2**17)
    regular, at_random = turns.mean_drift_periodic, turns.mean_drift_random
    return {
        "regular": sweep(regular, DRIFTING | {"period": periods}),
        "regular_played": sweep(regular, DRIFTING | {"period": some}, trials=trials),
        "random": sweep(at_random, DRIFTING | {"rate": 1 / periods}),
        "random_played": sweep(at_random, DRIFTING | {"rate": 1 / some}, trials=trials),
    }


@drift_with_reminders.draw
def _(data, axes):
    for index, (name, along) in enumerate((("regular", "period"), ("random", "rate"))):
        one, played = data[name], data[f"{name}_played"]
        x, few = (d[along] if along == "period" else 1 / d[along] for d in (one, played))
        axes.plot(x, one.theory, color=COLOURS[index], label=name)
        simulated_points(axes, few, played.simulation, played.stderr, index=index)
    free = DRIFTING["push"] / (1 - DRIFTING["persistence"])
    axes.axhline(free, linestyle="--", color="0.5", linewidth=0.9, label="no reminders")
    axes.set(
        xscale="log",
        xlabel="turns per reminder $m$",
        ylabel="mean drift",
        ylim=(0, 0.55),
        xticks=[1, 2, 4, 8, 16, 32, 64],
        xticklabels=["1", "2", "4", "8", "16", "32", "64"],
    )
    axes.minorticks_off()
    evidence_legend(axes, loc="lower right")


@explorer(cost="10 s", across="num_turns")
def explore_gates(preset):
    """Revise an answer and let a judge decide what is kept.

    Accuracy after t turns; start 0.4, rates of correction and spoiling 0.3 and 0.2. Move the
    threshold: a strict judge is slow and ends high. A better judge (separation) and noise that both
    scores share (correlation) help. Simulation draws every revision and every score.
    """
    grid = RATES | {
        "num_turns": [0, 1, 2, 3, 5, 8, 12, 20, 40],
        "threshold": [-1.0, 0.0, 0.5, 1.0, 2.0],
        "separation": [0.5, 1.0, 2.0],
        "correlation": [0.0, 0.6],
    }
    return sweep(turns.gated_turn_accuracy, grid, trials=preset.pick(quick=2**12, paper=2**17))
