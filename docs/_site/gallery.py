"""The gallery: every figure with its caption, and its picture where one is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from jtts import registry
from jtts.explorers import PAGE
from jtts.laws import Law
from jtts.pipeline import Figure


def pages(reproduced: Path | None, docs: Path) -> dict[str, str | bytes]:
    """The page, and the pictures of a reproduced folder that it shows."""
    shown = laws_of_figures()
    made: dict[str, str | bytes] = {}
    parts = [
        "# Gallery",
        "Lines are theory, points simulation with bars of two standard errors. `make reproduce` "
        "draws all of them, as PDF and PNG with their data; the command under a figure draws that "
        "one, in about the time given.",
    ]
    family = ""
    for item in registry.all_figures().values():
        if item.family != family:
            family = item.family
            parts.append(f"## {family}")
        parts.append(f"### {item.title} {{ #{item.family}-{item.name} }}")
        stored = docs / "images" / f"{item.name}.png"
        fresh = reproduced / item.family / f"{item.name}.png" if reproduced else None
        if fresh and fresh.exists():
            uri = f"images/reproduced/{item.family}/{item.name}.png"
            made[uri] = fresh.read_bytes()
            parts.append(f"![{item.title}]({uri}){{ loading=lazy }}")
        elif stored.exists():
            parts.append(f"![{item.title}](images/{stored.name}){{ loading=lazy }}")
        parts.append(item.caption)
        links = [f"[{law.name}](laws/{law.family}/{law.name}.md)" for law in shown[item.full_name]]
        parts.append(
            f"`jtts reproduce {item.full_name}` ({item.cost})"
            + (f" shows {', '.join(links)}." if links else ".")
        )
    if reproduced and (reproduced / PAGE).exists():
        made[PAGE] = (reproduced / PAGE).read_bytes()
        parts.insert(2, f"[Move through precomputed sweeps with sliders]({PAGE}).")
    made["gallery.md"] = "\n\n".join(parts)
    return made


def figures_of_laws() -> dict[str, list[Figure]]:
    """The figures that show a law, by the law's full name."""
    found: dict[str, list[Figure]] = {}
    known = registry.all_figures()
    for name, members in laws_of_figures().items():
        for law in members:
            found.setdefault(law.full_name, []).append(known[name])
    return found


def laws_of_figures() -> dict[str, list[Law]]:
    """The laws that a figure's computation names, itself or in the functions it calls."""
    return {
        name: sorted(set(_laws(item._compute, set())), key=lambda law: law.full_name)
        for name, item in registry.all_figures().items()
    }


def _laws(function: FunctionType, seen: set[FunctionType]) -> Iterator[Law]:
    seen.add(function)
    names = set(_names(function.__code__))
    for value in [function.__globals__.get(name) for name in names]:
        if isinstance(value, Law):
            yield value
        elif isinstance(value, ModuleType) and value.__name__.startswith("jtts.theory."):
            yield from (v for n, v in vars(value).items() if n in names and isinstance(v, Law))
        elif isinstance(value, FunctionType) and value not in seen and _drawn(value):
            yield from _laws(value, seen)


def _drawn(function: FunctionType) -> bool:
    return function.__module__.startswith("jtts.figures.")


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
