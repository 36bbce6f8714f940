"""Classification: which of two labels an item of the context carries."""

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

QUERY = -1.0  # in the label channel of the item whose label is asked for


@parameters
class LabelledItems:
    """A pool of items with labels.

    Attributes:
      items: means of the items, [D, d]; rows beyond `num_tasks` are padding.
      labels: 0 or 1, [D].
      num_tasks: number of items in use; may be traced.
      variation: variance v of an appearance around its item, relative to the item's own; may be
        traced.
      context: items in a sequence, the query included, C; static.
    """

    items: Numbers
    labels: Numbers
    num_tasks: Numbers
    variation: Numbers
    context: int = static()

    @property
    def dim(self) -> int:
        """Entries of an item d; a token has d + 1."""
        return self.items.shape[-1]


def labelled_items(
    *,
    num_tasks: Numbers,
    dim: int,
    context: int,
    variation: Numbers = 0.5,
    seed: int = 0,
    max_tasks: int | None = None,
    dtype: DTypeLike | None = None,
) -> LabelledItems:
    """Items mu ~ N(0, I/d) with random labels; one of the context is asked for.

    A sequence holds C - 1 pairs (item, label), drawn from the pool with replacement, and one of
    these items again, its label replaced by -1. Each appearance of an item is
    (mu + sqrt(v) eta) / sqrt(1 + v), eta ~ N(0, I/d). The label is asked for at the last position.
    Fresh from the prior, every place of the context has an item of its own.

    Args:
      num_tasks: size D of the pool, at least 1; may be traced if `max_tasks` is given.
      dim: d, at least 1.
      context: C, at least 2.
      variation: v, positive.
      seed: of the pool, or a key. Pools of one seed are nested: a smaller one is the beginning of a
        larger one.
      max_tasks: rows of the pool, to share one compiled program between several num_tasks.
      dtype: of the pool and of what is sampled; None is the default float. Normal deviates are
        drawn in float32.

    Raises:
      InputError: a number outside its range.

    Source: arXiv:2506.17859.

    >>> task = labelled_items(num_tasks=4, dim=8, context=16)
    >>> task.items.shape, task.labels.shape
    ((4, 8), (4,))
    """
    require_whole(dim=dim)
    require_whole(2, context=context)
    require_positive(variation=variation)
    dtype = dtype or jnp.result_type(float)

    def one(key):
        return _draw_items(key, (dim,), dtype)

    items, labels = draw_pool(one, seed, pool_size(num_tasks, max_tasks))
    return LabelledItems(items, labels, num_tasks, variation, context)


def _draw_items(key, shape, dtype):
    of_items, of_labels = jax.random.split(key)
    items = draw_normal(of_items, shape, dtype) / jnp.sqrt(jnp.asarray(shape[-1], dtype))
    return items, jax.random.bernoulli(of_labels, 0.5, shape[:-1]).astype(jnp.int32)


@draw.register
@functools.partial(jax.jit, static_argnames=("batch_size", "from_pool", "absent"))
def _sample(
    task: LabelledItems,
    key: jax.Array,
    batch_size: int,
    *,
    from_pool: bool = True,
    absent: bool = False,
) -> Sequences:
    """Also: `absent` asks for an item drawn apart from the context, which memory alone can tell."""
    of_items, of_query, of_noise = jax.random.split(key, 3)
    pool, examples = task.items, task.context - 1
    if from_pool:
        chosen = choose_tasks(of_items, task.num_tasks, (batch_size, examples))
        items, labels = pool[chosen], task.labels[chosen]
    else:
        items, labels = _draw_items(of_items, (batch_size, examples, task.dim), pool.dtype)
    if absent:
        chosen = choose_tasks(of_query, task.num_tasks, (batch_size, 1))
        query, answer = pool[chosen], task.labels[chosen]
    else:
        place = jax.random.randint(of_query, (batch_size, 1), 0, examples)
        query = jnp.take_along_axis(items, place[..., None], 1)
        answer = jnp.take_along_axis(labels, place, 1)
    variation = jnp.asarray(task.variation, pool.dtype)
    shown = jnp.concatenate([items, query], 1)
    noise = draw_normal(of_noise, shown.shape, pool.dtype) / jnp.sqrt(
        jnp.asarray(task.dim, pool.dtype)
    )
    shown = (shown + jnp.sqrt(variation) * noise) / jnp.sqrt(1 + variation)
    channel = jnp.concatenate([labels, jnp.full_like(answer, QUERY)], 1).astype(pool.dtype)
    inputs = jnp.concatenate([shown, channel[..., None]], -1)
    targets = at_query(answer[:, 0], task.context)
    oracle = at_query(jax.nn.one_hot(answer[:, 0], 2, dtype=pool.dtype), task.context, 0.5)
    weights = at_query(jnp.ones(batch_size, pool.dtype), task.context)
    return Sequences(inputs, targets, weights, oracle, 2)


def at_query(values: jax.Array, context: int, elsewhere: float = 0) -> jax.Array:
    """[B, ...] put at the last of `context` positions, [B, context, ...]."""
    filled = jnp.full((values.shape[0], context, *values.shape[1:]), elsewhere, values.dtype)
    return filled.at[:, -1].set(values)
