"""Which family a function belongs to."""

from __future__ import annotations


def family_of(module: str) -> str:
    """The family of a module: `jtts.<floor>.<family>...`, or the file's own name elsewhere.

    >>> family_of("jtts.theory.best_of_k.limits"), family_of("my_law")
    ('best_of_k', 'my_law')
    """
    parts = module.split(".")
    return parts[2] if parts[0] == "jtts" and len(parts) > 2 else parts[-1]
