"""Files that are not a row a sample: recognised by the names of their fields, and made so.

Where the names come from is told in docs/fit.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jtts.arguments import InputError
from jtts.fitting import choices, harness, helm, lighteval, promptfoo, rollouts
from jtts.fitting.labels import listed, shown
from jtts.fitting.layout import Asked, Layout, Rows, chosen
from jtts.fitting.records import Record

MOST_COUNTED = 10**8  # samples that counts may stand for
GRADES = {"C": 1, "I": 0, "N": 0}  # correct, incorrect, no answer


def _whole(cell: Any, where: str) -> int:
    try:
        number = int(cell)
    except (TypeError, ValueError, OverflowError):
        number = -1
    if number < 0 or isinstance(cell, bool) or float(number) != float(cell):
        raise InputError(f"{where}: {shown(cell)} is not a whole number")
    return number


def _counts(found: Iterable[Record], source: str, asked: Asked) -> Rows:
    total = 0
    for line, record in found:
        number, right = (
            _whole(record.get(name), f"{source}, line {line}, column {name}")
            for name in ("num_samples", "num_correct")
        )
        if right > number:
            raise InputError(
                f"{source}, line {line}, column num_correct: {right} of {number} samples"
            )
        total += number
        if total > MOST_COUNTED:
            raise InputError(f"{source}, line {line}: more than {MOST_COUNTED} samples")
        question = next((record[n] for n in ("question", "task_id", "id") if n in record), line)
        for sample in range(number):
            yield line, {"question": question, "correct": int(sample < right)}


def _pairs(found: Iterable[Record], source: str, asked: Asked) -> Rows:
    for line, record in found:
        for name, correct in (("scores_chosen", 1), ("scores_rejected", 0)):
            cell = record.get(name)
            for score in cell if isinstance(cell, list | tuple) else [cell]:
                yield line, {"question": line, "score": score, "correct": correct}


def _matches(found: Iterable[Record], source: str, asked: Asked) -> Rows:
    kept = 0
    for line, record in found:
        data = record.get("data")
        if record.get("type") == "match" and isinstance(data, Mapping) and "correct" in data:
            kept += 1
            yield line, {"question": record.get("sample_id"), "correct": data["correct"]}
    if not kept:
        raise InputError(f"{source}: no event of type 'match' in it")


def _scored(found: Iterable[Record], source: str, asked: Asked) -> Rows:
    """Samples of inspect-ai: id, epoch, and scores by the name of the scorer."""
    for line, record in found:
        where = f"{source}, sample {line}"
        scores = record.get("scores")
        if not isinstance(scores, Mapping) or not scores:
            raise InputError(f"{where}: no scores in it")
        if asked.metric is None and len(scores) > 1:
            raise InputError(f"{where}: scorers {listed(scores)}; choose one with --metric")
        name = next(iter(scores)) if asked.metric is None else asked.metric
        score = scores[chosen("metric", name, scores, where)]
        if not isinstance(score, Mapping) or "value" not in score:
            raise InputError(f"{where}: no value of scorer {name!r}")
        value = score["value"]
        correct = GRADES.get(value, value) if isinstance(value, str) else value
        yield line, {"id": record["id"], "epoch": record["epoch"], "correct": correct}


def _has(*names: str) -> Any:
    return lambda record: set(names) <= set(record)


# fmt: off
LAYOUTS = (
    choices.LM_EVAL,
    harness.LAYOUT,
    lighteval.CHOICES,
    lighteval.LAYOUT,
    helm.LAYOUT,
    promptfoo.LAYOUT,
    Layout("counts", _has("num_samples", "num_correct"), _counts),
    Layout("RewardBench", _has("scores_chosen", "scores_rejected"), _pairs),
    rollouts.VERL,
    rollouts.LAYOUT,
    Layout(
        "OpenAI evals",
        lambda record: "spec" in record or _has("run_id", "event_id", "type", "data")(record),
        _matches, alike=False,
    ),
    Layout(
        "inspect-ai", _has("id", "epoch", "scores"), _scored,
        {"question": "id", "sample": "epoch"}, ("metric",),
    ),
)
# fmt: on


def layout_of(record: Mapping[str, Any]) -> Layout | None:
    return next((layout for layout in LAYOUTS if layout.known(record)), None)


def require_meant(option: str, layout: Layout | None, source: str) -> None:
    """InputError where an option says nothing of such a file."""
    if layout is None or option not in layout.options:
        names = dict.fromkeys(known.name for known in LAYOUTS if option in known.options)
        raise InputError(f"--{option} is for logs of {listed(names)}, {source} is none")
