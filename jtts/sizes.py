"""Sizes that several inputs share, so that one compiled program serves them."""

from __future__ import annotations

from typing import Any


def power_of_two(count: Any) -> int:
    """The smallest power of two that is at least `count`, a whole number.

    >>> [power_of_two(count) for count in (0, 1, 2, 3, 8, 9)]
    [1, 1, 2, 4, 8, 16]
    """
    return 1 << max(int(count) - 1, 0).bit_length()
