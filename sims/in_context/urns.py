"""Learning an urn from its symbols, played symbol by symbol."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_whole
from jtts.estimate import Estimate
from jtts.in_context.categorical import draw_probabilities, draw_symbols
from jtts.numeric import Numbers
from jtts.simulations import simulation

NUMBERS = 2**18  # held by one chunk


def require_urns(*, vocabulary, context=1, num_symbols_seen=0, num_tasks=1):
    """Raise InputError unless the urns can be played."""
    require_whole(2, vocabulary=vocabulary)
    require_whole(0, num_symbols_seen=num_symbols_seen)
    require_whole(context=context, num_tasks=num_tasks)


def _play(key, urns, numbers, state, loss, see):
    """Draw symbols from every urn; the loss after each of `numbers` of them, and that before it.

    Args:
      urns: [trials, V].
      numbers: of symbols, of any shape.
      state: what is known before any symbol.
      loss: function of the state, [trials].
      see: function of the state and of a symbol in each trial, the next state.

    Returns:
      Two arrays [trials, *numbers.shape]: the loss after n symbols, the sum of those before.
    """
    numbers = jnp.asarray(numbers)
    trials = urns.shape[0]
    column = (trials,) + (1,) * numbers.ndim

    def step(seen, carry):
        state, total, after, before = carry
        now = loss(state)
        after = jnp.where(numbers == seen, now.reshape(column), after)
        before = jnp.where(numbers == seen, total.reshape(column), before)
        uniforms = jax.random.uniform(jax.random.fold_in(key, seen), (trials,), urns.dtype)
        return see(state, draw_symbols(uniforms, urns)), total + now, after, before

    zeros = jnp.zeros((trials, *numbers.shape))
    last = jnp.asarray(jnp.max(numbers), jnp.int32)
    return lax.fori_loop(0, last + 1, step, (state, jnp.zeros(trials), zeros, zeros))[2:]


def _count(counts, symbols):
    return counts + jax.nn.one_hot(symbols, counts.shape[-1])


def _rule_of_succession(counts):
    return (counts + 1) / jnp.sum(counts + 1, -1, keepdims=True)


def _learn(key, trials, numbers, vocabulary):
    """Divergences of fresh urns from the rule of succession, as `_play` returns them."""
    of_urns, of_symbols = jax.random.split(key)
    urns = draw_probabilities(of_urns, (trials, vocabulary))

    def divergence(counts):
        return jnp.sum(urns * jnp.log(urns / _rule_of_succession(counts)), -1)

    return _play(of_symbols, urns, numbers, jnp.zeros_like(urns), divergence, _count)


@simulation(chunk=2048, static=("vocabulary",), curve="num_symbols_seen", validate=require_urns)
def dirichlet_kl(
    key: jax.Array, trials: int, num_symbols_seen: Numbers, vocabulary: Numbers
) -> Estimate:
    """KL divergence of an urn from the rule of succession after n symbols of it; a datum is an urn.

    Args:
      num_symbols_seen: n, whole numbers of any shape; time grows with the largest.
      vocabulary: number of symbols V.

    Returns:
      Estimate in nats, of the shape of n.

    Raises:
      InputError: a number that is not whole or out of range.

    Source: arXiv:2506.17859.

    >>> estimate = dirichlet_kl(jax.random.key(0), 4096, jnp.array([0, 16]), 8)
    >>> estimate.mean.round(1).tolist()
    [0.4, 0.1]
    """
    return Estimate.of(_learn(key, trials, num_symbols_seen, vocabulary)[0])


@simulation(chunk=2048, static=("vocabulary",), curve="context", validate=require_urns)
def dirichlet_redundancy(
    key: jax.Array, trials: int, context: Numbers, vocabulary: Numbers
) -> Estimate:
    """The divergences of `dirichlet_kl` summed over a context; a datum is an urn.

    Args:
      context: number of symbols, whole numbers of any shape; time grows with the largest.
      vocabulary: number of symbols V.

    Returns:
      Estimate in nats, of the shape of context.

    Raises:
      InputError: a number that is not whole or out of range.

    Source: arXiv:2506.17859.

    >>> estimate = dirichlet_redundancy(jax.random.key(0), 4096, 32, 4)
    >>> print(f"{estimate.mean:.1f}")
    3.1
    """
    return Estimate.of(_learn(key, trials, context, vocabulary)[1])


@simulation(
    chunk=lambda num_tasks, vocabulary: max(1, NUMBERS // (num_tasks * vocabulary)),
    static=("num_tasks", "vocabulary"),
    curve="context",
    validate=require_urns,
)
def memorizing_advantage(
    key: jax.Array, trials: int, num_tasks: Numbers, vocabulary: Numbers, context: Numbers
) -> Estimate:
    """Loss per symbol by the rule of succession less that of a posterior over the pool.

    A trial is a pool of its own, an urn of it and symbols drawn from that.

    Args:
      num_tasks: number of urns D.
      vocabulary: number of symbols V.
      context: number of symbols, whole numbers of any shape; time grows with the largest.

    Returns:
      Estimate in nats per symbol, of the shape of context.

    Raises:
      InputError: a number that is not whole or out of range.

    Source: arXiv:2506.17859.

    >>> estimate = memorizing_advantage(jax.random.key(0), 4096, 1, 8, 128)
    >>> print(f"{estimate.mean:.3f}")
    0.072
    """
    of_urns, of_symbols = jax.random.split(key)
    pool = draw_probabilities(of_urns, (trials, num_tasks, vocabulary))
    urns = pool[:, 0]  # the pool is exchangeable

    def advantage(state):
        counts, log_likelihood = state
        weights = jax.nn.softmax(log_likelihood, -1)
        recognised = jnp.sum(weights[..., None] * pool, -2)
        return jnp.sum(urns * jnp.log(recognised / _rule_of_succession(counts)), -1)

    def see(state, symbols):
        seen = jnp.take_along_axis(pool, symbols[:, None, None], -1)[..., 0]
        return _count(state[0], symbols), state[1] + jnp.log(seen)

    start = jnp.zeros((trials, vocabulary)), jnp.zeros((trials, num_tasks))
    summed = _play(of_symbols, urns, context, start, advantage, see)[1]
    return Estimate.of(summed / context)
