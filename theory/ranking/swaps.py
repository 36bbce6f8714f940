"""A judge asked in both orders: how often it agrees with itself, and what its verdict is worth."""

from __future__ import annotations

import jax

from jtts.domain import reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import probability
from jtts.theory.ranking.chances import DRAWN_GAP, GAP, chance

SOURCE = "derived here (section 1); position bias of judges: arXiv:2406.07791"
HOLDS = {"gap": GAP, "bias": GAP}
DRAW = {"gap": DRAWN_GAP, "bias": reals(-2.0, 2.0)}


def single(gap, bias):
    return (chance(gap + bias) + chance(gap - bias)) / 2


def consistent(gap, bias):
    right, wrong = chance(gap + bias) * chance(gap - bias), chance(-gap - bias) * chance(bias - gap)
    return right + wrong


def flip(gap, bias):
    first, second = (
        chance(bias + gap) * chance(bias - gap),
        chance(-gap - bias) * chance(gap - bias),
    )
    return first + second


@law(
    kind=Exact(),
    formula=r"\tfrac12 [s(D + b) + s(D - b)],\; s(x) = 1/(1 + e^{-x})",
    source=SOURCE,
    relative=1e-12,
    absolute=1e-300,
    holds=HOLDS,
    gives=probability(),
    domain=DRAW,
    mutants={
        "no bias": lambda gap, bias: chance(gap) + 0 * bias,
        "always shown first": lambda gap, bias: chance(gap + bias),
        "agreed verdict": lambda gap, bias: chance(2 * gap) + 0 * bias,
    },
)
def swap_single(gap: Numbers, bias: Numbers) -> jax.Array:
    r"""Chance that one call, the order of the answers drawn at random, prefers the first answer.

    The judge prefers what it is shown first with chance $s(D+b)$, D the gap by which that is the
    better and b its bias for the place, s(x) = 1/(1 + exp(-x)):

    $$\tfrac12\,[s(D+b)+s(D-b)]$$

    The same as asking in both orders and tossing a coin where the answers differ.

    Args:
      gap: D of the first answer over the second, from -300 to 300.
      bias: b for the answer that is shown first, from -300 to 300.

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, ranking section 1); position bias: arXiv:2406.07791.

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.swap_single(0.5, 1.0):.10f}")
    0.5975575725
    """
    return single(gap, bias)


@law(
    kind=Exact(),
    formula=r"\cosh D / (\cosh D + \cosh b)",
    source=SOURCE,
    relative=1e-12,
    absolute=1e-300,
    holds=HOLDS,
    gives=probability(),
    domain=DRAW,
    mutants={
        "flips": flip,
        "no bias": lambda gap, bias: consistent(gap, 0 * bias),
        "right ones alone": lambda gap, bias: chance(gap + bias) * chance(gap - bias),
    },
)
def swap_consistent(gap: Numbers, bias: Numbers) -> jax.Array:
    r"""Chance that a judge asked in both orders prefers the same answer twice.

    $$\frac{\cosh D}{\cosh D+\cosh b}=s(D+b)s(D-b)+s(-D-b)s(b-D)$$

    as for `swap_single`, the two calls independent.

    Args:
      gap: D of the first answer over the second, from -300 to 300.
      bias: b for the answer that is shown first, from -300 to 300.

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, ranking section 1); position bias: arXiv:2406.07791.

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.swap_consistent(0.5, 1.0):.10f}")
    0.4222200841
    """
    return consistent(gap, bias)


@law(
    kind=Exact(),
    formula=r"\cosh b / (\cosh D + \cosh b)",
    source=SOURCE,
    relative=1e-12,
    absolute=1e-300,
    holds=HOLDS,
    gives=probability(),
    domain=DRAW,
    mutants={
        "agreement": consistent,
        "no noise": lambda gap, bias: flip(0 * gap, bias),
        "first ones alone": lambda gap, bias: chance(bias + gap) * chance(bias - gap),
    },
)
def swap_flip(gap: Numbers, bias: Numbers) -> jax.Array:
    r"""Chance that a judge asked in both orders contradicts itself.

    $$\frac{\cosh b}{\cosh D+\cosh b}$$

    as for `swap_single`, the two calls independent. One half at D = 0 without any bias: flips are
    no sign of bias, their direction is (`swap_first_first`, `swap_second_second`).

    Args:
      gap: D of the first answer over the second, from -300 to 300.
      bias: b for the answer that is shown first, from -300 to 300.

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, ranking section 1); position bias: arXiv:2406.07791.

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.swap_flip(0.5, 1.0):.11f}")
    0.57777991592
    """
    return flip(gap, bias)


@law(
    kind=Exact(),
    formula=r"s(2D)",
    source=SOURCE,
    relative=1e-12,
    absolute=1e-300,
    holds=HOLDS,
    gives=probability(),
    domain=DRAW,
    mutants={
        "one call": lambda gap, bias: chance(gap) + 0 * bias,
        "random order": single,
        "bias stays": lambda gap, bias: chance(2 * gap + bias / 4),
    },
)
def swap_accuracy(gap: Numbers, bias: Numbers) -> jax.Array:
    r"""Chance that the first answer is preferred, given that both orders prefer the same one.

    $$\frac{s(D+b)s(D-b)}{s(D+b)s(D-b)+s(-D-b)s(b-D)}=s(2D)$$

    whatever the bias: agreement takes it out, at the price of what is left undecided.

    Args:
      gap: D of the first answer over the second, from -300 to 300.
      bias: b for the answer that is shown first, from -300 to 300; without effect.

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, ranking section 1); position bias: arXiv:2406.07791.

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.swap_accuracy(0.5, 1.0):.11f}")
    0.73105857863
    """
    return chance(2 * gap) + 0 * bias
