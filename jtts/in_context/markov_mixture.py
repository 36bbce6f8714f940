"""A mixture of Markov chains."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
from jax import lax
from jax.typing import DTypeLike

from jtts.arguments import require_instance, require_whole
from jtts.in_context.balls_and_urns import BallsAndUrns, after_start
from jtts.in_context.categorical import draw_probabilities, draw_symbols
from jtts.in_context.sequences import Sequences, choose_tasks, draw, draw_pool, pool_size
from jtts.numeric import Numbers
from jtts.parameters import parameters, static

SQUARINGS = 12  # a chain of 2^12 steps has forgotten its first state


@parameters
class MarkovMixture:
    """A pool of Markov chains.

    Attributes:
      transitions: probability of the next state (last axis) given this one, [D, k, k]; chains
        beyond `num_tasks` are padding.
      num_tasks: number of chains in use; may be traced.
      context: states in a sequence, C; static.
    """

    transitions: Numbers
    num_tasks: Numbers
    context: int = static()

    @property
    def num_states(self) -> int:
        """Number of states k; the start token is state k."""
        return self.transitions.shape[-1]


def markov_mixture(
    *,
    num_tasks: Numbers,
    num_states: int = 10,
    context: int = 512,
    seed: int = 0,
    max_tasks: int | None = None,
    dtype: DTypeLike | None = None,
) -> MarkovMixture:
    """Chains whose transition probabilities are rows from the uniform Dirichlet law.

    A sequence is a start token and `context` - 1 states; the next state is predicted at every
    position. The first state is uniform, so that it says nothing about the chain.

    Args:
      num_tasks: number of chains D, at least 1; may be traced if `max_tasks` is given.
      num_states: k, at least 2.
      context: states predicted in a sequence, C, at least 1.
      seed: of the pool, or a key. Pools of one seed are nested: a smaller one is the beginning of a
        larger one.
      max_tasks: rows of the pool, to share one compiled program between several num_tasks.
      dtype: of the pool and of what is sampled; None is the default float.

    Raises:
      InputError: a number outside its range.

    Source: arXiv:2412.01003.

    >>> markov_mixture(num_tasks=3, num_states=4, context=8).transitions.shape
    (3, 4, 4)
    """
    require_whole(2, num_states=num_states)
    require_whole(context=context)
    one = functools.partial(draw_probabilities, shape=(num_states, num_states), dtype=dtype)
    return MarkovMixture(draw_pool(one, seed, pool_size(num_tasks, max_tasks)), num_tasks, context)


@draw.register
@functools.partial(jax.jit, static_argnames=("batch_size", "from_pool"))
def _sample(
    task: MarkovMixture, key: jax.Array, batch_size: int, *, from_pool: bool = True
) -> Sequences:
    of_tasks, of_states = jax.random.split(key)
    pool, k = task.transitions, task.num_states
    if from_pool:
        chains = pool[choose_tasks(of_tasks, task.num_tasks, (batch_size,))]
    else:
        chains = draw_probabilities(of_tasks, (batch_size, k, k), pool.dtype)
    uniforms = jax.random.uniform(of_states, (task.context, batch_size), pool.dtype)
    uniform_law = jnp.full((batch_size, k), 1 / k, pool.dtype)
    rows = jnp.arange(batch_size)

    def step(law, uniform):
        state = draw_symbols(uniform, law)
        return chains[rows, state], (state, law)

    _, (states, laws) = lax.scan(step, uniform_law, uniforms)
    return after_start(states.T, jnp.moveaxis(laws, 0, 1))


def unigrams(task: MarkovMixture) -> BallsAndUrns:
    """The chains as urns: what is left of them if the order of the states is ignored.

    Its predictors are those of unigrams; the urns are the stationary laws.

    Source: arXiv:2412.01003.

    >>> task = markov_mixture(num_tasks=3, num_states=4, context=8)
    >>> unigrams(task).probabilities.shape
    (3, 4)
    """

    require_instance(MarkovMixture, task=task)

    def square(_, matrix):
        return jnp.matmul(matrix, matrix, precision="highest")

    after_many_steps = lax.fori_loop(0, SQUARINGS, square, task.transitions)
    return BallsAndUrns(after_many_steps[..., 0, :], task.num_tasks, task.context)
