"""Noisy linear regression with a pool of weight vectors."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
from jax.typing import DTypeLike

from jtts.arguments import require_positive, require_whole
from jtts.in_context.sequences import (
    Sequences,
    choose_tasks,
    draw,
    draw_normal,
    draw_pool,
    pool_size,
)
from jtts.numeric import Numbers
from jtts.parameters import parameters, static


@parameters
class LinearRegression:
    """A pool of weight vectors.

    Attributes:
      weights: w of every task, [D, d]; rows beyond `num_tasks` are padding.
      num_tasks: number of tasks in use; may be traced.
      noise_var: variance of the noise of a target; may be traced.
      prior_var: variance of an entry of w in the prior; may be traced.
      num_examples: pairs (x, y) in a sequence, n; static.
    """

    weights: Numbers
    num_tasks: Numbers
    noise_var: Numbers
    prior_var: Numbers
    num_examples: int = static()

    @property
    def dim(self) -> int:
        """Input dimensions d; a token has d + 1 entries."""
        return self.weights.shape[-1]


def linear_regression(
    *,
    num_tasks: Numbers,
    dim: int,
    num_examples: int,
    noise_var: Numbers,
    prior_var: Numbers = 1.0,
    seed: int = 0,
    max_tasks: int | None = None,
    dtype: DTypeLike | None = None,
) -> LinearRegression:
    """Tasks y = w.x + noise with x ~ N(0, I) and w ~ N(0, prior_var I).

    A sequence x_1, y_1, ..., x_n, y_n has 2 n tokens of d + 1 entries, (0, x) and (y, 0, ..., 0).
    y_i is predicted at the position of x_i, 2 (i - 1), which has seen i - 1 pairs.

    Args:
      num_tasks: size D of the pool, at least 1; may be traced if `max_tasks` is given.
      dim: d, at least 1.
      num_examples: n, at least 1.
      noise_var, prior_var: sigma^2 and tau^2, positive.
      seed: of the pool, or a key. Pools of one seed are nested: a smaller one is the beginning of a
        larger one.
      max_tasks: rows of the pool, to share one compiled program between several num_tasks.
      dtype: of the pool and of what is sampled; None is the default float. Normal deviates are
        drawn in float32.

    Raises:
      InputError: a number outside its range.

    Source: arXiv:2306.15063, arXiv:2506.17859.

    >>> linear_regression(num_tasks=4, dim=8, num_examples=16, noise_var=0.25).weights.shape
    (4, 8)
    """
    require_whole(dim=dim, num_examples=num_examples)
    require_positive(noise_var=noise_var, prior_var=prior_var)
    dtype = dtype or jnp.result_type(float)

    def one(key):
        return jnp.sqrt(jnp.asarray(prior_var, dtype)) * draw_normal(key, (dim,), dtype)

    pool = draw_pool(one, seed, pool_size(num_tasks, max_tasks))
    return LinearRegression(pool, num_tasks, noise_var, prior_var, num_examples)


@draw.register
@functools.partial(jax.jit, static_argnames=("batch_size", "from_pool"))
def _sample(
    task: LinearRegression, key: jax.Array, batch_size: int, *, from_pool: bool = True
) -> Sequences:
    of_tasks, of_inputs, of_noise = jax.random.split(key, 3)
    pool, size = task.weights, (batch_size, task.num_examples)
    if from_pool:
        weights = pool[choose_tasks(of_tasks, task.num_tasks, (batch_size,))]
    else:
        scale = jnp.sqrt(jnp.asarray(task.prior_var, pool.dtype))
        weights = scale * draw_normal(of_tasks, (batch_size, task.dim), pool.dtype)
    inputs = draw_normal(of_inputs, (*size, task.dim), pool.dtype)
    noise = draw_normal(of_noise, size, pool.dtype)
    noiseless = jnp.einsum("bnd,bd->bn", inputs, weights, precision="highest")
    outcomes = noiseless + jnp.sqrt(jnp.asarray(task.noise_var, pool.dtype)) * noise
    return interleave(inputs, outcomes, noiseless)


def interleave(inputs: jax.Array, outcomes: jax.Array, noiseless: jax.Array) -> Sequences:
    """Sequences of tokens (0, x_1), (y_1, 0), (0, x_2), ... that ask for y at the positions of x.

    Args:
      inputs: x, [B, n, d].
      outcomes, noiseless: y and its mean, [B, n].
    """
    x = jnp.pad(inputs, ((0, 0), (0, 0), (1, 0)))
    y = jnp.pad(outcomes[..., None], ((0, 0), (0, 0), (0, inputs.shape[-1])))
    tokens = jnp.stack([x, y], 2).reshape(inputs.shape[0], -1, x.shape[-1])
    return Sequences(
        tokens,
        at_inputs(outcomes),
        at_inputs(jnp.ones_like(outcomes)),
        at_inputs(noiseless),
    )


def at_inputs(values: jax.Array) -> jax.Array:
    """[B, n] numbers, one for each pair, as [B, 2 n]: at the positions of x, 0 at those of y."""
    return jnp.stack([values, jnp.zeros_like(values)], -1).reshape(values.shape[0], -1)


def pairs(sequences: Sequences) -> tuple[jax.Array, jax.Array]:
    """The pairs of interleaved sequences: x [B, n, d] and y [B, n]."""
    return sequences.inputs[:, 0::2, 1:], sequences.inputs[:, 1::2, 0]
