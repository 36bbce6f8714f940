"""Conversations that drift, turn by turn, with reminders."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import (
    InputError,
    concrete,
    require_finite,
    require_nonnegative,
    require_probability,
    require_whole,
)
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation

CHUNK = 2**11
FORGOTTEN = 1e-8  # share of the start that may be left


def require_drift(*, persistence, push, noise_var, strength, period=1, rate=0.0):
    """Raise InputError unless such a conversation can be played until it has settled."""
    require_finite(push=push)
    require_nonnegative(noise_var=noise_var)
    require_probability(persistence=persistence, strength=strength, rate=rate)
    require_whole(1, period=period)
    known = concrete(persistence)
    if known is not None and not (known <= 0.999).all():
        raise InputError(f"persistence must be at most 0.999 to be played, got {known.max():g}")


def _turns(persistence):
    """Turns after which the start is forgotten."""
    return jnp.ceil(jnp.log(FORGOTTEN) / jnp.log(jnp.maximum(persistence, 1e-3)))


def _turn(key, drift, persistence, push, noise_var):
    noise = jax.random.normal(key, drift.shape, float)
    return persistence * drift + push + jnp.sqrt(noise_var) * noise


def _periodic(key, trials, persistence, push, noise_var, strength, period):
    """Drift at the end of a settled stretch, and its mean over the turns of that stretch."""
    turns = jnp.ceil(_turns(persistence) / period) * period

    def turn(j, state):
        drift, total = state
        first = j % period == 0
        drift = jnp.where(first, (1 - strength) * drift, drift)
        drift = _turn(jax.random.fold_in(key, j), drift, persistence, push, noise_var)
        return drift, jnp.where(first, 0.0, total) + drift

    begun = jnp.zeros(trials), jnp.zeros(trials)
    drift, total = lax.fori_loop(0, jnp.asarray(turns, int), turn, begun)
    return drift, total / period


def _random(key, trials, persistence, push, noise_var, strength, rate):
    """Drift after so many turns that it has settled."""

    def turn(j, drift):
        own, noise = jax.random.split(jax.random.fold_in(key, j))
        reminded = jax.random.uniform(own, (trials,), float) < rate
        drift = jnp.where(reminded, (1 - strength) * drift, drift)
        return _turn(noise, drift, persistence, push, noise_var)

    return lax.fori_loop(0, jnp.asarray(_turns(persistence), int), turn, jnp.zeros(trials))


def _variance(play, key, trials):
    """From pairs of conversations: half the squared difference."""
    one, other = (play(own, trials) for own in jax.random.split(key))
    return Estimate.of((one - other) ** 2 / 2)


@simulation(chunk=CHUNK, validate=require_drift)
def drift_before_reminder(
    key: jax.Array,
    trials: int,
    persistence: Numbers,
    push: Numbers,
    noise_var: Numbers,
    strength: Numbers,
    period: Numbers,
) -> Estimate:
    """Converse until the start is forgotten; how far is it off before the next reminder?

    Args:
      persistence: share of the drift that a turn carries on, at most 0.999.
      push, noise_var: mean and variance of what a turn adds.
      strength: share of the drift that a reminder takes away.
      period: turns from reminder to reminder.

    Returns:
      Estimate of the mean drift; a datum is a conversation.

    Raises:
      InputError: an argument out of its range.

    >>> found = drift_before_reminder(jax.random.key(0), 2**13, 0.8, 0.1, 0.04, 0.7, 5)
    >>> bool(abs(found.mean - 0.3728) < 0.02)
    True
    """
    given = persistence, push, noise_var, strength, period
    return Estimate.of(_periodic(key, trials, *given)[0])


@simulation(chunk=CHUNK, validate=require_drift)
def drift_variance_before_reminder(
    key: jax.Array,
    trials: int,
    persistence: Numbers,
    push: Numbers,
    noise_var: Numbers,
    strength: Numbers,
    period: Numbers,
) -> Estimate:
    """Variance of the same, over pairs of conversations.

    Args:
      persistence: share of the drift that a turn carries on, at most 0.999.
      push, noise_var: mean and variance of what a turn adds.
      strength: share of the drift that a reminder takes away.
      period: turns from reminder to reminder.

    Returns:
      Estimate of the variance; a datum is a pair.

    Raises:
      InputError: an argument out of its range.

    >>> found = drift_variance_before_reminder(jax.random.key(0), 2**13, 0.8, 0.1, 0.04, 0.7, 5)
    >>> bool(abs(found.mean - 0.1001) < 0.01)
    True
    """
    given = persistence, push, noise_var, strength, period
    return _variance(lambda own, count: _periodic(own, count, *given)[0], key, trials)


@simulation(chunk=CHUNK, validate=require_drift)
def mean_drift_periodic(
    key: jax.Array,
    trials: int,
    persistence: Numbers,
    push: Numbers,
    noise_var: Numbers,
    strength: Numbers,
    period: Numbers,
) -> Estimate:
    """Mean drift over the turns of a settled stretch.

    Args:
      persistence: share of the drift that a turn carries on, at most 0.999.
      push, noise_var: mean and variance of what a turn adds.
      strength: share of the drift that a reminder takes away.
      period: turns from reminder to reminder.

    Returns:
      Estimate of the mean; a datum is a conversation.

    Raises:
      InputError: an argument out of its range.

    >>> found = mean_drift_periodic(jax.random.key(0), 2**13, 0.8, 0.1, 0.04, 0.7, 5)
    >>> bool(abs(found.mean - 0.2912) < 0.015)
    True
    """
    given = persistence, push, noise_var, strength, period
    return Estimate.of(_periodic(key, trials, *given)[1])


@simulation(chunk=CHUNK, validate=require_drift)
def mean_drift_random(
    key: jax.Array,
    trials: int,
    persistence: Numbers,
    push: Numbers,
    noise_var: Numbers,
    strength: Numbers,
    rate: Numbers,
) -> Estimate:
    """Converse with reminders that come at random; how far is it off in the long run?

    Args:
      persistence: share of the drift that a turn carries on, at most 0.999.
      push, noise_var: mean and variance of what a turn adds.
      strength: share of the drift that a reminder takes away.
      rate: chance of a reminder before a turn.

    Returns:
      Estimate of the mean drift; a datum is a conversation.

    Raises:
      InputError: an argument out of its range.

    >>> found = mean_drift_random(jax.random.key(0), 2**13, 0.8, 0.1, 0.04, 0.7, 0.25)
    >>> bool(abs(found.mean - 0.2941) < 0.02)
    True
    """
    return Estimate.of(_random(key, trials, persistence, push, noise_var, strength, rate))


@simulation(chunk=CHUNK, validate=require_drift)
def drift_variance_random(
    key: jax.Array,
    trials: int,
    persistence: Numbers,
    push: Numbers,
    noise_var: Numbers,
    strength: Numbers,
    rate: Numbers,
) -> Estimate:
    """Variance of the same, over pairs of conversations.

    Args:
      persistence: share of the drift that a turn carries on, at most 0.999.
      push, noise_var: mean and variance of what a turn adds.
      strength: share of the drift that a reminder takes away.
      rate: chance of a reminder before a turn.

    Returns:
      Estimate of the variance; a datum is a pair.

    Raises:
      InputError: an argument out of its range.

    >>> found = drift_variance_random(jax.random.key(0), 2**13, 0.8, 0.1, 0.04, 0.7, 0.25)
    >>> bool(abs(found.mean - 0.0892) < 0.01)
    True
    """
    given = persistence, push, noise_var, strength, rate
    return _variance(lambda own, count: _random(own, count, *given), key, trials)
