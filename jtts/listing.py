"""What the commands `laws` and `show` say of a law, as text and as data."""

from __future__ import annotations

import inspect
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jtts
from jtts.laws import Law

LEAST = 16  # columns for what a law is, in a table
ROOT = Path(jtts.__file__).resolve().parents[1]


def print_laws(laws: Sequence[Law[..., Any]]) -> None:
    """A table on a terminal with room for it, plain lines elsewhere; names, which people copy, are
    never cut."""
    rows = [(law.full_name, law.kind.name, law.summary) for law in laws]
    names, kinds = (max((len(row[i]) for row in rows), default=0) for i in (0, 1))
    room = shutil.get_terminal_size().columns - names - kinds
    if not sys.stdout.isatty() or room < LEAST:
        for name, kind, summary in rows:
            print(f"{name:{names}}  {kind:{kinds}}  {summary}")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("law", "kind", "what it is", box=None, header_style="bold")
    table.columns[0].no_wrap = table.columns[1].no_wrap = True
    table.columns[0].min_width = names
    for row in rows:
        table.add_row(*row)
    Console(markup=False, emoji=False).print(table)  # what users write is no markup


def print_law(law: Law[..., Any]) -> None:
    about = describe(law)
    print(f"{law.full_name}{about['signature']}\n")
    print(about["documentation"])
    print(f"\nkind     {about['kind']}\nformula  {about['formula']}\nsource   {about['source']}")
    for what, place in about["files"].items():
        print(f"{what:8} {place}" if len(what) < 9 else f"{what} {place}")
    if law.holds:
        print(f"holds    to {law.accuracy}, for" if law.accuracy else "holds    for")
        for name, accepted in about["holds"].items():
            print(f"  {name}: {accepted}")
        for condition in about["jointly"]:
            print(f"  {condition}")
    print("checked  at")
    for name, drawn in about["checked"].items():
        print(f"  {name} in {drawn}")
    print()


def describe(law: Law[..., Any]) -> dict[str, Any]:
    """What is known of a law, as data."""
    return {
        "law": law.full_name,
        "signature": str(inspect.signature(law.function)),
        "summary": law.summary,
        "documentation": inspect.getdoc(law.function) or "",
        "kind": law.kind.name,
        "formula": law.formula,
        "source": law.source,
        "files": files(law),
        "holds": {name: str(accepted) for name, accepted in (law.holds or {}).items()},
        "jointly": list(law.jointly),
        "accuracy": law.accuracy,
        "checked": {name: str(drawn) for name, drawn in law.domain.items()},
    }


def files(law: Law[..., Any]) -> dict[str, str]:
    """Where the formula, the simulation and, in a checkout, the oracle stand: file:line."""
    found = {"code": _place(law.function)}
    if simulation := law.simulation():
        found["played"] = _place(simulation.chunk_function)
    for path in sorted((ROOT / "tests" / "oracles" / law.family).glob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith(f"def {law.name}("):
                found["oracle"] = f"{path.relative_to(ROOT)}:{number}"
    return found


def _place(function: Any) -> str:
    path = Path(inspect.getsourcefile(function) or "?").resolve()
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return f"{shown}:{function.__code__.co_firstlineno}"
