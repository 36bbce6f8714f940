"""Values written on the command line: `1:1e6:log40`, `0,0.5,2`, `1:5`, `none`."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from jtts.arguments import InputError, shortly

MOST_VALUES = 10_000_000  # of a range
EXACT = 2**53  # whole numbers to here are doubles too
NUMBER = re.compile(r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf(?:inity)?)", re.I)
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
    if vector and text.strip().lower() == "none":
        return None
    if vector:
        rows = [np.atleast_1d(_numbers(name, row, text)) for row in text.split(";")]
        return rows[0] if len(rows) == 1 else rows
    values = _range(name, text) if ":" in text else _numbers(name, text, text)
    if whole and None in values:
        raise InputError(f"--{name} takes whole numbers, got {shortly(text)}")
    if whole:
        rounded = np.unique(np.round(values)) if ":" in text else np.asarray(values)
        if np.any(rounded != np.round(rounded)):
            raise InputError(f"--{name} takes whole numbers, got {shortly(text)}")
        if ":" not in text:
            _require_exact(name, text)
        values = [int(v) if abs(v) <= EXACT else float(v) for v in rounded]
    return values[0] if len(values) == 1 and ":" not in text else list(values)


def _numbers(name: str, part: str, text: str) -> list[Any]:
    values: list[Any] = []
    for word in part.split(","):
        if word.strip().lower() == "none":
            values.append(None)
            continue
        if not NUMBER.fullmatch(word.strip()):
            raise InputError(
                f"--{name} {shortly(text)}: {shortly(word)} is not a number; give {ACCEPTED}"
            )
        value = float(word)
        infinite = "inf" in word.lower()
        if (math.isinf(value) and not infinite) or (
            value == 0 and re.search("[1-9]", _mantissa(word))
        ):
            raise InputError(f"--{name}: {shortly(word)} is beyond the numbers of 64 bits")
        values.append(value)
    return values


def _mantissa(word: str) -> str:
    return word.lower().partition("e")[0]


def _require_exact(name: str, text: str) -> None:
    """Refuse a whole number that a double would round."""
    for word in text.split(","):
        digits = word.strip()
        if re.fullmatch(r"[+-]?[0-9]+", digits) and int(digits) != int(float(digits)):
            raise InputError(
                f"--{name}: {digits} needs more than 64 bits, {float(digits):.17g} fits"
            )


def _range(name: str, text: str) -> list[float]:
    shown = shortly(text)
    match = re.fullmatch(r"([^:]+):([^:]+)(?::(log|lin)([0-9]+))?", text)
    if match is None:
        raise InputError(f"--{name} {shown} is not a range; give {ACCEPTED}")
    low, high = (_numbers(name, part, text)[0] for part in match.group(1, 2))
    if low is None or high is None or not math.isfinite(high - low):
        raise InputError(f"--{name} {shown}: a range needs two finite ends")
    spacing, digits = match.group(3), match.group(4) or "0"
    count = int(digits) if len(digits) < 20 else MOST_VALUES + 1
    if spacing and not 1 <= count <= MOST_VALUES:
        raise InputError(f"--{name} {shown}: a range has 1 to {MOST_VALUES} values")
    if spacing == "log":
        if not (low > 0 and high > 0):
            raise InputError(f"--{name} {shown}: a logarithmic range needs positive ends")
        return [float(v) for v in np.geomspace(low, high, count)]
    if spacing == "lin":
        return [float(v) for v in np.linspace(low, high, count)]
    if high < low:
        raise InputError(f"--{name} {shown}: the end must not lie below the start; give {ACCEPTED}")
    steps = math.floor(high - low + 1e-9) + 1
    if steps > MOST_VALUES:
        raise InputError(f"--{name} {shown}: a range has 1 to {MOST_VALUES} values")
    return [float(v) for v in low + np.arange(steps)]
