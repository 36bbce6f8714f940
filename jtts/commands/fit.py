"""`jtts fit`: what selection would do to samples at hand."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from rich.console import Console

from jtts.arguments import InputError
from jtts.commands.applications import make_example, require_file, two_parts, write
from jtts.fitting.answers import Answers
from jtts.fitting.example import write_examples
from jtts.fitting.fit import fit
from jtts.fitting.plot import plot
from jtts.fitting.reading import NAMES, Columns, read
from jtts.fitting.report import as_json, show
from jtts.grid_text import parse_values

READING = 0.2  # share of the time that a large file takes


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:
    """Fit a file, or make the example files; InputError for anything that cannot be used."""
    if options.example is not None:
        return make_example(options, write_examples)
    require_file(options, "samples")
    columns = Columns(**{name: getattr(options, name) for name in NAMES})
    with two_parts(READING) as (reading, announce):
        samples = read(
            options.file,
            columns,
            options.filter,
            Answers(options.extract, options.normalise),
            options.metric,
            progress=reading,
        )
        found = fit(
            samples,
            k=_values("k", options.k, whole=True),
            temperatures=_values("temperature", options.temperature),
            resamples=options.resamples,
            seed=options.seed,
            price=options.price,
            progress=announce,
        )
        announce("writing", 0.95)
        numbers = as_json(found)
        names = write(options, numbers, plot)
    show(numbers, Console(markup=False, emoji=False))  # names of the user's are no markup
    print(f"{names} written")
    return 0


def _values(name: str, text: str | None, whole: bool = False) -> list[Any] | None:
    if text is None:
        return None
    values = parse_values(name, text, whole=whole)
    values = values if isinstance(values, list) else [values]
    if any(value is None for value in values):
        raise InputError(f"--{name} takes numbers, got {text!r}")
    return values
