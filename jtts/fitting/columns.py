"""Which columns of a file play which roles."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Columns:
    """Names of the columns; None is the role's own name, used if the file has it."""

    question: str | None = None
    sample: str | None = None
    score: str | None = None
    truth: str | None = None
    correct: str | None = None
    value: str | None = None
    target: str | None = None
    answer: str | None = None


NAMES = tuple(field.name for field in dataclasses.fields(Columns))
