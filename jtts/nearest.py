"""The names most like one that was misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

ALIKE = 0.6


def nearest(name: str, choices: Iterable[str], most: int = 3) -> list[str]:
    """Up to `most` of the choices that are like a name, the likest first; empty if none is.

    Compared are the names and, so that a part of a name is enough, the words that make them.

    >>> nearest("best_of_k.eror", ["best_of_k.error", "voting.majority_accuracy"])
    ['best_of_k.error']
    >>> nearest("majority", ["best_of_k.error", "voting.majority_accuracy"])
    ['voting.majority_accuracy']
    """
    likeness = {choice: (_ratio(name, choice), _by_words(name, choice)) for choice in choices}
    good = [choice for choice, found in likeness.items() if max(found) >= ALIKE]
    return sorted(good, key=lambda choice: -sum(likeness[choice]))[:most]


def _by_words(name: str, choice: str) -> float:
    """Mean over the words of a name of how like a word of the choice they are."""
    asked, there = _words(name), _words(choice)
    if not asked or not there:
        return 0.0
    return sum(max(_ratio(word, other) for other in there) for word in asked) / len(asked)


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", name.lower()) if word]


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()
