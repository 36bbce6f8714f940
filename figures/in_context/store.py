"""Curves of training runs that take too long to repeat for every figure.

    python -m jtts.figures.in_context [RECIPE ...]

trains the networks of the recipes (default: all) at the quick preset and stores their curves, with
settings, versions, date and command, in figures/in_context/stored/.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import xarray as xr

from jtts.arguments import InputError
from jtts.in_context import read_curves, write_curves
from jtts.pipeline import PRESETS, Preset
from jtts.provenance import provenance

FOLDER = Path(__file__).with_name("stored")
Recipe = Callable[..., xr.Dataset]
RECIPES: dict[str, Recipe] = {}


def recipe(function: Recipe) -> Recipe:
    """Decorator: a function `preset -> curves` that `curves_of` may answer from its file."""
    RECIPES[function.__name__] = function
    return function


def curves_of(function: Recipe, preset: Preset) -> xr.Dataset:
    """Stored curves at the quick preset, else those of a new run; the attribute `source` says."""
    if preset.name == "quick" and not preset.retrain:
        curves = read_curves(FOLDER / f"{function.__name__}.json")
        return curves.assign_attrs(source=f"stored run of {curves.attrs['date']}")
    return function(preset).assign_attrs(source="re-run")


def main(names: Sequence[str]) -> None:
    """Train and store."""
    from jtts.figures.in_context import (  # noqa: F401  (these declare the recipes)
        experiments,
        induction_experiments,
        memory_experiments,
    )

    for name in names:
        if name not in RECIPES:
            raise InputError(f"recipe must be one of {', '.join(RECIPES)}, got {name!r}")
    FOLDER.mkdir(exist_ok=True)
    for name in names or RECIPES:
        curves = RECIPES[name](PRESETS["quick"])
        facts = provenance(preset="quick", seed=int(curves.seed.min()))
        facts["command"] = f"python -m jtts.figures.in_context {name}"
        write_curves(curves.assign_attrs(facts), FOLDER / f"{name}.json")
