"""Batches of sequences, and what every task with a pool shares."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp

from jtts.arguments import InputError, concrete, require_key, require_whole
from jtts.numeric import Numbers
from jtts.parameters import parameters, static


@parameters
class Sequences:
    """A batch of B sequences of T positions.

    Attributes:
      inputs: tokens, [B, T] integers; or vectors, [B, T, width].
      targets: what is to be predicted at every position, [B, T]: integers (the class) or floats.
      weights: [B, T], 1 where the prediction counts and 0 where nothing is asked.
      oracle: what is predicted by one who knows the task that the sequence comes from:
        probabilities [B, T, outputs], or means [B, T].
      outputs: number of classes, or 0 where one number is predicted under squared error; static.
      unseen: first and end of the tokens that training never shows, whose embeddings are therefore
        drawn anew each time a network is measured; static.
    """

    inputs: Numbers
    targets: Numbers
    weights: Numbers
    oracle: Numbers
    outputs: int = static(default=0)
    unseen: tuple[int, int] = static(default=(0, 0))


def sample(
    task: Any, key: jax.Array, batch_size: int, *, from_pool: bool = True, **options: Any
) -> Sequences:
    """A batch of sequences of a task.

    Args:
      task: `BallsAndUrns`, `LinearRegression`, `LabelledItems`, `MarkovMixture`, `PartsOfSpeech`,
        `Facts` or `BurstyClassification`.
      key: of the random numbers. Training step s uses `fold_in(key, s)`, so that its batch can be
        drawn again.
      batch_size: number of sequences; static.
      from_pool: take the tasks of the sequences from the pool, all equally likely; or else fresh
        from the prior that the pool was drawn from. Static.
      options: that some tasks have, `absent` of `LabelledItems`.

    Returns:
      `Sequences`, floats in the dtype of the pool.

    Raises:
      InputError: not a task, or batch_size below 1.

    >>> from jtts.in_context import balls_and_urns
    >>> batch = sample(balls_and_urns(num_tasks=4, vocabulary=3, context=5), jax.random.key(0), 2)
    >>> batch.inputs.shape, batch.oracle.shape, int(batch.inputs[0, 0])
    ((2, 5), (2, 5, 3), 3)
    """
    require_task(task)
    require_key(key=key)
    require_whole(batch_size=batch_size)
    return draw(task, key, batch_size, from_pool=from_pool, **options)


@functools.singledispatch
def draw(task: Any, key: jax.Array, batch_size: int, *, from_pool: bool = True) -> Sequences:
    """`sample` of one kind of task, which registers it here."""
    raise NotImplementedError


def require_task(task: Any) -> None:
    """Raise InputError unless batches of `task` can be drawn."""
    if draw.dispatch(type(task)) is draw.dispatch(object):
        raise InputError(f"task must be a task of in-context learning, got {type(task).__name__}")


@functools.singledispatch
def evaluations(task: Any) -> Mapping[str, Callable[..., Sequences]]:
    """Name -> function (task, key, batch_size): the batches that a network is measured on.

    Most tasks have two: tasks of the pool, and fresh ones from the prior.
    """
    return {"pool": sample, "fresh": functools.partial(sample, from_pool=False)}


@functools.singledispatch
def measures(sequences: Sequences, prediction: jax.Array) -> dict[str, jax.Array]:
    """Name -> number: what else is measured of predictions of such sequences; mostly nothing."""
    return {}


def as_key(seed: Any) -> jax.Array:
    """A key as it is, or the key of a seed."""
    if isinstance(seed, jax.Array) and jnp.issubdtype(seed.dtype, jax.dtypes.prng_key):
        return seed
    require_whole(0, seed=seed)
    return jax.random.key(seed)


def draw_pool(one: Callable[[jax.Array], Any], seed: Any, size: int) -> Any:
    """`size` tasks, each from a key of its own: a smaller pool is the beginning of a larger one."""
    keys = jax.vmap(functools.partial(jax.random.fold_in, as_key(seed)))(jnp.arange(size))
    return jax.vmap(one)(keys)


def pool_size(num_tasks: Any, max_tasks: int | None) -> int:
    """Rows of the pool, of which the first `num_tasks` are in use.

    Raises:
      InputError: num_tasks not a whole number >= 1 or above max_tasks, or traced without one.
    """
    require_whole(num_tasks=num_tasks)
    known = concrete(num_tasks)
    if max_tasks is None:
        if known is None:
            raise InputError("max_tasks must be given where num_tasks is traced, got None")
        return int(known)
    require_whole(max_tasks=max_tasks)
    if known is not None and known > max_tasks:
        raise InputError(f"num_tasks must be at most max_tasks = {max_tasks}, got {known:g}")
    return max_tasks


def in_use(num_tasks: Any, pool: jax.Array) -> jax.Array:
    """Which rows of a padded pool are tasks, [D]."""
    return jnp.arange(pool.shape[0]) < num_tasks


def choose_tasks(key: jax.Array, num_tasks: Any, shape: tuple[int, ...]) -> jax.Array:
    """Indices of tasks of the pool, all equally likely."""
    return jax.random.randint(key, shape, 0, num_tasks)


def draw_normal(key: jax.Array, shape: tuple[int, ...], dtype: Any) -> jax.Array:
    """Standard normal deviates in float32, as the dtype given."""
    return jax.random.normal(key, shape, jnp.float32).astype(dtype)
