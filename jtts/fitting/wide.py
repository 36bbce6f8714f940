"""A row a question, its samples side by side in columns answer_0, answer_1, ..."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from jtts.arguments import InputError
from jtts.fitting.layout import Rows
from jtts.fitting.records import Record

NUMBERED = re.compile(r"(.+?)[ _.\-]?(\d{1,6})")
SAMPLED = ("answer", "correct", "score", "truth", "value")


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
