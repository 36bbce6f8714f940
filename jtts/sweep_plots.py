"""`jtts.plot`: a sweep as lines of theory and points of simulation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from jtts import registry
from jtts.arguments import InputError, require_instance
from jtts.drawing import (
    COLOURS,
    COLUMN_WIDTH,
    canvas,
    evidence_legend,
    save,
    simulated_points,
    style,
)
from jtts.grid_names import Names
from jtts.grids import whole_numbers
from jtts.laws import Law
from jtts.nearest import nearest
from jtts.promises import Accepted, finite
from jtts.sweeps import sweep
from jtts.symbols import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 2.6  # inches of a panel
DENSE = 160  # points of a line of theory
FEW = 24  # whole numbers that are shown one by one
MOST_LINES, MOST_FACETS = 12, 12
CHARACTERS = 55  # of a line below a panel
WIDE = 20.0  # ratio of the ends from which an axis is logarithmic


def plot(
    data: xr.Dataset,
    *,
    x: str | None = None,
    lines: str | None = None,
    facets: str | None = None,
    law: Law[..., Any] | None = None,
    ax: Axes | Sequence[Axes] | None = None,
) -> Axes | np.ndarray:
    """Draw what `sweep` returned: theory as lines, simulation as points with two standard errors.

    Theory is computed again on a grid of its own where the law can be asked for it: between the
    points of numbers, at all whole numbers of a parameter that is whole. Where it cannot (paired
    lists, sizes that programs are compiled for, constants that are objects) the lines join the
    points of the sweep, which then carry a dot. Where the kind of the law expects a finite-size
    gap, it is shaded. Nothing is left out in silence: dimensions of one value stand in the title,
    and a fourth dimension is refused.

    Args:
      data: a sweep with one to three dimensions of more than one value.
      x: dimension across; by default the first. Of paired lists also one of the lists' names.
      lines: dimension with a line for each value, at most 12; by default the next.
      facets: dimension with a panel for each value, at most 12; by default the next.
      law: the law, where it is none of the package's.
      ax: axes to draw into, in the style that they have; with facets a list of them. By default new
        ones of pyplot's, in the style of the package's figures.

    Returns:
      The axes; with facets an array of them. `axes.figure.savefig("name.pdf")` keeps them.

    Raises:
      InputError: no sweep, an unknown or doubled dimension, too many dimensions, lines, facets.

    >>> from jtts import sweep
    >>> from jtts.theory import best_of_k
    >>> data = sweep(best_of_k.kl_to_base, {"k": [1, 4, 64]})
    >>> from matplotlib.figure import Figure
    >>> axes = plot(data, ax=Figure().subplots())
    >>> axes.get_xlabel(), axes.get_xscale(), len(axes.lines[0].get_xdata()) > 100
    ('$k$', 'log', True)
    """
    layout = _laid_out(data, x, lines, facets, law)
    if ax is not None:
        places = np.atleast_1d(np.asarray(ax, object)).ravel()
        if len(places) != len(layout.panels):
            raise InputError(f"{len(layout.panels)} panels need as many axes, got {len(places)}")
        _draw(layout, places)
        return places if layout.facets else places[0]
    import matplotlib.pyplot as plt

    with style():
        rows, columns = layout.shape
        _, axes = plt.subplots(
            rows, columns, figsize=layout.size, layout="constrained", squeeze=False
        )
        places = _used(layout, axes)
        _draw(layout, places)
    return places if layout.facets else places[0]


def write_plot(data: xr.Dataset, path: Path, law: Law[..., Any] | None = None) -> None:
    """What `plot` shows, in a file; no display is asked for."""
    layout = _laid_out(data, None, None, None, law)
    with style():
        width, height = layout.size
        figure, axes = canvas(*layout.shape, width=width, height=height)
        _draw(layout, _used(layout, axes))
        save(figure, [path])


@dataclass(frozen=True)
class _Layout:
    """Which dimension is what, and the part of the data that each panel shows."""

    x: str
    lines: str | None
    facets: str | None
    law: Law[..., Any] | None
    panels: list[xr.Dataset]

    @property
    def shape(self) -> tuple[int, int]:
        columns = min(len(self.panels), 3)
        return -(-len(self.panels) // columns), columns

    @property
    def size(self) -> tuple[float, float]:
        rows, columns = self.shape
        return COLUMN_WIDTH * min(columns, 2), HEIGHT * rows


def _used(layout: _Layout, axes: np.ndarray) -> np.ndarray:
    """The axes that panels go into; those left over are taken away."""
    places = axes.ravel()
    for empty in places[len(layout.panels) :]:
        empty.remove()
    return places[: len(layout.panels)]


def _laid_out(
    data: xr.Dataset,
    x: str | None,
    lines: str | None,
    facets: str | None,
    law: Law[..., Any] | None,
) -> _Layout:
    require_instance(xr.Dataset, data=data)
    if "law" not in data.attrs or "theory" not in data:
        raise InputError("data must be what sweep returned")
    data = data.squeeze()
    if not data.dims:
        data = data.expand_dims(point=[0])
    if x in data.coords and data[x].dims == ("point",) and x != "point":
        data = data.swap_dims(point=x)
    roles: dict[str, str | None] = {"x": x, "lines": lines, "facets": facets}
    dims = [str(dim) for dim in data.dims]
    given = [dim for dim in roles.values() if dim is not None]
    for dim in given:
        if dim not in dims or given.count(dim) > 1:
            near = ", ".join(nearest(dim, dims) or dims)
            raise InputError(f"x, lines and facets are different ones of {near}, got {dim!r}")
    free = [dim for dim in dims if dim not in given]
    for role, named in roles.items():
        if named is None and free:
            # the numbers of one value are no axis
            roles[role] = free.pop(1 if role == "x" and free[0] == "component" and free[1:] else 0)
    if free:
        raise InputError(
            f"{', '.join(free)} would be a fourth dimension; choose one: data.isel({free[0]}=0)"
        )
    for role, most in (("lines", MOST_LINES), ("facets", MOST_FACETS)):
        chosen = roles[role]
        if chosen is not None and data.sizes[chosen] > most:
            raise InputError(
                f"{data.sizes[chosen]} values of {chosen} are over {most} {role}; choose some: "
                f"data.isel({chosen}=slice(0, None, 10))"
            )
    if law is None:
        law = registry.law_called(data.attrs["law"])
    across, beside = str(roles["x"]), roles["facets"]
    panels = (
        [data] if beside is None else [data.isel({beside: i}) for i in range(data.sizes[beside])]
    )
    return _Layout(across, roles["lines"], beside, law, panels)


def _draw(layout: _Layout, places: Iterable[Any]) -> None:
    for axes, panel in zip(places, layout.panels, strict=True):
        theory = _dense_theory(layout, panel)
        by_line = [None] if layout.lines is None else range(panel.sizes[layout.lines])
        for index in by_line:
            at = {} if index is None else {layout.lines: index}
            _draw_line(axes, layout, panel.isel(at), theory.isel(at), index)
        _finish(axes, layout, panel)


def _draw_line(
    axes: Any, layout: _Layout, found: xr.Dataset, theory: xr.Dataset, index: int | None
) -> None:
    x, colour = layout.x, COLOURS[(index or 0) % len(COLOURS)]
    dashes = ("-", "--", ":")[(index or 0) // len(COLOURS)]
    name = None
    if index is not None and layout.lines is not None:
        name = _value_of(layout, layout.lines, found[layout.lines].item())
    simulated = "simulation" in found
    each = len(theory[x]) <= FEW and not simulated
    across = np.arange(len(theory[x])) if theory[x].dtype.kind not in "iuf" else theory[x]
    axes.plot(across, theory.theory, dashes, color=colour, label=name, marker="." if each else None)
    if "finite_size" in found:
        ends = found.theory - found.finite_size, found.theory + found.finite_size
        said = None if index else "finite-size gap, at most"
        axes.fill_between(found[x], *ends, color=colour, alpha=0.12, linewidth=0, label=said)
    if simulated:
        simulated_points(axes, found[x], found.simulation, found.stderr, index=index or 0)


def _finish(axes: Any, layout: _Layout, panel: xr.Dataset) -> None:
    x = layout.x
    across = panel[x].values
    if across.dtype.kind not in "iuf":
        axes.set_xticks(range(len(across)), [str(value) for value in across])
    elif _is_wide(across):
        axes.set_xscale("log")
    if _is_wide(panel.theory.values):
        axes.set_yscale("log")
    shown = {x, layout.lines, layout.facets, "component", "point"}
    held = [str(n) for n, c in panel.coords.items() if c.ndim == 0 and n not in shown]
    fixed = _in_lines([_value_of(layout, name, panel[name].item()) for name in held])
    axes.set_xlabel("\n".join([_label(layout, x), *fixed]))
    axes.set_ylabel(panel.attrs["law"].rpartition(".")[2].replace("_", " "))
    if layout.facets is not None:
        axes.set_title(_value_of(layout, layout.facets, panel[layout.facets].item()))
    if "simulation" in panel:
        evidence_legend(axes)
    elif layout.lines:
        axes.legend()


def _in_lines(texts: list[str]) -> list[str]:
    """Joined by commas, broken between them where a line would be wider than a panel."""
    lines: list[str] = []
    for text in texts:
        if lines and len(lines[-1]) + len(text) < CHARACTERS:
            lines[-1] += f", {text}"
        else:
            lines.append(text)
    return lines


def _is_wide(values: np.ndarray) -> bool:
    finite = values[np.isfinite(values)]
    return bool(finite.size and finite.min() > 0 and finite.max() > WIDE * finite.min())


def _label(layout: _Layout, name: str) -> str:
    law = layout.law
    if law is None or name in law.parameters:
        return name.replace("_", " ") if law is None else label(name, law.function)
    simulation = law.simulation()
    return label(name, law.function if simulation is None else simulation)


def _value_of(layout: _Layout, name: str, value: Any) -> str:
    if name == "component":
        return str(value).strip("[]'")
    return f"{_label(layout, name)} = {value:g}" if _is_number(value) else f"{name}: {value}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _dense_theory(layout: _Layout, panel: xr.Dataset) -> xr.Dataset:
    """Theory where a line needs it; the panel's own points where the law cannot be asked."""
    law, x = layout.law, layout.x
    between = None if law is None else _between(law, x, panel[x].values)
    if law is None or between is None or panel.attrs["constants"]:
        return panel
    names = [str(name) for name in panel.coords if name not in ("component", "point")]
    values = {name: panel[name].values.tolist() for name in names} | {x: between.tolist()}
    if any(panel[name].dims not in ((), (name,)) for name in names):
        return panel  # paired lists
    return sweep(law, values)[["theory"]]


def _between(law: Law[..., Any], x: str, values: np.ndarray) -> np.ndarray | None:
    """Where else the line is asked for; None where it is known at the sweep's own points only."""
    if x in Names(law, None).constructors or "." in x:  # a number that makes an object
        accepted: Accepted | None = finite()
    else:
        accepted = (law.holds or {}).get(x)
    if values.dtype.kind not in "iuf" or len(values) < 2 or not np.all(np.isfinite(values)):
        return None
    if accepted is None or accepted.static or accepted.ndim or accepted.words:
        return None
    low, high = values.min(), values.max()
    if accepted.whole:
        step = accepted.step
        count = int(high - low) // step + 1
        if step > 1 and count > DENSE:
            return None
        inside = (
            np.arange(count) * step + low if count <= DENSE else whole_numbers(low, high, DENSE)
        )
    elif _is_wide(values):
        inside = np.geomspace(low, high, DENSE)
    else:
        inside = np.linspace(low, high, DENSE)
    inside = inside[np.asarray(accepted.contains(inside), bool)]  # powers of two, say
    return np.union1d(inside, values)
