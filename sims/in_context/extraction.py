"""Sets of relations drawn for subjects, and whether they meet."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation


def require_relations(*, num_tuned, multiplicity, num_relations):
    """Raise InputError unless the sets can be drawn."""
    require_whole(0, num_tuned=num_tuned)
    require_whole(multiplicity=multiplicity, num_relations=num_relations)


@simulation(static=("num_relations",), validate=require_relations)
def uncovered_probability(
    key: jax.Array, trials: int, num_tuned: Numbers, multiplicity: Numbers, num_relations: Numbers
) -> Estimate:
    """Draw the relations of a subject and of N_f others: do they miss those of the first?

    Args:
      num_tuned: N_f, whole; time grows with it.
      multiplicity: K, whole, at most R.
      num_relations: R.

    Returns:
      Estimate of a probability; a datum is a subject with its N_f others.

    Raises:
      InputError: a number that is not whole or out of range.

    Source: derived here (docs, in_context, Storage and extraction).

    >>> estimate = uncovered_probability(jax.random.key(0), 4096, 2, 1, 4)
    >>> print(f"{estimate.mean:.1f}")
    0.6
    """

    def draw(number):
        uniforms = jax.random.uniform(jax.random.fold_in(key, number), (trials, num_relations))
        return jnp.argsort(jnp.argsort(uniforms, -1), -1) < multiplicity

    own = draw(0)

    def other(number, met):
        return met | jnp.any(own & draw(number), -1)

    met = lax.fori_loop(1, jnp.asarray(num_tuned, jnp.int32) + 1, other, jnp.zeros(trials, bool))
    return Estimate.of(~met)
