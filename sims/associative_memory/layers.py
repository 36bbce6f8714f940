"""Layers of Hebbian memories with a sign between them."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_probability
from jtts.associative_memory import recall
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.associative_memory.batch import whole_load
from jtts.sims.associative_memory.memories import NUMBERS, signs
from jtts.simulations import simulation


def pairs_at(*, initial, depth, **sizes):
    """Number of patterns, after checks of everything else."""
    require_probability(initial=initial)
    return whole_load(num_steps=depth, **sizes)


def networks_per_chunk(num_pairs, dim, **_):
    return max(1, NUMBERS // (dim * (dim + 3 * num_pairs)))


@simulation(chunk=networks_per_chunk, static=("dim",), sizes={"num_pairs": pairs_at})
def layered_overlap(
    key: jax.Array,
    trials: int,
    load: Numbers,
    initial: Numbers,
    depth: Numbers,
    *,
    dim: Numbers,
    num_pairs: Numbers,
) -> Estimate:
    """Overlap with its pattern of a state that has gone through layers of sign memories.

    Args:
      load: N/d; load times dim is a whole number.
      initial: expected overlap at the start, from 0 to 1.
      depth: whole number; time grows with it.
      dim: d; static.

    Returns:
      Estimate of the overlap, averaged over the patterns asked for; a datum is a network.

    Raises:
      InputError: load times dim or depth not whole, or an overlap outside [0, 1].

    >>> print(f"{layered_overlap(jax.random.key(0), 10, 0.25, 1.0, 2, dim=4).mean:.0f}")
    1
    """
    of_patterns, of_flips, of_layers = jax.random.split(key, 3)
    patterns = signs(of_patterns, trials, num_pairs, dim)
    kept = jax.random.uniform(of_flips, patterns.shape) < (1 + initial) / 2
    states = jnp.where(kept, patterns, -patterns)

    def layer(i, now):
        patterns, states = now
        following = signs(jax.random.fold_in(of_layers, i), *patterns.shape)
        fields = recall(patterns, following, states)  # whole numbers
        # of the two ways that a tie may go, one: no pattern is favoured
        return following, jnp.where(fields >= 0, 1.0, -1.0)

    patterns, states = lax.fori_loop(0, depth, layer, (patterns, states))
    return Estimate.of(jnp.mean(patterns * states, (-1, -2)))
