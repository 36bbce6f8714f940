"""The report: one page with every figure, its evidence and its provenance."""

from __future__ import annotations

import base64
import json
import os
import struct
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from jtts.files import staged
from jtts.pages import environment

SIGNS = {"fail": "✗", "inconclusive": "?", "pass": "✓", "theory only": "○"}  # the worst first
FORMATS = {".pdf": "PDF", ".png": "PNG", ".nc": "NetCDF", ".csv": "CSV"}


@dataclass(frozen=True)
class VerdictLine:
    """What was found about a law: a status of `SIGNS`, and the evidence in a line."""

    law: str
    status: str
    evidence: str

    @property
    def family(self) -> str:
        return self.law.partition(".")[0]


@dataclass(frozen=True)
class Entry:
    """A figure of the gallery; `files` lie in the report's folder or below, and are linked."""

    name: str
    family: str
    title: str
    caption: str
    png: Path
    files: tuple[Path, ...]
    verdicts: tuple[VerdictLine, ...]
    seconds: float

    @property
    def status(self) -> str:
        """The worst of its verdicts."""
        return worst(self.verdicts)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture in pixels, from its header."""
        width, height = struct.unpack(">16xII", self.png.read_bytes()[:24])
        return width, height


def write_report(
    entries: Sequence[Entry],
    out: Path,
    provenance: Mapping[str, str],
    *,
    checks: Sequence[VerdictLine] = (),
    explorers: str = "",
    title: str = "Theory against simulation",
) -> Path:
    """Write `out`/index.html, a page that needs no other file, and return its path.

    Beside it `verdicts.json` has all verdicts, for other programs.

    Args:
      entries: the figures, in the order of the gallery.
      out: the folder that the figures' files lie in.
      provenance: name and value of what it takes to repeat the run.
      checks: verdicts on laws that belong to no figure.
      explorers: name of a page in `out` to link, where there is one.
      title: heading of the page.
    """
    lines: list[tuple[VerdictLine, Entry | None]] = [(line, None) for line in checks]
    lines += [(line, entry) for entry in entries for line in entry.verdicts]
    lines.sort(key=lambda pair: list(SIGNS).index(pair[0].status))
    tally = Counter(line.status for line, _ in lines)
    template = environment(
        data_uri=data_uri,
        link=lambda path: quote(Path(os.path.relpath(path, out)).as_posix()),
        label=label,
    ).get_template("report.html.j2")
    page = template.render(
        title=title,
        entries=entries,
        lines=lines,
        tally={status: tally[status] for status in ("pass", "fail", "inconclusive", "theory only")},
        families=list(dict.fromkeys(entry.family for entry in entries)),
        statuses=[status for status in SIGNS if any(e.status == status for e in entries)],
        signs=SIGNS,
        provenance=provenance,
        explorers=explorers,
    )
    records = [
        {**asdict(line), "figure": f"{entry.family}.{entry.name}" if entry else None}
        for line, entry in lines
    ]
    with staged(out) as folder:
        (folder / "index.html").write_text(page, encoding="utf-8")
        (folder / "verdicts.json").write_text(json.dumps(records, indent=1), encoding="utf-8")
    return out / "index.html"


def worst(lines: Sequence[VerdictLine]) -> str:
    """The status that a reader must hear of first; "theory only" where nothing was compared."""
    found = {line.status for line in lines}
    return next((status for status in SIGNS if status in found), "theory only")


def data_uri(picture: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture.read_bytes()).decode()}"


def label(path: Path, figure: str) -> str:
    """What a link to a figure's file says; where the figure has several datasets, which it is.

    >>> label(Path("decay.pdf"), "decay"), label(Path("decay-biased.nc"), "decay")
    ('PDF', 'NetCDF biased')
    """
    kind = FORMATS.get(path.suffix, path.suffix.lstrip(".").upper())
    return f"{kind} {path.stem.removeprefix(figure).lstrip('-')}".strip()
