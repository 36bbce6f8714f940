"""One budget of answers, split between parallel chains and turns of each."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from scipy import special

from jtts.domain import log_integers, log_reals, reals
from jtts.kinds import Exact, Minimizer
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, probability, whole
from jtts.special import log_beta_ratio
from jtts.theory.selection.points import over_points
from jtts.theory.turns.chains import RATES, accuracy
from jtts.theory.voting.majority import accuracy as majority

MOST = 10**9  # turns
MOST_VOTES = 2048  # odd numbers of votes that are compared
BITS = 24  # of the best number of turns: less than 2^24 for shapes up to SHAPE
SHAPE = 10**6


@jax.jit
def _failure(num_turns, start, a, b):
    return (1 - jnp.asarray(start, float)) * jnp.exp(log_beta_ratio(num_turns, a, b))


@law(
    kind=Exact(),
    formula=r"(1 - p_0)\, B(a, b + t) / B(a, b)",
    source="derived here (section 4)",
    relative=1e-11,
    absolute=1e-300,
    holds={
        "num_turns": whole(0, MOST),
        "start": probability(),
        "a": between(0.001, SHAPE),
        "b": between(0.001, SHAPE),
    },
    gives=probability(),
    domain={
        "num_turns": log_integers(1, 1000),
        "start": reals(0.02, 0.8),
        "a": log_reals(0.3, 3.0),
        "b": log_reals(0.5, 4.0),
    },
    simulated={"num_turns": log_integers(1, 12)},
    mutants={
        "chains alike": lambda num_turns, start, a, b: (1 - start) * (b / (a + b)) ** num_turns,
        "a turn more": lambda num_turns, start, a, b: _failure(num_turns + 1, start, a, b),
    },
)
def chain_failure(num_turns: Numbers, start: Numbers, a: Numbers, b: Numbers) -> jax.Array:
    r"""Chance that none of the answers 0 to t of a chain is right, where some chains are stuck.

    A chain corrects a wrong answer with a chance of its own, drawn from Beta(a, b):

    $$f(t)=(1-p_0)\,\frac{B(a,b+t)}{B(a,b)}\sim t^{-a}$$

    Of k chains all fail with chance f(t)^k.

    Args:
      num_turns: t, whole, from 0 to 1e9.
      start: p_0, accuracy of the first answer.
      a, b: shapes of the law of the correction rate over chains, from 0.001 to 1e6.

    Arrays broadcast. Relative accuracy 1e-11, down to 1e-300.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, turns section 4).

    >>> from jtts.theory import turns
    >>> print(turns.chain_failure([0, 1, 2, 5], 0.2, 0.5, 1.5))
    [0.8       0.6       0.5       0.3609375]
    """
    return _failure(num_turns, start, a, b)


@jax.jit
def _best_turns(start, a, b):
    """The first t at which the next turn adds to -ln f no more than the mean of those before.

    What turn j + 1 adds, ln(1 + a/(b + j)), falls with j: so the mean rises up to there and falls
    after it, and the excess of the next over the mean falls all the way.
    """
    start, a, b = jnp.broadcast_arrays(*(jnp.asarray(x, float) for x in (start, a, b)))
    first = -jnp.log1p(-start)

    def more(t):
        return (t + 1) * jnp.log1p(a / (b + t)) > first - log_beta_ratio(t, a, b)

    def step(k, t):
        further = t + 2.0 ** (BITS - 1 - k)
        return jnp.where(more(further - 1), further, t)

    return lax.fori_loop(0, BITS, step, jnp.zeros_like(start))


def _rate(num_turns, start, a, b):
    """ln f(t) / (t + 1), to be made least: plain NumPy."""
    t = np.asarray(num_turns, float)
    log_ratio = special.betaln(a, b + t) - special.betaln(a, b)
    return (np.log1p(-start) + log_ratio) / (t + 1)


@law(
    kind=Minimizer(
        of=_rate,
        argument="num_turns",
        candidates=lambda point: [*range(100), *range(100, 1000, 90)],
        whole=True,
    ),
    formula=r"\mathrm{argmin}_t\, \frac{\ln f(t)}{t + 1},\; f(t) = (1 - p_0) B(a, b+t)/B(a, b)",
    source="derived here (section 4)",
    relative=1e-12,
    holds={
        "start": probability(),
        "a": between(0.001, SHAPE),
        "b": between(0.001, SHAPE),
    },
    gives=nonnegative(),
    domain={
        "start": log_reals(0.001, 0.3),
        "a": log_reals(0.3, 3.0),
        "b": log_reals(0.3, 10.0),
    },
    mutants={
        "a turn more": lambda start, a, b: _best_turns(start, a, b) + 1,
        "shapes swapped": lambda start, a, b: _best_turns(start, b, a),
    },
)
def best_split_turns(start: Numbers, a: Numbers, b: Numbers) -> jax.Array:
    r"""Turns of each chain that make failure least, for k chains of t + 1 answers, k(t + 1) = C.

    A perfect verifier takes any right answer, and all chains of `chain_failure` fail with chance
    $f(t)^{C/(t+1)}$. So the best t minimises $\ln f(t)/(t+1)$ whatever the budget C, and
    k = C/(t + 1). If all chains were alike there would be no such middle: all turns where a > p_0,
    all chains where not.

    Args:
      start: p_0, accuracy of the first answer.
      a, b: shapes of the law of the correction rate over chains, from 0.001 to 1e6.

    Arrays broadcast. A whole number; where two do as well to the last digit, either of them.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, turns section 4).

    >>> from jtts.theory import turns
    >>> print(turns.best_split_turns([0.02, 0.2], 0.5, 1.5))
    [2. 1.]
    """
    return _best_turns(start, a, b)


def _vote(budget, start, correction, introduction):
    """Of all odd numbers of votes the best; each takes as many turns as help."""
    votes = 2.0 * np.arange(MOST_VOTES) + 1
    helps = correction * (1 - start) > introduction * start
    turns = jnp.where(helps, jnp.maximum(jnp.floor(budget / votes) - 1, 0.0), 0.0)
    right = majority(votes, accuracy(turns, start, correction, introduction))
    right = jnp.where(votes <= budget, right, -1.0)
    best = jnp.argmax(right)
    # an argmax over a constant list needs no gradient, what it points at does
    return {"accuracy": right[best], "num_turns": turns[best], "votes": jnp.asarray(votes)[best]}


def split(budget, start, correction, introduction):
    return over_points(_vote, budget, start, correction, introduction)


def _least_error(num_turns, budget, start, correction_rate, introduction_rate):
    """Less the accuracy of the best odd number of votes that the budget leaves: plain NumPy."""
    p = start
    for _ in range(int(num_turns)):
        p = p * (1 - introduction_rate) + (1 - p) * correction_rate
    m = np.arange(1, (int(budget) // (int(num_turns) + 1) + 1) // 2 + 1)
    return -np.max(special.betainc(m, m, p))


def _changed(change):
    def mutant(budget, start, correction_rate, introduction_rate):
        return split(*change(budget, start, correction_rate, introduction_rate))

    return mutant


@law(
    kind=Minimizer(
        of=_least_error,
        argument="num_turns",
        candidates=lambda point: range(int(point["budget"])),
        whole=True,
    ),
    formula=r"\mathrm{argmax}_{k, t}\, I_{p_t}(m, m),\; k = 2m - 1,\; k(t + 1) \le C",
    source="derived here (section 4)",
    relative=1e-11,
    holds={"budget": whole(1, 2 * MOST_VOTES - 1), "start": probability(), **RATES},
    jointly={
        "the two rates must add up to at most 1": (
            lambda correction_rate, introduction_rate: correction_rate + introduction_rate <= 1
        )
    },
    gives=nonnegative(),
    domain={
        "budget": log_integers(15, 200),
        "start": reals(0.2, 0.7),
        "correction_rate": reals(0.1, 0.5),
        "introduction_rate": reals(0.01, 0.2),
    },
    mutants={
        "half the budget": _changed(lambda c, p, a, b: (jnp.floor(c / 2), p, a, b)),
        "half the corrections": _changed(lambda c, p, a, b: (c, p, a / 2, b)),
    },
)
def best_vote_split(
    budget: Numbers, start: Numbers, correction_rate: Numbers, introduction_rate: Numbers
) -> dict[str, jax.Array]:
    r"""How many chains to vote and how many turns to give each, for a budget of C answers.

    k chains of t turns cost k(t + 1) answers, and the majority of their last answers is right with
    chance $I_{p_t}(\frac{k+1}2,\frac{k+1}2)$, p_t of `turn_accuracy`. All odd k are compared. Turns
    pay until p_t is well above 1/2; votes do the rest.

    Args:
      budget: C, whole, from 1 to 4095.
      start: p_0, accuracy of the first answer.
      correction_rate: a, chance that a turn corrects a wrong answer.
      introduction_rate: b, chance that a turn spoils a right answer; a + b at most 1.

    Arrays broadcast. Returns a dictionary: `votes` k, `num_turns` t, `accuracy` of the majority, to
    a relative 1e-11. Where two splits do as well to the last digit, either of them; a point takes
    milliseconds.

    Raises:
      InputError: an argument out of its range, or rates that add up to more than 1.

    Source: derived here (docs, turns section 4).

    >>> from jtts.theory import turns
    >>> found = turns.best_vote_split(45, 0.45, 0.2, 0.05)
    >>> print(f"{found['votes']:g} x {found['num_turns']:g}: {found['accuracy']:.10f}")
    5 x 8: 0.9116297183
    """
    return split(budget, start, correction_rate, introduction_rate)
