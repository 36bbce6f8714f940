"""A plot of a sweep shows all of it, with theory between the points, and says what is fixed."""

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from jtts import plot, sweep
from jtts.arguments import InputError
from jtts.cli import main
from jtts.rewards import Exponential
from jtts.sweep_plots import write_plot
from jtts.symbols import label, symbols
from jtts.theory import associative_memory, best_of_k, selection, turns, verifiers


def drawn(data, **options):
    return plot(data, ax=Figure().subplots(), **options)


def xs(axes):
    return [line.get_xdata() for line in axes.lines if len(line.get_xdata())]


@pytest.fixture(scope="module")
def recall():
    grid = {"age": [0, 4.5, 12], "num_pairs": 24, "dim": [8, 16], "decay": [0.9, 1.0]}
    return sweep(associative_memory.recall_error, grid)


def test_theory_is_computed_between_the_points(recall):
    axes = drawn(recall.isel(decay=0))
    assert all(len(x) > 100 for x in xs(axes))
    line = axes.lines[1]
    right = associative_memory.recall_error(line.get_xdata(), 24, 16, decay=0.9)
    np.testing.assert_allclose(line.get_ydata(), right, rtol=1e-12)


def test_whole_numbers_are_not_drawn_between():
    data = sweep(best_of_k.kl_to_base, {"k": [1, 2.5, 30]})
    assert np.any(xs(drawn(data))[0] % 1 > 0)  # k is real there
    grid = {"budget": [9, 30], "start": 0.6, "correction_rate": 0.1, "introduction_rate": 0.02}
    axes = drawn(sweep(turns.best_vote_split, grid))
    assert xs(axes)[0].tolist() == list(range(9, 31))
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "accuracy", "num_turns", "votes",
    ]  # fmt: skip


def test_only_what_a_law_takes_is_asked_for():
    grid = {"num_candidates": [2, 16], "p": 0.3, "q": 0.8}
    assert xs(drawn(sweep(verifiers.knockout_accuracy, grid)))[0].tolist() == [2, 4, 8, 16]


def test_third_dimension_is_a_panel_each_and_a_fourth_is_refused(recall):
    figure = Figure()
    axes = plot(recall, ax=figure.subplots(1, 2))
    assert [place.get_title() for place in axes] == [
        "decay $\\lambda$ = 0.9", "decay $\\lambda$ = 1",
    ]  # fmt: skip
    assert "num pairs $N$ = 24" in axes[0].get_xlabel()
    with pytest.raises(InputError, match="2 panels need as many axes, got 1"):
        drawn(recall)
    with pytest.raises(InputError, match=r"decay would be a fourth dimension; choose one: data\."):
        drawn(recall.expand_dims(erase=[0.0, 1.0]))


def test_roles_can_be_chosen(recall):
    axes = drawn(recall.isel(decay=1), x="dim", lines="age")
    assert axes.get_xlabel().splitlines()[0] == "dim $d$"
    assert len(axes.lines) == 3
    for wrong in ({"x": "dmi"}, {"x": "age", "lines": "age"}):
        with pytest.raises(InputError, match="x, lines and facets are different ones of"):
            drawn(recall, **wrong)
    many = sweep(best_of_k.kl_to_base, {"k": np.arange(1.0, 40)}).expand_dims(run=2)
    with pytest.raises(InputError, match="39 values of k are over 12 lines"):
        drawn(many)
    with pytest.raises(InputError, match="data must be"):
        plot(3)


@pytest.mark.parametrize(
    ("grid", "zipped"),
    [
        ({"n": [1.0, 8.0], "reward": Exponential()}, False),  # what the sweep does not keep
        ({"n": [1.0, 8.0], "reward": [Exponential(), Exponential()]}, True),
    ],
)
def test_what_cannot_be_asked_again_is_drawn_at_its_points(grid, zipped):
    name = "reward" if "reward" in selection.expected_max.parameters else "law"
    grid = {name if key == "reward" else key: value for key, value in grid.items()}
    axes = drawn(sweep(selection.expected_max, grid, zipped=zipped), x="n")
    assert xs(axes)[0].tolist() == [1.0, 8.0]
    assert axes.lines[0].get_marker() == "."


def test_simulation_has_bars_and_a_finite_size_its_band():
    grid = {"load": [0.25, 0.5], "initial": 0.9, "dim": 64, "depth": [1, 2]}
    data = sweep(associative_memory.layered_overlap, grid, trials=16)
    axes = drawn(data, x="depth")
    said = [text.get_text() for text in axes.get_legend().get_texts()]
    assert said[-2:] == ["theory", "simulation ± 2 s.e."]
    assert "finite-size gap, at most" in said
    assert len(axes.containers) == 2


def test_one_point():
    assert drawn(sweep(best_of_k.kl_to_base, {"k": 4})).lines[0].get_xdata().tolist() == [0]


def test_backend_and_style_stay_as_they_are(recall):
    before = dict(matplotlib.rcParams)
    drawn(recall.isel(decay=0))
    assert dict(matplotlib.rcParams) == before


def test_files_of_equal_content_are_equal(tmp_path, recall):
    for name in ("a.pdf", "b.pdf", "a.png", "b.png"):
        write_plot(recall, tmp_path / name)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_through_the_command(tmp_path, capsys):
    path = tmp_path / "kl.pdf"
    assert main(["sweep", "best_of_k.kl_to_base", "--k", "1:64:log5", "--plot", str(path)]) == 0
    assert path.read_bytes().startswith(b"%PDF")


def test_symbols():
    assert symbols(associative_memory.recall_error.function)["decay"] == "\\lambda"
    assert label("rho", best_of_k.error) == "$\\rho$"
    assert label("value_noise", associative_memory.recall_error) == "value noise"
