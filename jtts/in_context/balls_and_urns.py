"""Balls and urns: symbols drawn from one of D urns."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
from jax.typing import DTypeLike

from jtts.arguments import require_whole
from jtts.in_context.categorical import draw_probabilities, draw_symbols
from jtts.in_context.sequences import Sequences, choose_tasks, draw, draw_pool, pool_size
from jtts.numeric import Numbers
from jtts.parameters import parameters, static


@parameters
class BallsAndUrns:
    """A pool of urns.

    Attributes:
      probabilities: of the symbols in every urn, [D, V]; rows beyond `num_tasks` are padding.
      num_tasks: number of urns in use; may be traced.
      context: symbols in a sequence, C; static.
    """

    probabilities: Numbers
    num_tasks: Numbers
    context: int = static()

    @property
    def vocabulary(self) -> int:
        """Number of symbols V; the start token is symbol V."""
        return self.probabilities.shape[-1]


def balls_and_urns(
    *,
    num_tasks: Numbers,
    vocabulary: int,
    context: int,
    seed: int = 0,
    max_tasks: int | None = None,
    dtype: DTypeLike | None = None,
) -> BallsAndUrns:
    """Urns with probabilities from the uniform Dirichlet law.

    A sequence is a start token and `context` - 1 symbols; the next symbol is predicted at every
    position, so that position n has seen n symbols.

    Args:
      num_tasks: number of urns D, at least 1; may be traced if `max_tasks` is given.
      vocabulary: number of symbols V, at least 2.
      context: symbols predicted in a sequence, C, at least 1.
      seed: of the pool, or a key. Pools of one seed are nested: a smaller one is the beginning of a
        larger one.
      max_tasks: rows of the pool, to share one compiled program between several num_tasks.
      dtype: of the pool and of what is sampled; None is the default float.

    Raises:
      InputError: a number outside its range.

    Source: arXiv:2506.17859.

    >>> task = balls_and_urns(num_tasks=4, vocabulary=3, context=5)
    >>> task.probabilities.shape, bool(jnp.allclose(task.probabilities.sum(-1), 1))
    ((4, 3), True)
    """
    require_whole(2, vocabulary=vocabulary)
    require_whole(context=context)
    one = functools.partial(draw_probabilities, shape=(vocabulary,), dtype=dtype)
    return BallsAndUrns(draw_pool(one, seed, pool_size(num_tasks, max_tasks)), num_tasks, context)


@draw.register
@functools.partial(jax.jit, static_argnames=("batch_size", "from_pool"))
def _sample(
    task: BallsAndUrns, key: jax.Array, batch_size: int, *, from_pool: bool = True
) -> Sequences:
    of_tasks, of_symbols = jax.random.split(key)
    pool, size = task.probabilities, (batch_size, task.context)
    if from_pool:
        urns = pool[choose_tasks(of_tasks, task.num_tasks, (batch_size,))]
    else:
        urns = draw_probabilities(of_tasks, (batch_size, task.vocabulary), pool.dtype)
    symbols = draw_symbols(jax.random.uniform(of_symbols, size, pool.dtype), urns[:, None])
    return after_start(symbols, jnp.broadcast_to(urns[:, None], (*size, task.vocabulary)))


def after_start(symbols: jax.Array, oracle: jax.Array) -> Sequences:
    """Sequences in which every symbol is predicted from a start token and those before it."""
    outputs = oracle.shape[-1]
    start = jnp.full((symbols.shape[0], 1), outputs, symbols.dtype)
    inputs = jnp.concatenate([start, symbols[:, :-1]], 1)
    return Sequences(inputs, symbols, jnp.ones(symbols.shape, oracle.dtype), oracle, outputs)
