"""Files that are not a row a sample: recognised by the names of their fields, and made so.

Where the names come from is told in docs/fit.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jtts.arguments import InputError
from jtts.fitting.labels import listed, shown
from jtts.fitting.records import Record

Rows = Iterator[Record]
MOST_COUNTED = 10**8  # samples that counts may stand for
NUMBERED = re.compile(r"(.+?)[ _.\-]?(\d{1,6})")
GRADES = {"C": 1, "I": 0, "N": 0}  # correct, incorrect, no answer
SAMPLED = ("answer", "correct", "score", "truth", "value")


@dataclass(frozen=True)
class Layout:
    """One way to write samples.

    Attributes:
      columns: of the records that `rows` gives, by role.
      known: whether a record, the first of a file, is of this layout.
      rows: records of a row a sample.
    """

    name: str
    columns: Mapping[str, str]
    known: Callable[[Mapping[str, Any]], bool]
    rows: Callable[[Iterable[Record], str, str | None], Rows]


def _whole(cell: Any, where: str) -> int:
    try:
        number = int(cell)
    except (TypeError, ValueError, OverflowError):
        number = -1
    if number < 0 or isinstance(cell, bool) or float(number) != float(cell):
        raise InputError(f"{where}: {shown(cell)} is not a whole number")
    return number


def _counts(found: Iterable[Record], source: str, metric: str | None) -> Rows:
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


def _numbers(cell: Any) -> list[Any]:
    return list(cell) if isinstance(cell, list | tuple) else [cell]


def _pairs(found: Iterable[Record], source: str, metric: str | None) -> Rows:
    for line, record in found:
        for name, correct in (("scores_chosen", 1), ("scores_rejected", 0)):
            for score in _numbers(record.get(name)):
                yield line, {"question": line, "score": score, "correct": correct}


def _rollouts(found: Iterable[Record], source: str, metric: str | None) -> Rows:
    """Several prompts of a step, each as often as it was sampled."""
    for line, record in found:
        judged = record["acc"] if "acc" in record else record.get("score")
        yield line, {**record, "question": record.get("input"), "correct": judged}


def _matches(found: Iterable[Record], source: str, metric: str | None) -> Rows:
    kept = 0
    for line, record in found:
        data = record.get("data")
        if record.get("type") == "match" and isinstance(data, Mapping) and "correct" in data:
            kept += 1
            yield line, {"question": record.get("sample_id"), "correct": data["correct"]}
    if not kept:
        raise InputError(f"{source}: no event of type 'match' in it")


def _scored(found: Iterable[Record], source: str, metric: str | None) -> Rows:
    """Samples of inspect-ai: id, epoch, and scores by the name of the scorer."""
    for line, record in found:
        where = f"{source}, sample {line}"
        scores = record.get("scores")
        if not isinstance(scores, Mapping) or not scores:
            raise InputError(f"{where}: no scores in it")
        if metric is None and len(scores) > 1:
            raise InputError(f"{where}: scorers {listed(scores)}; choose one with --metric")
        name = next(iter(scores)) if metric is None else metric
        score = scores.get(name)
        if not isinstance(score, Mapping) or "value" not in score:
            raise InputError(f"{where}: no scorer {name!r}; there are {listed(scores)}")
        value = score["value"]
        correct = GRADES.get(value, value) if isinstance(value, str) else value
        yield line, {"id": record["id"], "epoch": record["epoch"], "correct": correct}


def prefixed(record: Mapping[str, Any], prefixes: Mapping[str, str]) -> dict[str, list[str]]:
    """Columns answer_0, answer_1, ... (answer0, answer.0, answer 0) by role, in their order.

    None where a role has a column of its own: that is a row a sample.

    >>> prefixed({"question": 1, "answer_1": 2, "answer_0": 3}, {})
    {'answer': ['answer_0', 'answer_1']}
    >>> prefixed({"score": 1, "score_2": 3, "score_3": 3}, {})
    {}
    """
    if {prefixes.get(role, role) for role in SAMPLED} & set(record):
        return {}
    found: dict[str, list[tuple[int, str]]] = {}
    for name in record:
        match = NUMBERED.fullmatch(name)
        for role in SAMPLED if match else ():
            if match and match[1] == prefixes.get(role, role):
                found.setdefault(role, []).append((int(match[2]), name))
    return {role: [n for _, n in sorted(names)] for role, names in found.items() if len(names) > 1}


def wide(found: Iterable[Record], source: str, groups: Mapping[str, list[str]]) -> Rows:
    """A row a sample from a row a question; an empty cell in all groups is no sample."""
    length = {len(names) for names in groups.values()}
    if len(length) > 1:
        raise InputError(
            f"{source}: as many columns of each are needed; there are "
            + ", ".join(f"{len(names)} of {role}" for role, names in groups.items())
        )
    (count,) = length
    for line, record in found:
        kept = {"question": line}
        kept |= {name: cell for name, cell in record.items() if name in ("question", "target")}
        for sample in range(count):
            cells = {role: record.get(names[sample]) for role, names in groups.items()}
            if any(cell not in (None, "") and cell == cell for cell in cells.values()):
                yield line, {**kept, **cells}


LAYOUTS = (
    Layout(
        "counts", {"question": "question", "correct": "correct"},
        lambda record: {"num_samples", "num_correct"} <= set(record), _counts,
    ),
    Layout(
        "RewardBench", {"question": "question", "score": "score", "correct": "correct"},
        lambda record: {"scores_chosen", "scores_rejected"} <= set(record), _pairs,
    ),
    Layout(
        "verl", {"question": "question", "correct": "correct"},
        lambda record: (
            {"input", "output", "score", "step"} <= set(record) and "question" not in record
        ),
        _rollouts,
    ),
    Layout(
        "OpenAI evals", {"question": "question", "correct": "correct"},
        lambda record: "spec" in record or {"run_id", "event_id", "type", "data"} <= set(record),
        _matches,
    ),
    Layout(
        "inspect-ai", {"question": "id", "sample": "epoch", "correct": "correct"},
        lambda record: {"id", "epoch", "scores"} <= set(record), _scored,
    ),
)  # fmt: skip


def layout_of(record: Mapping[str, Any]) -> Layout | None:
    return next((layout for layout in LAYOUTS if layout.known(record)), None)
