"""What a file that is not a row a sample says of itself, and what the user asked of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from jtts.arguments import InputError
from jtts.fitting.answers import Answers
from jtts.fitting.labels import listed, shown
from jtts.fitting.records import Record

Rows = Iterator[Record]


@dataclasses.dataclass(frozen=True)
class Asked:
    """What the options say.

    Attributes:
      metric: the log's own metric that counts, "none" for no comparison.
      filter_name: which of several answers of a log.
      roles: for which the user named a column.
      place: what the number of a record counts: a line, a row, a sample.
    """

    metric: str | None = None
    filter_name: str | None = None
    answers: Answers = dataclasses.field(default_factory=Answers)
    roles: frozenset[str] = frozenset()
    place: str = "line"

    @property
    def graded(self) -> bool:
        """Whether a column of the user's choice says what is good."""
        return bool({"truth", "correct"} & self.roles)


@dataclasses.dataclass(frozen=True)
class Layout:
    """One way to write samples.

    Attributes:
      known: whether a record, the first of a file, is of this layout.
      rows: records of a row a sample, of the records of a file with its name.
      columns: names of the columns in these rows by role, where not the role's own.
      warning: what to know of all such files.
      alike: whether all records of a file must be of the layout as the first is.
      options: of "filter" and "metric" those that say something of such a file.
    """

    name: str
    known: Callable[[Mapping[str, Any]], bool]
    rows: Callable[[Iterable[Record], str, Asked], Rows]
    columns: Mapping[str, str] = dataclasses.field(default_factory=dict)
    options: tuple[str, ...] = ()
    warning: str = ""
    alike: bool = True


def alike(found: Iterable[Record], layout: Layout, source: str, place: str) -> Rows:
    """The records; InputError at one that is not of the layout of the first."""
    for line, record in found:
        if layout.alike and not layout.known(record):
            raise InputError(
                f"{source}, {place} {line}: not of {layout.name} as those before; there are "
                f"{listed(record)}"
            )
        yield line, record


def number(cell: Any, where: str) -> float:
    """A number that a log may have written as text."""
    try:
        if not isinstance(cell, bool):
            return float(cell)
    except (TypeError, ValueError, OverflowError):
        pass
    raise InputError(f"{where}: {shown(cell)} is not a number")


def chosen(option: str, name: str, there: Iterable[str], where: str) -> str:
    """The name, if it is there."""
    there = list(there)
    if name not in there:
        raise InputError(f"{where}: no --{option} {name!r}; there are {listed(there)}")
    return name
