"""Heads that vote on every bit."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Exact, Limit
from jtts.laws import closed_form, law
from jtts.numeric import Numbers
from jtts.promises import at_least, odd, probability, words
from jtts.theory.associative_memory.recall import as_numbers
from jtts.theory.associative_memory.sign_readout import LARGE, WIDE, is_wide
from jtts.theory.associative_memory.sign_readout import bit_error as error_of_head
from jtts.theory.voting.majority import accuracy, log_spread, odd_integers

ODD = odd(1, 1e15)
SOURCE = "derived here (docs, associative memory section 6)"


def _majority(error, heads):
    """The chance that most of the heads err."""
    return accuracy(heads, error)


@law(
    kind=Exact(floor=1e-3),
    formula=r"\sum_{k > H/2} \binom Hk p^k (1-p)^{H-k}",
    source="Condorcet; " + SOURCE,
    domain={"bit_error": reals(0.0, 1.0), "heads": odd_integers(1, 10**6)},
    simulated={"bit_error": reals(0.1, 0.6), "heads": choices(3, 9)},
    holds={"bit_error": probability(), "heads": ODD},
    relative=1e-12,
    absolute=1e-290,
    gives=probability(),
    mutants={
        "two heads more": lambda bit_error, heads: _majority(bit_error, heads + 2),
        "average of the heads": lambda bit_error, heads: bit_error + 0.0 * heads,
    },
)
def majority_error(bit_error: Numbers, heads: Numbers) -> jax.Array:
    r"""Probability that most of H independent sign read-outs of one bit are wrong.

    $$\sum_{k>H/2}\binom Hk p^k(1-p)^{H-k}$$

    Heads with independent keys err independently, given the values too: the sign of the cross-talk
    of a head is symmetric. Different bits of one head are not independent.

    Args:
      bit_error: p, of one head, from 0 to 1 (`bit_error`).
      heads: H, odd, to 1e15. Both broadcast.

    Returns a probability, accurate to 1e-12 relatively, and 0 below 1e-290. Differentiable in
    p. For p < 1/2 it falls to 0 with H. Averaging the heads' read-outs before taking the sign
    is better: half the exponent is lost at high signal-to-noise ratios, a factor 2/pi of the
    ratio at low ones.

    Raises:
      InputError: a probability outside [0, 1], or H not odd.

    Source: Condorcet; derived here (docs, associative memory section 6, and voting section 1).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.majority_error(0.15865525393, 5):.10f}")
    0.0310349799
    """
    return _majority(bit_error, heads)


def _of_memory(num_pairs, dim, heads, keys="sphere", more=0):
    return _majority(error_of_head.function(num_pairs, dim, keys=keys), heads + more)


@law(
    kind=Exact(),
    formula=r"\sum_{k > H/2} \binom Hk p^k (1-p)^{H-k},\quad p = p(N, d)",
    source=SOURCE,
    domain={
        "num_pairs": log_integers(3, 10**5),
        "dim": log_integers(4, 10**4),
        "heads": odd_integers(1, 1001),
        "keys": choices("sphere", "gauss"),
    },
    simulated={"num_pairs": choices(9), "dim": choices(8), "heads": choices(3)},
    holds={
        "num_pairs": LARGE,
        "dim": LARGE,
        "heads": odd(1, 1e6),
        "keys": words("sphere", "gauss"),
    },
    jointly={WIDE: is_wide},
    relative=1e-10,
    absolute=1e-290,
    gives=probability(),
    mutants={
        "two heads more": lambda *sizes, **named: _of_memory(*sizes, **named | {"more": 2}),
        "heads alike": lambda num_pairs, dim, heads, keys="sphere": error_of_head(
            num_pairs, dim, keys=keys
        ),
    },
)
def majority_bit_error(
    num_pairs: Numbers, dim: Numbers, heads: Numbers, *, keys: Literal["sphere", "gauss"] = "sphere"
) -> jax.Array:
    r"""Probability that a bit is wrong in the majority of H Hebbian heads.

    `majority_error` of the exact `bit_error` of one head: heads share the pairs, not the keys, and
    their errors are independent.

    Args:
      num_pairs: N, from 1 to 1e9.
      dim: d of each head, from 1 to 1e9 (sphere: from 2 on).
      heads: H, odd, to 1e6. All broadcast.
      keys: "sphere" or "gauss".

    Returns a probability. Exact for one bit; relatively accurate to 1e-10, and 0 below 1e-290.

    Raises:
      InputError: sizes out of range, H not odd, or another law of keys.

    Source: derived here (docs, associative memory section 6).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.majority_bit_error(17, 16, 5):.8f}")
    0.03126188
    """
    return _of_memory(num_pairs, dim, heads, keys)


def _exponent(error, factor=4.0):
    (error,) = as_numbers(error)
    inside = (error > 0) & (error < 0.5)
    rate = -(log_spread(jnp.where(inside, error, 0.25)) + np.log(factor / 4)) / 2
    return jnp.where(inside, rate, jnp.where(error > 0, 0.0, jnp.inf))


def _decay(bit_error, heads):
    """Local rate at which the majority's error falls with the heads."""
    return (
        float(np.log(majority_error(bit_error, heads) / majority_error(bit_error, heads + 2))) / 2
    )


@law(
    kind=Limit(
        of=_decay,
        argument="heads",
        values=(101, 201, 401),
        gap=lambda heads, point: 1 / heads,
    ),
    formula=r"-\tfrac12 \ln(4 p (1-p))",
    source="Chernoff 1952; " + SOURCE,
    domain={"bit_error": log_reals(0.01, 0.4)},
    holds={"bit_error": probability()},
    relative=1e-14,
    gives=at_least(0),
    mutants={"without the 4": lambda bit_error: _exponent(bit_error, factor=1.0)},
)
def majority_exponent(bit_error: Numbers) -> jax.Array:
    r"""Rate at which the error of a majority falls with the number of heads.

    $$-\lim_{H\to\infty}\frac{\ln p_{\mathrm{maj}}}H = -\tfrac12\ln(4p(1-p))$$

    Args:
      bit_error: p, of one head, from 0 to 1; any shape.

    Returns the exponent per head, to 1e-14 relatively, 0 from p = 1/2 on and infinite at p = 0.
    With x^2 the signal-to-noise ratio of a head, it is x^2/pi for small x and x^2/4 for large
    x; averaging the heads has x^2/2.

    Raises:
      InputError: a probability outside [0, 1].

    Source: Chernoff 1952; derived here (docs, associative memory section 6).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.majority_exponent(0.1):.6f}")
    0.510826
    """
    return _exponent(bit_error)


@closed_form(
    holds={"bit_error": probability(), "heads": ODD},
    relative=1e-12,
    absolute=1e-290,
    gives=probability(),
)
def majority_bound(bit_error: Numbers, heads: Numbers) -> jax.Array:
    r"""Chernoff's upper bound on `majority_error`.

    $$p_{\mathrm{maj}} \le (4p(1-p))^{H/2} = e^{-H r(p)},$$

    r the `majority_exponent`: the exponent is right, the factor in front is too large, by
    $(1-2p)\sqrt{\pi H/(2p(1-p))}$ at large H.

    Args:
      bit_error: p, of one head, from 0 to 1; from 1/2 on the bound is 1.
      heads: H, odd, to 1e15. Both broadcast.

    Returns an upper bound on a probability, accurate to 1e-12 relatively or 1e-290.

    Raises:
      InputError: a probability outside [0, 1], or H not odd.

    Source: Chernoff 1952; derived here (docs, associative memory section 6).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.majority_error(0.1, 9):.6f} {am.majority_bound(0.1, 9):.6f}")
    0.000891 0.010078
    """
    (heads,) = as_numbers(heads)
    return jnp.exp(-heads * _exponent(bit_error))
