"""A layer that reads a context and takes a gradient step on it."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import require_finite, require_nonnegative, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation
from jtts.sizes import power_of_two


def require_training(
    *, step_size, num_training, dim, noise_var, num_examples=1, pretrained_gain=0.0, start_error=0.0
):
    """Raise InputError unless so many pairs can be drawn and trained on."""
    require_whole(1, num_training=num_training, num_examples=num_examples, dim=dim)
    require_nonnegative(noise_var=noise_var, start_error=start_error)
    require_finite(step_size=step_size, pretrained_gain=pretrained_gain)


def _largest(*values):
    return power_of_two(int(max(np.max(value) for value in values)))


SIZES: dict[str, Callable[..., int]] = {
    "most": lambda num_training, num_examples=1, **_: _largest(num_training, num_examples),
    "width": lambda dim, **_: _largest(dim),
}


def _chunk(most, width, **_):
    return max(2**17 // (most * width), 1)


def _pairs(key, task, count, dim, noise_var, most):
    """Inputs and labels of the task; what is beyond count and dim is 0."""
    trials, width = task.shape
    x_key, noise_key = jax.random.split(key)
    x = jax.random.normal(x_key, (trials, most, width), float)
    x = jnp.where((jnp.arange(most) < count)[:, None] & (jnp.arange(width) < dim), x, 0.0)
    noise = jnp.sqrt(noise_var) * jax.random.normal(noise_key, (trials, most), float)
    noise = jnp.where(jnp.arange(most) < count, noise, 0.0)
    return x, jnp.sum(x * task[:, None], -1) + noise


def _context(*args):
    """X'y over the number of pairs."""
    x, y = _pairs(*args)
    return jnp.sum(x * y[..., None], 1) / args[2]


@simulation(chunk=_chunk, sizes=SIZES, validate=require_training)
def test_time_training_error(
    key: jax.Array,
    trials: int,
    step_size: Numbers,
    num_examples: Numbers,
    num_training: Numbers,
    dim: Numbers,
    noise_var: Numbers,
    pretrained_gain: Numbers,
    most: Numbers,
    width: Numbers,
) -> Estimate:
    """Read a context, take a gradient step on further pairs, answer from a fresh context.

    Args:
      step_size: of the gradient step.
      num_examples, num_training, dim: whole numbers.
      noise_var: variance of the noise of a label.
      pretrained_gain: the layer is this times the identity before the step.

    Returns:
      Estimate of the squared error per dimension; a datum is a task.

    Raises:
      InputError: an argument out of its range.

    >>> key = jax.random.key(0)
    >>> found = test_time_training_error(key, 2**14, 0.054, 16, 12, 8, 0.25, 0.0)
    >>> bool(abs(found.mean - 0.5653) < 0.03)
    True
    """
    first, second, third = jax.random.split(key, 3)
    task = jnp.where(jnp.arange(width) < dim, jnp.ones((trials, width)), 0.0)
    seen = _context(first, task, num_examples, dim, noise_var, most)
    x, y = _pairs(second, task, num_training, dim, noise_var, most)
    missed = y - jnp.sum(x * (pretrained_gain * seen)[:, None], -1)
    change = step_size / num_training * jnp.sum(x * missed[..., None], 1)
    fresh = _context(third, task, num_examples, dim, noise_var, most)
    # the step adds change seen' to the layer
    read = pretrained_gain * fresh + change * jnp.sum(seen * fresh, -1, keepdims=True)
    return Estimate.of(jnp.sum((read - task) ** 2, -1) / dim)


@simulation(chunk=_chunk, sizes=SIZES, validate=require_training)
def same_prompt_training_error(
    key: jax.Array,
    trials: int,
    step_size: Numbers,
    num_training: Numbers,
    dim: Numbers,
    noise_var: Numbers,
    start_error: Numbers,
    most: Numbers,
    width: Numbers,
) -> Estimate:
    """Step on fresh pairs, answer with the context that was trained on.

    Args:
      step_size: of the gradient step, in units of one over the squared length of the context.
      num_training, dim: whole numbers.
      noise_var: variance of the noise of a label.
      start_error: squared distance of what the layer reads at first.

    Returns:
      Estimate of the squared distance after the step; a datum is a task.

    Raises:
      InputError: an argument out of its range.

    >>> found = same_prompt_training_error(jax.random.key(0), 2**14, 0.5, 12, 8, 0.25, 2.0)
    >>> bool(abs(found.mean - 0.9167) < 0.03)
    True
    """
    seen_key, pair_key = jax.random.split(key)
    there = jnp.arange(width) < dim
    seen = jnp.where(there, jax.random.normal(seen_key, (trials, width), float), 0.0)
    task = jnp.where(there, jnp.ones((trials, width)), 0.0)
    # what the layer reads from this context is off in the first direction
    read = task.at[:, 0].add(jnp.sqrt(start_error))
    x, y = _pairs(pair_key, task, num_training, dim, noise_var, most)
    missed = y - jnp.sum(x * read[:, None], -1)
    length = jnp.sum(seen**2, -1, keepdims=True)
    change = step_size / length / num_training * jnp.sum(x * missed[..., None], 1)
    read = read + change * jnp.sum(seen * seen, -1, keepdims=True)
    return Estimate.of(jnp.sum((read - task) ** 2, -1))
