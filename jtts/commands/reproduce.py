"""`jtts reproduce`: draw figures, check laws, write the report."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace

from jtts import registry
from jtts.checks import routes
from jtts.commands.terminal import exit_code, print_verdicts, progress
from jtts.pipeline import PRESETS
from jtts.reproduce import reproduce


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:
    figures = registry.find_figures(options.names)
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
