"""`jtts rank`: a ranking from pairwise judgements, and how far it can be believed."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from rich.console import Console

from jtts.commands.applications import make_example, require_file, two_parts, write
from jtts.judging.example import write_examples
from jtts.judging.plot import plot
from jtts.judging.ranks import rank
from jtts.judging.reading import NAMES, Columns, read
from jtts.judging.report import as_json, show

READING = 0.7  # share of the time that a large file takes


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:
    """Rank a file, or make an example; InputError for anything that cannot be used."""
    if options.example is not None:
        return make_example(options, write_examples)
    require_file(options, "judgements")
    columns = Columns(**{name: getattr(options, name) for name in NAMES})
    with two_parts(READING) as (reading, announce):
        judged = read(options.file, columns, options.a_first, progress=reading)
        found = rank(judged, seed=options.seed, progress=announce)
        announce("writing", 0.9)
        numbers = as_json(found)
        names = write(options, numbers, plot)
    show(numbers, Console(markup=False, emoji=False))  # names of the user's are no markup
    print(f"{names} written")
    return 0
