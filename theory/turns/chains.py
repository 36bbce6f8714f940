"""An answer that is revised turn after turn: a chain of two states, right and wrong."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.domain import log_integers, log_reals, reals
from jtts.kinds import Exact, Minimizer
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import nonnegative, positive, probability, whole
from jtts.special import at_most_one
from jtts.theory.associative_memory.powers import gone, kept, learned, log_left, raised

MOST = 10**9  # turns
NEAR = 0.5


def remaining(correction, introduction):
    """1 - a - b with all its digits: what is subtracted first leaves no rounding."""
    more, less = jnp.maximum(correction, introduction), jnp.minimum(correction, introduction)
    return (1 - more) - less


@jax.jit
def accuracy(num_turns, start, correction, introduction):
    """`turn_accuracy` without its checks: a sum of positive terms."""
    t, p, a, b = jnp.broadcast_arrays(
        *(jnp.asarray(x, float) for x in (num_turns, start, correction, introduction))
    )
    left = remaining(a, b)
    # where a turn overshoots, a > 1 - b, turns are taken in pairs, which do not
    over = left < 0
    first = over & (t % 2 == 1)
    p = jnp.where(first, p * (1 - b) + (1 - p) * a, p)
    t = jnp.where(first, t - 1, t)
    rate = jnp.where(over, (1 - a) + (1 - b), a + b)
    slow = rate < NEAR
    little, size = jnp.where(slow, rate, 0.25), jnp.where(slow, 0.5, jnp.abs(left))
    stays = jnp.where(slow, kept(little, t), raised(size, t))
    gain = jnp.where(slow, gone(little, t), 1 - stays)
    steady = slow & ~over
    apart = jnp.where(steady, 1.0, a + b)
    total = jnp.where(steady, learned(t, jnp.where(steady, a + b, 0.25)), gain / apart)
    return at_most_one(p * stays + a * total)


RATES = {"correction_rate": probability(), "introduction_rate": probability()}
TAKES = {"num_turns": whole(0, MOST), "start": probability()} | RATES


@law(
    kind=Exact(),
    formula=r"p_\infty + (p_0 - p_\infty)(1 - a - b)^t,\; p_\infty = \frac{a}{a + b}",
    source="derived here (section 1); the curve: arXiv:2508.16456",
    relative=1e-12,
    absolute=1e-300,
    holds=TAKES,
    gives=probability(),
    domain={
        "num_turns": log_integers(1, 100),
        "start": reals(0.1, 0.9),
        "correction_rate": reals(0.02, 0.6),
        "introduction_rate": reals(0.02, 0.6),
    },
    simulated={"num_turns": log_integers(1, 12)},
    mutants={
        "a turn more": lambda num_turns, start, correction_rate, introduction_rate: accuracy(
            num_turns + 1, start, correction_rate, introduction_rate
        ),
        "nothing is broken": lambda num_turns, start, correction_rate, introduction_rate: accuracy(
            num_turns, start, correction_rate, 0 * introduction_rate
        ),
    },
)
def turn_accuracy(
    num_turns: Numbers, start: Numbers, correction_rate: Numbers, introduction_rate: Numbers
) -> jax.Array:
    r"""Accuracy after t turns of revision.

    A turn turns a wrong answer right with chance a and a right one wrong with chance b:

    $$p_t = p_\infty + (p_0 - p_\infty)(1-a-b)^t,\quad p_\infty = \frac a{a+b}$$

    It rises with the first turn where a/b > p_0/(1 - p_0). An average over questions with different
    rates is no such curve. The error is the same function of 1 - start with the two rates swapped.

    Args:
      num_turns: t, whole, from 0 to 1e9; no derivative.
      start: p_0, accuracy of the first answer.
      correction_rate: a, chance that a turn corrects a wrong answer.
      introduction_rate: b, chance that a turn spoils a right answer.

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, turns section 1). It is the curve Acc_t = Upp - alpha^t (Upp -
    Acc_0) of arXiv:2508.16456, with Upp = p_inf and alpha = 1 - a - b.

    >>> from jtts.theory import turns
    >>> print(f"{turns.turn_accuracy(3, 0.5, 0.3, 0.05):.7f}")
    0.7590625
    """
    return accuracy(num_turns, start, correction_rate, introduction_rate)


@jax.jit
def _ever(num_turns, start, correction):
    return at_most_one(start + (1 - start) * gone(jnp.asarray(correction, float), num_turns))


@law(
    kind=Exact(),
    formula=r"1 - (1 - p_0)(1 - a)^t",
    source="derived here (section 1)",
    relative=1e-13,
    holds={
        "num_turns": whole(0, MOST),
        "start": probability(),
        "correction_rate": probability(),
    },
    gives=probability(),
    domain={
        "num_turns": log_integers(1, 100),
        "start": reals(0.1, 0.9),
        "correction_rate": reals(0.02, 0.6),
    },
    simulated={"num_turns": log_integers(1, 12)},
    mutants={
        "the first answer does not count": lambda num_turns, start, correction_rate: (
            gone(correction_rate, num_turns) + 0 * start
        ),
        "a turn more": lambda num_turns, start, correction_rate: _ever(
            num_turns + 1, start, correction_rate
        ),
    },
)
def ever_right(num_turns: Numbers, start: Numbers, correction_rate: Numbers) -> jax.Array:
    r"""Chance that one of the answers 0 to t of a chain is right: what a perfect verifier gets.

    $$1-(1-p_0)(1-a)^t$$

    Args:
      num_turns: t, whole, from 0 to 1e9.
      start: p_0, accuracy of the first answer.
      correction_rate: a, chance that a turn corrects a wrong answer.

    Arrays broadcast. Relative accuracy 1e-13.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, turns section 1).

    >>> from jtts.theory import turns
    >>> print(f"{turns.ever_right(3, 0.5, 0.3):.4f}")
    0.8285
    """
    return _ever(num_turns, start, correction_rate)


@jax.jit
def _best(start, correction, introduction, cost):
    p, a, b, c = jnp.broadcast_arrays(
        *(jnp.asarray(x, float) for x in (start, correction, introduction, cost))
    )
    first = (1 - p) * a - p * b  # what the first turn gains; turn j gains alpha^(j-1) times it
    left = remaining(a, b)
    worth = first > c
    many = worth & (left > 0) & (a + b > 0)
    rate = jnp.where(many, a + b, 0.25)
    slow = rate < NEAR
    log = jnp.where(
        slow, log_left(jnp.where(slow, rate, 0.25)), jnp.log(jnp.where(many, left, 0.5))
    )
    count = jnp.log(jnp.where(many, c / jnp.where(many, first, 1.0), 0.5)) / log
    return jnp.where(many, jnp.maximum(jnp.ceil(count), 1.0), jnp.where(worth, 1.0, 0.0))


def _loss(num_turns, start, correction_rate, introduction_rate, cost):
    """Less accuracy plus cost: what the best number of turns makes least."""
    return cost * num_turns - accuracy(num_turns, start, correction_rate, introduction_rate)


@law(
    kind=Minimizer(
        of=_loss,
        argument="num_turns",
        candidates=lambda point: [*range(60), *range(60, 1000, 40)],
        whole=True,
    ),
    formula=r"\mathrm{argmax}_t\; p_t - c t = \lceil "
    r"\frac{\ln (c / (p_1 - p_0))}{\ln(1 - a - b)} \rceil",
    source="derived here (section 1)",
    relative=1e-12,
    holds={"start": probability(), **RATES, "cost": positive(1.0)},
    gives=nonnegative(),
    domain={
        "start": reals(0.05, 0.6),
        "correction_rate": reals(0.05, 0.6),
        "introduction_rate": reals(0.01, 0.3),
        "cost": log_reals(1e-4, 0.1),
    },
    mutants={
        "dearer": lambda start, correction_rate, introduction_rate, cost: _best(
            start, correction_rate, introduction_rate, 2 * cost
        ),
        "gain of a turn to the end": lambda start, correction_rate, introduction_rate, cost: _best(
            start, correction_rate, introduction_rate, cost * (correction_rate + introduction_rate)
        ),
    },
)
def best_num_turns(
    start: Numbers, correction_rate: Numbers, introduction_rate: Numbers, cost: Numbers
) -> jax.Array:
    r"""Number of turns that makes accuracy less cost largest, if a turn costs c.

    Turn j gains $(p_1-p_0)\alpha^{j-1}$, alpha = 1 - a - b, so for alpha > 0

    $$t^* = \lceil\frac{\ln(c/(p_1-p_0))}{\ln\alpha}\rceil,\quad
      p_1-p_0 = (1-p_0)a - p_0 b > c$$

    and 0 where the first turn is not worth c. Where alpha <= 0 one turn is taken or none.

    Args:
      start: p_0, accuracy of the first answer.
      correction_rate: a, chance that a turn corrects a wrong answer.
      introduction_rate: b, chance that a turn spoils a right answer.
      cost: c of a turn, in units of accuracy, positive, at most 1.

    Arrays broadcast. A whole number; where two do as well to the last digit, either of them. Above
    1e12 it is good to a relative 1e-12.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, turns section 1).

    >>> from jtts.theory import turns
    >>> print(turns.best_num_turns(0.5, 0.3, 0.05, [0.1, 0.03, 0.01, 0.001]))
    [ 1.  4.  6. 12.]
    """
    return _best(start, correction_rate, introduction_rate, cost)
