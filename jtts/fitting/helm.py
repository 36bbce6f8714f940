"""`per_instance_stats.json` of HELM: of each question and trial a list of statistics.

Each metric of a run writes a record of its own for the same question and trial; they are brought
together. What was perturbed is left out: it is another question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jtts.arguments import InputError
from jtts.fitting.labels import listed
from jtts.fitting.layout import Asked, Layout, Rows, chosen, number
from jtts.fitting.records import Record


def _rows(found: Iterable[Record], source: str, asked: Asked) -> Rows:
    trials: dict[tuple[str, str], tuple[int, dict[str, float]]] = {}
    for line, record in found:
        if record.get("perturbation") is not None:
            continue
        key = str(record.get("instance_id")), str(record.get("train_trial_index"))
        values = trials.setdefault(key, (line, {}))[1]
        values.update(_stats(record, f"{source}, sample {line}"))
    if not trials:
        raise InputError(f"{source}: nothing but perturbed questions in it")
    metric = None if asked.graded else _metric(trials.values(), source, asked.metric)
    for (question, trial), (line, values) in trials.items():
        row = {**values, "question": question, "sample": trial}
        yield line, row if metric is None else {**row, "correct": values.get(metric)}


def _stats(record: Mapping[str, Any], where: str) -> dict[str, float]:
    """Means by the name of the statistic."""
    found = {}
    stats = record.get("stats")
    for stat in stats if isinstance(stats, list) else []:
        name = stat.get("name") if isinstance(stat, Mapping) else None
        if not isinstance(name, Mapping) or "name" not in name:
            raise InputError(f"{where}: a statistic without a name")
        if stat.get("mean") is not None:
            found[str(name["name"])] = number(stat["mean"], where)
    return found


def _metric(trials: Iterable[tuple[int, dict[str, float]]], source: str, name: str | None) -> str:
    """The statistic that says what is right."""
    values: dict[str, set[float]] = {}
    for _, stats in trials:
        for stat, value in stats.items():
            values.setdefault(stat, set()).add(value)
    if name is not None:
        return chosen("metric", name, values, source)
    graded = [stat for stat, seen in values.items() if seen == {0.0, 1.0}]
    if len(graded) != 1:
        raise InputError(
            f"{source}: statistics of 0 or 1: {listed(graded) or 'none'}; choose one with --metric"
        )
    return graded[0]


LAYOUT = Layout(
    "HELM",
    lambda record: {"instance_id", "train_trial_index", "stats"} <= set(record),
    _rows,
    options=("metric",),
)
