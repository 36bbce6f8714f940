import html.parser

import pytest
import xarray as xr

from jtts import registry
from jtts.arguments import InputError
from jtts.files import staged
from jtts.pipeline import PRESETS
from jtts.reproduce import reproduce


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
