"""Figures: declared as a pair of functions, one that computes data and one that draws it."""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import xarray as xr

from jtts.arguments import InputError
from jtts.families import family_of

Compute = Callable[..., Any]  # of the preset and constants
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


class Computed:
    """What the gallery shows: a function of the preset. Its docstring is title and caption, its
    keyword-only arguments are constants that `set` changes."""

    def __init__(self, compute: Compute, *, cost: str):
        self.__doc__ = compute.__doc__
        self._compute = compute
        self.changed = False  # whether a constant is not the one it was designed with
        self.cost = cost
        self.name = compute.__name__
        self.family = family_of(compute.__module__)
        title, _, caption = (inspect.getdoc(compute) or self.name).partition("\n")
        self.title, self.caption = title.rstrip("."), " ".join(caption.split())

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} {self.full_name}>"

    @property
    def full_name(self) -> str:
        return f"{self.family}.{self.name}"

    @property
    def constants(self) -> dict[str, Any]:
        """Name and value of each constant."""
        given = inspect.signature(self._compute).parameters.values()
        return {p.name: p.default for p in given if p.kind is p.KEYWORD_ONLY}

    def set(self, **constants: Any) -> Self:
        """The same with other constants; the caption says so.

        Raises:
          InputError: it has no such constant.
        """
        known = self.constants
        for name in constants:
            if name not in known:
                had = ", ".join(f"{n}={_shown(value)}" for n, value in known.items())
                raise InputError(
                    f"{self.full_name} has no constant {name!r}; "
                    + (f"it has {had}" if known else "all of its numbers are fixed")
                )
        changed = copy.copy(self)
        changed.changed = True
        changed._compute = functools.partial(self._compute, **constants)
        said = ", ".join(f"{name} = {_shown(value)}" for name, value in constants.items())
        changed.caption = f"{self.caption} Drawn with {said} instead." if said else self.caption
        return changed


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    return ",".join(f"{v:g}" for v in value) if hasattr(value, "__iter__") else f"{value:g}"


class Figure(Computed):
    """A figure of the gallery."""

    def __init__(self, compute: Compute, *, cost: str, panels: tuple[int, int], height: float):
        super().__init__(compute, cost=cost)
        self.panels, self.height = panels, height
        self._draw: Draw | None = None

    def compute(self, preset: Preset) -> dict[str, xr.Dataset]:
        """The data, by name; a figure with one dataset calls it by the figure's own name."""
        data: xr.Dataset | Mapping[str, xr.Dataset] = self._compute(preset)
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
            if self.changed:
                drawing.show_all(axes)
            drawing.letter_panels(axes)
            drawing.save(canvas, paths)
        return paths


def figure(
    *, cost: str, panels: tuple[int, int] = (1, 1), height: float = 2.5
) -> Callable[[Compute], Figure]:
    """Declare a function `(preset, *, constants) -> Dataset (or name -> Dataset)` as a figure.

    Args:
      cost: time it takes at the quick preset, for the gallery.
      panels: rows and columns of axes; the draw function gets one axes or an array of them.
      height: of a row, in inches; a panel is one column of a two-column paper wide.
    """
    return lambda compute: Figure(compute, cost=cost, panels=panels, height=height)
