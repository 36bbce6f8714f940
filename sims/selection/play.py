"""Draw n candidates one after the other and keep one."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_nonnegative, require_whole


def require_play(*, n=1, beta=0.0, **_):
    """Raise InputError unless n candidates can be drawn and weighed."""
    require_whole(1, n=n)
    require_nonnegative(beta=beta)


def best_of(key, n, draw):
    """The candidate with the largest score, the first of equals.

    Args:
      n: number of candidates, traced.
      draw: key -> (scores [trials], what is kept of the candidates: a pytree of such arrays).

    Returns:
      Its score and what was kept of it.
    """

    def step(j, best):
        new = draw(jax.random.fold_in(key, j))
        better = new[0] > best[0]
        return jax.tree.map(lambda kept, mine: jnp.where(better, mine, kept), best, new)

    return lax.fori_loop(1, jnp.asarray(n, int), step, draw(jax.random.fold_in(key, 0)))


def softmax_average(key, n, draw):
    """Average of what is drawn, each of n candidates weighted by exp(its log weight).

    Args:
      draw: key -> (log weights [trials], values: arrays [trials, ...]).
    """

    def weighted(log_weight, top, value):
        share = jnp.exp(log_weight - top)
        return share, jnp.reshape(share, share.shape + (1,) * (value.ndim - 1)) * value

    def step(j, state):
        top, total, moment = state
        log_weight, value = draw(jax.random.fold_in(key, j))
        highest = jnp.maximum(top, log_weight)
        shrink, shrunk = weighted(top, highest, moment)
        share, more = weighted(log_weight, highest, value)
        return highest, total * shrink + share, shrunk + more

    log_weight, value = draw(jax.random.fold_in(key, 0))
    start = (log_weight, jnp.ones_like(log_weight), value)
    _, total, moment = lax.fori_loop(1, jnp.asarray(n, int), step, start)
    return moment / jnp.reshape(total, total.shape + (1,) * (moment.ndim - 1))


def draw_atoms(key, probabilities, shape):
    """Indices of atoms drawn with these probabilities."""
    ends = jnp.cumsum(probabilities)
    drawn = jnp.searchsorted(ends, jax.random.uniform(key, shape, float) * ends[-1], side="right")
    return jnp.minimum(drawn, len(ends) - 1)
