"""Conditioning: a learner of associative strengths goes through trials with stimuli and outcomes.

A trial shows a stimulus, a vector of features x, and ends with an outcome. The response is V.x; the
strengths V take V <- decay (V - correction rate x (V.x)) + rate e target, e being the eligibility.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import (
    InputError,
    require_broadcast,
    require_finite,
    require_nonnegative,
    require_numbers,
    require_positive,
)
from jtts.associative_memory.sequences import require_rows


def condition(
    stimuli: jax.Array,
    outcomes: jax.Array,
    rates: Any,
    *,
    initial: Any = 0.0,
    correction: Any = 1.0,
    decay: Any = 1.0,
    adaptation: Any = 0.0,
    trace: Any = 1.0,
    followers: jax.Array | None = None,
) -> jax.Array:
    """Associative strengths after every trial.

    The error of a trial is outcome + V.follower - correction V.x, and V grows by
    trace rate x error. After it the rates of the features shown move towards the size of the error.

    Args:
      stimuli: x, [..., trials, features].
      outcomes: [..., trials].
      rates: learning rates of the features, broadcasts to [..., features].
      initial: strengths before the first trial, broadcasts to [..., features].
      correction: 1 learns from errors (Rescorla and Wagner), 0 from outcomes alone (Hebb).
      decay: factor on the strengths at each trial, broadcasts to [..., trials].
      adaptation: share by which a rate moves in a trial (Pearce and Hall).
      trace: what is left of the stimulus's eligibility when the outcome comes.
      followers: stimuli, [..., trials, features], whose own strength, discounted, is added to the
        outcome; None for none.

    Returns:
      [..., trials, features].

    Raises:
      InputError: shapes that do not fit, or a number that is not finite.

    >>> print(condition(jnp.ones((3, 1)), jnp.ones(3), 0.5).ravel())
    [0.5   0.75  0.875]
    """
    require_numbers(stimuli=stimuli, outcomes=outcomes)
    require_finite(rates=rates, initial=initial, correction=correction, decay=decay)
    require_finite(adaptation=adaptation, trace=trace)
    stimuli, outcomes = jnp.asarray(stimuli), jnp.asarray(outcomes)
    require_rows("stimuli", stimuli, ("trials", "features"))
    _require_trials(stimuli, outcomes)
    for name, value in (("rates", rates), ("initial", initial)):
        require_broadcast(**{name: np.shape(value)[-1:], "features": stimuli.shape[-1:]})
    lead = jnp.broadcast_shapes(stimuli.shape[:-2], outcomes.shape[:-1])
    trials, features = stimuli.shape[-2:]
    followers = jnp.zeros_like(stimuli) if followers is None else followers
    dtype = jnp.result_type(stimuli, outcomes, float)

    def broadcast(array, *own):
        return jnp.broadcast_to(jnp.asarray(array, dtype), (*lead, *own))

    def along(array, *own):
        return jnp.moveaxis(broadcast(array, trials, *own), len(lead), 0)

    def trial(state, now):
        strengths, rates = state
        shown, following, outcome, decay = now
        target = outcome + jnp.sum(strengths * following, -1)
        error = target - correction * jnp.sum(strengths * shown, -1)
        kept = strengths * decay[..., None]
        corrected = target - decay * (target - error)
        grown = kept + trace * rates * shown * corrected[..., None]
        present = shown != 0
        moved = rates + adaptation * (jnp.abs(error)[..., None] - rates)
        return (grown, jnp.where(present, moved, rates)), grown

    start = broadcast(initial, features), broadcast(rates, features)
    trials_seen = (
        along(stimuli, features),
        along(followers, features),
        along(outcomes),
        along(decay),
    )
    return jnp.moveaxis(lax.scan(trial, start, trials_seen)[1], 0, len(lead))


def condition_by_uncertainty(
    stimuli: jax.Array, outcomes: jax.Array, prior_var: Any, noise_var: Any
) -> jax.Array:
    """Posterior mean strengths after every trial of a Kalman filter.

    Args:
      stimuli: x, [trials, features].
      outcomes: [..., trials], taken as V.x plus noise.
      prior_var: variance of each strength before the first trial; >= 0.
      noise_var: of an outcome; > 0.

    Returns:
      [..., trials, features].

    Raises:
      InputError: shapes that do not fit, or a variance outside its range.

    >>> print(condition_by_uncertainty(jnp.ones((3, 1)), jnp.ones(3), 1.0, 1.0).ravel())
    [0.5        0.66666667 0.75      ]
    """
    require_nonnegative(prior_var=prior_var)
    require_positive(noise_var=noise_var)
    require_numbers(stimuli=stimuli, outcomes=outcomes)
    stimuli, outcomes = jnp.asarray(stimuli), jnp.asarray(outcomes)
    require_rows("stimuli", stimuli, ("trials", "features"))
    _require_trials(stimuli, outcomes)
    features = stimuli.shape[-1]
    dtype = jnp.result_type(stimuli, outcomes, float)

    def trial(state, now):
        mean, root = state
        shown, outcome = now
        reach = shown @ root
        square = reach @ reach
        certainty = noise_var / (square + noise_var)
        gain = root @ reach / (square + noise_var)
        mean = mean + (outcome - mean @ shown)[..., None] * gain
        return (mean, _shrink(root, reach, square, jnp.sqrt(certainty))), mean

    start = (
        jnp.zeros((*outcomes.shape[:-1], features), dtype),
        jnp.sqrt(jnp.asarray(prior_var, dtype)) * jnp.eye(features, dtype=dtype),
    )
    noise_var = jnp.asarray(noise_var, dtype)
    seen = stimuli.astype(dtype), jnp.moveaxis(outcomes, -1, 0).astype(dtype)
    return jnp.moveaxis(lax.scan(trial, start, seen)[1], 0, -2)


def _shrink(root, reach, square, factor):
    """The root of a covariance whose part along `reach`, of that square, shrinks by the factor.

    A reflection turns `reach` into the first column. Subtracted from the covariance itself, what is
    left of a variance would be lost where the noise is below rounding.
    """
    some = square > 0
    length = jnp.sqrt(jnp.where(some, square, 1.0))
    first = jnp.where(reach[0] < 0, -length, length)
    mirror = reach.at[0].add(first)
    turned = root - jnp.outer(root @ mirror, mirror) / (first * mirror[0])
    return jnp.where(some, turned.at[:, 0].multiply(factor), root)


def _require_trials(stimuli: jax.Array, outcomes: jax.Array) -> None:
    trials = stimuli.shape[-2]
    if outcomes.ndim == 0 or outcomes.shape[-1] != trials:
        raise InputError(f"outcomes must be [..., {trials}], got shape {outcomes.shape}")
