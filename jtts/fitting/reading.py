"""From a file to `Samples`, with what is wrong named by file, line and column."""

from __future__ import annotations

import dataclasses
import itertools
import math
from array import array
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from jtts.arguments import InputError
from jtts.fitting.answers import Answers
from jtts.fitting.columns import NAMES, Columns
from jtts.fitting.labels import as_text, listed, same_answer, shown
from jtts.fitting.layout import Asked, alike
from jtts.fitting.layouts import layout_of, require_meant
from jtts.fitting.records import TABLES, Record, kind_of, peeked, records, silent
from jtts.fitting.samples import RIGHT, ROLES, Samples
from jtts.fitting.wide import prefixed, wide

TRUE, FALSE = ("true", "1"), ("false", "0")
LARGEST = 1e30  # sizes of numbers whose products and powers all are numbers
OUTCOMES = "truth, correct, value with target, or answer with target"


def read(
    path: Path,
    columns: Columns | None = None,
    filter_name: str | None = None,
    answers: Answers | None = None,
    metric: str | None = None,
    progress: Callable[[float], None] = silent,
) -> Samples:
    r"""Samples of a file: a row a sample, or one of `layouts.LAYOUTS`.

    Args:
      columns: names of the columns in the file.
      filter_name: whose answers to read, where a log has several filters or models.
      answers: how answers are found in texts, and when two are the same.
      metric: which of a log's own metrics is what is right, or is compared with what was read.
      progress: hears the share of the file that has been read.

    Raises:
      InputError: anything that is not as `Samples` needs it, at the first place found.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "samples.csv"
    ...     _ = path.write_text("question,ok\na,1\na,0\nb,1\nb,1\n")
    ...     read(path, Columns(correct="ok")).correct.tolist()
    [1.0, 0.0, 1.0, 1.0]
    """
    path, columns = Path(path), columns or Columns()
    first, found = peeked(records(path, progress), path.name)
    layout = layout_of(first[1])
    for option, given in (("filter", filter_name), ("metric", metric)):
        if given is not None:
            require_meant(option, layout, path.name)
    if layout is not None:
        named = frozenset(_given(columns))
        asked = Asked(metric, filter_name, answers or Answers(), named, place_of(path))
        found = alike(found, layout, path.name, asked.place)
        first, found = peeked(layout.rows(found, path.name, asked), path.name)
        columns = Columns(**{**layout.columns, **_given(columns)})
    else:
        groups = prefixed(first[1], _given(columns))
        if groups:
            first, found = peeked(_wide(found, path.name, groups, columns), path.name)
            columns = Columns()
    roles = _roles(columns, first, path.name)
    if answers not in (None, Answers()) and ("answer" not in roles or "value" in roles):
        raise InputError(
            f"--extract and --normalise are for answers with a target, {path.name} has none"
        )
    samples = _Reader(path, roles, answers or Answers()).read(found)
    if layout is None or not layout.warning:
        return samples
    return dataclasses.replace(samples, warnings=(layout.warning, *samples.warnings))


def _wide(
    found: Iterator[Record], source: str, groups: dict[str, list[str]], columns: Columns
) -> Iterator[Record]:
    """A row a sample, under the roles' own names."""
    named = {getattr(columns, role) or role: role for role in ("question", "target")}

    def renamed() -> Iterator[Record]:
        for line, record in found:
            yield line, {named.get(name, name): cell for name, cell in record.items()}

    return wide(renamed(), source, groups)


def _given(columns: Columns) -> dict[str, str]:
    return {name: value for name, value in dataclasses.asdict(columns).items() if value}


def _roles(columns: Columns, first: Record, source: str) -> dict[str, str]:
    """Which column plays which role."""
    line, record = first
    roles = {}
    for role in NAMES:
        asked = getattr(columns, role)
        name = asked or role
        if name in record:
            roles[role] = name
        elif asked or role == "question":
            raise InputError(
                f"{source}, line {line}: no column {name!r}; there are {listed(record)}; name "
                f"it with --{role}"
            )
    if not {"truth", "correct"} & set(roles) and not (
        "target" in roles and {"value", "answer"} & set(roles)
    ):
        raise InputError(
            f"{source}, line {line}: no column says what is good; needed: {OUTCOMES}; there are "
            f"{listed(record)}"
        )
    return roles


def place_of(path: Path) -> str:
    """What the number of a record counts."""
    return {".parquet": "row", ".eval": "sample", ".json": "sample"}.get(kind_of(path), "line")


def _missing(cell: Any) -> bool:
    return cell is None or cell == "" or (isinstance(cell, float | Decimal) and cell != cell)


class _Names:
    """Texts numbered as they come, each kept once."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        return self.known.setdefault(text, len(self.known))

    def __getitem__(self, number: int) -> str:
        return next(itertools.islice(self.known, int(number), None))


class _Reader:
    """Cells of one file, checked one by one; of each a number is kept, never its text."""

    def __init__(self, path: Path, roles: dict[str, str], answers: Answers) -> None:
        self.source, self.roles, self.answers = path.name, roles, answers
        self.examples: dict[str, Any] = {}  # the first answer and target, for a message
        self.place = place_of(path)
        self.typed = kind_of(path) not in TABLES  # text that looks like a number is none
        self.kinds: dict[str, tuple[bool, int]] = {}
        self.names = {role: _Names() for role in ("question", "sample", "answer")}
        numeric = "value" in roles
        self.names["target"] = self.names["answer"]  # they are compared
        self.convert: dict[str, Callable[[Any, int, str], Any]] = {
            "question": self.label,
            "sample": self.label,
            "score": self.number,
            "truth": self.number,
            "correct": self.right_or_wrong,
            "value": self.number,
            "target": self.number if numeric else self.answer,
            "answer": self.answer,
        }
        whole = {"question", "sample", "answer"} | (set() if numeric else {"target"})
        self.cells: dict[str, array[Any]] = {
            role: array("q" if role in whole else "d") for role in roles
        }

    def read(self, found: Iterator[Record]) -> Samples:
        lines = array("q")
        for line, record in found:
            lines.append(line)
            for role, name in self.roles.items():
                if name not in record:
                    raise self.problem(line, role, "missing")
                self.cells[role].append(self.convert[role](record[name], line, role))
        cells = {role: np.array(column) for role, column in self.cells.items()}
        for role, column in cells.items():
            if column.dtype == float:
                self.require_size(column, np.array(lines), role)
        return self.sort(cells, np.array(lines))

    def problem(self, line: int, role: str, text: str) -> InputError:
        column = " ".join(self.roles.get(role, role).split())
        return InputError(f"{self.source}, {self.place} {line}, column {column}: {text}")

    def number(self, cell: Any, line: int, role: str) -> float:
        if cell is None or cell == "":
            raise self.problem(line, role, "missing")
        if not self.typed and cell.strip().lower() in ("true", "false"):
            cell = cell.strip().lower() == "true"
        known = bool | int | float | Decimal if self.typed else str | bool
        if not isinstance(cell, known):
            raise self.problem(line, role, f"{shown(cell)} is not a number")
        binary, start = self.kinds.setdefault(role, (isinstance(cell, bool), line))
        if isinstance(cell, bool) != binary:
            what = "true or false" if binary else "a number"
            raise self.problem(line, role, f"{cell!r} where {self.place} {start} has {what}")
        try:
            number = float(cell)
            if isinstance(cell, str) and (not cell.isascii() or "_" in cell):
                raise ValueError(cell)  # Python reads 1_0 as 10
        except ValueError:
            raise self.problem(line, role, f"{shown(cell)} is not a number") from None
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self.problem(line, role, f"{shown(cell)} is not finite")
        if abs(number) > LARGEST:
            raise self.problem(
                line, role, f"{shown(cell)} is beyond {LARGEST:g}, the largest number that is read"
            )
        return number

    def require_size(self, column: np.ndarray, lines: np.ndarray, role: str) -> None:
        """Squares of all numbers of a column must not vanish."""
        row = int(np.abs(column).argmax())
        if 0 < abs(column[row]) < 1 / LARGEST:
            raise self.problem(
                lines[row],
                role,
                f"{column[row]:g} is the largest number of the column, {1 / LARGEST:g} the "
                "smallest that it may be; give another unit",
            )

    def right_or_wrong(self, cell: Any, line: int, role: str) -> float:
        if _missing(cell):
            raise self.problem(line, role, "missing")
        word = same_answer((as_text(cell) or "").lower())
        if word in ("", "nan"):
            raise self.problem(line, role, "missing")
        if word not in TRUE + FALSE:
            raise self.problem(line, role, f"{shown(cell)} is neither 0 nor 1 (nor true, false)")
        return float(word in TRUE)

    def label(self, cell: Any, line: int, role: str) -> int:
        if _missing(cell):
            raise self.problem(line, role, "missing")
        text = as_text(cell)
        if text is None:
            what = type(cell).__name__
            raise self.problem(line, role, f"{what} where text or a number belongs")
        if not text:
            raise self.problem(line, role, "missing")
        return self.names[role](text)

    def answer(self, cell: Any, line: int, role: str) -> int:
        """Number of an answer; a sample without one gives the empty answer."""
        if role == "answer" and (_missing(cell) or not str(cell).strip()):
            return self.names[role]("")
        self.label(cell, line, role)
        self.examples.setdefault(role, cell)
        if role == "answer":
            return self.names[role](self.answers.given(cell))
        return self.names[role](self.answers.wanted(cell))

    def sort(self, cells: dict[str, np.ndarray], lines: np.ndarray) -> Samples:
        question = cells["question"]
        counts = np.bincount(question)
        if np.any(counts < 2):
            lone = int(np.argmax(counts < 2))
            line = lines[question == lone][0]
            raise self.problem(
                line, "question", f"{self.names['question'][lone]!r} has one sample; two are needed"
            )
        if len(counts) < 2:
            raise InputError(
                f"{self.source}: one question only; error bars over questions need two or more"
            )
        self.no_sample_twice(cells, lines)
        order = np.argsort(question, kind="stable")
        found = {role: column[order] for role, column in cells.items()}
        lines, question = lines[order], question[order]
        target = found.pop("target", None)
        if target is not None:
            target = self.one_target(target, question, lines)
        arrays: dict[str, Any] = {role: found.get(role) for role in ROLES}
        answer = arrays["answer"]
        if answer is not None:
            if arrays["correct"] is None and target is not None and "value" not in self.roles:
                arrays["correct"] = (answer == target[question]).astype(float)
            if arrays["correct"] is None:
                arrays["answer"] = None
            else:
                arrays["answer"] = np.where(arrays["correct"] == 1, RIGHT, answer)
        if "value" not in self.roles:
            target = None
        names = list(self.names["question"].known)
        said = self.warnings(arrays["correct"])
        return Samples(self.source, names, counts, lines, target=target, warnings=said, **arrays)

    def warnings(self, correct: np.ndarray | None) -> tuple[str, ...]:
        """That all samples are alike, which a wrongly read file looks like too."""
        if correct is None or 0 < correct.sum() < len(correct):
            return ()
        said = f"every sample of {self.source} is {'right' if correct.any() else 'wrong'}"
        if "correct" in self.roles:
            return (f"{said} by column {' '.join(self.roles['correct'].split())}",)
        answer, target = (shown(self.examples.get(role)) for role in ("answer", "target"))
        return (
            f"{said}: the first answer is {answer}, its target {target}; if that is read wrongly, "
            "say how with --extract or --normalise",
        )

    def no_sample_twice(self, cells: dict[str, np.ndarray], lines: np.ndarray) -> None:
        if "sample" not in cells:
            return
        question, sample = cells["question"], cells["sample"]
        order = np.lexsort((sample, question))
        same = (np.diff(question[order]) == 0) & (np.diff(sample[order]) == 0)
        if not np.any(same):
            return
        again = order[1:][same]
        row = again.min()
        before = np.flatnonzero((question == question[row]) & (sample == sample[row]))[0]
        names = [self.names[role][cells[role][row]] for role in ("question", "sample")]
        raise self.problem(
            lines[row],
            "sample",
            f"question {names[0]!r} has sample {names[1]!r} already at {self.place} "
            f"{lines[before]}",
        )

    def one_target(self, target: np.ndarray, question: np.ndarray, lines: np.ndarray) -> np.ndarray:
        first = np.searchsorted(question, np.arange(question[-1] + 1))
        other = target != target[first][question]
        if np.any(other):
            row = int(np.argmax(other))
            said = target[row] if "value" in self.roles else repr(self.names["target"][target[row]])
            raise self.problem(
                lines[row], "target", f"{said} differs from that of the same question before"
            )
        return target[first]
