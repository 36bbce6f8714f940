"""Answers revised turn after turn, each turn drawn."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import (
    InputError,
    concrete,
    require_finite,
    require_positive,
    require_probability,
    require_whole,
)
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation

CHUNK = 2**13


def require_turns(*, num_turns, **chances):
    """Raise InputError unless so many turns can be played with these chances."""
    require_whole(0, num_turns=num_turns)
    require_probability(**chances)


def revised(key, right, correction_rate, introduction_rate):
    """Whether answers are right after a turn."""
    drawn = jax.random.uniform(key, right.shape, float)
    return jnp.where(right, drawn >= introduction_rate, drawn < correction_rate)


def _first(key, trials, start):
    return jax.random.uniform(key, (trials,), float) < start


def _turns(key, num_turns, answers, turn):
    """Answers after that many turns."""
    return lax.fori_loop(
        0,
        jnp.asarray(num_turns, int),
        lambda i, now: turn(jax.random.fold_in(key, i), now),
        answers,
    )


@simulation(chunk=CHUNK, validate=require_turns)
def turn_accuracy(
    key: jax.Array,
    trials: int,
    num_turns: Numbers,
    start: Numbers,
    correction_rate: Numbers,
    introduction_rate: Numbers,
) -> Estimate:
    """Revise an answer turn by turn; is the last one right?

    Args:
      num_turns: whole number.
      start: chance that the first answer is right.
      correction_rate, introduction_rate: chances that a turn corrects and that it spoils.

    Returns:
      Estimate of the accuracy; a datum is a chain.

    Raises:
      InputError: a number of turns that is not whole, or a chance outside [0, 1].

    >>> found = turn_accuracy(jax.random.key(0), 2**15, 3, 0.5, 0.3, 0.05)
    >>> bool(abs(found.mean - 0.759) < 0.01)
    True
    """
    first_key, turn_key = jax.random.split(key)
    right = _turns(
        turn_key,
        num_turns,
        _first(first_key, trials, start),
        lambda key, right: revised(key, right, correction_rate, introduction_rate),
    )
    return Estimate.of(right)


@simulation(chunk=CHUNK, validate=require_turns)
def ever_right(
    key: jax.Array, trials: int, num_turns: Numbers, start: Numbers, correction_rate: Numbers
) -> Estimate:
    """Revise an answer turn by turn; was one of them right?

    Args:
      num_turns: whole number.
      start: chance that the first answer is right.
      correction_rate: chance that a turn corrects a wrong answer; half as many are spoiled.

    Returns:
      Estimate of the share of chains; a datum is a chain.

    Raises:
      InputError: a number of turns that is not whole, or a chance outside [0, 1].

    >>> found = ever_right(jax.random.key(0), 2**15, 3, 0.5, 0.3)
    >>> bool(abs(found.mean - 0.8285) < 0.01)
    True
    """
    first_key, turn_key = jax.random.split(key)
    first = _first(first_key, trials, start)

    def turn(key, state):
        right, ever = state
        right = revised(key, right, correction_rate, correction_rate / 2)
        return right, ever | right

    return Estimate.of(_turns(turn_key, num_turns, (first, first), turn)[1])


def require_gate(
    *,
    num_turns,
    start,
    correction_rate,
    introduction_rate,
    separation,
    threshold,
    correlation,
):
    """Raise InputError unless such turns can be played and judged."""
    require_turns(
        num_turns=num_turns,
        start=start,
        correction_rate=correction_rate,
        introduction_rate=introduction_rate,
    )
    require_finite(separation=separation, threshold=threshold)
    known = concrete(correlation)
    if known is not None and not (abs(known) <= 1).all():
        raise InputError(f"correlation must be between -1 and 1, got {known.flat[0]:g}")


@simulation(chunk=CHUNK, validate=require_gate)
def gated_turn_accuracy(
    key: jax.Array,
    trials: int,
    num_turns: Numbers,
    start: Numbers,
    correction_rate: Numbers,
    introduction_rate: Numbers,
    separation: Numbers,
    threshold: Numbers,
    correlation: Numbers,
) -> Estimate:
    """Revise an answer; score the old and the new one; keep the new one if it wins by enough.

    Args:
      num_turns: whole number.
      start: chance that the first answer is right.
      correction_rate, introduction_rate: chances that a turn corrects and that it spoils.
      separation: what a right answer scores more, in standard deviations.
      threshold: by how much the new score must exceed the old one.
      correlation: of the noises of the two scores.

    Returns:
      Estimate of the accuracy; a datum is a chain.

    Raises:
      InputError: a number of turns that is not whole, a chance outside [0, 1], or a correlation
        outside [-1, 1].

    >>> found = gated_turn_accuracy(jax.random.key(0), 2**15, 10, 0.4, 0.3, 0.2, 1.0, 0.5, 0.0)
    >>> bool(abs(found.mean - 0.830) < 0.01)
    True
    """
    first_key, turn_key = jax.random.split(key)

    def turn(key, right):
        revise_key, score_key = jax.random.split(key)
        new = revised(revise_key, right, correction_rate, introduction_rate)
        one, other = jax.random.normal(score_key, (2, trials), float)
        other = correlation * one + jnp.sqrt(1 - correlation**2) * other
        old_score, new_score = separation * right + one, separation * new + other
        return jnp.where(new_score - old_score > threshold, new, right)

    return Estimate.of(_turns(turn_key, num_turns, _first(first_key, trials, start), turn))


def require_chains(*, num_turns, start, a, b):
    """Raise InputError unless such chains can be played."""
    require_turns(num_turns=num_turns, start=start)
    require_positive(a=a, b=b)


@simulation(chunk=CHUNK, validate=require_chains)
def chain_failure(
    key: jax.Array, trials: int, num_turns: Numbers, start: Numbers, a: Numbers, b: Numbers
) -> Estimate:
    """Draw a chain's own rate of correction, play its turns; was none of its answers right?

    Args:
      num_turns: whole number.
      start: chance that the first answer is right.
      a, b: shapes of the law of the rate, positive.

    Returns:
      Estimate of the share that fail; a datum is a chain.

    Raises:
      InputError: a number of turns that is not whole, a chance outside [0, 1], or a shape that is
        not positive.

    >>> found = chain_failure(jax.random.key(0), 2**15, 2, 0.2, 0.5, 1.5)
    >>> bool(abs(found.mean - 0.5) < 0.015)
    True
    """
    rate_key, first_key, turn_key = jax.random.split(key, 3)
    rate = jax.random.beta(rate_key, a, b, (trials,), float)
    wrong = _turns(
        turn_key,
        num_turns,
        ~_first(first_key, trials, start),
        lambda key, wrong: wrong & (jax.random.uniform(key, (trials,), float) >= rate),
    )
    return Estimate.of(wrong)
