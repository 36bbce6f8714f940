"""Score dilution: the lead over its distractors that a needle needs."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import scipy

from jtts.domain import choices, constant, log_integers, log_reals, reals
from jtts.kinds import Bound, Exact, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, finite, probability
from jtts.theory.associative_memory.recall import as_numbers

MISSED = between(1e-30, 1, open="high")
MANY = between(2, np.inf, open="high")
SOURCE = "derived here (docs, associative memory section 8), arXiv:2512.13898"


def _mass(margin, others):
    margin, others = as_numbers(margin, others)
    return jax.nn.sigmoid(margin - jnp.log(others))


@law(
    kind=Exact(),
    formula=r"1 / (1 + (N-1) e^{-\Delta})",
    source=SOURCE,
    relative=1e-12,
    absolute=1e-300,
    gives=probability(),
    holds={"margin": finite(), "num_keys": MANY},
    domain={"margin": reals(0.0, 20.0), "num_keys": log_integers(2, 10**6)},
    simulated={"margin": reals(1.0, 5.0), "num_keys": choices(8, 64)},
    mutants={
        "twice the distractors": lambda margin, num_keys: _mass(margin, 2 * (num_keys - 1)),
        "half the margin": lambda margin, num_keys: _mass(margin / 2, num_keys - 1),
    },
)
def margin_mass(margin: Numbers, num_keys: Numbers) -> jax.Array:
    r"""Softmax mass of a needle whose logit leads every distractor by the same margin.

    $$p = \frac1{1+(N-1)e^{-\Delta}}$$

    At a fixed margin it falls as 1/N with the length N of the context: score dilution.

    Args:
      margin: Delta, any real, in units of the logits.
      num_keys: N >= 2, the needle included. Both broadcast.

    Returns a mass from 0 to 1. Exact; a lower bound where the margins are at least Delta. Relative
    accuracy 1e-12 of masses above 1e-288.

    Raises:
      InputError: num_keys below 2, or a margin that is not finite.

    Source: derived here (docs, associative memory section 8), arXiv:2512.13898.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.margin_mass(5.0, 100):.6f}")
    0.599860
    """
    return _mass(margin, jnp.asarray(num_keys) - 1)


def _needed(num_keys, missed_mass, odds=1.0):
    num_keys, missed = as_numbers(num_keys, missed_mass)
    return jnp.log(num_keys - 1) + odds * (jnp.log1p(-missed) - jnp.log(missed))


@law(
    kind=Root(
        residual=lambda margin, num_keys, missed_mass: (
            1 - missed_mass - scipy.special.expit(margin - np.log(num_keys - 1))
        ),
        bracket=lambda num_keys, missed_mass: (-40.0, 60.0),
    ),
    formula=r"\ln\frac{(N-1)(1-\epsilon)}{\epsilon}",
    source=SOURCE,
    relative=1e-12,
    absolute=1e-12,
    holds={"num_keys": MANY, "missed_mass": MISSED},
    domain={"num_keys": log_integers(2, 10**6), "missed_mass": log_reals(1e-4, 0.5)},
    mutants={
        "odds upside down": lambda num_keys, missed_mass: _needed(num_keys, missed_mass, odds=-1.0),
        "without the odds": lambda num_keys, missed_mass: _needed(num_keys, missed_mass, odds=0.0),
    },
)
def needed_margin(num_keys: Numbers, missed_mass: Numbers) -> jax.Array:
    r"""Margin over all distractors that leaves them a given share of the mass.

    $$\Delta = \ln\frac{(N-1)(1-\epsilon)}\epsilon$$

    It grows as the logarithm of the context.

    Args:
      num_keys: N >= 2, the needle included.
      missed_mass: epsilon, at least 1e-30 and below 1. Both broadcast.

    Returns the margin, in units of the logits: `margin_mass` there is 1 - epsilon.
    Relative or absolute accuracy 1e-12.

    Raises:
      InputError: num_keys below 2, or a mass outside [1e-30, 1).

    Source: derived here (docs, associative memory section 8), arXiv:2512.13898.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.needed_margin(10**6, 0.01):.4f}")
    18.4106
    """
    return _needed(num_keys, missed_mass)


def _loss(margin, num_close):
    margin, num_close = as_numbers(margin, num_close)
    return jax.nn.sigmoid(jnp.log(num_close) - margin)


@law(
    kind=Bound(side="lower", tight={"margin": reals(1.0, 5.0), "num_close": choices(8, 32)}),
    formula=r"1 - p \ge \frac{m}{m + e^{\Delta}}",
    source=SOURCE,
    relative=1e-12,
    absolute=1e-300,
    gives=probability(),
    holds={"margin": finite(), "num_close": between(1, np.inf, open="high")},
    domain={"margin": reals(0.0, 20.0), "num_close": log_integers(1, 10**6)},
    # margins of the close ones span so little, and the others are so far away
    simulated={"spread": constant(0.01), "gap": constant(15.0)},
    mutants={
        "half the margin": lambda margin, num_close: _loss(margin / 2, num_close),
        "twice as many": lambda margin, num_close: _loss(margin, 2 * num_close),
    },
)
def crowded_loss(margin: Numbers, num_close: Numbers) -> jax.Array:
    r"""Least mass that a needle loses to a number of distractors within a margin of it.

    $$1 - p \ge \frac{m}{m+e^\Delta},\quad p \le \frac1{1+me^{-\Delta}}$$

    Tight where the m lie at the margin itself and all others far below.

    Args:
      margin: Delta, any real, in units of the logits.
      num_close: m >= 1, distractors whose logits are at most Delta below the needle's.
        Both broadcast.

    Returns a lower bound on the mass that is not the needle's, from 0 to 1; relative
    accuracy 1e-12 of masses above 1e-288.

    Raises:
      InputError: num_close below 1, or a margin that is not finite.

    Source: derived here (docs, associative memory section 8), arXiv:2512.13898.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.crowded_loss(2.0, 50):.6f}")
    0.871246
    """
    return _loss(margin, num_close)
