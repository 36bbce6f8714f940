"""Cells that name something: questions, samples and answers, the same in every format.

A table says the same as .csv, where all is text, as .jsonl and as .parquet, where 10 may have
become 10.0 beside a missing cell.
"""

from __future__ import annotations

import hashlib
import re
from decimal import Context, Decimal, InvalidOperation
from typing import Any

LONGEST = 80  # characters kept of a text, and told apart by a digest beyond
SHOWN = 60  # characters of a cell in a message
WHOLE = re.compile(r"(-?(?:0|[1-9][0-9]*))\.0+")
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
EXACT = Context(prec=LONGEST)


def as_text(cell: Any) -> str | None:
    """Text of a cell, None if it is neither text nor a number; long texts are cut.

    >>> as_text(10.0), as_text(" 10.0 "), as_text(0.5), as_text("007"), as_text([1])
    ('10', '10', '0.5', '007', None)
    """
    if not isinstance(cell, str | bool | int | float | Decimal):
        return None
    text = str(cell).strip()
    whole = WHOLE.fullmatch(text) if text.endswith("0") else None
    text = whole.group(1) if whole else text
    if len(text) <= LONGEST:
        return text
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16)
    return f"{text[: LONGEST // 2]}… {digest.hexdigest()}"


def same_answer(text: str) -> str:
    """What equal answers share: numbers are compared as numbers, all else as text.

    >>> same_answer("10") == same_answer("1e1") == same_answer("+10.00"), same_answer("ten")
    (True, 'ten')
    """
    if not NUMBER.fullmatch(text):
        return text
    try:
        number = Decimal(text).normalize(EXACT)
    except InvalidOperation:  # an exponent beyond all
        return text
    return str(number) if number else "0"


def shown(cell: Any) -> str:
    """A cell for a message, on one line and short.

    >>> shown("x" * 1000) == "'" + "x" * 59 + "…"
    True
    """
    if isinstance(cell, str):
        cell = cell[: 2 * SHOWN]
    text = repr(cell)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def listed(names: Any) -> str:
    """Names of columns for a message, on one line and short."""
    text = " ".join(", ".join(map(str, names)).split())
    return text if len(text) <= 4 * SHOWN else text[: 4 * SHOWN] + "…"
