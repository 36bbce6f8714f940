"""What a ranking found, as JSON and in the terminal."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from rich.console import Console

import jtts
from jtts.fitting.report import plain, print_whole, table_of
from jtts.judging.model import Strengths
from jtts.judging.ranks import Ranking
from jtts.provenance import command

SHOWN = 30  # candidates in the terminal
UNEXPLAINED = 0.001  # chance of so much misfit
MATRIX = 12  # candidates whose win matrix is shown there


def as_json(found: Ranking) -> dict[str, Any]:
    """Everything, with infinities and unknown numbers as null; the best first."""
    data, best = found.comparisons, found.best
    order = np.argsort(-best.t, kind="stable")
    names = [data.names[i] for i in order]
    top = {**found.top_two}
    top |= {name: data.names[top[name]] for name in ("first", "second")}
    return plain(
        {
            "jtts": jtts.__version__,
            "command": command(sys.argv),
            "data": {
                "file": data.source,
                "judgements": len(data.score),
                "ties": int(np.sum(data.score == 0.5)),
                "candidates": len(names),
                "questions": None if data.question is None else len(np.unique(data.question)),
                "judges": len(data.judges) or None,
            },
            "ranks_by": "prior" if found.likely is None else "likelihood",
            "errors_over": "questions" if best.over_questions else "judgements",
            "ranking": [
                {
                    "candidate": data.names[i],
                    "rank": place + 1,
                    "rank_low": found.low[i],
                    "rank_high": found.high[i],
                    "strength": None if found.likely is None else found.likely.t[i],
                    "stderr": None if found.likely is None else found.likely.stderr[i],
                    "with_prior": found.believed.t[i],
                    "with_prior_stderr": found.believed.stderr[i],
                }
                for place, i in enumerate(order)
            ],
            "ties": None if np.isnan(best.ties) else {"nu": best.ties},
            "order_effect": _order_effect(best),
            "position_bias": found.bias,
            "top_two": top,
            "best_of_k": found.selection,
            "wins": {
                "candidates": names,
                "wins": data.wins()[np.ix_(order, order)],
                "ties": data.ties()[np.ix_(order, order)],
            },
            "misfit": found.misfit,
            "contradictions": found.contradictions,
            "notes": found.notes,
        }
    )


def _order_effect(best: Strengths) -> dict[str, float] | None:
    if np.isnan(best.bias):
        return None
    return {"bias": best.bias, "stderr": best.bias_stderr}


def show(found: dict[str, Any], console: Console) -> None:
    """Tables of the JSON's content."""
    data = found["data"]
    over = ", errors over questions" if found["errors_over"] == "questions" else ""
    console.print(
        f"{data['file']}: {data['judgements']} judgements of {data['candidates']} candidates, "
        f"{data['ties']} ties{over}"
    )
    print_whole(_ranking(found), console)
    if data["candidates"] <= MATRIX:
        print_whole(_matrix(found["wins"]), console)
    if found["contradictions"]:
        print_whole(_contradictions(found["contradictions"]), console)
    for sentence in sentences(found):
        console.print(sentence)


def _ranking(found):
    table = table_of(
        "Ranking (ranks hold for all at once, 95 %)",
        "candidate", "rank", "ranks", "strength", "s.e.", "with prior",
    )  # fmt: skip
    for one in found["ranking"][:SHOWN]:
        fitted = ("-", "-") if one["strength"] is None else (one["strength"], one["stderr"])
        table.add_row(
            one["candidate"],
            str(one["rank"]),
            f"{one['rank_low']} to {one['rank_high']}",
            *(value if isinstance(value, str) else f"{value:.3f}" for value in fitted),
            f"{one['with_prior']:.3f} ± {one['with_prior_stderr']:.2g}",
        )
    return table


def _matrix(wins):
    table = table_of("Wins of the row over the column", "", *wins["candidates"])
    for name, row in zip(wins["candidates"], wins["wins"], strict=True):
        table.add_row(name, *(f"{won:g}" for won in row))
    return table


def _contradictions(listed):
    table = table_of(
        "Pairs that contradict the strengths (p for all pairs at once)",
        "pair", "points", "of", "expected", "z", "p",
    )  # fmt: skip
    for one in listed:
        numbers = (one[name] for name in ("points", "judgements", "expected", "z", "p"))
        table.add_row(f"{one['one']} - {one['other']}", *(f"{value:.3g}" for value in numbers))
    return table


def sentences(found: dict[str, Any]) -> list[str]:
    """The two on top, the judge, what choosing by it gains, and the notes."""
    said = [_top(found["top_two"])]
    effect = found["order_effect"]
    if effect:
        said.append(
            f"Shown first counts {effect['bias']:+.3f} ± {effect['stderr']:.2g} in strength, "
            "fitted with the strengths."
        )
    for one in found["position_bias"]:
        said.append(_bias(one))
    if found["ties"]:
        nu = found["ties"]["nu"]
        said.append(f"Ties: equals tie with chance {nu / (2 + nu):.3f} (nu = {nu:.3f}).")
    if found["misfit"]["p"] is not None and not found["contradictions"]:
        said.append(
            f"No pair contradicts the strengths (all pairs: p = {found['misfit']['p']:.2g})."
        )
    said.append(_gain(found["best_of_k"]))
    return [*said, *(f"Note: {note}." for note in found["notes"])]


def _top(top):
    apart = f"{top['first']} is ahead of {top['second']} by {top['gap']:.3f} ± {top['stderr']:.2g}"
    if top["more_like_these"] == 0:
        return f"{apart}: told apart (z = {top['z']:.2f})."
    if top["more_like_these"] is None:
        return f"{top['first']} and {top['second']} are level."
    more = f"{apart}: {top['more_like_these']:.4g} more judgements like these would tell them apart"
    if top["majority"] is None:
        return f"{more}."
    return (
        f"{more}; between these two alone a majority of {top['majority']} calls errs in 5 %, or "
        f"calls until one leads by {top['lead']}, {top['lead_calls']:.0f} on average."
    )


def _bias(one):
    who = "Judged in both orders" if one["judge"] is None else f"Judge {one['judge']}"
    decided = one["pairs"] - one["tied"]
    said = f"{who}: {one['pairs']} pairs, {one['tied']} with a tie"
    if not decided:
        return f"{said}."
    said += (
        f", {one['flip_rate']:.1%} ± {one['flip_stderr']:.1%} of the others contradict themselves "
        f"({one['first_first']} for the first place, {one['second_second']} for the second)"
    )
    if one["bias"] is None:
        return f"{said}."
    return (
        f"{said}; position bias {one['bias']:+.3f} ± {one['stderr']:.2g}: without it "
        f"{one['flips_of_noise']:.1%} would, by noise alone."
    )


def _gain(gain):
    if not gain["k"]:
        return "Best of k: the strengths differ by no more than their errors."
    last = len(gain["k"]) - 1
    single = gain["curves"][0]
    return (
        f"Best of {gain['k'][last]} such candidates by this judge (their strengths spread by "
        f"{gain['spread']:.2f}): {single['strength'][last]:.2f} above the mean in a knockout of "
        f"{single['calls'][last]} calls, {gain['curves'][1]['strength'][last]:.2f} in one of "
        f"{gain['curves'][1]['calls'][last]}, {gain['perfect_judge'][last]:.2f} by a perfect judge."
    )
