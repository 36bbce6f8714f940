"""The details of lighteval, a row a question: what was asked, what was said, and its metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jtts.arguments import InputError
from jtts.fitting.choices import WARNING, compare, samples
from jtts.fitting.harness import wanted
from jtts.fitting.layout import Asked, Layout, Rows, chosen, number
from jtts.fitting.metrics import NONE, Metrics
from jtts.fitting.records import Record


def _text(found: Iterable[Record], source: str, asked: Asked) -> Rows:
    metrics = Metrics(asked.answers, asked.metric)
    for line, record in found:
        where = f"{source}, row {line}"
        said = record["model_response"]
        texts = said.get("text_post_processed") or said.get("text") or []
        golds, _ = _golds(record["doc"], where)
        target, *others = (wanted(gold, asked.answers) for gold in golds)
        if others:  # each is right: all count as the first
            known = {asked.answers.wanted(other) for other in others}
            texts = [target if asked.answers.given(t) in known else t for t in texts]
        if not texts:
            raise InputError(f"{where}, column model_response: no text in it")
        own = {name: value for name, value in _metrics(record).items() if value is not None}
        metrics.compare(own, texts, target, where)
        for text in texts:
            yield line, {"question": _question(record), "answer": text, "target": target}


def _choices(found: Iterable[Record], source: str, asked: Asked) -> Rows:
    for line, record in found:
        where = f"{source}, row {line}"
        own = _metrics(record)
        names = [name for name in own if name.partition(":")[0] == "acc"]
        metric = asked.metric or (names[0] if names else NONE)
        if metric != NONE:
            chosen("metric", metric, names, where)
        _, right = _golds(record["doc"], where)
        texts = [str(text) for text in record["doc"]["choices"]]
        scores = _likelihoods(record["model_response"], texts, metric, where)
        if metric != NONE:
            compare(metric, own[metric], texts, scores, right, where)
        for row in samples(_question(record), scores, right):
            yield line, row


def _likelihoods(said: Mapping[str, Any], texts: list[str], metric: str, where: str) -> list[float]:
    """Of each choice the likelihood that the metric takes the largest of, by its name."""
    count = len(texts)
    logs = [number(cell, f"{where}, column model_response.logprobs") for cell in said["logprobs"]]
    if len(logs) not in (count, 2 * count):
        raise InputError(f"{where}: {len(logs)} likelihoods of {count} choices")
    if "TokenNorm" in metric:
        lengths = [len(tokens) for tokens in said.get("output_tokens") or []]
    elif "CharNorm" in metric:
        spared = "ignore_first_space=True" in metric
        lengths = [len(text) - int(spared and text[:1] == " ") for text in texts]
    elif "PMINorm" in metric:
        without = said.get("unconditioned_logprobs") or logs[count:]
        return [logs[i] - number(without[i], where) for i in range(min(count, len(without)))]
    else:
        return logs[:count]
    if len(lengths) < count:
        raise InputError(f"{where}: {len(lengths)} output_tokens of {count} choices")
    return [logs[i] / max(lengths[i], 1) for i in range(count)]


def _golds(doc: Mapping[str, Any], where: str) -> tuple[list[str], set[int]]:
    numbers = doc.get("gold_index")
    numbers = numbers if isinstance(numbers, list) else [numbers]
    texts = doc.get("choices") or []
    if not numbers or not all(type(n) is int and 0 <= n < len(texts) for n in numbers):
        raise InputError(
            f"{where}, column doc: gold_index {numbers} is not among the {len(texts)} choices"
        )
    return [str(texts[n]) for n in numbers], set(numbers)


def _metrics(record: Mapping[str, Any]) -> Mapping[str, Any]:
    found = record.get("metric")
    return found if isinstance(found, Mapping) else {}


def _question(record: Mapping[str, Any]) -> Any:
    return record["doc"].get("id") or record["doc"].get("query")


def _is_details(record: Mapping[str, Any]) -> bool:
    doc, said = record.get("doc"), record.get("model_response")
    return (
        isinstance(doc, Mapping)
        and isinstance(said, Mapping)
        and {"query", "choices", "gold_index"} <= set(doc)
    )


def _is_choice(record: Mapping[str, Any]) -> bool:
    return (
        _is_details(record)
        and not record["model_response"].get("text")
        and bool(record["model_response"].get("logprobs"))
    )


LAYOUT = Layout("lighteval", _is_details, _text, options=("metric",))
CHOICES = Layout("lighteval", _is_choice, _choices, options=("metric",), warning=WARNING)
