"""What the commands do; `jtts.cli` parses their options."""

from __future__ import annotations

import argparse
import inspect
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from jtts import registry
from jtts.arguments import InputError, concrete, require_positive
from jtts.checks import Verdict, check_all, routes
from jtts.drawing import plot_sweep
from jtts.files import as_table, require_writable, staged, write_data
from jtts.grid_text import parse_values
from jtts.laws import Law
from jtts.machine import counted_compiles, peak_memory
from jtts.pipeline import PRESETS
from jtts.reproduce import reproduce as run_reproduce
from jtts.sweeps import sweep as run_sweep

MOST_SHOWN = 10_000  # numbers of a sweep that are worth a table
COLOURS = {"pass": "green", "fail": "bold red", "inconclusive": "yellow", "theory only": "dim"}


def reproduce(options: argparse.Namespace, rest: Sequence[str]) -> int:
    figures = registry.find_figures(options.names)
    laws = [] if options.names else registry.find_laws([])
    began = time.perf_counter()
    steps = len(figures) + sum(len(routes(law)) for law in laws)
    with _progress() as bar:
        task = bar.add_task("starting", total=steps + 1)

        def announce(text: str) -> None:
            bar.update(task, description=text, advance=1)

        verdicts = run_reproduce(
            figures,
            laws,
            preset=replace(PRESETS[options.preset], retrain=options.retrain),
            out=options.out,
            seed=options.seed,
            announce=announce,
        )
    _print_verdicts(verdicts)
    print(f"{options.out / 'index.html'} written in {time.perf_counter() - began:.0f} s")
    return _exit_code(verdicts)


def check(options: argparse.Namespace, rest: Sequence[str]) -> int:
    laws = registry.find_laws(options.names)
    budget = {"points": options.points, "max_trials": options.max_trials, "seed": options.seed}
    verdicts = []
    with _progress() as bar:
        task = bar.add_task("checking", total=sum(len(routes(law)) for law in laws))
        for verdict in check_all(laws, **budget):
            verdicts.append(verdict)
            bar.advance(task)
    _print_verdicts(verdicts)
    return _exit_code(verdicts)


def sweep(options: argparse.Namespace, rest: Sequence[str]) -> int:
    (law,) = _exactly_one(registry.find_laws([options.law]), options.law)
    grid = _grid(law, rest)
    for path, endings in ((options.out, (".nc", ".csv")), (options.plot, (".pdf", ".png"))):
        if path is not None:
            if path.suffix not in endings:
                raise InputError(f"{str(path)!r} must end in {' or '.join(endings)}")
            require_writable(path.parent)
    if options.memory is not None:
        require_positive(memory=options.memory)
    share = _share(options)
    simulated = not options.theory_only and law.simulation(options.route) is not None
    if simulated and options.trials is None and options.route is None:
        _require_resolvable(law, grid)
    trials = 2**14 if options.trials is None else options.trials
    began = time.perf_counter()
    with counted_compiles() as compiled, _progress() as bar:
        task = bar.add_task(law.full_name, total=None)
        data = run_sweep(
            law,
            grid,
            trials=trials if simulated and options.target_stderr is None else 0,
            target_stderr=options.target_stderr if simulated else None,
            seed=options.seed,
            route=options.route,
            zipped=options.zip,
            store=options.store,
            resume=options.resume,
            block=options.block,
            share=share,
            memory=None if options.memory is None else max(1, int(options.memory * 1e9)),
            split_trials=options.split_trials,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if data.theory.size <= MOST_SHOWN:
        _print_data(data)
    seconds = time.perf_counter() - began
    print(f"{seconds:.1f} s; {compiled}; at most {peak_memory() / 1e9:.2f} GB held")
    if data.attrs["unfinished"]:
        print(f"{data.attrs['unfinished']} points are left to other processes or another run")
    for path in (options.out, options.plot):
        if path is not None:
            with staged(path.parent) as folder:
                _write(data, folder / path.name)
            print(f"{path} written")
    return 0


def _share(options: argparse.Namespace) -> tuple[int, int]:
    """Which part of the blocks this process computes."""
    if not options.distributed:
        given = (options.coordinator, options.processes, options.process)
        if any(value is not None for value in given):
            raise InputError("--coordinator, --processes and --process need --distributed")
        return 0, 1
    if options.store is None:
        raise InputError("--distributed needs --store, which the processes share")
    from jtts.processes import join

    return join(options.coordinator, options.processes, options.process)


def _require_resolvable(law: Law, grid: dict[str, Any]) -> None:
    """Stop before a simulation that the law says is out of reach, unless --trials insists."""
    for name, reach in law.simulated.items():
        known = concrete(grid.get(name))
        if reach.bounds and known is not None and np.any(known > reach.bounds[1]):
            ways = ["--theory-only", *(f"--route {route.simulation}" for route in law.routes)]
            raise InputError(
                f"--{name} up to {np.max(known):g} is beyond what simulation resolves, {reach}; add"
                f" {' or '.join(ways)}, or --trials to insist"
            )


def fit(options: argparse.Namespace, rest: Sequence[str]) -> int:
    from jtts.fitting.command import run  # an application of laws that no other command needs

    return run(options)


def laws(options: argparse.Namespace, rest: Sequence[str]) -> int:
    table = Table("law", "kind", "what it is", box=None, header_style="bold")
    for law in registry.find_laws(options.names):
        table.add_row(law.full_name, law.kind.name, law.summary)
    Console().print(table)
    return 0


def show(options: argparse.Namespace, rest: Sequence[str]) -> int:
    for law in registry.find_laws(options.names):
        signature = inspect.signature(law.function)
        print(f"{law.full_name}{signature}\n")
        print(inspect.getdoc(law.function))
        print(f"\nkind     {law.kind.name}\nformula  {law.formula}\nsource   {law.source}")
        for name, domain in law.domain.items():
            print(f"  {name} in {domain}")
        print()
    return 0


def _exactly_one(found: list[Law], name: str) -> list[Law]:
    if len(found) != 1:
        raise InputError(
            f"{name!r} names {len(found)} laws; give one: "
            f"{', '.join(law.full_name for law in found)}"
        )
    return found


def _grid(law: Law, words: Sequence[str]) -> dict[str, Any]:
    """Pairs `--name value` (or `--name=value`) as a grid."""
    grid: dict[str, Any] = {}
    words = [part for word in words for part in _split_option(word)]
    if len(words) % 2 or any(not name.startswith("--") for name in words[::2]):
        raise InputError(f"parameters are given as --name value, got {' '.join(words)!r}")
    for option, text in zip(words[::2], words[1::2], strict=True):
        name = option[2:]
        domain = law.domain.get(name)
        if name in grid:
            raise InputError(f"--{name} is given twice")
        whole = bool(domain and domain.whole) or (
            domain is None
            and law.simulation() is not None
            and name in getattr(law.simulation(), "static", ())
        )
        vector = bool(domain and domain.value_ndim)
        words = domain.words if domain else ()
        grid[name] = parse_values(name, text, whole=whole, vector=vector, words=words)
    return grid


def _split_option(word: str) -> list[str]:
    return word.split("=", 1) if word.startswith("--") and "=" in word else [word]


def _write(data: Any, path: Path) -> None:
    if path.suffix in (".nc", ".csv"):
        write_data(data, path)
    else:
        plot_sweep(data, path)


def _print_data(data: Any) -> None:
    print(as_table(data).to_string(max_rows=40, float_format=lambda v: f"{v:.6g}", index=False))


def _print_verdicts(verdicts: Iterable[Verdict]) -> None:
    table = Table("law", "kind", "verdict", "evidence", "s", box=None, header_style="bold")
    table.columns[0].overflow = "fold"
    for v in verdicts:
        evidence = v.evidence + "".join(f"; not seen: {text}" for text in v.unseen)
        status = f"[{COLOURS[v.status]}]{v.status}[/]"
        table.add_row(v.law, v.kind, status, evidence, f"{v.seconds:.1f}")
    Console().print(table)


def _exit_code(verdicts: Iterable[Verdict]) -> int:
    return 1 if any(v.status == "fail" for v in verdicts) else 0


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
