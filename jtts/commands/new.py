"""`jtts new`: the files of a new law."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from jtts.scaffold import new_law


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:
    root = Path.cwd()
    for path in new_law(options.name, root):
        print(path.relative_to(root))
    family, _, law = options.name.partition(".")
    print(
        f"""
Each says what to put in its place. They hold as they are:
    .venv/bin/jtts check {options.name}         # theory against its simulation
    make corners ARGS={family}/{law}      # the corner rows from their oracle
    make evidence ARGS={options.name}     # what the simulation finds, stored
    make test ARGS="-k {law}"             # these, the planted error and bad input
docs/adding_a_law.md explains every line."""
    )
    return 0
