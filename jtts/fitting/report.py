"""What a fit found, as JSON and in the terminal."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

import jtts
from jtts.fitting.curves import VOTE, degrees, sign
from jtts.fitting.fit import Fit
from jtts.provenance import command

SHOWN = 8  # rows of k in the terminal
WIDEST = 10_000  # characters of a table


def as_json(fit: Fit) -> dict[str, Any]:
    """Everything, with infinities and unknown numbers as null."""
    return plain(
        {
            "jtts": jtts.__version__,
            "command": command(sys.argv),
            "seed": fit.seed,
            "data": {
                "file": fit.samples.source,
                "questions": len(fit.samples.counts),
                "samples": int(fit.samples.counts.sum()),
                "fewest_samples": int(fit.samples.counts.min()),
                "most_samples": int(fit.samples.counts.max()),
                "warnings": list(fit.samples.warnings),
            },
            "measured": [
                {**key._asdict(), "k": curve.k, "value": curve.mean, "stderr": curve.stderr}
                for key, curve in fit.curves.items()
            ],
            "models": [_model(fit, model) for model in fit.models],
            "held_back": fit.held_back,
            "recommended": fit.recommended,
            "recommended_by_models": fit.by_models,
            "kl": fit.divergence,
            "score_auc": fit.score_auc,
            "notes": fit.notes,
        }
    )


def _model(fit, model):
    k = np.concatenate([next(iter(fit.curves.values())).k, fit.forecast_k])
    curves = []
    for key in model.curves:
        value, stderr = model.predict(key, k)
        curves.append({**key._asdict(), "k": k, "value": value, "stderr": stderr})
    return {
        "name": model.name,
        **model.facts,
        "parameters": {name: q._asdict() for name, q in model.summary().items()},
        "curves": curves,
        "notes": model.notes,
    }


def plain(value: Any) -> Any:
    """Lists, dictionaries and finite numbers."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def show(found: dict[str, Any], console: Console) -> None:
    """Tables of the JSON's content."""
    data = found["data"]
    for warning in data["warnings"]:
        console.print(f"WARNING: {warning}.", style="bold red")
    console.print(
        f"{data['file']}: {data['questions']} questions, {data['fewest_samples']} to "
        f"{data['most_samples']} samples each; errors are standard errors over questions"
    )
    for table in (_measured(found["measured"]), *map(_parameters, found["models"])):
        print_whole(table, console)
    if found["held_back"]:
        print_whole(_held_back(found["held_back"]), console)
    for sentence in sentences(found):
        console.print(sentence)


def print_whole(table: Table, console: Console) -> None:
    """As wide as its content, also where the terminal is narrower or there is none."""
    needed = Measurement.get(console, console.options.update(max_width=WIDEST), table).maximum
    usual, console.width = console.width, max(console.width, needed)
    console.print(table)
    console.width = usual


def table_of(title: str, *columns: str) -> Table:
    table = Table(*columns, title=title, title_justify="left", box=None, header_style="bold")
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def _measured(curves):
    table = table_of("Measured", "k", *(_name(curve) for curve in curves))
    k = curves[0]["k"]
    rows = np.unique(np.linspace(0, len(k) - 1, min(SHOWN, len(k))).round().astype(int))
    for i in rows:
        cells = (f"{c['value'][i]:.4g} ± {c['stderr'][i]:.2g}" for c in curves)
        table.add_row(str(k[i]), *cells)
    return table


def _name(curve):
    hot = "" if curve["temperature"] == 0 else f" T={degrees(curve['temperature'])}"
    return f"{curve['outcome']}: {curve['rule']}{hot}"


def _parameters(model):
    title = f"Model: {model['name']} ({model['law']}){_criterion(model)}"
    table = table_of(title, "", "value", "s.e.", "95 %")
    unknown = False
    for name, q in model["parameters"].items():
        known = q["low"] is not None and q["high"] is not None
        interval = f"{q['low']:.4g} to {q['high']:.4g}" if known else "-"
        cells = (_cell(q["value"], ".4g", "infinite"), _cell(q["stderr"], ".2g"), interval)
        unknown |= "-" in cells
        table.add_row(name, *cells)
    if unknown:
        table.caption = "-: these samples do not tell it; the value is at an end of its range"
        table.caption_justify = "left"
    return table


def _cell(value: float | None, form: str, unknown: str = "-") -> str:
    return unknown if value is None else format(value, form)


def _criterion(model: dict[str, Any]) -> str:
    """AIC of the laws that were compared."""
    compared = {law: aic for law, aic in model.get("AIC", {}).items() if aic is not None}
    return f"; AIC {', '.join(f'{law} {aic:.1f}' for law, aic in compared.items())}" * bool(
        compared
    )


def _held_back(forecasts):
    table = table_of(
        "Forecasts from half of the samples at the largest k held back",
        "curve", "model", "k", "forecast", "measured", "z",
    )  # fmt: skip
    for one in forecasts:
        last = [one[name][-1] for name in ("k", "forecast", "measured", "z")]
        table.add_row(_name(one), one["model"], *(_cell(value, ".4g") for value in last))
        if last[-1] is None:
            table.caption = "-: fewer than ten questions differ from the others"
            table.caption_justify = "left"
    return table


def sentences(found: dict[str, Any]) -> list[str]:
    """The recommendation, what the models add to it, the divergence spent, and the notes."""
    said = []
    best = found["recommended"]
    if best is None:
        said.append("Recommended: nothing, without a score or answers there is no selection.")
    else:
        said += _recommendation(best)
    ranked = found["score_auc"]
    if ranked is not None:
        said.append(
            f"AUC of the score, {ranked['value']:.3f} ± {ranked['stderr']:.2g}: so often a right "
            f"sample scores above a wrong one of its question ({ranked['questions']} questions)."
        )
    for model, advice in found["recommended_by_models"].items():
        for name, q in advice.items():
            value, interval = _worded(q["value"]), ""
            if "low" in q:
                interval = f" (95 %: {_worded(q['low'])} to {_worded(q['high'])})"
            said.append(f"Best {name.replace('_', ' ')} by the {model} model: {value}{interval}.")
    kl = found["kl"]
    bound = ", an upper bound as scores tie" if kl["upper_bound_only"] else ""
    k = found["measured"][0]["k"][-1] if best is None else best["k"]
    nats = kl["nats"][kl["k"].index(k)]
    said.append(f"KL divergence spent by the best of {k}: {nats:.3g} nats{bound}.")
    return [*said, *(f"Note: {note}." for note in found["notes"])]


def _worded(value):
    return "infinite" if value is None else f"{value:.4g}"


def _recommendation(best):
    """What to do in one sentence, then how sure it is."""
    hot = "" if best["rule"] == VOTE else f" at T = {degrees(best['temperature'])}"
    what = "a vote among" if best["rule"] == VOTE else "the best by score of"
    single = best["value"] - best["gain_over_one_sample"] - _paid(best)
    edge = "; the largest k measured, more may help" if best["at_largest_k"] else ""
    agreed = sum(one["share"] for one in best["chosen_in_resamples"] if _same(one, best))
    paid = f", a sample at {best['price']:g} paid" if best["price"] else ""
    said = [
        f"Recommended: take {what} {best['k']} samples{hot}: {best['outcome']} {best['value']:.4g} "
        f"± {best['stderr']:.2g}, where one sample has {single:.4g}.",
        f"Gain over one sample{paid}: {best['gain_over_one_sample']:+.4g} ± "
        f"{best['gain_stderr']:.2g} ({best['gain_on_questions_left_out']:+.4g} on questions left "
        "out).",
        f"k is {best['k_low']} to {best['k_high']} in 95 % of resampled questions{edge}; this rule "
        f"in {agreed:.0%} of them. From k = {best['enough_k']} on it is within one standard error.",
    ]
    others = [
        f"{one['gain']:+.4g} ± {one['stderr']:.2g} over {_other(one)}" for one in best["others"]
    ]
    if others:
        said.append(f"Question by question{paid}: {', '.join(others)}.")
    return said


def _paid(best):
    """What k - 1 more samples cost in units of the outcome, as its sign has it."""
    return sign(best["outcome"]) * best["price"] * (best["k"] - 1)


def _other(one):
    hot = "" if one["rule"] == VOTE else f", T = {degrees(one['temperature'])}"
    return f"{one['rule']} (k = {one['k']}{hot})"


def _same(one, other):
    return (one["rule"], one["temperature"]) == (other["rule"], other["temperature"])
