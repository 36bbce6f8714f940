"""Prompts on a stream whose success rate drifts, followed by counts or by a filter."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import (
    InputError,
    concrete,
    require_nonnegative,
    require_positive,
    require_probability,
    require_whole,
)
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation

FEWEST, MOST = 64, 2**14  # visits that are forgotten, and then as many that are looked at


def require_stream(*, persistence, variance, mean, rollouts):
    """Raise InputError unless the success rates can be drawn."""
    require_probability(persistence=persistence, mean=mean)
    require_positive(variance=variance)
    require_whole(1, rollouts=rollouts)
    spread, centre = concrete(variance), concrete(mean)
    if spread is not None and centre is not None and np.any(spread >= centre * (1 - centre)):
        raise InputError(f"variance must be below mean (1 - mean), got {np.max(spread):g}")


def _visits(memory, left):
    """Visits until what was there at first has shrunk to that; a power of two."""
    if memory >= 1:
        raise InputError("what is never forgotten cannot be played: a memory must be below 1")
    needed = np.log(left) / np.log(memory) if memory > 0 else 1.0
    visits = max(FEWEST, 2 ** int(np.ceil(np.log2(max(needed, 1.0)))))
    if visits > MOST:
        raise InputError(f"a memory of {memory:g} would need more than {MOST} visits")
    return visits


def _follow(key, trials, stream, visits, start, step):
    """Mean over visits of the squared errors of an estimate: one for every stream.

    `step(state, shown, success rate)` gives the state after a visit and an error; `shown` is the
    share of successes.
    """
    persistence, variance, mean, rollouts = stream
    strength = mean * (1 - mean) / variance - 1
    a, b = mean * strength, (1 - mean) * strength

    # one loop for the visits forgotten and those counted, the first rate drawn in it as well: each
    # place of a draw takes seconds to compile
    number = np.arange(2 * visits)

    def visit(state, visit):
        key, first, counted = visit
        rate, state, total = state
        of_change, of_rate, of_rollouts = jax.random.split(key, 3)
        anew = first | (jax.random.uniform(of_change, (trials,)) >= persistence)
        rate = jnp.where(anew, jax.random.beta(of_rate, a, b, (trials,), float), rate)
        shown = jax.random.binomial(of_rollouts, rollouts, rate, dtype=float) / rollouts
        state, error = step(state, shown, rate)
        return (rate, state, total + jnp.where(counted, error**2, 0.0)), None

    nothing = jnp.zeros(trials)
    keys = jax.random.split(key, 2 * visits)
    each = keys, number == 0, number >= visits
    return lax.scan(visit, (nothing, start, nothing), each)[0][2] / visits


def require_tracking(*, discount, prior_strength=0.0, prior_mean=0.5, when="before", **stream):
    """Raise InputError unless counts can follow the stream."""
    require_stream(**stream)
    require_probability(discount=discount, prior_mean=prior_mean)
    require_nonnegative(prior_strength=prior_strength)


@simulation(
    chunk=512,
    sizes={"visits": lambda discount, **_: _visits(discount, 1e-3)},
    validate=require_tracking,
)
def difficulty_tracking_error(
    key: jax.Array,
    trials: int,
    discount: Numbers,
    persistence: Numbers,
    variance: Numbers,
    mean: Numbers,
    rollouts: Numbers,
    visits: Numbers,
    prior_strength: Numbers = 0.0,
    prior_mean: Numbers = 0.5,
    when: Literal["before", "after"] = "before",
) -> Estimate:
    """Squared error of alpha / (alpha + beta), the rate drawn anew with chance 1 - persistence.

    Rates follow a Beta law. The counts start as if the mean rate had been seen forever.

    Args:
      discount: of the counts at a visit, below 1.
      persistence, variance, mean: of the success rate, 0 < variance < mean (1 - mean).
      rollouts: a visit; a whole number.
      prior_strength, prior_mean: of the counts.
      when: whether the estimate is that before or after the rollouts of a visit.

    Returns:
      Estimate of the mean; a datum is a stream of many visits.

    Raises:
      InputError: a rate that cannot be drawn, or a discount too near 1.

    Source: docs/repeated_sampling.md.

    >>> found = difficulty_tracking_error(jax.random.key(0), 2**10, 0.8, 0.95, 1 / 12, 0.5, 8, 2.0)
    >>> bool(abs(found.mean - 0.0214) < 0.002)
    True
    """
    endless = rollouts / (1 - discount)  # rollouts that the counts remember
    alpha = prior_strength * prior_mean + endless * mean
    beta = prior_strength * (1 - prior_mean) + endless * (1 - mean)
    start = jnp.full(trials, alpha), jnp.full(trials, beta)

    def step(counts, shown, rate):
        alpha, beta = counts
        before = alpha / (alpha + beta)
        fresh = (1 - discount) * prior_strength
        alpha = discount * alpha + fresh * prior_mean + rollouts * shown
        beta = discount * beta + fresh * (1 - prior_mean) + rollouts * (1 - shown)
        estimate = before if when == "before" else alpha / (alpha + beta)
        return (alpha, beta), estimate - rate

    stream = persistence, variance, mean, rollouts
    return Estimate.of(_follow(key, trials, stream, visits, start, step))


@simulation(
    chunk=512,
    sizes={"visits": lambda persistence, **_: _visits(persistence, 1e-2)},
    validate=require_stream,
)
def best_linear_error(
    key: jax.Array,
    trials: int,
    persistence: Numbers,
    variance: Numbers,
    mean: Numbers,
    rollouts: Numbers,
    visits: Numbers,
) -> Estimate:
    """Squared error of a Kalman filter's prediction, its gains computed visit by visit.

    Args:
      persistence, variance, mean: of the success rate, 0 < variance < mean (1 - mean).
      rollouts: a visit; a whole number.

    Returns:
      Estimate of the mean; a datum is a stream of many visits.

    Raises:
      InputError: a rate that cannot be drawn, or a persistence too near 1.

    Source: docs/repeated_sampling.md.

    >>> found = best_linear_error(jax.random.key(0), 2**10, 0.95, 1 / 12, 0.5, 8)
    >>> bool(abs(found.mean - 0.0164) < 0.001)
    True
    """
    noise = (mean * (1 - mean) - variance) / rollouts
    start = jnp.full(trials, mean), jnp.full(trials, variance)

    def step(state, shown, rate):
        predicted, doubt = state
        gain = doubt / (doubt + noise)
        seen = predicted + gain * (shown - predicted)
        doubt = persistence**2 * (1 - gain) * doubt + (1 - persistence**2) * variance
        return (mean + persistence * (seen - mean), doubt), predicted - rate

    stream = persistence, variance, mean, rollouts
    return Estimate.of(_follow(key, trials, stream, visits, start, step))
