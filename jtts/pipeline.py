"""Figures: declared as a pair of functions, one that computes data and one that draws it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr

from jtts.families import family_of

Compute = Callable[["Preset"], xr.Dataset | Mapping[str, xr.Dataset]]
Draw = Callable[[Any, Any], None]


@dataclass(frozen=True)
class Preset:
    """How much work a figure does: `quick` on two cores, `paper` on a larger machine.

    With `retrain`, networks are trained afresh where a quick figure would draw stored curves.
    """

    name: str
    retrain: bool = False

    def pick(self, *, quick: Any, paper: Any) -> Any:
        """The value for this preset."""
        return {"quick": quick, "paper": paper}[self.name]


PRESETS = {name: Preset(name) for name in ("quick", "paper")}


class Figure:
    """A figure of the gallery. Its caption is the docstring of the function that computes it."""

    def __init__(self, compute: Compute, *, cost: str, panels: tuple[int, int], height: float):
        self.__doc__ = compute.__doc__
        self._compute = compute
        self.cost, self.panels, self.height = cost, panels, height
        self.name = compute.__name__
        self.family = family_of(compute.__module__)
        title, _, caption = (inspect.getdoc(compute) or self.name).partition("\n")
        self.title, self.caption = title.rstrip("."), " ".join(caption.split())
        self._draw: Draw | None = None

    def __repr__(self) -> str:
        return f"<figure {self.full_name}>"

    @property
    def full_name(self) -> str:
        return f"{self.family}.{self.name}"

    def compute(self, preset: Preset) -> dict[str, xr.Dataset]:
        """The data, by name; a figure with one dataset calls it by the figure's own name."""
        data = self._compute(preset)
        return {self.name: data} if isinstance(data, xr.Dataset) else dict(data)

    def draw(self, function: Draw) -> Draw:
        """Decorator: `function(data, axes)` draws what `compute` returned."""
        self._draw = function
        return function

    def render(self, data: Mapping[str, xr.Dataset], stem: Path) -> list[Path]:
        """Draw `data` into `stem`.pdf and `stem`.png; drawing computes nothing."""
        from jtts import drawing

        if self._draw is None:
            raise TypeError(f"figure {self.full_name} has no draw function")
        rows, columns = self.panels
        width = drawing.COLUMN_WIDTH * min(columns, 2)
        paths = [stem.with_suffix(".pdf"), stem.with_suffix(".png")]
        with drawing.style():
            canvas, axes = drawing.canvas(rows, columns, width=width, height=self.height * rows)
            given = data[self.name] if list(data) == [self.name] else data
            self._draw(given, axes.squeeze() if axes.size > 1 else axes[0, 0])
            drawing.letter_panels(axes)
            drawing.save(canvas, paths)
        return paths


def figure(
    *, cost: str, panels: tuple[int, int] = (1, 1), height: float = 2.5
) -> Callable[[Compute], Figure]:
    """Declare a function `preset -> Dataset (or name -> Dataset)` as a figure.

    Args:
      cost: time it takes at the quick preset, for the gallery.
      panels: rows and columns of axes; the draw function gets one axes or an array of them.
      height: of a row, in inches; a panel is one column of a two-column paper wide.
    """
    return lambda compute: Figure(compute, cost=cost, panels=panels, height=height)
