"""Values written on the command line: `1:1e6:log40`, `0,0.5,2`, `1:5`, `none`."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from jtts.arguments import InputError

ACCEPTED = "numbers a,b,c; a range a:b (whole steps), a:b:linN or a:b:logN; or none"


def parse_values(
    name: str, text: str, *, whole: bool = False, vector: bool = False, words: Sequence[str] = ()
) -> Any:
    """A number for one value, a list for several; `whole` rounds ranges to distinct integers.

    For a vector parameter (`vector`) commas separate entries and semicolons vectors. A parameter
    that takes names takes those in `words`.

    Raises:
      InputError: naming the option and the text.

    >>> parse_values("k", "1:1000:log4", whole=True)
    [1, 10, 100, 1000]
    >>> parse_values("temperature", "0,0.5")
    [0.0, 0.5]
    """
    if words:
        given = [word.strip() for word in text.split(",")]
        if unknown := [word for word in given if word not in words]:
            raise InputError(f"--{name} takes {', '.join(words)}, got {unknown[0]!r}")
        return given[0] if len(given) == 1 else given
    if vector:
        rows = [np.atleast_1d(_numbers(name, row, text)) for row in text.split(";")]
        return rows[0] if len(rows) == 1 else rows
    values = _range(name, text) if ":" in text else _numbers(name, text, text)
    if whole and None in values:
        raise InputError(f"--{name} takes whole numbers, got {text!r}")
    if whole:
        rounded = np.unique(np.round(values)) if ":" in text else np.asarray(values)
        if np.any(rounded != np.round(rounded)):
            raise InputError(f"--{name} takes whole numbers, got {text!r}")
        values = [int(v) for v in rounded]
    return values[0] if len(values) == 1 and ":" not in text else list(values)


def _numbers(name: str, part: str, text: str) -> list[Any]:
    values: list[Any] = []
    for word in part.split(","):
        if word.strip().lower() == "none":
            values.append(None)
            continue
        try:
            value = float(word)
        except ValueError:
            value = math.nan
        if math.isnan(value):
            raise InputError(f"--{name} {text!r}: {word!r} is not a number; give {ACCEPTED}")
        values.append(value)
    return values


def _range(name: str, text: str) -> list[float]:
    match = re.fullmatch(r"([^:]+):([^:]+)(?::(log|lin)(\d+))?", text)
    if match is None:
        raise InputError(f"--{name} {text!r} is not a range; give {ACCEPTED}")
    low, high = (_numbers(name, part, text)[0] for part in match.group(1, 2))
    spacing, count = match.group(3), int(match.group(4) or 0)
    if spacing and count < 1:
        raise InputError(f"--{name} {text!r}: a range needs at least one value")
    if spacing == "log":
        if not (low > 0 and high > 0):
            raise InputError(f"--{name} {text!r}: a logarithmic range needs positive ends")
        return [float(v) for v in np.geomspace(low, high, count)]
    if spacing == "lin":
        return [float(v) for v in np.linspace(low, high, count)]
    if not low <= high < low + 1e7:
        raise InputError(
            f"--{name} {text!r}: the end must not lie below the start; give {ACCEPTED}"
        )
    return [float(v) for v in np.arange(low, high + 1e-9)]
