"""Find laws and figures by name: those of the package and those in a user's own file."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from jtts.arguments import InputError
from jtts.explorers import Explorer
from jtts.laws import Law
from jtts.pipeline import Figure

T = TypeVar("T", Law, Figure, Explorer)


def _members(floor: str, kind: type[T]) -> dict[str, T]:
    package = importlib.import_module(f"jtts.{floor}")
    found: dict[str, T] = {}
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("_"):
            continue
        contents = vars(importlib.import_module(f"jtts.{floor}.{module.name}"))
        found |= {
            value.full_name: value
            for value in contents.values()
            if isinstance(value, kind) and value.family == module.name
        }
    return dict(sorted(found.items()))


def all_laws() -> dict[str, Law]:
    """Every law of the package by its full name, `family.name`."""
    return _members("theory", Law)


def all_figures() -> dict[str, Figure]:
    """Every figure of the package by its full name, `family.name`."""
    return _members("figures", Figure)


def all_explorers() -> dict[str, Explorer]:
    """Every sweep to be moved through, by its full name, `family.name`."""
    return _members("figures", Explorer)


def find_laws(names: Iterable[str]) -> list[Law]:
    """The laws named (all when none is): `family.name`, `name`, `family`, or `file.py::name`."""
    return _find(list(names), "law", all_laws, Law)


def find_figures(names: Iterable[str]) -> list[Figure | Explorer]:
    """The figures and explorers named (all when none is), named as laws are."""
    kinds: Any = (Figure, Explorer)
    return _find(list(names), "figure", lambda: all_figures() | all_explorers(), kinds)


def _find(names: list[str], noun: str, everything, kind: type[T]) -> list[T]:
    known: dict[str, T] = {}
    if not names or any("::" not in name for name in names):
        known = everything()
    if not names:
        return list(known.values())
    found: list[T] = []
    for name in names:
        found += [_load(name, noun, kind)] if "::" in name else _match(name, noun, known)
    return list(dict.fromkeys(found))


def _match(name: str, noun: str, known: dict[str, T]) -> list[T]:
    if name in known:
        return [known[name]]
    matches = [item for item in known.values() if name in (item.family, item.name)]
    if len({item.family for item in matches}) == 1:
        return matches
    if matches:
        raise InputError(
            f"{noun} {name!r} is ambiguous: {', '.join(item.full_name for item in matches)}"
        )
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4) or list(known)[:3]
    raise InputError(f"unknown {noun} {name!r}; did you mean {', '.join(near)}?")


def _load(name: str, noun: str, kind: type[T]) -> T:
    filename, _, member = name.partition("::")
    path = Path(filename)
    if not path.is_file():
        raise InputError(f"{noun} {name!r}: there is no file {filename!r}")
    module_name = path.stem
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise InputError(f"{noun} {name!r}: {filename!r} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    # parameter objects look their module up by name while it is being executed
    previous = sys.modules.get(module_name)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as problem:
        raise InputError(f"{noun} {name!r}: {filename} does not import: {problem!r}") from problem
    finally:
        if previous is not None:
            sys.modules[module_name] = previous
    value: Any = getattr(module, member, None)
    if not isinstance(value, kind):
        near = [n for n, v in vars(module).items() if isinstance(v, kind)]
        raise InputError(
            f"{filename} has no {noun} {member!r}; it has: {', '.join(near) or 'none'}"
        )
    return value
