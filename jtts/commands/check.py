"""`jtts check`: compare theory and simulation of laws."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

from jtts import registry
from jtts.application import release_programs
from jtts.checks import check_all, routes
from jtts.commands.terminal import exit_code, print_verdicts, progress


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:
    laws = registry.find_laws(options.names)
    budget = {"points": options.points, "max_trials": options.max_trials, "seed": options.seed}
    verdicts = []
    with progress() as bar:
        task = bar.add_task("checking", total=sum(len(routes(law)) for law in laws))
        for verdict in check_all(laws, fresh=options.fresh, **budget):
            verdicts.append(verdict)
            release_programs()
            bar.advance(task)
    if options.format == "json":
        print(json.dumps([asdict(verdict) for verdict in verdicts], indent=1))
    else:
        print_verdicts(verdicts)
    return exit_code(verdicts)
