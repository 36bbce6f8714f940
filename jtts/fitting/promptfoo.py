"""Results of promptfoo, `eval --repeat N -o results.json` or `.jsonl`.

Repeats have the same vars, description and assertions, and a `testIdx` of their own; `promptIdx`
numbers the pairs of a prompt and a model.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from jtts.arguments import InputError
from jtts.fitting.columns import NAMES
from jtts.fitting.labels import shown
from jtts.fitting.layout import Asked, Layout, Rows
from jtts.fitting.records import Record


def _rows(found: Iterable[Record], source: str, asked: Asked) -> Rows:
    successes, kept, example = 0, 0, None
    models: dict[str, str] = {}
    for line, record in found:
        where = f"{source}, result {line}"
        if "results.stats" in record:
            _compare(record["results.stats"], successes, example, source)
            continue
        if not isinstance(record.get("success"), bool):
            raise InputError(
                f"{where}: success is {shown(record.get('success'))}, not true or false"
            )
        example = example or (record.get("response"), record["success"])
        successes += record["success"]
        index = str(record.get("promptIdx"))
        models.setdefault(index, _model(record))
        if asked.filter_name is None and len(models) > 1:
            there = ", ".join(f"{number} ({name})" for number, name in models.items())
            raise InputError(
                f"{where}: several models or prompts, promptIdx {there}; choose one with --filter"
            )
        if asked.filter_name not in (None, index):
            continue
        kept += 1
        yield line, _row(record)
    if not kept:
        raise InputError(
            f"{source}: no result has promptIdx {asked.filter_name!r}; there are "
            f"{', '.join(models)}"
        )


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    test = record.get("testCase")
    test = test if isinstance(test, Mapping) else {}
    asked_for = [record.get("vars"), test.get("description"), test.get("assert")]
    scores = record.get("namedScores")
    named = {
        str(name): value
        for name, value in (scores if isinstance(scores, Mapping) else {}).items()
        if name not in NAMES
    }
    response = record.get("response")
    output = response.get("output") if isinstance(response, Mapping) else None
    return {
        **named,
        "assertion score": record.get("score"),
        "question": json.dumps(asked_for, sort_keys=True, default=str),
        "sample": record.get("testIdx"),
        "output": output if isinstance(output, str) else json.dumps(output),
        "correct": record["success"],
    }


def _model(record: Mapping[str, Any]) -> str:
    provider = record.get("provider")
    if not isinstance(provider, Mapping):
        return str(provider)
    return str(provider.get("label") or provider.get("id"))


def _compare(stats: Any, successes: int, example: Any, source: str) -> None:
    """The file's own count of successes."""
    counted = stats.get("successes") if isinstance(stats, Mapping) else None
    if isinstance(counted, int) and counted != successes:
        output, success = example or (None, None)
        raise InputError(
            f"{source}: {successes} results have success, where its own stats count {counted}: "
            f"the first answer is {shown(output)}, success {success}"
        )


LAYOUT = Layout(
    "promptfoo",
    lambda record: {"promptIdx", "testIdx", "success", "vars"} <= set(record),
    _rows,
    options=("filter",),
    alike=False,  # the counts of the file come last
)
