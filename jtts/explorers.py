"""Explorers: sweeps computed beforehand, through which a reader moves with sliders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from jtts.files import staged
from jtts.pages import environment
from jtts.pipeline import Computed, Preset
from jtts.report import SIGNS, VerdictLine

Compute = Callable[[Preset], xr.Dataset]
PAGE = "explore.html"


class Explorer(Computed):
    """A sweep of one law over several parameters."""

    def __init__(self, compute: Compute, *, cost: str, across: str):
        super().__init__(compute, cost=cost)
        self.across = across

    def compute(self, preset: Preset) -> xr.Dataset:
        return self._compute(preset)


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
