"""Compute, save, judge and draw figures; check laws; write the report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import xarray as xr

from jtts import registry
from jtts.application import release_programs
from jtts.arguments import require_whole
from jtts.checks import Verdict, check_all
from jtts.checks.datasets import judge
from jtts.explorers import Explorer, Panel, write_explorers
from jtts.files import require_writable, staged, write_data
from jtts.laws import Law
from jtts.machine import workers
from jtts.pipeline import Figure, Preset
from jtts.provenance import provenance
from jtts.report import Entry, VerdictLine, write_report

Announce = Callable[[str], None]


def reproduce(
    figures: Sequence[Figure | Explorer],
    laws: Sequence[Law[..., Any]],
    *,
    preset: Preset,
    out: Path,
    seed: int = 0,
    fresh: bool = False,
    announce: Announce = lambda text: None,
) -> list[Verdict]:
    """Draw `figures` and check `laws` into the folder `out`; return every verdict.

    Figures are simulated anew; laws are held against stored evidence unless `fresh`.

    Each figure's files appear together when it is finished: `<family>/<name>.pdf`, `.png` and, for
    each of its datasets, `.nc` and `.csv`. Explorers share a page, `explore.html`. `index.html`
    comes last.

    Raises:
      InputError: `out` cannot be written, or a seed that is not a whole number.
    """
    require_whole(0, seed=seed)
    require_writable(out)
    verdicts: list[Verdict] = []
    entries: list[Entry] = []
    panels: list[Panel] = []
    for item, data, seconds in _computed(figures, preset):
        announce(f"computed {item.full_name}")
        if isinstance(item, Explorer):
            panel, verdict = _one_explorer(item, data, out)
            panels.append(panel)
            verdicts.append(verdict)
            continue
        entry, found = _one_figure(item, data, seconds, out)
        release_programs()
        entries.append(entry)
        verdicts += found
    # curves of derived laws have no simulation beside them: their evidence is the law's check
    known = registry.all_laws()
    derived = [known[v.law] for v in verdicts if v.kind == "derived" and v.law in known]
    checked = []
    for verdict in check_all(dict.fromkeys([*laws, *derived]), fresh=fresh, seed=seed):
        announce(f"checked {verdict.law}")
        release_programs()
        checked.append(verdict)
    lines = {verdict.law: _line(verdict) for verdict in checked}
    entries = [replace(entry, verdicts=_evidence(entry, lines)) for entry in entries]
    write_report(
        entries,
        out,
        provenance(preset=preset.name, seed=seed),
        checks=list(lines.values()),
        explorers=write_explorers(panels, out).name if panels else "",
    )
    return [verdict for verdict in verdicts if verdict.status != "theory only"] + checked


def _evidence(entry: Entry, checks: Mapping[str, VerdictLine]) -> tuple[VerdictLine, ...]:
    """The lines under a figure: its own points where it has any, else the checks of its laws."""
    simulated = [line for line in entry.verdicts if line.status != "theory only"]
    shown = {line.law for line in simulated}
    others = [checks.get(line.law, line) for line in entry.verdicts if line.law not in shown]
    return tuple(dict.fromkeys([*simulated, *others]))


def _line(verdict: Verdict) -> VerdictLine:
    return VerdictLine(verdict.law, verdict.status, verdict.evidence)


def _computed(
    figures: Sequence[Figure | Explorer], preset: Preset
) -> Iterator[tuple[Any, Any, float]]:
    """Each figure, its data, and how long they took; as many at a time as there are cores."""

    def compute(item: Figure | Explorer) -> tuple[Any, Any, float]:
        began = time.perf_counter()
        return item, item.compute(preset), time.perf_counter() - began

    with ThreadPoolExecutor(workers()) as pool:
        yield from pool.map(compute, figures)


def _one_explorer(item: Explorer, data: xr.Dataset, out: Path) -> tuple[Panel, Verdict]:
    verdict = judge(data)
    with staged(out / item.family) as staging:
        for ending in (".nc", ".csv"):
            write_data(data, staging / f"{item.name}{ending}")
    return Panel(item, data, _line(verdict)), verdict


def _one_figure(
    item: Figure, data: Mapping[str, xr.Dataset], seconds: float, out: Path
) -> tuple[Entry, list[Verdict]]:
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
        seconds=seconds,
    )
    return entry, verdicts
