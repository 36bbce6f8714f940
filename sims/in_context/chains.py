"""Chains of gradient steps on the examples of a prompt, each step taken."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import require_nonnegative, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation
from jtts.sizes import power_of_two


def require_chain(*, num_examples, dim, num_steps=0, **numbers):
    """Raise InputError unless such a chain can be played."""
    require_whole(1, num_examples=num_examples, dim=dim)
    require_whole(0, num_steps=num_steps)
    require_nonnegative(**numbers)


def _chunk(dim, most, **_):
    return max(2**17 // (most * int(dim)), 1)


PLAYED = {"most": lambda num_examples, **_: power_of_two(int(np.max(num_examples)))}


def _prompt(key, trials, num_examples, dim, noise_var, most):
    """Weights, X'X/n and X'y/n of prompts of n examples."""
    w_key, x_key, noise_key = jax.random.split(key, 3)
    w = jax.random.normal(w_key, (trials, dim), float)
    there = jnp.arange(most) < num_examples
    x = jax.random.normal(x_key, (trials, most, dim), float)
    x = jnp.where(there[:, None], x, 0.0)
    noise = jnp.sqrt(noise_var) * jax.random.normal(noise_key, (trials, most), float)
    y = jnp.einsum("tnd,td->tn", x, w, precision="highest") + jnp.where(there, noise, 0.0)
    square = jnp.einsum("tnd,tne->tde", x, x, precision="highest") / num_examples
    return w, square, jnp.einsum("tnd,tn->td", x, y, precision="highest") / num_examples


def _error(found, w):
    return Estimate.of(jnp.mean((found - w) ** 2, -1))


def _along(square, mixed, factor):
    """Sum over eigendirections of a factor of the eigenvalue times the mean of X'y along it."""
    values, vectors = jnp.linalg.eigh(square)
    along = jnp.einsum("tde,td->te", vectors, mixed, precision="highest")
    factors = factor(jnp.maximum(values, 1e-12))
    return jnp.einsum("tde,te->td", vectors, factors * along, precision="highest")


@simulation(chunk=_chunk, static=("dim",), sizes=PLAYED, validate=require_chain)
def flow_error(
    key: jax.Array,
    trials: int,
    time: Numbers,
    num_examples: Numbers,
    dim: int,
    noise_var: Numbers,
    most: Numbers,
) -> Estimate:
    """Draw a prompt and follow the gradient flow from 0, along the eigendirections of X'X.

    Args:
      time: T.
      num_examples: n, whole.
      dim: d, whole.
      noise_var: variance of the noise of a label.

    Returns:
      Estimate of the squared distance to the weights, per dimension; a datum is a prompt.

    Raises:
      InputError: a number out of range.

    >>> found = flow_error(jax.random.key(0), 2**13, 2.0, 16, 8, 0.25)
    >>> bool(abs(found.mean - 0.1538) < 0.01)
    True
    """
    w, square, mixed = _prompt(key, trials, num_examples, dim, noise_var, most)
    found = _along(square, mixed, lambda s: -jnp.expm1(-time * s) / s)
    return _error(found, w)


@simulation(chunk=_chunk, static=("dim",), sizes=PLAYED, validate=require_chain)
def chain_error(
    key: jax.Array,
    trials: int,
    num_steps: Numbers,
    num_examples: Numbers,
    dim: int,
    noise_var: Numbers,
    step_size: Numbers,
    most: Numbers,
) -> Estimate:
    """Draw a prompt and take gradient steps on its examples from 0.

    Args:
      num_steps: t, whole.
      num_examples: n, whole.
      dim: d, whole.
      noise_var: variance of the noise of a label.
      step_size: eta of a step.

    Returns:
      Estimate of the squared distance to the weights, per dimension; a datum is a prompt.

    Raises:
      InputError: a number out of range.

    >>> found = chain_error(jax.random.key(0), 2**13, 4, 16, 8, 0.25, 0.5)
    >>> bool(abs(found.mean - 0.1401) < 0.01)
    True
    """
    w, square, mixed = _prompt(key, trials, num_examples, dim, noise_var, most)

    def step(_, now):
        pulled = jnp.einsum("tde,te->td", square, now, precision="highest")
        return now + step_size * (mixed - pulled)

    found = lax.fori_loop(0, jnp.asarray(num_steps, int), step, jnp.zeros_like(w))
    return _error(found, w)


@simulation(chunk=_chunk, static=("dim",), sizes=PLAYED, validate=require_chain)
def clipped_chain_error(
    key: jax.Array,
    trials: int,
    num_steps: Numbers,
    num_examples: Numbers,
    dim: int,
    noise_var: Numbers,
    step_size: Numbers,
    most: Numbers,
) -> Estimate:
    """The same, with steps that stop at the optimum along each eigendirection.

    Args:
      num_steps: t, whole.
      num_examples: n, whole.
      dim: d, whole.
      noise_var: variance of the noise of a label.
      step_size: eta of a step.

    Returns:
      Estimate of the squared distance to the weights, per dimension; a datum is a prompt.

    Raises:
      InputError: a number out of range.

    >>> found = clipped_chain_error(jax.random.key(0), 2**13, 8, 16, 8, 0.25, 0.5)
    >>> bool(abs(found.mean - 0.0725) < 0.005)
    True
    """
    w, square, mixed = _prompt(key, trials, num_examples, dim, noise_var, most)

    def factor(s):
        share = jnp.minimum(step_size * s, 1.0)  # of the way that is left, in a step
        gone = lax.fori_loop(
            0,
            jnp.asarray(num_steps, int),
            lambda _, now: now + share * (1 - now),
            jnp.zeros_like(s),
        )
        return gone / s

    return _error(_along(square, mixed, factor), w)
