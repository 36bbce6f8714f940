"""From a file to `Comparisons`, with what is wrong named by file, line and column."""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from jtts.arguments import InputError
from jtts.fitting.labels import as_text, listed, same_answer, shown
from jtts.fitting.reading import place_of
from jtts.fitting.records import Record, peeked, records, silent
from jtts.judging.comparisons import Comparisons

MOST_CANDIDATES = 2000  # whose strengths are fitted with a full matrix
FIRST = ("a", "model_a", "1", "win", "first")
SECOND = ("b", "model_b", "0", "loss", "second")
TIE = ("tie", "draw", "0.5", "tie (bothbad)", "bothbad", "both_bad")


@dataclasses.dataclass(frozen=True)
class Columns:
    """Names of the columns; None is the role's own name, used if the file has it."""

    model_a: str | None = None
    model_b: str | None = None
    outcome: str | None = None
    winner: str | None = None
    loser: str | None = None
    first: str | None = None
    question: str | None = None
    judge: str | None = None


NAMES = tuple(field.name for field in dataclasses.fields(Columns))
NEEDED = "winner and loser, or model_a, model_b and outcome (or winner)"


def read(
    path: Path,
    columns: Columns | None = None,
    a_first: bool = False,
    progress: Callable[[float], None] = silent,
) -> Comparisons:
    """Judgements of a .csv, .jsonl or .parquet file.

    Args:
      columns: names of the columns in the file.
      a_first: that model_a was always the one shown first.
      progress: hears the share of the file that has been read.

    Raises:
      InputError: anything that cannot be used, at the first place found.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "judged.csv"
    ...     _ = path.write_text("winner,loser\\nx,y\\ny,x\\nx,z\\n")
    ...     found = read(path)
    >>> found.names, found.wins().tolist()
    (['x', 'y', 'z'], [[0.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    """
    path = Path(path)
    first, found = peeked(records(path, progress), path.name)
    roles = _roles(columns or Columns(), first, path.name)
    if a_first and ("first" in roles or "model_a" not in roles):
        raise InputError("--a-first goes with model_a and model_b, and without a column first")
    return _Reader(path, roles, a_first).read(found)


def _roles(columns: Columns, first: Record, source: str) -> dict[str, str]:
    """Which column plays which role."""
    line, record = first
    roles = {}
    for role in NAMES:
        asked = getattr(columns, role)
        if (asked or role) in record:
            roles[role] = asked or role
        elif asked:
            raise InputError(
                f"{source}, line {line}: no column {asked!r}; there are {listed(record)}"
            )
    if {"model_a", "model_b"} <= set(roles) and {"outcome", "winner"} & set(roles):
        if "outcome" not in roles:
            roles["outcome"] = roles["winner"]
        return {role: name for role, name in roles.items() if role not in ("winner", "loser")}
    if {"winner", "loser"} <= set(roles):
        kept = ("winner", "loser", "first", "question", "judge")
        return {role: roles[role] for role in kept if role in roles}
    raise InputError(
        f"{source}, line {line}: needed are the columns {NEEDED}; there are {listed(record)}; an "
        "option names another column"
    )


class _Reader:
    """Cells of one file, checked one by one; of each a number is kept."""

    def __init__(self, path: Path, roles: dict[str, str], a_first: bool) -> None:
        self.source, self.roles, self.a_first = path.name, roles, a_first
        self.place = place_of(path)
        self.names: dict[str, dict[str, int]] = {"candidate": {}, "question": {}, "judge": {}}

    def read(self, found: Iterator[Record]) -> Comparisons:
        pair = ("winner", "loser") if "winner" in self.roles else ("model_a", "model_b")
        ordered = "first" in self.roles or self.a_first
        more = [role for role in ("question", "judge") if role in self.roles]
        columns = {name: array("q") for name in ("one", "other", *more)}
        score, ahead = array("d"), array("b")
        for line, record in found:
            texts = [self.text(record, role, line) for role in pair]
            if texts[0] == texts[1]:
                raise self.problem(line, pair[1], f"{shown(texts[1])} is compared with itself")
            columns["one"].append(self.number("candidate", texts[0]))
            columns["other"].append(self.number("candidate", texts[1]))
            score.append(1.0 if pair[0] == "winner" else self.outcome(record, line, texts))
            if ordered:
                ahead.append(self.a_first or self.shown_first(record, line, texts))
            for role in more:
                columns[role].append(self.number(role, self.text(record, role, line)))
            if len(self.names["candidate"]) > MOST_CANDIDATES:
                raise self.problem(
                    line,
                    pair[0],
                    f"more than {MOST_CANDIDATES} candidates, the most that are taken",
                )
        return self.sort(
            {name: np.array(column) for name, column in columns.items()},
            np.array(score),
            np.array(ahead, bool) if ordered else None,
        )

    def sort(self, columns: dict[str, np.ndarray], score: np.ndarray, ahead: Any) -> Comparisons:
        """Candidates by name, so that nothing depends on the order of rows."""
        names = sorted(self.names["candidate"])
        place = np.empty(len(names), int)
        place[[self.names["candidate"][name] for name in names]] = np.arange(len(names))
        return Comparisons(
            source=self.source,
            names=names,
            one=place[columns["one"]],
            other=place[columns["other"]],
            score=score,
            ahead=ahead,
            question=columns.get("question"),
            judge=columns.get("judge"),
            judges=list(self.names["judge"]),
        )

    def problem(self, line: int, role: str, text: str) -> InputError:
        column = " ".join(self.roles.get(role, role).split())
        return InputError(f"{self.source}, {self.place} {line}, column {column}: {text}")

    def number(self, kind: str, text: str) -> int:
        known = self.names[kind]
        return known.setdefault(text, len(known))

    def text(self, record: Any, role: str, line: int) -> str:
        cell = record.get(self.roles[role])
        if cell is None or cell != cell:
            raise self.problem(line, role, "missing")
        text = as_text(cell)
        if text is None:
            raise self.problem(line, role, f"{type(cell).__name__} where text or a number belongs")
        if not text:
            raise self.problem(line, role, "missing")
        return text

    def outcome(self, record: Any, line: int, names: list[str]) -> float:
        """Score of model_a."""
        text = self.text(record, "outcome", line)
        if text in names:
            return 1.0 if text == names[0] else 0.0
        word = same_answer(text.lower())
        for words, score in ((FIRST, 1.0), (SECOND, 0.0), (TIE, 0.5)):
            if word in words:
                return score
        raise self.problem(
            line, "outcome", f"{shown(text)} is neither a, b, tie nor one of the two candidates"
        )

    def shown_first(self, record: Any, line: int, names: list[str]) -> bool:
        text = self.text(record, "first", line)
        if text in names:
            return text == names[0]
        word = same_answer(text.lower())
        if "winner" not in self.roles and word in FIRST + SECOND:
            return word in FIRST
        raise self.problem(line, "first", f"{shown(text)} is none of the two candidates")
