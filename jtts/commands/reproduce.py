"""`jtts reproduce`: draw figures, check laws, write the report."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from jtts import registry
from jtts.arguments import InputError
from jtts.checks import routes
from jtts.commands.terminal import exit_code, print_verdicts, progress
from jtts.grid_text import parse_values
from jtts.pipeline import PRESETS, Computed
from jtts.reproduce import reproduce


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:
    figures = registry.find_figures(options.names)
    if options.set:
        figures = [item.set(**_constants(item, options.set)) for item in figures]
    laws = [] if options.names else registry.find_laws([])
    began = time.perf_counter()
    steps = len(figures) + sum(len(routes(law)) for law in laws)
    with progress() as bar:
        task = bar.add_task("starting", total=steps + 1)

        def announce(text: str) -> None:
            bar.update(task, description=text, advance=1)

        verdicts = reproduce(
            figures,
            laws,
            preset=replace(PRESETS[options.preset], retrain=options.retrain),
            out=options.out,
            seed=options.seed,
            fresh=options.fresh,
            announce=announce,
        )
    print_verdicts(verdicts)
    print(f"{options.out / 'index.html'} written in {time.perf_counter() - began:.0f} s")
    return exit_code(verdicts)


def _constants(item: Computed, given: Sequence[str]) -> dict[str, Any]:
    """What `--set NAME=VALUE` says, each of the kind that the figure's own constant has."""
    known = item.constants
    found: dict[str, Any] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign:
            raise InputError(f"--set takes NAME=VALUE, got {text!r}")
        several = isinstance(known.get(name), tuple)
        one = known[name][0] if several else known.get(name)
        if isinstance(one, str):
            found[name] = value
            continue
        read = parse_values(f"set {name}", value, whole=isinstance(one, int))
        if isinstance(read, list) and not several and name in known:
            raise InputError(f"{item.full_name} takes one {name}, got {value}")
        if several:
            read = tuple(read) if isinstance(read, list) else (read,)
        found[name] = read
    return found
