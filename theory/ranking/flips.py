"""Which way a judge contradicts itself: the first shown preferred twice, or the second."""

from __future__ import annotations

import jax

from jtts.domain import reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import probability
from jtts.theory.ranking.chances import GAP, chance

SOURCE = "derived here (section 1); position bias of judges: arXiv:2406.07791"
HOLDS = {"gap": GAP, "bias": GAP}
DRAW = {"gap": reals(-1.5, 1.5), "bias": reals(-1.0, 1.0)}


def twice(gap, bias):
    """The favoured place wins in both orders."""
    return chance(bias + gap) * chance(bias - gap)


@law(
    kind=Exact(),
    formula=r"s(b + D)\, s(b - D)",
    source=SOURCE,
    relative=1e-12,
    absolute=1e-300,
    holds=HOLDS,
    gives=probability(),
    domain=DRAW,
    mutants={
        "second": lambda gap, bias: twice(gap, -bias),
        "no gap": lambda gap, bias: twice(0 * gap, bias),
        "half the bias": lambda gap, bias: twice(gap, bias / 2),
    },
)
def swap_first_first(gap: Numbers, bias: Numbers) -> jax.Array:
    r"""Chance that a judge asked in both orders prefers what is shown first both times.

    $$s(b+D)\,s(b-D)=\frac{e^b}{2(\cosh D+\cosh b)}$$

    Over `swap_second_second` it is $e^{2b}$ whatever the gap: half the logarithm of first-first
    over second-second estimates the bias, whichever answers were compared
    (`jtts.estimators.position_bias`).

    Args:
      gap: D of the first answer over the second, from -300 to 300.
      bias: b for the answer that is shown first, from -300 to 300.

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, ranking section 1); position bias: arXiv:2406.07791.

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.swap_first_first(0.5, 1.0):.11f}")
    0.50890686166
    """
    return twice(gap, bias)


@law(
    kind=Exact(),
    formula=r"s(-b + D)\, s(-b - D)",
    source=SOURCE,
    relative=1e-12,
    absolute=1e-300,
    holds=HOLDS,
    gives=probability(),
    domain=DRAW,
    mutants={
        "first": twice,
        "no gap": lambda gap, bias: twice(0 * gap, -bias),
        "half the bias": lambda gap, bias: twice(gap, -bias / 2),
    },
)
def swap_second_second(gap: Numbers, bias: Numbers) -> jax.Array:
    r"""Chance that a judge asked in both orders prefers what is shown second both times.

    $$s(-b+D)\,s(-b-D)=\frac{e^{-b}}{2(\cosh D+\cosh b)}$$

    A judge with a bias for the first and no noise of its own never does
    (`threshold_judge_flip`).

    Args:
      gap: D of the first answer over the second, from -300 to 300.
      bias: b for the answer that is shown first, from -300 to 300.

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, ranking section 1); position bias: arXiv:2406.07791.

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.swap_second_second(0.5, 1.0):.12f}")
    0.068873054264
    """
    return twice(gap, -bias)
