"""The per-sample logs of lm-evaluation-harness, `samples_*.jsonl`, of tasks with `repeats`.

A line is a question: doc_id, target, and under resps the responses of each request,
[[first, second, ...]]; filtered_resps holds what a filter made of them, a single text where it
kept but one. A task with several filters writes a line of every question for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jtts.arguments import InputError
from jtts.fitting.answers import Answers
from jtts.fitting.labels import listed
from jtts.fitting.layout import Asked, Layout, Rows
from jtts.fitting.metrics import Metrics
from jtts.fitting.records import Record

COLUMNS = {"question": "doc_id", "sample": "doc_id, resps", "answer": "resps", "target": "target"}
SOLVED = "####"  # before the answer, where a target is a worked solution


def is_log(record: Mapping[str, Any]) -> bool:
    return "doc_id" in record and "resps" in record


def one_record_per_sample(found: Iterable[Record], source: str, asked: Asked) -> Rows:
    """Records with the question, the sample, its answer and the target, under `COLUMNS`.

    Where the log's metric is a list with an item for each sample, that is `correct`.

    Raises:
      InputError: a line without repeated answers, several filters and none chosen, or a line whose
        own metric contradicts what was read.
    """
    answers = asked.answers
    metrics = Metrics(answers, asked.metric)
    for line, record in of_one_filter(found, source, asked.filter_name):
        where = f"{source}, line {line}"
        for name in ("doc_id", "target", "resps"):
            if name not in record:
                raise InputError(f"{where}: no {name!r}")
        responses = _answers(record, where, answers)
        target = wanted(record["target"], answers)
        correct = metrics.of_samples(record, len(responses))
        if correct is None:
            metrics.compare(record, responses, target, f"{where}, column resps")
        for sample, answer in enumerate(responses):
            cells = (record["doc_id"], sample, answer, target)
            judged = {} if correct is None else {"correct": correct[sample]}
            yield line, dict(zip(COLUMNS.values(), cells, strict=True)) | judged


def of_one_filter(found: Iterable[Record], source: str, filter_name: str | None) -> Rows:
    """A log has a line of each question for each filter."""
    seen: set[str] = set()
    kept = 0
    for line, record in found:
        name = str(record.get("filter", "none"))
        seen.add(name)
        if filter_name is None and len(seen) > 1:
            raise InputError(
                f"{source}, line {line}: answers of the filters "
                f"{listed(map(repr, sorted(seen)))}; choose one with --filter"
            )
        if filter_name in (None, name):
            kept += 1
            yield line, record
    if not kept:
        raise InputError(
            f"{source}: no line has --filter {filter_name!r}; there are {listed(sorted(seen))}"
        )


def _answers(record: Mapping[str, Any], where: str, answers: Answers) -> list[str]:
    """The filtered answers where the filter kept them all, else the responses."""
    responses = _repeats(record["resps"])
    if responses is None:
        raise InputError(
            f"{where}, column resps: must be [[text, text, ...]], the repeats of one request; "
            "a task of likelihoods has none, unless it is of multiple choice"
        )
    if not responses:
        raise InputError(f"{where}, column resps: no response in it")
    filtered = _repeats(record.get("filtered_resps"))
    if answers.extract is None and filtered is not None and len(filtered) == len(responses):
        return filtered
    return responses


def wanted(target: Any, answers: Answers) -> Any:
    """The answer that is right: what ends a worked solution, or all of the target."""
    if not isinstance(target, str) or (answers.extract and answers.find(target) is not None):
        return target
    return target.rsplit(SOLVED, 1)[-1]


def _repeats(requests: Any) -> list[str] | None:
    if not (isinstance(requests, list) and len(requests) == 1):
        return None
    repeats = requests[0]
    if isinstance(repeats, list) and all(isinstance(text, str) for text in repeats):
        return repeats
    return None


LAYOUT = Layout(
    "lm-evaluation-harness",
    is_log,
    one_record_per_sample,
    COLUMNS,
    ("filter", "metric"),
    alike=False,  # what lacks is named one by one
)
