"""Weights that follow a teacher, example by example."""

from __future__ import annotations

import jax
import jax.numpy as jnp
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
from jtts.sizes import power_of_two

LAST = 64  # steps over which the settled distance is averaged: one datum
FORGOTTEN = 1e-6


def require_tracking(*, step_size, dim, persistence=0.0, num_steps=0, **variances):
    """Raise InputError unless such a teacher can be followed with a mean that exists."""
    require_positive(step_size=step_size)
    require_whole(1, dim=dim)
    require_whole(0, num_steps=num_steps)
    require_nonnegative(**variances)
    require_probability(persistence=persistence)
    steps, dims = concrete(step_size), concrete(dim)
    if steps is not None and dims is not None and not (steps * (dims + 2) < 2).all():
        raise InputError(f"step_size must be below 2 / (dim + 2), got {steps.max():g}")


def _most(dim, **_):
    return power_of_two(int(max(jnp.max(jnp.asarray(dim)), 1)))  # type: ignore[call-overload]


def _follow(key, trials, step_size, dim, noise_var, most, drift, state, steps, last):
    """Mean squared distance over the last steps; `drift(key, teacher)` moves the teacher."""
    there = jnp.arange(most) < dim

    def step(t, carried):
        teacher, weights, total = carried
        x_key, noise_key, drift_key = jax.random.split(jax.random.fold_in(key, t), 3)
        x = jnp.where(there, jax.random.normal(x_key, (trials, most), float), 0.0)
        noise = jnp.sqrt(noise_var) * jax.random.normal(noise_key, (trials,), float)
        miss = jnp.sum(x * (teacher - weights), -1) + noise
        weights = weights + step_size * miss[:, None] * x
        teacher = jnp.where(there, drift(drift_key, teacher), 0.0)
        distance = jnp.sum((teacher - weights) ** 2, -1)
        return teacher, weights, total + jnp.where(t >= steps - last, distance, 0.0)

    begun = (*(jnp.where(there, x, 0.0) for x in state), jnp.zeros(trials))
    return lax.fori_loop(0, jnp.asarray(steps, int), step, begun)[2] / last


def _settled(key, trials, step_size, dim, noise_var, most, drift, teacher):
    """Where the start is forgotten: distances fall like 1 - mu, squares like the square of it."""
    rate = jnp.minimum(step_size, step_size * (2 - (dim + 2) * step_size))
    steps = jnp.ceil(-jnp.log(FORGOTTEN) / rate) + LAST
    state = teacher, jnp.zeros((trials, most))
    found = _follow(key, trials, step_size, dim, noise_var, most, drift, state, steps, LAST)
    return Estimate.of(found)


def _walk(drift_var):
    def drift(key, teacher):
        return teacher + jnp.sqrt(drift_var) * jax.random.normal(key, teacher.shape, float)

    return drift


def _chunk(most, **_):
    return max(2**14 // most, 1)


@simulation(chunk=_chunk, sizes={"most": _most}, validate=require_tracking)
def tracking_error(
    key: jax.Array,
    trials: int,
    step_size: Numbers,
    dim: Numbers,
    noise_var: Numbers,
    drift_var: Numbers,
    most: Numbers,
) -> Estimate:
    """Follow a teacher that walks at random until the start is forgotten; how far off are we?

    Args:
      step_size: of a gradient step, below 2/(dim + 2).
      dim: number of weights, whole.
      noise_var: variance of the noise of a label.
      drift_var: variance of a weight's move in a step.

    Returns:
      Estimate of the squared distance; a datum is the mean over the last 64 steps of a run.

    Raises:
      InputError: an argument out of its range.

    >>> found = tracking_error(jax.random.key(0), 2**13, 0.1, 4, 1.0, 0.01)
    >>> bool(abs(found.mean - 0.571) < 0.03)
    True
    """
    teacher = jnp.zeros((trials, most))
    return _settled(key, trials, step_size, dim, noise_var, most, _walk(drift_var), teacher)


@simulation(chunk=_chunk, sizes={"most": _most}, validate=require_tracking)
def tracking_error_transient(
    key: jax.Array,
    trials: int,
    num_steps: Numbers,
    start: Numbers,
    step_size: Numbers,
    dim: Numbers,
    noise_var: Numbers,
    drift_var: Numbers,
    most: Numbers,
) -> Estimate:
    """Follow a teacher for some steps from a given distance.

    Args:
      num_steps: whole number of steps.
      start: squared distance at the start.
      step_size: of a gradient step, below 2/(dim + 2).
      dim: number of weights, whole.
      noise_var: variance of the noise of a label.
      drift_var: variance of a weight's move in a step.

    Returns:
      Estimate of the squared distance; a datum is a run.

    Raises:
      InputError: an argument out of its range.

    >>> found = tracking_error_transient(jax.random.key(0), 2**14, 12, 0.0, 0.1, 4, 1.0, 0.01)
    >>> bool(abs(found.mean - 0.478) < 0.03)
    True
    """
    teacher = jnp.zeros((trials, most)).at[:, 0].set(jnp.sqrt(start))
    state = teacher, jnp.zeros((trials, most))
    steps = jnp.asarray(num_steps, int)
    found = _follow(key, trials, step_size, dim, noise_var, most, _walk(drift_var), state, steps, 1)
    return Estimate.of(jnp.where(steps > 0, found, start))


@simulation(chunk=_chunk, sizes={"most": _most}, validate=require_tracking)
def tracking_error_ar1(
    key: jax.Array,
    trials: int,
    step_size: Numbers,
    dim: Numbers,
    noise_var: Numbers,
    persistence: Numbers,
    most: Numbers,
) -> Estimate:
    """The same for a teacher that forgets, with weights of variance 1.

    Args:
      step_size: of a gradient step, below 2/(dim + 2).
      dim: number of weights, whole.
      noise_var: variance of the noise of a label.
      persistence: share of the teacher's weights that a step keeps.

    Returns:
      Estimate of the squared distance; a datum is the mean over the last 64 steps of a run.

    Raises:
      InputError: an argument out of its range.

    >>> found = tracking_error_ar1(jax.random.key(0), 2**13, 0.1, 4, 1.0, 0.98)
    >>> bool(abs(found.mean - 1.254) < 0.06)
    True
    """
    begin_key, run_key = jax.random.split(key)

    def drift(key, teacher):
        fresh = jax.random.normal(key, teacher.shape, float)
        return persistence * teacher + jnp.sqrt(1 - persistence**2) * fresh

    teacher = jax.random.normal(begin_key, (trials, most), float)
    return _settled(run_key, trials, step_size, dim, noise_var, most, drift, teacher)


@simulation(chunk=_chunk, sizes={"most": _most}, validate=require_tracking)
def tracking_error_linear(
    key: jax.Array,
    trials: int,
    step_size: Numbers,
    dim: Numbers,
    noise_var: Numbers,
    drift_speed_squared: Numbers,
    most: Numbers,
) -> Estimate:
    """The same for a teacher that moves by one vector at every step.

    Args:
      step_size: of a gradient step, below 2/(dim + 2).
      dim: number of weights, whole.
      noise_var: variance of the noise of a label.
      drift_speed_squared: squared length of the vector.

    Returns:
      Estimate of the squared distance; a datum is the mean over the last 64 steps of a run.

    Raises:
      InputError: an argument out of its range.

    >>> found = tracking_error_linear(jax.random.key(0), 2**13, 0.1, 4, 1.0, 0.01)
    >>> bool(abs(found.mean - 1.643) < 0.08)
    True
    """

    def drift(_, teacher):
        return teacher.at[:, 0].add(jnp.sqrt(drift_speed_squared))

    teacher = jnp.zeros((trials, most))
    return _settled(key, trials, step_size, dim, noise_var, most, drift, teacher)
