"""Judge-scored samples of questions, of which each may have its own number."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jtts.fitting.records import silent

RIGHT = -1  # all right answers count as the same one
ROUNDING = 1e-12
BLOCK = 2**17  # samples whose questions are worked on together
Column = Any  # an array, or None where the file does not hold it
ROLES = ("score", "truth", "correct", "value", "answer")


@dataclasses.dataclass(frozen=True)
class Samples:
    """Samples sorted by question.

    Attributes:
      source: where they come from, for messages.
      names: of the questions, [Q].
      counts: samples of each question, [Q].
      lines: where each sample stands in the file, [N].
      score: of the judge, [N]; larger is better.
      truth: a true score that selection should make large, [N].
      correct: whether the sample is right, 0 or 1, [N].
      value: the number a sample proposes, [N].
      answer: number of the answer that a sample gives, [N]; equal answers have the same, right
        ones are all `RIGHT`.
      target: the number each question asks for, [Q].
      warnings: sentences about what makes one doubt that the file was read rightly.

    What the file does not hold is None.

    >>> samples = Samples("made", ["a", "b"], np.array([2, 3]), np.arange(5),
    ...                   truth=np.array([1.0, 2.0, 3.0, 4.0, 8.0]))
    >>> samples.means(samples.truth).tolist()
    [1.5, 5.0]
    """

    source: str
    names: list[str]
    counts: np.ndarray
    lines: np.ndarray
    score: Column = None
    truth: Column = None
    correct: Column = None
    value: Column = None
    answer: Column = None
    target: Column = None
    warnings: tuple[str, ...] = ()

    @property
    def starts(self) -> np.ndarray:
        return np.cumsum(self.counts) - self.counts

    @property
    def question(self) -> np.ndarray:
        """The question of every sample, [N]."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    @property
    def squared_error(self) -> Column:
        if self.value is None or self.target is None:
            return None
        return (self.value - self.target[self.question]) ** 2

    def per_question(
        self,
        function: Callable[[np.ndarray], np.ndarray],
        progress: Callable[[float], None] = silent,
    ) -> np.ndarray:
        """`function(rows)` for rows [q, m] of questions with the same m; its values, [Q, ...].

        It is called for some of the questions at a time, and `progress` with their share before.
        """
        values = None
        done = 0
        for chosen, rows in self._groups():
            progress(done / len(self.counts))
            part = np.asarray(function(rows))
            if values is None:
                values = np.empty((len(self.counts), *part.shape[1:]))
            values[chosen] = part
            done += len(chosen)
        assert values is not None
        return values

    def _groups(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for count in np.unique(self.counts):
            same = np.flatnonzero(self.counts == count)
            block = max(1, int(BLOCK // count))
            for i in range(0, len(same), block):
                chosen = same[i : i + block]
                yield chosen, self.starts[chosen, None] + np.arange(count)

    def sums(self, data: np.ndarray) -> np.ndarray:
        """Sum over the samples of each question, [Q]."""
        return np.add.reduceat(data, self.starts)

    def means(self, data: np.ndarray) -> np.ndarray:
        """Mean over the samples of each question, [Q]."""
        return self.sums(data) / self.counts

    def centred(self, data: np.ndarray) -> np.ndarray:
        """Less the mean of the question, [N]."""
        return data - self.means(data)[self.question]

    def vary(self, data: np.ndarray) -> np.ndarray:
        """Which questions have samples that differ by more than rounding, [Q]."""
        return self.sums(self.centred(data) ** 2) > ROUNDING**2 * self.sums(data**2)

    def take(self, kept: np.ndarray) -> Samples:
        """The samples marked in `kept` [N], and the questions that keep one."""
        counts = self.sums(kept.astype(int))
        some = counts > 0
        parts = {name: getattr(self, name) for name in ("lines", *ROLES)}
        parts = {name: part if part is None else part[kept] for name, part in parts.items()}
        names = [name for name, whether in zip(self.names, some, strict=True) if whether]
        target = None if self.target is None else self.target[some]
        return dataclasses.replace(self, names=names, counts=counts[some], target=target, **parts)

    def half(self, seed: int) -> Samples:
        """Half of the samples of every question, rounded down, drawn at random."""
        order = np.lexsort((np.random.default_rng(seed).random(len(self.lines)), self.question))
        rank = np.empty(len(order), int)
        rank[order] = np.arange(len(order)) - self.starts[self.question]
        return self.take(rank < (self.counts // 2)[self.question])
