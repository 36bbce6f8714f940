"""Find laws and figures by name: those of the package and those in a user's own file."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jtts.arguments import InputError, shortly
from jtts.laws import Law
from jtts.nearest import nearest

if TYPE_CHECKING:  # a law's page loads no figure
    from jtts.explorers import Explorer
    from jtts.pipeline import Figure

T = TypeVar("T", Law, "Figure", "Explorer")


def families(floor: str) -> list[str]:
    """Names of the families that `jtts.<floor>` has."""
    package = importlib.import_module(f"jtts.{floor}")
    found = (module.name for module in pkgutil.iter_modules(package.__path__))
    return sorted(name for name in found if not name.startswith("_"))


def _members(floor: str, *kinds: type[T], of: Iterable[str] | None = None) -> dict[str, T]:
    """What these families have (all by default), by its full name, one kind after the other."""
    names = families(floor) if of is None else list(of)
    contents = {name: vars(importlib.import_module(f"jtts.{floor}.{name}")) for name in names}
    found: dict[str, T] = {}
    for kind in kinds:
        own = {
            value.full_name: value
            for family, members in contents.items()
            for value in members.values()
            if isinstance(value, kind) and value.family == family
        }
        found |= dict(sorted(own.items()))
    return found


def all_laws() -> dict[str, Law[..., Any]]:
    """Every law of the package by its full name, `family.name`."""
    return _members("theory", Law)


def all_figures() -> dict[str, Figure]:
    """Every figure of the package by its full name, `family.name`."""
    from jtts.pipeline import Figure

    return _members("figures", Figure)


def all_explorers() -> dict[str, Explorer]:
    """Every sweep to be moved through, by its full name, `family.name`."""
    from jtts.explorers import Explorer

    return _members("figures", Explorer)


def find_laws(names: Iterable[str]) -> list[Law[..., Any]]:
    """The laws named (all when none is): `family.name`, `name`, `family`, or `file.py::name`.

    Where every name says its family, only that and what it is built on is imported.
    """
    return _find(list(names), "law", "theory", Law)


def law_called(full_name: str) -> Law[..., Any] | None:
    """The package's law of that full name, if it has one; only its family is imported."""
    family = full_name.partition(".")[0]
    known = _members("theory", Law, of=[family]) if family in families("theory") else {}
    return known.get(full_name)


def search_laws(words: Sequence[str]) -> list[Law[..., Any]]:
    """Laws of the families and names given, of all if none is, that have every other word.

    A word is looked for in the name, the kind and the first line of what documents a law.

    Raises:
      InputError: nothing is found; names what is like the first of the words.
    """
    own = families("theory")
    if all(word in own or "::" in word for word in words):  # nothing else is imported
        return find_laws(words)
    known = all_laws()
    names = {part for law in known.values() for part in (law.full_name, law.name, law.family)}
    named = [word for word in words if word in names or "::" in word]
    wanted = [word.lower() for word in words if word not in named]
    found = [
        law
        for law in find_laws(named)
        if all(word in f"{law.full_name} {law.kind.name} {law.summary}".lower() for word in wanted)
    ]
    return found or _match(wanted[0], "law", known)


def find_figures(names: Iterable[str]) -> list[Figure | Explorer]:
    """The figures and explorers named (all when none is), named as laws are."""
    from jtts.explorers import Explorer
    from jtts.pipeline import Figure

    kinds: Any = (Figure, Explorer)
    return _find(list(names), "figure", "figures", *kinds)


def _find(names: list[str], noun: str, floor: str, *kinds: type[T]) -> list[T]:
    if not names:
        return list(_members(floor, *kinds).values())
    in_package = [name for name in names if "::" not in name]
    known = _known(in_package, floor, *kinds) if in_package else {}
    found: list[T] = []
    for name in names:
        if "::" in name:
            found.append(_load(name, noun, kinds))
            continue
        _require_exported(name, noun, floor, known, kinds)
        found += _match(name, noun, known)
    return list(dict.fromkeys(found))


def _known(names: list[str], floor: str, *kinds: type[T]) -> dict[str, T]:
    """Members among which the names are found; all where one is not in the family it says."""
    own = dict.fromkeys(name.partition(".")[0] for name in names)
    if set(own) <= set(families(floor)):
        known = _members(floor, *kinds, of=own)
        if all(name in known or name in own for name in names):
            return known
    return _members(floor, *kinds)


def _require_exported(
    name: str, noun: str, floor: str, known: Mapping[str, T], kinds: tuple[type[T], ...]
) -> None:
    """Say where a law or figure is that its family has and does not export."""
    family, _, own = name.partition(".")
    if not own or name in known or family not in families(floor):
        return
    home = f"jtts.{floor}.{family}"
    package = importlib.import_module(home)
    for found in pkgutil.walk_packages(getattr(package, "__path__", ()), f"{home}."):
        if isinstance(vars(importlib.import_module(found.name)).get(own), kinds):
            raise InputError(
                f"{noun} {name!r} is declared in {found.name} and not imported by {home}"
            )


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
    near = nearest(name, known)
    advice = f"did you mean {', '.join(near)}?" if near else f"there are {_some(known)}"
    raise InputError(f"unknown {noun} {shortly(name)}; {advice}")


def _some(known: Iterable[str]) -> str:
    first, *others = known
    return f"{first} and {len(others)} others"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _load(name: str, noun: str, kinds: tuple[type[T], ...]) -> T:
    filename, _, member = name.partition("::")
    path = Path(filename)
    if not _is_file(path):
        raise InputError(f"{noun} {shortly(name)}: there is no file {shortly(filename)}")
    module_name = path.stem
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise InputError(f"{noun} {name!r}: {filename!r} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    # parameter objects look their module up by name while it is being executed
    previous = sys.modules.get(module_name)
    sys.modules[module_name] = module
    # an edit within the second that keeps the length would be run as it was compiled before
    kept, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except SystemExit as problem:
        raise InputError(f"{noun} {name!r}: {filename} ends the program: {problem!r}") from problem
    except KeyboardInterrupt:
        raise
    except BaseException as problem:
        raise InputError(f"{noun} {name!r}: {filename} does not import: {problem!r}") from problem
    finally:
        sys.dont_write_bytecode = kept
        if previous is not None:
            sys.modules[module_name] = previous
    value: Any = getattr(module, member, None)
    if not isinstance(value, kinds):
        near = [n for n, v in vars(module).items() if isinstance(v, kinds)]
        raise InputError(
            f"{filename} has no {noun} {member!r}; it has: {', '.join(near) or 'none'}"
        )
    return value
