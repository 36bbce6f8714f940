import html.parser
import re
from pathlib import Path

import pytest
import xarray as xr

from jtts import registry, sweep
from jtts.arguments import InputError
from jtts.commands.reproduce import _constants
from jtts.files import staged
from jtts.pipeline import PRESETS, figure
from jtts.reproduce import reproduce
from jtts.theory import repeated_sampling


class Images(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.sources = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.sources.append(dict(attrs)["src"])


def test_a_figure_comes_with_data_evidence_and_report(tmp_path):
    figures = registry.find_figures(["best_of_k.local_exponent_phase_diagram"])
    verdicts = reproduce(figures, [], preset=PRESETS["quick"], out=tmp_path)
    # a derived law: its check is the evidence under the figure
    assert [(v.law, v.status) for v in verdicts] == [("best_of_k.local_exponent", "pass")]
    names = sorted(path.name for path in (tmp_path / "best_of_k").iterdir())
    stem = "local_exponent_phase_diagram"
    assert names == [f"{stem}{ending}" for ending in (".csv", ".nc", ".pdf", ".png")]
    data = xr.load_dataset(tmp_path / "best_of_k" / f"{stem}.nc")
    assert float(data.theory.sel(rho=1.0, k=1e9, method="nearest")) == pytest.approx(
        -1.06, abs=0.05
    )
    page = (tmp_path / "index.html").read_text()
    (source,) = Images(page).sources
    assert source.startswith("data:image/png;base64,")
    assert "worst relative error" in page


def test_nothing_is_left_when_a_figure_breaks(tmp_path):
    def write_and_break():
        with staged(tmp_path / "family") as folder:
            (folder / "half.csv").write_text("a")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_break()
    assert list(tmp_path.iterdir()) == []


def test_every_figure_has_caption_and_draw_function():
    for name, item in registry.all_figures().items():
        assert item.caption, name
        assert item._draw is not None, name


@pytest.mark.long
@pytest.mark.parametrize("name", registry.all_figures())
def test_every_figure_is_computed_and_drawn(name, tmp_path):
    """A promise that is narrowed must not refuse what a figure shows."""
    (item,) = registry.find_figures([name])
    found = reproduce([item], [], preset=PRESETS["quick"], out=tmp_path)
    assert {verdict.status for verdict in found} <= {"pass", "inconclusive"}
    assert (tmp_path / item.family / f"{item.name}.png").stat().st_size > 10_000


def test_unwritable_folder_is_found_before_the_work(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="not writable"):
        reproduce([], [], preset=PRESETS["quick"], out=tmp_path / "file" / "below")


PAPERS = (Path(__file__).parents[2] / "docs" / "papers.md").read_text(encoding="utf-8")


def test_figures_of_papers_take_the_constants_that_the_page_says():
    commands = re.findall(r"`jtts reproduce (\S+)((?: --set \S+)+)`", PAPERS)
    for name, words in commands:
        (item,) = registry.find_figures([name])
        given = words.replace("--set ", "").split()
        changed = item.set(**_constants(item, given))
        assert changed.constants != item.constants
        assert "Drawn with" in changed.caption
    shown = re.findall(r"\| `([a-z_]+\.[a-z_]+)` \|", PAPERS)
    assert {name for name, _ in commands} < set(shown) <= set(registry.all_figures())


@figure(cost="1 s")
def chances(preset, *, p=0.3, k=(1, 2, 4), kind="plain"):
    """A title.

    A caption.
    """
    return sweep(repeated_sampling.pass_at_k, {"k": list(k), "a": 10 * p, "b": 10 * (1 - p)})


def test_constants_are_read_as_the_kind_they_are():
    assert chances.constants == {"p": 0.3, "k": (1, 2, 4), "kind": "plain"}
    given = ["k=1:5", "p=0.5", "kind=other"]
    assert _constants(chances, given) == {"k": (1, 2, 3, 4, 5), "p": 0.5, "kind": "other"}
    changed = chances.set(k=(8,), p=0.5)
    assert changed.caption == "A caption. Drawn with k = 8, p = 0.5 instead."
    data = changed.compute(PRESETS["quick"])["chances"]
    assert data.k.values.tolist() == [8]
    assert float(data.a) == 5.0
    assert not chances.changed
    assert chances.constants["p"] == 0.3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("q=1", "no constant 'q'; it has p=0.3, k=1,2,4, kind=plain"),
        ("p", "NAME=VALUE"),
        ("p=1,2", "takes one p"),
        ("p=high", "'high' is not a number"),
        ("k=1.5", "whole numbers"),
    ],
)
def test_bad_constants_are_refused_in_one_line(given, said):
    with pytest.raises(InputError, match=re.escape(said)):
        chances.set(**_constants(chances, [given]))


def test_a_changed_figure_shows_all_that_it_draws(tmp_path):
    @figure(cost="1 s")
    def line(preset, *, high=1.0):
        """A line."""
        return xr.Dataset({"y": ("x", [0.0, high])})

    limits = []

    @line.draw
    def _(data, axes):
        axes.plot(data.x, data.y, label="a line")
        axes.set_ylim(0, 1)
        axes.legend()
        limits.append(axes)

    for one in (line, line.set(high=7.0)):
        one.render(one.compute(PRESETS["quick"]), tmp_path / "line")
    assert [axes.get_ylim()[1] >= 7 for axes in limits] == [False, True]
