"""The plot of a ranking: strengths, the win matrix against them, and what choosing gains."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jtts.drawing import COLOURS, canvas, save, style

LISTED = 25  # candidates by name
HEIGHT, WIDTH = 3.2, 3.4  # inches of a panel
LINE = 0.17  # more for each candidate beyond ten


def plot(found: dict[str, Any], paths: Sequence[Path]) -> None:
    """Three panels of the JSON's content."""
    shown = found["ranking"][:LISTED]
    with style():
        height = HEIGHT + LINE * max(0, len(shown) - 10)
        figure, axes = canvas(1, 3, width=3 * WIDTH, height=height)
        _strengths(axes[0, 0], shown)
        _wins(axes[0, 1], found["wins"], figure)
        _gain(axes[0, 2], found["best_of_k"])
        save(figure, paths)


def _strengths(axes: Any, shown: list[dict[str, Any]]) -> None:
    fitted = shown[0]["strength"] is not None
    names = ("strength", "stderr") if fitted else ("with_prior", "with_prior_stderr")
    value, stderr = (np.array([one[name] for one in shown]) for name in names)
    place = np.arange(len(shown))
    axes.errorbar(
        value, place, xerr=2 * stderr, color=COLOURS[0], marker="o", linestyle="none",
        elinewidth=0.8, markerfacecolor="white", markeredgewidth=0.8,
    )  # fmt: skip
    labels = [f"{one['candidate'][:24]}  {one['rank_low']}-{one['rank_high']}" for one in shown]
    axes.set_yticks(place, [label.replace("$", r"\$") for label in labels])
    axes.invert_yaxis()
    axes.set(xlabel="strength ± 2 s.e.", title="ranks, all at once 95 %")
    axes.set_title("fitted" if fitted else "with a prior", loc="right", fontsize=7)


def _wins(axes: Any, wins: dict[str, Any], figure: Any) -> None:
    won = np.array(wins["wins"]) + np.array(wins["ties"]) / 2
    played = won + won.T
    share = np.divide(won, played, out=np.full_like(won, np.nan), where=played > 0)
    image = axes.imshow(share[:LISTED, :LISTED], cmap="RdBu", vmin=0, vmax=1)
    axes.set(title="share won by row over column", xlabel="rank", ylabel="rank")
    ticks = np.unique(np.linspace(0, min(LISTED, len(won)) - 1, 6).astype(int))
    axes.set_xticks(ticks, ticks + 1)
    axes.set_yticks(ticks, ticks + 1)
    figure.colorbar(image, ax=axes, shrink=0.8)


def _gain(axes: Any, gain: dict[str, Any]) -> None:
    axes.set(xlabel="calls of the judge", ylabel="strength of the best of k", title="choosing")
    if not gain["k"]:
        axes.text(0.5, 0.5, "no spread to choose from", ha="center", transform=axes.transAxes)
        return
    for index, curve in enumerate(gain["curves"]):
        calls = curve["calls_a_match"]
        label = f"knockout, {calls} call{'s' * (calls > 1)} a match"
        axes.plot(curve["calls"], curve["strength"], color=COLOURS[index], marker=".", label=label)
    for k, best in zip(gain["k"], gain["perfect_judge"], strict=True):
        axes.axhline(best, color="0.8", linewidth=0.6, zorder=0)
        axes.annotate(f"k = {k}", (1, best), xycoords=("axes fraction", "data"), fontsize=6,
                      ha="right", va="bottom", color="0.5")  # fmt: skip
    axes.set_xscale("log")
    axes.legend(loc="upper left")
