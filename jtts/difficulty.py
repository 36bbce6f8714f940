"""Laws of difficulty: how the chance p of one attempt is spread over tasks."""

from __future__ import annotations

from typing import ClassVar

from jtts.numeric import Numbers
from jtts.parameters import parameters
from jtts.promises import Accepted, between, positive

LARGEST = 1e300  # of a shape


@parameters
class Beta:
    """p = scale * X with X ~ Beta(a, b).

    Attributes:
      a, b: shapes, positive, to 1e300. Small a: many hard tasks.
      scale: largest p, in (0, 1].
    """

    holds: ClassVar[dict[str, Accepted]] = {
        "a": positive(LARGEST),
        "b": positive(LARGEST),
        "scale": between(0, 1, open="low"),
    }

    a: Numbers
    b: Numbers
    scale: Numbers = 1.0


@parameters
class Kumaraswamy:
    """P(p <= x) = 1 - (1 - x^a)^b; a and b positive, to 1e300."""

    holds: ClassVar[dict[str, Accepted]] = {"a": positive(LARGEST), "b": positive(LARGEST)}

    a: Numbers
    b: Numbers


@parameters
class LogUniform:
    """ln p uniform on [ln lowest, 0]; lowest in (0, 1)."""

    holds: ClassVar[dict[str, Accepted]] = {"lowest": between(0, 1, open="both")}

    lowest: Numbers


Difficulty = Beta | Kumaraswamy | LogUniform
