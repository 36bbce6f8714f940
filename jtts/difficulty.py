"""Laws of difficulty: how the chance p of one attempt is spread over tasks."""

from __future__ import annotations

from typing import Any

from jtts.arguments import require_positive, require_probability
from jtts.parameters import parameters


@parameters
class Beta:
    """p = scale * X with X ~ Beta(a, b).

    Attributes:
      a, b: shapes, positive. Small a: many hard tasks.
      scale: largest p, in (0, 1].
    """

    a: Any
    b: Any
    scale: Any = 1.0

    def __post_init__(self) -> None:
        require_positive(a=self.a, b=self.b)
        require_positive(scale=self.scale)
        require_probability(scale=self.scale)


@parameters
class Kumaraswamy:
    """P(p <= x) = 1 - (1 - x^a)^b; a and b positive."""

    a: Any
    b: Any

    def __post_init__(self) -> None:
        require_positive(a=self.a, b=self.b)


@parameters
class LogUniform:
    """ln p uniform on [ln lowest, 0]; lowest in (0, 1)."""

    lowest: Any

    def __post_init__(self) -> None:
        require_positive(lowest=self.lowest)
        require_probability(lowest=self.lowest)
        require_positive(**{"1 - lowest": 1 - self.lowest})


Difficulty = Beta | Kumaraswamy | LogUniform
