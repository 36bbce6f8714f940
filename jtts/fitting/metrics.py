"""What a log says of its own samples, against what was read of them.

A log gives a share of right for each question and does not say of what: of all samples, the first
of them, their vote, any of them. What was read is believed as long as one of these explains every
line; where none does, answers were not read as the log's own judge reads them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from math import comb
from typing import Any

from jtts.arguments import InputError
from jtts.fitting.answers import Answers
from jtts.fitting.labels import listed, shown

SHARES = (  # how the names of shares begin, also in lighteval
    *("exact_match", "acc", "em", "pass", "math_verify"),
    *("extractive_match", "avg@", "maj@", "gpqa_pass"),
)
SIZES = re.compile(r"[:&]([kn])=([0-9]{1,6})(?![0-9])")  # in pass@k:k=1&n=8
ROUNDED = 5e-4  # between a share and what a log prints of it
NONE = "none"  # the metric of who wants no comparison


class Metrics:
    """The metrics of one log, and which meanings of each are still possible.

    >>> log = Metrics(Answers())
    >>> log.compare({"metrics": ["acc"], "acc": 0.5}, ["7", "8"], "7", "line 1")
    >>> log.possible["acc"]
    {'mean'}
    """

    def __init__(self, answers: Answers, chosen: str | None = None) -> None:
        self.answers, self.chosen = answers, chosen
        self.possible: dict[str, set[str]] = {}

    def _named(self, record: Mapping[str, Any]) -> list[str]:
        if self.chosen == NONE:
            return []
        if self.chosen is not None:
            if self.chosen not in record:
                raise InputError(
                    f"no --metric {self.chosen!r} in the log; there are {listed(record)}"
                )
            return [self.chosen]
        names = record.get("metrics")
        names = names if isinstance(names, list) else list(record)
        return [name for name in names if isinstance(name, str) and name.startswith(SHARES)]

    def of_samples(self, record: Mapping[str, Any], count: int) -> list[Any] | None:
        """A metric with an item for each sample, if there is one."""
        for name in self._named(record):
            found = record.get(name)
            if isinstance(found, list) and len(found) == count and all(x in (0, 1) for x in found):
                return found
        return None

    def compare(
        self, record: Mapping[str, Any], answers: Sequence[Any], target: Any, where: str
    ) -> None:
        """Raises InputError where no meaning of a metric explains all lines so far."""
        known = self.answers.wanted(target)
        given = [self.answers.given(answer) for answer in answers]
        right = [answer == known for answer in given]
        for name in self._named(record):
            share = record.get(name)
            if not isinstance(share, int | float) or not 0 <= share <= 1:
                continue
            agreeing = {
                meaning
                for meaning, values in meanings(name, given, right).items()
                if any(abs(share - value) < ROUNDED for value in values)
            }
            self.possible[name] = self.possible.get(name, agreeing) & agreeing
            if not self.possible[name]:
                equal = share < sum(right) / len(right)
                example = answers[right.index(equal)] if equal in right else answers[0]
                raise InputError(
                    f"{where}: {sum(right)} of {len(right)} samples equal the target, where the "
                    f"log's own {name} is {share:g}: answer {shown(example)} "
                    f"{'equals' if equal else 'is not'} the target {shown(target)}; say how "
                    "answers are read with --extract or --normalise, or --metric none to ignore it"
                )


def meanings(name: str, given: list[str], right: list[bool]) -> dict[str, set[float]]:
    """What the share of a question may be of, with its values; tied votes may go either way.

    >>> meanings("pass@k:k=1&n=2", ["7", "8", "9"], [True, False, False])["pass@k"]
    {0.5}
    """
    sizes = {size: int(digits) for size, digits in SIZES.findall(name)}
    of = sizes.get("n") or len(right)  # the first n, where a log has more for another metric
    given, right = given[:of], right[:of]
    number, count = len(right), sum(right)
    votes = Counter(given)
    most = max(votes.values())
    top = {answer for answer, vote in votes.items() if vote == most}
    winners = {float(ok) for answer, ok in zip(given, right, strict=True) if answer in top}
    found = {
        "mean": {count / number},
        "first": {float(right[0])},
        "vote": winners,
        "any": {float(count > 0)},
        "all": {float(count == number)},
    }
    suffix = re.search(r"@([0-9]{1,6})$", name)
    k = sizes.get("k", int(suffix[1]) if suffix else 0)
    if 1 <= k <= number:
        found["pass@k"] = {1 - comb(number - count, k) / comb(number, k)}
    return found
