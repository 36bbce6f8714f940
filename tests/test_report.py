"""The report is one page that loads nothing, escapes everything and links what lies beside it."""

import base64
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from jtts.provenance import command, git_commit, provenance
from jtts.report import Entry, VerdictLine, worst, write_report

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
EVIL = '<script>alert("1")</script>'
LOADING = {"src", "srcset", "data", "poster", "action", "background", "xlink:href"}


class Page(HTMLParser):
    """The tags of a page, each with its attributes, and its text."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


def entry(out, *, name="decay", status="pass", title="Error against k", verdicts=None):
    folder = out / "coin"
    folder.mkdir(parents=True, exist_ok=True)
    files = tuple(folder / f"{name}{ending}" for ending in (".pdf", ".png", ".nc", ".csv"))
    for path in files:
        path.write_bytes(PIXEL)
    line = VerdictLine("coin.error", status, "worst z +1.20 of 16, family-wise p 0.4")
    return Entry(name, "coin", title, "A caption.", files[1], files, verdicts or (line,), 1.25)


@pytest.fixture
def page(tmp_path):
    entries = [
        entry(tmp_path, title=EVIL),
        entry(tmp_path, name="a #1: odd", status="fail"),
    ]
    checks = [VerdictLine(EVIL, "inconclusive", EVIL)]
    path = write_report(entries, tmp_path, {"seed": "0", "note": EVIL}, checks=checks)
    assert path == tmp_path / "index.html"
    return Page(path)


def test_is_self_contained(page):
    pictures = page.all("img")
    assert len(pictures) == 2
    for picture in pictures:
        assert base64.b64decode(picture["src"].removeprefix("data:image/png;base64,")) == PIXEL
        assert picture["alt"]
    loaded = [v for _, a in page.tags for n, v in a.items() if n in LOADING]
    assert all(value.startswith("data:") for value in loaded)
    assert not page.all("link")
    assert not page.all("iframe")
    assert not re.search(r"https?://|@import|url\(", page.text)


def test_links_the_files_beside_it(page, tmp_path):
    links = {a["href"] for a in page.all("a")}
    names = ["decay.pdf", "decay.png", "decay.nc", "decay.csv", "a%20%231%3A%20odd.csv"]
    assert {f"coin/{name}" for name in names} <= links
    assert not any(str(tmp_path) in link for link in links)


def test_escapes(page):
    assert len(page.all("script")) == 1
    assert page.text.count(EVIL) == 4  # title, law, evidence, provenance
    assert EVIL in [picture["alt"] for picture in page.all("img")]


def test_counts_and_filters(page):
    words = " ".join(page.text.split())
    assert "1 ✓ passed 1 ✗ failed 1 ? inconclusive" in words
    assert "2 figures, 3 verdicts" in words
    assert [a["data-status"] for a in page.all("article")] == ["pass", "fail"]
    values = [(b["data-key"], b["data-value"]) for b in page.all("button")]
    assert ("family", "coin") in values
    assert ("status", "fail") in values


def test_tags_are_balanced(tmp_path):
    text = write_report([entry(tmp_path)], tmp_path, {}).read_text(encoding="utf-8")
    for tag in ("div", "span", "table", "tr", "td", "li", "ul", "article", "button", "p", "a"):
        assert len(re.findall(rf"<{tag}\b", text)) == text.count(f"</{tag}>"), tag


def test_a_figure_has_its_worst_verdict(tmp_path):
    lines = tuple(VerdictLine("coin.error", s, "") for s in ("pass", "inconclusive"))
    assert entry(tmp_path, verdicts=lines).status == "inconclusive"
    assert worst((*lines, VerdictLine("coin.error", "fail", ""))) == "fail"
    assert worst(()) == "theory only"


def test_nothing_to_show(tmp_path):
    page = Page(write_report([], tmp_path / "new", {"seed": "0"}))
    assert not page.all("img")
    assert "0 figures, 0 verdicts" in " ".join(page.text.split())


def test_no_partial_page(tmp_path):
    missing = Entry("x", "coin", "T", "", tmp_path / "none.png", (), (), 0.0)
    with pytest.raises(FileNotFoundError):
        write_report([missing], tmp_path, {})
    assert list(tmp_path.iterdir()) == []


def test_provenance_names_no_place(monkeypatch):
    monkeypatch.setattr("sys.argv", ["/home/me/bin/jtts", "reproduce", "--out=/home/me/new"])
    facts = provenance(preset="quick", seed=3)
    assert facts["command"] == "jtts reproduce --out=new"
    assert facts["seed"] == "3"
    assert facts["precision"] == "float64"
    assert not re.search(r"/(home|root|tmp)/", " ".join(facts.values()))


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["jtts", "check", "/a/b/coin.py::all_fail"], "jtts check coin.py::all_fail"),
        (["C:\\bin\\jtts", "reproduce", "--out", "C:\\me\\new\\"], "jtts reproduce --out new"),
        (["jtts", "reproduce", "--out", "two words"], "jtts reproduce --out 'two words'"),
    ],
)
def test_command(words, shown):
    assert command(words) == shown


def test_git_commit(tmp_path, monkeypatch):
    def git(*words):
        return subprocess.run(
            ["git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@b", *words],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    assert git_commit(tmp_path).startswith("none")
    git("init")
    assert git_commit(tmp_path).startswith("unknown")
    (tmp_path / "file").write_text("1")
    git("add", "file")
    git("commit", "-m", "first")
    commit = git("rev-parse", "HEAD")
    assert git_commit(tmp_path) == commit
    (tmp_path / "file").write_text("2")
    assert git_commit(tmp_path) == f"{commit}-dirty"
    monkeypatch.setenv("PATH", str(Path("/nonexistent")))
    assert git_commit(tmp_path).startswith("unknown")
