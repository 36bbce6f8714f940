"""A checkout on the path shows its floors at the top too; they are imported from jtts alone."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path


def is_checkout(entry: str) -> bool:
    """Whether an entry of the path is a checkout, this one or another beside it."""
    return Path(entry, "jtts", "floors.py").is_file()


def give_way(name: str) -> None:
    """Called by a floor that is being imported as `theory`, say, instead of `jtts.theory`.

    A second copy of every law would be made. A package or folder of that name of the user's own is
    imported in its place.

    Raises:
      ModuleNotFoundError: there is none; says how the floor is imported.
    """
    elsewhere = [entry for entry in sys.path if not is_checkout(entry)]
    spec = PathFinder.find_spec(name, elsewhere)
    if spec is None:
        raise ModuleNotFoundError(
            f"no module named {name!r}; of jtts it is `from jtts import {name}`", name=name
        )
    own = module_from_spec(spec)
    sys.modules[name] = own  # what the import statement under way then returns
    if spec.loader is not None:  # else a folder without __init__.py
        spec.loader.exec_module(own)
