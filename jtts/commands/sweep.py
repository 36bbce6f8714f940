"""`jtts sweep`: any law over any grid."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jtts import registry
from jtts.arguments import InputError, concrete, require_positive
from jtts.commands.terminal import progress
from jtts.files import as_table, require_writable, staged, whole, write_data
from jtts.grid_names import Names
from jtts.grid_text import parse_values
from jtts.laws import Law
from jtts.machine import counted_compiles, peak_memory
from jtts.sweep_plots import write_plot
from jtts.sweeps import sweep

MOST_SHOWN = 10_000  # numbers of a sweep that are worth a table


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:
    (law,) = _exactly_one(registry.find_laws([options.law]), options.law)
    grid = _grid(law, rest, options.route)
    for path, endings in ((options.out, (".nc", ".csv")), (options.plot, (".pdf", ".png"))):
        if path is not None:
            if path.suffix not in endings:
                raise InputError(f"{str(path)!r} must end in {' or '.join(endings)}")
            require_writable(path.parent, path.name)
    if options.memory is not None:
        require_positive(memory=options.memory)
    share = _share(options)
    simulated = not options.theory_only and law.simulation(options.route) is not None
    if simulated and options.trials is None and options.route is None:
        _require_resolvable(law, grid)
    trials = 2**14 if options.trials is None else options.trials
    began = time.perf_counter()
    with counted_compiles() as compiled, progress() as bar:
        task = bar.add_task(law.full_name, total=None)
        data = sweep(
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
            memory=None if options.memory is None else _bytes(options.memory),
            split_trials=options.split_trials,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if data.theory.size <= MOST_SHOWN:
        _print_data(data)
    seconds = time.perf_counter() - began
    held = peak_memory()
    print(f"{seconds:.1f} s; {compiled}" + (f"; at most {held / 1e9:.2f} GB held" if held else ""))
    if options.trials and "trials" in data and (played := data["trials"].max()) > options.trials:
        print(f"{int(played)} trials at a point: {options.trials} rounded up to whole chunks")
    if data.attrs["unfinished"]:
        print(f"{data.attrs['unfinished']} points are left to other processes or another run")
    for path in (options.out, options.plot):
        if path is not None:
            with staged(path.parent) as folder:
                _write(law, data, folder / path.name)
            print(f"{path} written")
    return 0


def _share(options: argparse.Namespace) -> tuple[int, int]:
    """Which part of the blocks this process computes."""
    if not options.distributed:
        given = (options.coordinator, options.processes, options.process, options.wait)
        if any(value is not None for value in given):
            raise InputError("--coordinator, --processes, --process and --wait need --distributed")
        return 0, 1
    if options.store is None:
        raise InputError("--distributed needs --store, which the processes share")
    from jtts.processes import WAIT, join

    wait = WAIT if options.wait is None else options.wait
    return join(options.coordinator, options.processes, options.process, wait=wait)


def _require_resolvable(law: Law[..., Any], grid: dict[str, Any]) -> None:
    """Stop before a simulation that the law says is out of reach, unless --trials insists."""
    for name, reach in law.simulated.items():
        known = concrete(grid.get(name))
        if reach.bounds and known is not None and np.any(known > reach.bounds[1]):
            ways = ["--theory-only", *(f"--route {route.simulation}" for route in law.routes)]
            raise InputError(
                f"--{name} up to {np.max(known):g} is beyond what simulation resolves, {reach}; add"
                f" {' or '.join(ways)}, or --trials to insist"
            )


def _exactly_one(found: list[Law[..., Any]], name: str) -> list[Law[..., Any]]:
    if len(found) != 1:
        raise InputError(
            f"{name!r} names {len(found)} laws; give one: "
            f"{', '.join(law.full_name for law in found)}"
        )
    return found


def _grid(law: Law[..., Any], words: Sequence[str], route: str | None) -> dict[str, Any]:
    """Pairs `--name value` (or `--name=value`) as a grid."""
    grid: dict[str, Any] = {}
    known = Names(law, law.simulation(route) or law.simulation())
    words = [part for word in words for part in _split_option(word)]
    if len(words) % 2 or any(not name.startswith("--") for name in words[::2]):
        raise InputError(f"parameters are given as --name value, got {' '.join(words)!r}")
    for option, text in zip(words[::2], words[1::2], strict=True):
        name = option[2:].replace("-", "_")
        known.require_known(name)
        domain = (law.domain | law.simulated).get(name)
        if name in grid:
            raise InputError(f"--{name} is given twice")
        whole = bool(domain and domain.whole) or (
            domain is None
            and (simulated := law.simulation()) is not None
            and name in simulated.parameters  # a size that only the simulation has
        )
        vector = bool(domain and domain.value_ndim)
        accepted = (law.holds or {}).get(name)
        words = (accepted.words if accepted else ()) or (domain.words if domain else ())
        values = parse_values(name, text, whole=whole, vector=vector, words=words)
        # a parameter whose draws are whole is a size or a number of steps, real though it may be
        drawn = domain.at(np.full(max(domain.dims, 1), 0.5)) if domain else None
        grid[name] = _whole_where_it_is(values) if isinstance(drawn, int) else values
    return grid


def _bytes(gigabytes: float) -> int:
    return max(1, int(min(gigabytes * 1e9, 2.0**62)))  # more than any machine has is no limit


def _whole_where_it_is(values: Any) -> Any:
    if isinstance(values, list):
        return [_whole_where_it_is(value) for value in values]
    return int(values) if isinstance(values, float) and values.is_integer() else values


def _split_option(word: str) -> list[str]:
    return word.split("=", 1) if word.startswith("--") and "=" in word else [word]


def _write(law: Law[..., Any], data: Any, path: Path) -> None:
    if path.suffix in (".nc", ".csv"):
        write_data(data, path)
    else:
        with whole(path) as part:
            write_plot(data, part, law)


def _print_data(data: Any) -> None:
    print(as_table(data).to_string(max_rows=40, float_format=lambda v: f"{v:.6g}", index=False))
