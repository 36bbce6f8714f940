"""Pairwise judgements as arrays, and counts of them."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

Column = Any  # an array, or None where the file does not hold it


@dataclasses.dataclass(frozen=True)
class Comparisons:
    """A row a judgement.

    Attributes:
      source: where they come from, for messages.
      names: of the candidates, [candidates].
      one, other: the two that were compared, [N].
      score: of the first of these: 1 won, 0 lost, 1/2 tied, [N].
      ahead: whether that one was shown first, [N].
      question, judge: numbers of them, [N]; judges: names of these.

    What the file does not hold is None.
    """

    source: str
    names: list[str]
    one: np.ndarray
    other: np.ndarray
    score: np.ndarray
    ahead: Column = None
    question: Column = None
    judge: Column = None
    judges: list[str] = dataclasses.field(default_factory=list)

    def wins(self) -> np.ndarray:
        """Wins of each over each, ties left out, [candidates, candidates]."""
        return self._counted(self.score == 1) + self._counted(self.score == 0).T

    def ties(self) -> np.ndarray:
        """Ties of each with each, symmetric, [candidates, candidates]."""
        found = self._counted(self.score == 0.5)
        return found + found.T

    def _counted(self, rows: np.ndarray) -> np.ndarray:
        k = len(self.names)
        places = self.one[rows] * k + self.other[rows]
        return np.bincount(places, minlength=k * k).reshape(k, k).astype(float)

    def take(self, rows: np.ndarray) -> Comparisons:
        """The judgements marked in `rows`."""
        columns = ("one", "other", "score", "ahead", "question", "judge")
        parts = {name: getattr(self, name) for name in columns}
        kept: dict[str, Any] = {
            n: part if part is None else part[rows] for n, part in parts.items()
        }
        return dataclasses.replace(self, **kept)
