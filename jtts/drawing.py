"""Drawing: one style, one palette, and the plot most figures need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xarray as xr

COLUMN_WIDTH = 3.4  # inches, one column of a two-column paper

# Okabe and Ito's colours, told apart under the common colour-vision deficiencies
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


@contextmanager
def style() -> Iterator[None]:
    """Publication style: readable at column width, vector text. The font is Matplotlib's own or
    that of your `matplotlibrc` (`font.family`)."""
    import matplotlib as mpl
    from cycler import cycler

    settings: Any = {
        "font.size": 8,
        "axes.labelsize": 8,
        "axes.titlesize": 8,
        "legend.fontsize": 6.5,
        "legend.frameon": False,
        "legend.handlelength": 1.6,
        "xtick.labelsize": 7,
        "ytick.labelsize": 7,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.prop_cycle": cycler(color=COLOURS),
        "lines.linewidth": 1.2,
        "lines.markersize": 3.2,
        "savefig.dpi": 200,
        "pdf.fonttype": 42,
    }
    with mpl.rc_context(settings):
        yield


def canvas(rows: int, columns: int, *, width: float, height: float) -> tuple[Any, Any]:
    """A figure for files, and its axes, [rows, columns]; it needs no display and asks for none."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False)


def letter_panels(axes: Any) -> None:
    """Name panels a, b, ... at their upper left, where there is more than one."""
    drawn = [place for place in axes.ravel() if place.axison]
    for letter, place in zip("abcdefghijkl", drawn, strict=False):
        if len(drawn) > 1:
            place.annotate(letter, (0, 1), (-16, 4), "axes fraction", "offset points",
                           fontweight="bold", fontsize=9, annotation_clip=False)  # fmt: skip


def show_all(axes: Any) -> None:
    """Widen limits that were set for other numbers to all that is drawn."""
    for place in axes.ravel():
        place.autoscale()
        if legend := place.get_legend():
            legend.set_loc("best")


def save(figure: Any, paths: Iterable[Path]) -> None:
    """Into files by their endings; equal figures make equal bytes."""
    for path in paths:
        figure.savefig(path, metadata={"CreationDate": None} if path.suffix == ".pdf" else {})


def theory_lines_with_simulation(
    axes: Any,
    data: xr.Dataset,
    *,
    x: str,
    lines: str | None = None,
    simulated: xr.Dataset | None = None,
    label: str = "{}",
    every: int = 1,
    normalise: float = 1.0,
) -> None:
    """Theory as lines, simulation as points with bars of two standard errors.

    Args:
      x: dimension on the horizontal axis.
      lines: dimension with one line per value; `label` formats that value for the legend.
      simulated: where the points are, if not in `data`.
      every: draw one simulated point in so many.
      normalise: divide all values by this.
    """
    values = data[lines].values if lines else [None]
    for index, value in enumerate(values):
        one = data.sel({lines: value}) if lines else data
        points = one if simulated is None else simulated.sel({lines: value}) if lines else simulated
        colour = COLOURS[index % len(COLOURS)]
        name = None if value is None else label.format(value)
        axes.plot(one[x], one.theory / normalise, color=colour, label=name)
        if "simulation" in points:
            points = points.isel({x: slice(None, None, every)})
            simulated_points(
                axes,
                points[x],
                points.simulation / normalise,
                points.stderr / normalise,
                index=index,
            )


def simulated_points(
    axes: Any, x: Any, mean: Any, stderr: Any, *, index: int = 0, x_stderr: Any = None
) -> None:
    """Points with bars of two standard errors, in the colour and with the marker of that index."""
    axes.errorbar(
        x,
        mean,
        2 * stderr,
        None if x_stderr is None else 2 * x_stderr,
        color=COLOURS[index % len(COLOURS)],
        marker=MARKERS[index % len(MARKERS)],
        linestyle="none",
        elinewidth=0.8,
        markerfacecolor="white",
        markeredgewidth=0.8,
    )


def evidence_legend(axes: Any, *, lines: str | None = "theory", **options: Any) -> None:
    """Legend of the lines drawn, solid ones with the marker of their points, and what both mean.

    Args:
      lines: what lines are; None where their labels say so.
    """
    from matplotlib.container import ErrorbarContainer
    from matplotlib.lines import Line2D

    points = [drawn for drawn in axes.containers if isinstance(drawn, ErrorbarContainer)]
    markers = {drawn.lines[0].get_color(): drawn.lines[0].get_marker() for drawn in points}
    point: Any = {"markerfacecolor": "white", "markeredgewidth": 0.8}
    handles, labels = axes.get_legend_handles_labels()
    for index, handle in enumerate(handles):
        colour = handle.get_color() if isinstance(handle, Line2D) else None
        # lines in another style of that colour are limits and comparisons
        if colour in markers and handle.get_linestyle() == "-":
            handles[index] = Line2D([], [], color=colour, marker=markers[colour], **point)
    if lines is not None:
        handles.append(Line2D([], [], color="0.4"))
        labels.append(lines)
    handles.append(Line2D([], [], color="0.4", marker="o", linestyle="none", **point))
    axes.legend(handles, [*labels, "simulation ± 2 s.e."], **options)
