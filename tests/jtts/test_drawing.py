"""The legend says what is drawn: the marker of each line's points, and nothing of other lines."""

import numpy as np
import pytest

from jtts.drawing import (
    COLOURS,
    MARKERS,
    canvas,
    evidence_legend,
    letter_panels,
    simulated_points,
    style,
)


@pytest.fixture
def axes():
    with style():
        _, ((axes,),) = canvas(1, 1, width=3.0, height=2.0)
        x = np.arange(3.0)
        for index in range(2):
            axes.plot(x, x, color=COLOURS[index], label=f"line {index}")
            simulated_points(axes, x, x, 0.1 * x, index=index)
        axes.plot(x, x, "--", color=COLOURS[0], label="bound")
        axes.plot(x, x, color=COLOURS[4], label="no points")
        yield axes


def entries(axes):
    legend = axes.get_legend()
    return {
        text.get_text(): (line.get_marker(), line.get_linestyle())
        for text, line in zip(legend.get_texts(), legend.legend_handles, strict=True)
    }


def test_lines_with_points_show_their_marker(axes):
    evidence_legend(axes)
    assert entries(axes) == {
        "line 0": (MARKERS[0], "-"),
        "line 1": (MARKERS[1], "-"),
        "bound": ("None", "--"),
        "no points": ("None", "-"),
        "theory": ("None", "-"),
        "simulation ± 2 s.e.": ("o", "None"),
    }


def test_labels_may_say_what_lines_are(axes):
    evidence_legend(axes, lines=None, ncols=2)
    assert "theory" not in entries(axes)
    assert list(entries(axes))[-1] == "simulation ± 2 s.e."


@pytest.mark.parametrize(("columns", "letters"), [(1, []), (3, ["a", "b"])])
def test_panels_have_letters_where_there_are_several(columns, letters):
    _, axes = canvas(1, columns, width=3.0, height=2.0)
    axes[0, -1].axis("off" if columns > 1 else "on")
    letter_panels(axes)
    assert [text.get_text() for place in axes.ravel() for text in place.texts] == letters
