"""Everyone against everyone, and who is linked to whom by wins."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import InputError, require_finite, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.ranking.judges import prefers
from jtts.simulations import simulation


def require_games(*, strengths, games):
    """Raise InputError unless candidates of such strengths can meet so often."""
    require_finite(strengths=strengths)
    require_whole(1, games=games)
    if np.ndim(strengths) != 1 or not np.size(strengths):
        raise InputError(f"strengths must be a list of numbers, got {strengths!r}")


@simulation(chunk=2048, validate=require_games)
def finite_fit_probability(
    key: jax.Array, trials: int, strengths: Numbers, games: Numbers
) -> Estimate:
    """Judge every pair so often, and follow wins from everyone to everyone.

    >>> print(f"{finite_fit_probability(jax.random.key(0), 20_000, [0.0, 0.0, 0.0], 1).mean:.1f}")
    0.2
    """
    t = jnp.asarray(strengths, float)
    count = t.shape[-1]
    one, other = np.triu_indices(count, 1)
    gap = jnp.broadcast_to(t[one] - t[other], (trials, one.size))

    def call(i, state):
        won, lost = state
        first = prefers(jax.random.fold_in(key, i), gap)
        return won | first, lost | ~first

    none = jnp.zeros(gap.shape, bool)
    won, lost = lax.fori_loop(0, jnp.asarray(games, int), call, (none, none))
    beats = jnp.broadcast_to(jnp.eye(count), (trials, count, count))
    beats = beats.at[:, one, other].set(1.0 * won).at[:, other, one].set(1.0 * lost)
    for _ in range(max(count - 1, 1).bit_length()):  # chains twice as long each time
        beats = 1.0 * (beats @ beats > 0.5)
    return Estimate.of(jnp.all(beats > 0.5, (1, 2)))
