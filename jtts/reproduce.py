"""Compute, save, judge and draw figures; check laws; write the report."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from jtts.checks import Verdict, check_all
from jtts.checks.datasets import judge
from jtts.files import require_writable, staged, write_data
from jtts.laws import Law
from jtts.pipeline import Figure, Preset
from jtts.provenance import provenance
from jtts.report import Entry, VerdictLine, write_report

Announce = Callable[[str], None]


def reproduce(
    figures: Sequence[Figure],
    laws: Sequence[Law],
    *,
    preset: Preset,
    out: Path,
    seed: int = 0,
    announce: Announce = lambda text: None,
) -> list[Verdict]:
    """Draw `figures` and check `laws` into the folder `out`; return every verdict.

    Each figure's files appear together when it is finished: `<family>/<name>.pdf`, `.png` and, for
    each of its datasets, `.nc` and `.csv`. `index.html` comes last.

    Raises:
      InputError: `out` cannot be written.
    """
    require_writable(out)
    verdicts: list[Verdict] = []
    checked: list[Verdict] = []
    entries: list[Entry] = []
    for item in figures:
        announce(item.full_name)
        entry, found = _one_figure(item, preset, out)
        entries.append(entry)
        verdicts += found
    for verdict in check_all(laws, seed=seed):
        announce(f"checked {verdict.law}")
        checked.append(verdict)
    lines = [_line(verdict) for verdict in checked]
    write_report(entries, out, provenance(preset=preset.name, seed=seed), checks=lines)
    return verdicts + checked


def _line(verdict: Verdict) -> VerdictLine:
    return VerdictLine(verdict.law, verdict.status, verdict.evidence)


def _one_figure(item: Figure, preset: Preset, out: Path) -> tuple[Entry, list[Verdict]]:
    began = time.perf_counter()
    data = item.compute(preset)
    verdicts = [judge(dataset) for dataset in data.values()]
    folder = out / item.family
    with staged(folder) as staging:
        pictures = item.render(data, staging / item.name)
        names = [path.name for path in pictures]
        for name, dataset in data.items():
            stem = item.name if name == item.name else f"{item.name}-{name}"
            for path in (staging / f"{stem}.nc", staging / f"{stem}.csv"):
                write_data(dataset, path)
                names.append(path.name)
    files = tuple(folder / name for name in names)
    entry = Entry(
        name=item.name,
        family=item.family,
        title=item.title,
        caption=item.caption,
        png=next(path for path in files if path.suffix == ".png"),
        files=files,
        verdicts=tuple(_line(verdict) for verdict in verdicts),
        seconds=time.perf_counter() - began,
    )
    return entry, verdicts
