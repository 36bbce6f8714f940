"""What commands show on a terminal: a bar while they work, and a table of verdicts."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from jtts.checks.verdicts import Verdict

COLOURS = {"pass": "green", "fail": "bold red", "inconclusive": "yellow", "theory only": "dim"}


def print_verdicts(verdicts: Iterable[Verdict]) -> None:
    table = Table("law", "kind", "verdict", "evidence", "s", box=None, header_style="bold")
    table.columns[0].overflow = "fold"
    for v in verdicts:
        evidence = v.evidence + "".join(f"; not seen: {text}" for text in v.unseen)
        status = Text(v.status, COLOURS[v.status])
        table.add_row(v.law, v.kind, status, evidence, f"{v.seconds:.1f}")
    Console(markup=False, emoji=False).print(table)  # names and evidence come from users' files


def exit_code(verdicts: Iterable[Verdict]) -> int:
    return 1 if any(v.status == "fail" for v in verdicts) else 0


def progress(*columns: ProgressColumn) -> Progress:
    """A bar with these columns after it; by default how many are done, and the time left."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        *(columns or (MofNCompleteColumn(), TimeRemainingColumn())),
        console=console,
        transient=True,
        disable=not console.is_terminal,  # it would leave an empty line in a file
    )
