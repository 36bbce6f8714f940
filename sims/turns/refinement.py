"""Verify and revise, each verdict and each revision drawn."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_probability, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.turns.chains import CHUNK, revised
from jtts.simulations import simulation


def require_refinement(*, num_turns, **chances):
    """Raise InputError unless so many verifications can be played with these chances."""
    require_whole(1, num_turns=num_turns)
    require_probability(**chances)


def _play(key, trials, num_turns, start, correction_rate, introduction_rate, tpr, fpr):
    """Whether what is returned is right, and how often it was verified."""
    first_key, turn_key = jax.random.split(key)
    right = jax.random.uniform(first_key, (trials,), float) < start

    def verify(i, state):
        right, going, calls = state
        revise_key, verdict_key = jax.random.split(jax.random.fold_in(turn_key, i))
        # what is rejected is revised before it is verified again, not after the last verification
        new = revised(revise_key, right, correction_rate, introduction_rate)
        right = jnp.where(going & (i > 0), new, right)
        drawn = jax.random.uniform(verdict_key, (trials,), float)
        accepted = drawn < jnp.where(right, tpr, fpr)
        return right, going & ~accepted, calls + going

    begun = right, jnp.ones(trials, bool), jnp.zeros(trials)
    right, _, calls = lax.fori_loop(0, jnp.asarray(num_turns, int), verify, begun)
    return right, calls


@simulation(chunk=CHUNK, validate=require_refinement)
def verified_refinement_accuracy(
    key: jax.Array,
    trials: int,
    num_turns: Numbers,
    start: Numbers,
    correction_rate: Numbers,
    introduction_rate: Numbers,
    tpr: Numbers,
    fpr: Numbers,
) -> Estimate:
    """Verify an answer and revise it until it is accepted or verifications run out; is it right?

    Args:
      num_turns: whole number of verifications.
      start: chance that the first answer is right.
      correction_rate, introduction_rate: chances that a revision corrects and that it spoils.
      tpr, fpr: chances that the verifier accepts a right and a wrong answer.

    Returns:
      Estimate of the accuracy; a datum is a question.

    Raises:
      InputError: a number of verifications that is not whole, or a chance outside [0, 1].

    >>> key = jax.random.key(0)
    >>> found = verified_refinement_accuracy(key, 2**15, 3, 0.4, 0.3, 0.1, 0.9, 0.2)
    >>> bool(abs(found.mean - 0.6198) < 0.012)
    True
    """
    return Estimate.of(
        _play(key, trials, num_turns, start, correction_rate, introduction_rate, tpr, fpr)[0]
    )


@simulation(chunk=CHUNK, validate=require_refinement)
def verified_refinement_calls(
    key: jax.Array,
    trials: int,
    num_turns: Numbers,
    start: Numbers,
    correction_rate: Numbers,
    introduction_rate: Numbers,
    tpr: Numbers,
    fpr: Numbers,
) -> Estimate:
    """Number of verifications until an answer is accepted or they run out.

    Args:
      num_turns: whole number of verifications.
      start: chance that the first answer is right.
      correction_rate, introduction_rate: chances that a revision corrects and that it spoils.
      tpr, fpr: chances that the verifier accepts a right and a wrong answer.

    Returns:
      Estimate of the mean number; a datum is a question.

    Raises:
      InputError: a number of verifications that is not whole, or a chance outside [0, 1].

    >>> key = jax.random.key(0)
    >>> found = verified_refinement_calls(key, 2**15, 3, 0.4, 0.3, 0.1, 0.9, 0.2)
    >>> bool(abs(found.mean - 1.81) < 0.02)
    True
    """
    return Estimate.of(
        _play(key, trials, num_turns, start, correction_rate, introduction_rate, tpr, fpr)[1]
    )
