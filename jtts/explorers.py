"""Explorers: sweeps computed beforehand, through which a reader moves with sliders."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from jtts.families import family_of
from jtts.files import staged
from jtts.pages import environment
from jtts.pipeline import Preset
from jtts.report import SIGNS, VerdictLine

Compute = Callable[[Preset], xr.Dataset]
PAGE = "explore.html"


class Explorer:
    """A sweep of one law over several parameters. Its caption is the docstring of the function."""

    def __init__(self, compute: Compute, *, cost: str, across: str):
        self.__doc__ = compute.__doc__
        self.compute = compute
        self.cost, self.across = cost, across
        self.name = compute.__name__
        self.family = family_of(compute.__module__)
        title, _, caption = (inspect.getdoc(compute) or self.name).partition("\n")
        self.title, self.caption = title.rstrip("."), " ".join(caption.split())

    def __repr__(self) -> str:
        return f"<explorer {self.full_name}>"

    @property
    def full_name(self) -> str:
        return f"{self.family}.{self.name}"


def explorer(*, cost: str, across: str) -> Callable[[Compute], Explorer]:
    """Declare a function `preset -> Dataset`, a sweep of one law, as an explorer.

    Args:
      cost: time it takes at the quick preset.
      across: parameter on the horizontal axis at first; the others are sliders.
    """
    return lambda compute: Explorer(compute, cost=cost, across=across)


@dataclass(frozen=True)
class Panel:
    """An explorer with its data and what they prove."""

    explorer: Explorer
    data: xr.Dataset
    verdict: VerdictLine


def write_explorers(panels: Sequence[Panel], out: Path) -> Path:
    """Write `out`/explore.html, a page that needs no other file, and return its path."""
    template = environment(numbers=numbers).get_template("explore.html.j2")
    page = template.render(panels=panels, signs=SIGNS)
    with staged(out) as folder:
        (folder / PAGE).write_text(page, encoding="utf-8")
    return out / PAGE


def numbers(panel: Panel) -> dict[str, Any]:
    """What the page's script draws: parameters with their values, and the curves in their order."""
    data = panel.data
    return {
        "law": data.attrs["law"],
        "across": panel.explorer.across,
        "parameters": [
            {"name": str(name), "values": data[name].values.tolist()} for name in data.theory.dims
        ],
        **{
            name: _rounded(data[name].values)
            for name in ("theory", "simulation", "stderr")
            if name in data
        },
    }


def _rounded(values: np.ndarray) -> list[float | None]:
    """Six digits are more than a screen shows; what is not finite is not drawn."""
    return [float(f"{v:.6g}") if np.isfinite(v) else None for v in values.ravel()]
