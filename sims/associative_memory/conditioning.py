"""Conditioning experiments: one learner plays a schedule of trials.

Outcomes, and strengths that learners bring along, vary by a quarter of their size: the mean curve
of a linear rule does not depend on it.
"""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import InputError, require_finite, require_probability
from jtts.associative_memory import condition, condition_by_uncertainty
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.associative_memory.memories import normal
from jtts.simulations import simulation

TRIALS = 64  # of a whole experiment; the schedule is filled up with trials that show nothing
VARIATION = 0.25
COUNTS = ("num_trials", "num_first", "num_compound", "num_exposures", "num_rounds")
A, B, AB = (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)


def require_schedule(**arguments):
    """Raise InputError unless the trials are counted and fit into an experiment."""
    counts = [np.asarray(arguments.get(name, 0)) for name in COUNTS]
    total = sum(counts) + counts[-1]  # a round has two trials
    if any(np.any((n < 0) | (n != np.round(n))) for n in counts) or np.any(total > TRIALS):
        raise InputError(
            f"numbers of trials must be whole and add up to at most {TRIALS}, got {total:g}"
        )
    require_finite(outcome=arguments.get("outcome", 1.0), initial=arguments.get("initial", 1.0))
    require_probability(**{n: v for n, v in arguments.items() if n.endswith("rate")})


experiment = functools.partial(simulation, chunk=2048, validate=require_schedule)


def schedule(*phases: Any):
    """Stimuli [TRIALS, features], outcomes [TRIALS], and which trials take place.

    A phase is a number of rounds and the (stimulus, outcome) pairs that make a round.
    """
    index = jnp.arange(TRIALS)
    stimuli, outcomes, begin = 0.0, jnp.zeros(TRIALS), 0
    for rounds, *kinds in phases:
        length = rounds * len(kinds)
        now = (index >= begin) & (index < begin + length)
        for place, (stimulus, outcome) in enumerate(kinds):
            chosen = now & ((index - begin) % len(kinds) == place)
            stimuli = stimuli + chosen[:, None] * jnp.array(stimulus)
            outcomes = outcomes + chosen * outcome
        begin = begin + length
    return stimuli, outcomes, index < begin


def vary(key, trials, sizes):
    return sizes * (1 + VARIATION * normal(key, trials, *jnp.shape(sizes)))


def played(key, trials, phases, rates, **learner):
    """Strengths in the end, [trials, features], after `schedule(*phases)`."""
    stimuli, outcomes, _ = schedule(*phases)
    return condition(stimuli, vary(key, trials, outcomes), rates, **learner)[:, -1]


@experiment()
def acquisition(
    key: jax.Array,
    trials: int,
    num_trials: Numbers,
    rate: Numbers,
    *,
    outcome: Numbers = 1.0,
    probability: Numbers = 1.0,
    correction: Numbers = 1.0,
) -> Estimate:
    """Strength of a stimulus after trials that end in the outcome with a probability.

    Args:
      num_trials: whole number, at most 64.
      rate: of learning.
      outcome: its mean size.
      probability: of the outcome in a trial.
      correction: 1 for the delta rule, 0 for Hebb.

    Returns:
      Estimate of the mean strength; a datum is a learner.

    Raises:
      InputError: trials that are not counted or too many, or a rate outside [0, 1].

    >>> float(acquisition(jax.random.key(0), 10, 0, 0.5).mean)
    0.0
    """
    of_chance, of_size = jax.random.split(key)
    stimuli, outcomes, _ = schedule((num_trials, (A, outcome)))
    chance = jax.random.bernoulli(of_chance, probability, (trials, TRIALS))
    outcomes = chance * vary(of_size, trials, outcomes)
    return Estimate.of(condition(stimuli, outcomes, rate, correction=correction)[:, -1, 0])


@experiment()
def reinforcement_variance(
    key: jax.Array,
    trials: int,
    num_trials: Numbers,
    rate: Numbers,
    probability: Numbers,
    *,
    outcome: Numbers = 1.0,
    correction: Numbers = 1.0,
) -> Estimate:
    """Half the squared difference of the strengths of two learners under partial reinforcement.

    Args: as `acquisition`; all outcomes have the same size.

    Returns:
      Estimate of the variance; a datum is a pair of learners.

    Raises:
      InputError: as `acquisition`.

    >>> float(reinforcement_variance(jax.random.key(0), 10, 5, 0.5, 1.0).mean)
    0.0
    """
    stimuli, outcomes, _ = schedule((num_trials, (A, outcome)))
    chance = jax.random.bernoulli(key, probability, (2, trials, TRIALS))
    strengths = condition(stimuli, chance * outcomes, rate, correction=correction)[..., -1, 0]
    return Estimate.of((strengths[0] - strengths[1]) ** 2 / 2)


@experiment()
def extinction(
    key: jax.Array,
    trials: int,
    num_trials: Numbers,
    rate: Numbers,
    *,
    initial: Numbers = 1.0,
    decay: Numbers = 1.0,
    correction: Numbers = 1.0,
) -> Estimate:
    """Strength left after trials without the outcome.

    Args:
      num_trials: whole number, at most 64.
      rate: of learning.
      initial: mean strength before.
      decay: factor on strengths at each trial.
      correction: 1 for the delta rule, 0 for Hebb.

    Returns:
      Estimate of the mean strength; a datum is a learner.

    Raises:
      InputError: as `acquisition`.

    >>> float(extinction(jax.random.key(0), 10, 1, 1.0).mean)
    0.0
    """
    stimuli, outcomes, takes_place = schedule((num_trials, (A, 0.0)))
    start = vary(key, trials, jnp.asarray(initial))[:, None] * jnp.array(A)
    strengths = condition(
        stimuli,
        jnp.broadcast_to(outcomes, (trials, TRIALS)),
        rate,
        initial=start,
        decay=jnp.where(takes_place, decay, 1.0),
        correction=correction,
    )
    return Estimate.of(strengths[:, -1, 0])


@experiment()
def generalisation(
    key: jax.Array,
    trials: int,
    num_trials: Numbers,
    rate: Numbers,
    overlap: Numbers,
    *,
    outcome: Numbers = 1.0,
    correction: Numbers = 1.0,
) -> Estimate:
    """Response to a stimulus never trained that overlaps with the one trained.

    Args: as `acquisition`, and
      overlap: of the two unit stimuli.

    Returns:
      Estimate of the mean response; a datum is a learner.

    Raises:
      InputError: as `acquisition`.

    >>> float(generalisation(jax.random.key(0), 10, 5, 0.5, 0.0).mean)
    0.0
    """
    phases = [(num_trials, (A, outcome))]
    strengths = played(key, trials, phases, rate, correction=correction)
    return Estimate.of(strengths @ jnp.stack([overlap, jnp.sqrt(1 - overlap**2)]))


@experiment()
def trace_conditioning(
    key: jax.Array,
    trials: int,
    num_trials: Numbers,
    rate: Numbers,
    interval: Numbers,
    persistence: Numbers,
    *,
    outcome: Numbers = 1.0,
    correction: Numbers = 1.0,
) -> Estimate:
    """Strength if the outcome comes some steps after the stimulus.

    Args: as `acquisition`, and
      interval: steps in between, a whole number.
      persistence: what is left of the eligibility after each step.

    Returns:
      Estimate of the mean strength; a datum is a learner.

    Raises:
      InputError: as `acquisition`.

    >>> float(trace_conditioning(jax.random.key(0), 10, 5, 0.5, 1, 0.0).mean)
    0.0
    """
    steps = jnp.asarray(interval, int)
    trace = jax.lax.fori_loop(0, steps, lambda _, trace: persistence * trace, jnp.ones(()))
    phases = [(num_trials, (A, outcome))]
    strengths = played(key, trials, phases, rate, trace=trace, correction=correction)
    return Estimate.of(strengths[:, 0])


@experiment()
def blocking(
    key: jax.Array,
    trials: int,
    num_first: Numbers,
    num_compound: Numbers,
    rate: Numbers,
    blocker_rate: Numbers,
    *,
    outcome: Numbers = 1.0,
    correction: Numbers = 1.0,
) -> Estimate:
    """Strength of B after A alone, then A and B together, were followed by the outcome.

    Args:
      num_first, num_compound: whole numbers, together at most 64.
      rate, blocker_rate: of learning, of B and A.
      outcome: its mean size.
      correction: 1 for the delta rule, 0 for Hebb.

    Returns:
      Estimate of the mean strength; a datum is a learner.

    Raises:
      InputError: as `acquisition`.

    >>> float(blocking(jax.random.key(0), 10, 5, 0, 0.5, 0.5).mean)
    0.0
    """
    phases = [(num_first, (A, outcome)), (num_compound, (AB, outcome))]
    rates = jnp.stack([blocker_rate, rate])
    return Estimate.of(played(key, trials, phases, rates, correction=correction)[:, 1])


@experiment()
def overshadowing(
    key: jax.Array,
    trials: int,
    num_trials: Numbers,
    rate: Numbers,
    other_rate: Numbers,
    *,
    outcome: Numbers = 1.0,
    correction: Numbers = 1.0,
) -> Estimate:
    """Strength of A after trials with A and B together.

    Args: as `acquisition`, and
      other_rate: of learning of B.

    Returns:
      Estimate of the mean strength; a datum is a learner.

    Raises:
      InputError: as `acquisition`.

    >>> float(overshadowing(jax.random.key(0), 10, 5, 0.0, 0.5).mean)
    0.0
    """
    rates = jnp.stack([rate, other_rate])
    phases = [(num_trials, (AB, outcome))]
    return Estimate.of(played(key, trials, phases, rates, correction=correction)[:, 0])


@experiment()
def overexpectation(
    key: jax.Array,
    trials: int,
    num_trials: Numbers,
    rate: Numbers,
    *,
    outcome: Numbers = 1.0,
    correction: Numbers = 1.0,
) -> Estimate:
    """Strength of each of two fully trained stimuli after trials with both and one outcome.

    Args: as `acquisition`.

    Returns:
      Estimate of the mean strength; a datum is a learner.

    Raises:
      InputError: as `acquisition`.

    >>> float(overexpectation(jax.random.key(0), 10, 0, 0.5).mean)
    1.0
    """
    phases = [(num_trials, (AB, outcome))]
    strengths = played(key, trials, phases, rate, initial=outcome, correction=correction)
    return Estimate.of(jnp.mean(strengths, -1))


@experiment()
def inhibition(
    key: jax.Array,
    trials: int,
    num_rounds: Numbers,
    rate: Numbers,
    *,
    outcome: Numbers = 1.0,
    correction: Numbers = 1.0,
) -> Estimate:
    """Strengths of A and B after rounds of A with the outcome, then A and B without it.

    Args:
      num_rounds: whole number, at most 32.
      rate: of learning, of both.
      outcome: its mean size.
      correction: 1 for the delta rule, 0 for Hebb.

    Returns:
      Estimate of the two mean strengths; a datum is a learner.

    Raises:
      InputError: as `acquisition`.

    >>> inhibition(jax.random.key(0), 10, 0, 0.5).mean.tolist()
    [0.0, 0.0]
    """
    phases = [(num_rounds, (A, outcome), (AB, 0.0))]
    return Estimate.of(played(key, trials, phases, rate, correction=correction))


@experiment()
def second_order(
    key: jax.Array,
    trials: int,
    num_rounds: Numbers,
    rate: Numbers,
    first_rate: Numbers,
    *,
    discount: Numbers = 1.0,
    initial: Numbers = 1.0,
) -> Estimate:
    """Strength of B that is followed by A, while A, trained before, is extinguished.

    Args:
      num_rounds: whole number, at most 32: B followed by A, then A followed by nothing.
      rate, first_rate: of learning, of B and A.
      discount: of the strength of A as an outcome.
      initial: mean strength of A before.

    Returns:
      Estimate of the mean strength; a datum is a learner.

    Raises:
      InputError: as `acquisition`.

    >>> float(second_order(jax.random.key(0), 10, 5, 0.0, 0.5).mean)
    0.0
    """
    stimuli, outcomes, _ = schedule((num_rounds, (B, 0.0), (A, 0.0)))
    start = vary(key, trials, jnp.asarray(initial))[:, None] * jnp.array(A)
    strengths = condition(
        stimuli,
        jnp.broadcast_to(outcomes, (trials, TRIALS)),
        jnp.stack([first_rate, rate]),
        initial=start,
        followers=discount * stimuli[:, 1:] * jnp.array(A),  # B is followed by A
    )
    return Estimate.of(strengths[:, -1, 1])


@experiment()
def latent_inhibition(
    key: jax.Array,
    trials: int,
    num_exposures: Numbers,
    associability: Numbers,
    adaptation: Numbers,
    *,
    outcome: Numbers = 1.0,
) -> Estimate:
    """Strength after the first outcome, of a stimulus shown before without one.

    Args:
      num_exposures: whole number, at most 63.
      associability: rate of learning at the start.
      adaptation: share by which the rate moves to the size of the error.
      outcome: its mean size.

    Returns:
      Estimate of the mean strength; a datum is a learner.

    Raises:
      InputError: as `acquisition`.

    >>> float(latent_inhibition(jax.random.key(0), 10, 5, 0.5, 1.0).mean)
    0.0
    """
    phases = [(num_exposures, (A, 0.0)), (1, (A, outcome))]
    strengths = played(key, trials, phases, associability, adaptation=adaptation)
    return Estimate.of(strengths[:, 0])


@experiment()
def kalman_acquisition(
    key: jax.Array,
    trials: int,
    num_trials: Numbers,
    num_exposures: Numbers,
    noise_ratio: Numbers,
    *,
    outcome: Numbers = 1.0,
) -> Estimate:
    """Posterior mean strength of a stimulus first shown without the outcome, then with it.

    Args:
      num_trials, num_exposures: whole numbers, together at most 64.
      noise_ratio: variance of an outcome over that of the strength beforehand.
      outcome: its mean size.

    Returns:
      Estimate of its mean; a datum is a learner.

    Raises:
      InputError: as `acquisition`.

    >>> float(kalman_acquisition(jax.random.key(0), 10, 0, 5, 1.0).mean)
    0.0
    """
    stimuli, outcomes, _ = schedule((num_exposures, (A, 0.0)), (num_trials, (A, outcome)))
    means = condition_by_uncertainty(stimuli, vary(key, trials, outcomes), 1.0, noise_ratio)
    return Estimate.of(means[:, -1, 0])
