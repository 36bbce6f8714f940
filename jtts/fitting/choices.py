"""Multiple choice by likelihood: the choices of a question are its samples, their scores the
likelihoods, and one is right. The likeliest of all choices is what a harness calls accuracy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jtts.arguments import InputError
from jtts.fitting.harness import of_one_filter
from jtts.fitting.labels import shown
from jtts.fitting.layout import Asked, Layout, Rows, chosen, number
from jtts.fitting.metrics import NONE
from jtts.fitting.records import Record

WARNING = (
    "the samples of a question are its choices: what counts is selection among all of them, and "
    "the AUC; pass@k and difficulty say nothing here"
)
METRICS = ("acc", "acc_norm", "acc_bytes", "acc_mutual_info")


def samples(question: Any, scores: Sequence[float], right: set[int]) -> Iterator[dict[str, Any]]:
    for i, score in enumerate(scores):
        yield {"question": question, "score": score, "correct": int(i in right)}


def compare(
    name: str,
    share: Any,
    texts: Sequence[str],
    scores: Sequence[float],
    right: set[int],
    where: str,
) -> None:
    """Raises InputError where the likeliest choice is not what the log says of it."""
    best = {i for i, score in enumerate(scores) if score == max(scores)}
    if share not in {float(i in right) for i in best}:
        first, target = texts[min(best, default=0)], texts[min(right)]
        raise InputError(
            f"{where}: the log's own {name} is {shown(share)}, where the likeliest choice is "
            f"{shown(first)} and the target {shown(target)}; --metric none ignores it"
        )


def _lm_eval(found: Iterable[Record], source: str, asked: Asked) -> Rows:
    for line, record in of_one_filter(found, source, asked.filter_name):
        where = f"{source}, line {line}"
        there = [name for name in METRICS if name in record]
        metric = asked.metric or (there[0] if there else NONE)
        if metric != NONE:
            chosen("metric", metric, there, where)
        texts, scores = _likelihoods(record, metric, where)
        right = _right(record.get("target"), texts, where)
        if metric != NONE:
            compare(metric, record[metric], texts, scores, right, where)
        for row in samples(record["doc_id"], scores, right):
            yield line, row


def _likelihoods(
    record: Mapping[str, Any], metric: str, where: str
) -> tuple[list[str], list[float]]:
    """The choices, and of each the likelihood that the metric takes the largest of."""
    asked_for = record.get("arguments")
    pairs = record["resps"]
    logs = [number(pair[0][0], f"{where}, column resps") for pair in pairs]
    count = len(logs) // 2 if "acc_mutual_info" in record else len(logs)
    try:
        texts = [str(asked_for[f"gen_args_{i}"]["arg_1"]) for i in range(count)]  # type: ignore
    except (TypeError, KeyError):
        raise InputError(
            f"{where}, column arguments: must hold gen_args_0, gen_args_1, ... with the choice as "
            "arg_1"
        ) from None
    texts = [text.removeprefix(" ") for text in texts]
    lengths = {
        "acc_norm": [len(text) for text in texts],
        "acc_bytes": [len(text.encode()) for text in texts],
    }.get(metric)
    if metric == "acc_mutual_info":
        return texts, [logs[i] - logs[count + i] for i in range(count)]
    if lengths is None:
        return texts, logs[:count]
    return texts, [logs[i] / max(lengths[i], 1) for i in range(count)]


def _right(target: Any, texts: Sequence[str], where: str) -> set[int]:
    """A number of a choice, a list of them, or a choice itself."""
    if isinstance(target, str) and texts.count(target.removeprefix(" ")) == 1:
        return {texts.index(target.removeprefix(" "))}
    try:
        numbers = json.loads(target) if isinstance(target, str) else target
    except ValueError:
        numbers = None
    numbers = numbers if isinstance(numbers, list) else [numbers]
    if not numbers or not all(type(n) is int and 0 <= n < len(texts) for n in numbers):
        raise InputError(
            f"{where}, column target: {shown(target)} is neither the number of a choice nor one of "
            f"the {len(texts)} choices, of which the first is {shown(texts[0])}"
        )
    return set(numbers)


def _is_choice(record: Mapping[str, Any]) -> bool:
    """Several requests, of each a pair of a likelihood and whether it was the likeliest text."""
    requests = record.get("resps")
    return (
        "doc_id" in record
        and isinstance(requests, list)
        and len(requests) > 1
        and all(
            isinstance(request, list)
            and len(request) > 0
            and isinstance(request[0], list)
            and len(request[0]) == 2
            for request in requests
        )
    )


LM_EVAL = Layout(
    "lm-evaluation-harness", _is_choice, _lm_eval, options=("filter", "metric"), warning=WARNING
)
