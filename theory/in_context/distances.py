"""Where a network stands between the strategies."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import InputError, require_numbers
from jtts.in_context import Sequences

SMALLEST = 1e-12  # probability
ALIKE = 1e-9  # strategies nearer than this cannot be told apart
UPDATES = 500


def strategy_distance(first: jax.Array, second: jax.Array, sequences: Sequences) -> jax.Array:
    r"""Distance of two predictions, averaged over the positions that count.

    $$d(p,q)=\tfrac12\big[\mathrm{KL}(p\|q)+\mathrm{KL}(q\|p)\big]\quad\mathrm{or}\quad(p-q)^2$$

    Args:
      first, second: predictions, [..., B, T, outputs] probabilities or [..., B, T] means. Leading
        axes broadcast.
      sequences: what is predicted, [B, T].

    Returns:
      [...]: nats per prediction, or a squared difference. Probabilities are held above 1e-12.

    Source: arXiv:2506.17859.

    >>> from jtts.theory import in_context as icl
    >>> task = icl.balls_and_urns(num_tasks=4, vocabulary=3, context=8)
    >>> batch = icl.sample(task, jax.random.key(0), 16)
    >>> print(icl.strategy_distance(batch.oracle, batch.oracle, batch))
    0.0
    """
    if sequences.outputs:
        p, q = (jnp.maximum(a, SMALLEST) for a in (first, second))
        apart = jnp.sum((p - q) * (jnp.log(p) - jnp.log(q)), -1) / 2
    else:
        apart = (first - second) ** 2
    weights = sequences.weights
    return jnp.sum(weights * apart, (-2, -1)) / jnp.sum(weights)


def relative_distance(
    network: jax.Array, memorizing: jax.Array, generalizing: jax.Array, sequences: Sequences
) -> jax.Array:
    r"""Where a network stands between the strategies: 0 generalises, 1 memorises.

    $$\tfrac12(1+r),\quad r=\Big[\frac{d(h,G)-d(h,M)}{d(G,M)}\Big]_{-1}^{1}$$

    Args:
      network, memorizing, generalizing: predictions, as for `strategy_distance`; the leading axes
        of the network may be checkpoints.
      sequences: what is predicted.

    Returns:
      [...], in [0, 1]; NaN where the strategies predict the same (d(G, M) < 1e-9).

    Source: arXiv:2506.17859.

    >>> from jtts.theory import in_context as icl
    >>> task = icl.balls_and_urns(num_tasks=4, vocabulary=3, context=8)
    >>> batch = icl.sample(task, jax.random.key(0), 16)
    >>> strategies = icl.memorizing_predictor(task, batch), icl.generalizing_predictor(task, batch)
    >>> print(icl.relative_distance(strategies[0], *strategies, batch))
    1.0
    """
    between = strategy_distance(generalizing, memorizing, sequences)
    apart = between > ALIKE
    lead = strategy_distance(network, generalizing, sequences)
    lead = lead - strategy_distance(network, memorizing, sequences)
    share = jnp.clip(lead / jnp.where(apart, between, 1.0), -1, 1)
    return jnp.where(apart, (1 + share) / 2, jnp.nan)


def mixture_weights(network: jax.Array, predictions: jax.Array, sequences: Sequences) -> jax.Array:
    r"""Weights of the strategies whose mixture is nearest to the network.

    $$\mathrm{argmin}_w\ \mathrm{KL}\big(h\,\|\,\textstyle\sum_sw_sp_s\big),\quad
      w_s\ge0,\ \textstyle\sum_sw_s=1$$

    Args:
      network: probabilities, [B, T, outputs].
      predictions: of the S strategies, [S, B, T, outputs].
      sequences: what is predicted.

    Returns:
      [S], by 500 steps of expectation maximisation from equal weights: the problem is convex.

    Raises:
      InputError: predictions that are no probabilities.

    Source: arXiv:2412.01003 (the linear combination of predictors fitted to a network).

    >>> from jtts.theory import in_context as icl
    >>> task = icl.markov_mixture(num_tasks=3, num_states=4, context=32)
    >>> batch = icl.sample(task, jax.random.key(0), 16)
    >>> both = jnp.stack([f(task, batch) for f in (icl.memorizing_predictor,
    ...                                            icl.generalizing_predictor)])
    >>> print(icl.mixture_weights(0.3 * both[0] + 0.7 * both[1], both, batch).round(3))
    [0.3 0.7]
    """
    if not sequences.outputs:
        raise InputError("sequences must be of symbols or labels, got a regression")
    strategies = jnp.maximum(predictions, SMALLEST)
    weight = sequences.weights[..., None] * network / jnp.sum(sequences.weights)

    def improve(_, mixture):
        mixed = jnp.tensordot(mixture, strategies, 1)
        return mixture * jnp.sum(weight * strategies / mixed, (1, 2, 3))

    start = jnp.full(len(predictions), 1 / len(predictions))
    return lax.fori_loop(0, UPDATES, improve, start)


def interpolation_threshold(distances: jax.Array) -> jax.Array:
    """First checkpoint from which a network interpolates between the strategies, for every pool.

    Args:
      distances: of the network from its best mixture of strategies, [checkpoints, pools].

    Returns:
      Index of the first checkpoint at which the distance has fallen to its least plus a fifth of
      its range, the latest over the pools.

    Source: arXiv:2506.17859.

    >>> print(interpolation_threshold(jnp.array([[1.0, 1.0], [0.1, 0.9], [0.0, 0.0]])))
    2
    """
    require_numbers(distances=distances)
    distances = jnp.asarray(distances)
    least, most = jnp.min(distances, 0), jnp.max(distances, 0)
    return jnp.max(jnp.argmax(distances <= least + 0.2 * (most - least), 0))
