"""A contest among candidates, played one by one."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax


def winner(key, k, shape, candidate, summary):
    """Keep the candidate of lowest score; `summary` of its value after each of the numbers k.

    Args:
      k: numbers of candidates, of any shape; those that are not finite give NaN.
      shape: of the trials.
      candidate: function of a key; draws (score, value), each of shape `shape`.
      summary: function of the value kept, and of the number so far; a pytree of scalars.

    Returns:
      The pytree of `summary`, its leaves of the shape of k.
    """
    asked = jnp.where(jnp.isfinite(k), k, 0)

    def add_candidate(j, state):
        lowest, kept, results = state
        score, value = candidate(jax.random.fold_in(key, j))
        kept = jnp.where(score < lowest, value, kept)
        due = asked == j + 1

        def record(results):
            now = summary(kept, j + 1)
            return jax.tree.map(lambda old, new: jnp.where(due, new, old), results, now)

        results = lax.cond(jnp.any(due), record, lambda results: results, results)
        return jnp.minimum(score, lowest), kept, results

    never = jnp.full(shape, jnp.inf)
    unknown = jax.tree.map(lambda _: jnp.full(jnp.shape(k), jnp.nan), summary(never, 1))
    last = jnp.max(asked).astype(int)
    return lax.fori_loop(0, last, add_candidate, (never, never, unknown))[2]
