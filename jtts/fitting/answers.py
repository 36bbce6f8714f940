r"""How an answer is found in a text, and when two answers are the same.

Answers are compared as they stand, numbers as numbers. `extract` takes the answer out of a longer
text first; `normalise` compares what is left without its spelling: LaTeX, spaces, case, thousands
commas, and fractions that are decimals.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from jtts.arguments import InputError
from jtts.fitting.labels import NUMBER, as_text, same_answer

Finder = Callable[[str], str | None]
NUMERAL = r"(?:(?<![0-9])[-+])?\$?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)"
LONGEST = 400  # characters that a normal form is looked for in, and digits of its numbers
BOX = re.compile(r"\\f?boxed\s*\{")
CHOICES = [
    re.compile(pattern)
    for pattern in (
        r"(?i:answer|choice|option)(?i:\s+is)?\s*[:=]?\s*[*$]*\(?([A-Z])\b",  # answer is (C)
        r"\(([A-Z])\)",
        r"^\W*([A-Z])\W*$",
    )
]


def _last(search: re.Pattern[str], text: str) -> str | None:
    """The last match, of it the first group if there is one."""
    match = None
    for match in search.finditer(text):  # noqa: B007
        pass
    if match is None:
        return None
    return match.group(1 if search.groups else 0)


def boxed(text: str) -> str | None:
    r"""What stands in the last complete \boxed{}, braces in it included.

    >>> boxed(r"so \boxed{1}, no: $\boxed{\frac{1}{2}}$."), boxed(r"\boxed{1")
    ('\\frac{1}{2}', None)
    """
    for start in reversed([match.end() for match in BOX.finditer(text)]):
        depth = 1
        for end in range(start, len(text)):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            if depth == 0:
                return text[start:end].strip()
    return None


def choice(text: str) -> str | None:
    """The letter of a choice: after "answer is", else in brackets, else all that there is.

    >>> choice("A tie? The answer is (C)."), choice("(A) or (B)"), choice("B."), choice("I am sure")
    ('C', 'B', 'B', None)
    """
    for search in CHOICES:
        found = _last(search, text)
        if found is not None:
            return found
    return None


PRESETS: dict[str, Finder] = {
    "solution": functools.partial(_last, re.compile(rf"####\s*({NUMERAL})")),
    "number": functools.partial(_last, re.compile(NUMERAL)),
    "boxed": boxed,
    "choice": choice,
}


@dataclasses.dataclass(frozen=True)
class Answers:
    """How answers are read.

    Args:
      extract: one of `PRESETS`, or a regular expression whose last match is the answer, of it the
        first group if there is one; None takes texts as they are.
      normalise: whether spelling is looked through.

    Raises:
      InputError: `extract` is no regular expression.

    >>> read = Answers("solution", normalise=True)
    >>> read.given("we add #### 1,000") == read.wanted("1000"), read.given("no idea")
    (True, '')
    """

    extract: str | None = None
    normalise: bool = False

    def __post_init__(self) -> None:
        self.find(" ")

    def find(self, text: str) -> str | None:
        return text if self.extract is None else _finder(self.extract)(text)

    def given(self, cell: Any) -> str:
        """What a sample answers, the same for equal answers; empty if there is no answer in it."""
        found = self.find(cell) if isinstance(cell, str) else cell
        return "" if found is None else self.form(found)

    def wanted(self, cell: Any) -> str:
        """The same of a target, which may also be the bare answer."""
        found = self.find(cell) if isinstance(cell, str) else cell
        return self.form(cell if found is None else found)

    def form(self, cell: Any) -> str:
        text = as_text(normal_form(cell) if self.normalise and isinstance(cell, str) else cell)
        if text is None:
            return ""
        return same_answer(bare_number(text) if self.extract else text)


@functools.cache
def _finder(extract: str) -> Finder:
    if extract in PRESETS:
        return PRESETS[extract]
    try:
        return functools.partial(_last, re.compile(extract))
    except re.error as problem:
        raise InputError(
            f"--extract {extract!r} is no regular expression ({problem}), and none of "
            f"{', '.join(PRESETS)}"
        ) from problem


def bare_number(text: str) -> str:
    """A number without its dollar and thousands commas; anything else as it is.

    >>> bare_number("$1,000.50"), bare_number("1,2")
    ('1000.50', '1,2')
    """
    whole = re.fullmatch(NUMERAL, text)
    return text.replace(",", "").replace("$", "") if whole else text


DROPPED = re.compile(
    r"\\left|\\right|\\[!,;: ]|\\displaystyle|\\(?:text|mathrm|textbf|mathbf)(?=\{)|"
    r"\^\s*\{?\\circ\}?|\\degree|°|\s|\$|\\(?=%)"
)
FRACTION = re.compile(r"\\[dt]?frac(?:\{([^{}]*)\}|([0-9]))(?:\{([^{}]*)\}|([0-9]))")
WRAPPED = re.compile(r"\{([^{}]*)\}")


def normal_form(text: str) -> str:
    r"""An answer without its spelling.

    >>> [normal_form(t) for t in (r"\dfrac{1}{2}", "1,000", r"90^\circ", "Paris. ", r"\frac12")]
    ['0.5', '1000', '90', 'paris', '0.5']
    """
    text = text.strip()
    if len(text) > LONGEST:
        return text
    text = DROPPED.sub("", text).casefold()
    text = FRACTION.sub(lambda found: "/".join(part for part in found.groups() if part), text)
    while (bare := WRAPPED.fullmatch(text)) is not None:
        text = bare.group(1)
    text = bare_number(text.rstrip("."))
    over, slash, under = text.partition("/")
    if not slash or not (NUMBER.fullmatch(over) and NUMBER.fullmatch(under)):
        return text
    if "e" in over + under or not Fraction(under):
        return text
    value = Fraction(over) / Fraction(under)
    return str(float(value)) if value == Fraction(str(float(value))) else str(value)
