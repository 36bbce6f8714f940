"""The plot of a design: what it costs to leave it, and what other budgets buy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jtts.designing.report import WORDS
from jtts.drawing import COLOURS, MARKERS, canvas, letter_panels, save, style

WIDTH, HEIGHT = 3.4, 2.7  # inches of a panel


def plot(found: dict[str, Any], paths: Sequence[Path]) -> None:
    """Error around the best design, a line for each quantity; error against the budget."""
    around = {name: curve for name, curve in found["around"].items() if name != "budget"}
    panels = 1 + bool(around)
    with style():
        figure, axes = canvas(1, panels, width=WIDTH * panels, height=HEIGHT)
        if around:
            _around(axes[0, 0], around, found["best"])
        _budgets(axes[0, -1], found["around"]["budget"], found["question"]["budget"], found["best"])
        letter_panels(axes)
        save(figure, paths)


def _around(axes: Any, around: dict[str, Any], best: dict[str, Any]) -> None:
    for index, (name, curve) in enumerate(around.items()):
        factor = np.array(curve["values"]) / best[name]
        rise = np.array(curve["errors"]) / best["error"]
        label = f"{WORDS[name]} (best {best[name]:,.0f})"
        axes.plot(factor, rise, color=COLOURS[index], marker=MARKERS[index], label=label)
    _logarithmic(axes)
    axes.set(xlabel="times its best value, others chosen anew", ylabel="error / least error")
    axes.legend()


def _budgets(axes: Any, curve: dict[str, Any], budget: float, best: dict[str, Any]) -> None:
    axes.plot(curve["values"], curve["errors"], color=COLOURS[0], marker=MARKERS[0], label="best")
    axes.plot([budget], [best["error"]], "*", color=COLOURS[1], markersize=8, label="this budget")
    _logarithmic(axes)
    axes.set(xlabel="budget", ylabel="mean squared error")
    axes.legend()


def _logarithmic(axes: Any) -> None:
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:.5g}")
