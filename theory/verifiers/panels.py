"""Averages over a law of scores, on panels that are cut where another law changes."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.nn import log_sigmoid

NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
CUTS = np.concatenate([np.arange(-40.0, 60.0, 2.0), np.arange(60.0, 421.0, 4.0)])
CHANGES = np.concatenate([-(2.0 ** np.arange(6)[::-1]), [0.0], 2.0 ** np.arange(9)])  # log odds
FALL = np.array([-5.0, -4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0, 8.0])  # of exp(-exp(-x))


def score_panels(law, other, count=1.0):
    """Log odds under `law` and weights of nodes whose sum is an integral over the log odds.

    The panels are narrow where `other` has its bulk, however narrow that is, and where the largest
    of `count` draws from it lies; they end at its edges.
    """
    of_largest = jnp.log(jnp.maximum(count, 1.0)) + FALL
    changes = jnp.concatenate([jnp.asarray(CHANGES), of_largest])
    changes = other.quantile(jnp.exp(log_sigmoid(changes)), jnp.exp(log_sigmoid(-changes)))
    below, above = law.log_tails(changes)
    edges = jnp.clip(jnp.nan_to_num(below - above, nan=0.0), CUTS[0], CUTS[-1])
    ends = jnp.sort(jnp.concatenate([CUTS, lax.stop_gradient(edges)]))
    half = (ends[1:] - ends[:-1]) / 2
    odds = ends[:-1, None] + half[:, None] * (1 + NODES)
    return odds.ravel(), (half[:, None] * WEIGHTS).ravel()


def scores_at(law, odds):
    """The scores of these log odds, and the logarithm of their density in the log odds."""
    lower, upper = log_sigmoid(odds), log_sigmoid(-odds)
    return law.quantile(jnp.exp(lower), jnp.exp(upper)), lower + upper
