"""Theory of test-time scaling and in-context learning, each curve proved by a simulation."""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Estimate": "jtts.estimate",
    "Law": "jtts.laws",
    "Route": "jtts.laws",
    "law": "jtts.laws",
    "simulation": "jtts.simulations",
    "check": "jtts.checks",
    "sweep": "jtts.sweeps",
    "figure": "jtts.pipeline",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Resolve public names on first use, so that `jtts --help` imports no JAX."""
    if name not in _HOMES:
        raise AttributeError(f"module 'jtts' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
