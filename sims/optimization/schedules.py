"""One mode under gradient descent, step by step."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import (
    InputError,
    require_finite,
    require_nonnegative,
    require_positive,
    require_probability,
    require_whole,
)
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation

CHUNK = 2**12


def require_schedule(*, schedule, step, steps, curvature, start, noise, tail=0.2):
    """Raise InputError unless so many steps can be taken."""
    if schedule not in ("constant", "linear", "cosine", "wsd"):
        raise InputError(f"schedule must be one of constant, linear, cosine, wsd, got {schedule!r}")
    require_whole(1, steps=steps)
    require_finite(step=step, curvature=curvature)
    require_nonnegative(start=start, noise=noise)
    require_probability(tail=tail)
    require_positive(tail=tail)


def learning_rate(schedule, t, step, steps, tail):
    """The step at time t of a schedule."""
    if schedule == "constant":
        return step
    if schedule == "linear":
        return step * (1 - t / steps)
    if schedule == "cosine":
        return step / 2 * (1 + jnp.cos(jnp.pi * t / steps))
    begins = (1 - tail) * steps
    return jnp.where(t <= begins, step, step * (steps - t) / (steps - begins))


@simulation(chunk=CHUNK, validate=require_schedule)
def mode_risk(
    key: jax.Array,
    trials: int,
    schedule: Literal["constant", "linear", "cosine", "wsd"],
    step: Numbers,
    steps: Numbers,
    curvature: Numbers,
    start: Numbers,
    noise: Numbers,
    tail: Numbers = 0.2,
) -> Estimate:
    """Descend with noisy gradients; how far off, squared, is the mode at the end?

    Args:
      schedule: constant, linear, cosine or wsd.
      step: step at the start.
      steps: number of steps.
      curvature: of the loss; the gradient is the curvature times x, plus noise.
      start: squared distance at the start.
      noise: variance of the noise of a gradient.
      tail: share of the steps over which wsd decays.

    Returns:
      Estimate of the mean square; a datum is a descent.

    Raises:
      InputError: an unknown schedule, or a number out of its range.

    >>> found = mode_risk(jax.random.key(0), 2**13, "linear", 0.1, 200, 1.0, 0.0, 1.0)
    >>> bool(abs(found.mean - 0.01) < 0.001)
    True
    """

    def descend(t, x):
        gradient = curvature * x
        gradient += jnp.sqrt(noise) * jax.random.normal(jax.random.fold_in(key, t), x.shape, float)
        return x - learning_rate(schedule, t, step, steps, tail) * gradient

    begun = jnp.full(trials, jnp.sqrt(start))
    return Estimate.of(lax.fori_loop(0, jnp.asarray(steps, int), descend, begun) ** 2)
