"""Packages whose public names are imported when they are first asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence


def lazily(
    package: str, public: Sequence[str], homes: Mapping[str, str] | None = None
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package.

    Args:
      public: its `__all__`.
      homes: name -> the module of the package that has it; other names are modules themselves.
    """

    def get(name: str) -> object:
        if name not in public:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = importlib.import_module(f"{package}.{(homes or {}).get(name, name)}")
        return getattr(module, name) if homes and name in homes else module

    return get, lambda: list(public)
