"""The plot of what a fit found: measured points, models as lines, forecasts dashed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jtts.drawing import COLOURS, MARKERS, canvas, save, style
from jtts.fitting.curves import BEST, degrees

WIDTH, HEIGHT = 3.2, 2.7  # inches of a panel
CURVE = ("outcome", "rule", "temperature")


def plot(found: dict[str, Any], paths: Sequence[Path]) -> None:
    """A panel per outcome and way of choosing: by the score, or what k samples hold."""
    panels: dict[tuple[str, bool], list[dict[str, Any]]] = {}
    for curve in found["measured"]:
        panels.setdefault((curve["outcome"], curve["rule"] == BEST), []).append(curve)
    modelled = [curve for model in found["models"] for curve in model["curves"]]
    with style():
        figure, axes = canvas(1, len(panels), width=WIDTH * len(panels), height=HEIGHT)
        for place, ((outcome, by_score), curves) in zip(axes[0], panels.items(), strict=True):
            for index, curve in enumerate(curves):
                _measured(place, curve, index)
            drawn = [
                (curve, line, index)
                for index, curve in enumerate(curves)
                for line in modelled
                if all(line[name] == curve[name] for name in CURVE)
            ]
            for model in drawn:
                _model(place, *model)
            _finish(place, outcome, bool(drawn))
            place.set_title("chosen by score" if by_score else "what k samples hold")
        save(figure, paths)


def _measured(axes: Any, curve: dict[str, Any], index: int) -> None:
    hot = f"T = {degrees(curve['temperature'])}"
    axes.errorbar(
        curve["k"],
        curve["value"],
        2 * np.asarray(curve["stderr"]),
        color=COLOURS[index % len(COLOURS)],
        marker=MARKERS[index % len(MARKERS)],
        linestyle="none",
        elinewidth=0.8,
        markerfacecolor="white",
        markeredgewidth=0.8,
        label=hot if curve["rule"] == BEST else curve["rule"],
    )


def _model(axes: Any, curve: dict[str, Any], line: dict[str, Any], index: int) -> None:
    colour, last = COLOURS[index % len(COLOURS)], len(curve["k"])
    k, value, stderr = (np.asarray(line[name], float) for name in ("k", "value", "stderr"))
    axes.plot(k[:last], value[:last], color=colour)
    axes.plot(k[last - 1 :], value[last - 1 :], "--", color=colour)
    band = value - 2 * stderr, value + 2 * stderr
    axes.fill_between(k, *band, color=colour, alpha=0.15, linewidth=0)


def _finish(axes: Any, outcome: str, modelled: bool) -> None:
    from matplotlib.lines import Line2D

    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda k, _: f"{k:g}")
    axes.set_xlabel("k")
    axes.set_ylabel(f"{outcome} (± 2 s.e.)")
    handles, labels = axes.get_legend_handles_labels()
    if modelled:
        handles += [Line2D([], [], color="0.4"), Line2D([], [], color="0.4", linestyle="--")]
        labels += ["model", "forecast"]
    axes.legend(handles, labels)
