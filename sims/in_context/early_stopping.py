"""A flow stopped early beside ridge regression, on designs of every strength."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import require_positive
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation

ROWS = 4
STRENGTHS = np.geomspace(0.05, 200.0, 128)  # of x'x over the noise


@simulation(chunk=2**14, min_chunks=32, validate=require_positive)
def early_stopping_bound(key: jax.Array, trials: int, ratio: Numbers) -> Estimate:
    """Play designs of one column; on fresh draws, the error of the flow over that of ridge.

    The design that does worst on one half of the draws is played on the other half.

    Args:
      ratio: a, positive: the flow is stopped at a n / sigma^2.

    Returns:
      Estimate of the largest factor; a datum is a chunk.

    Raises:
      InputError: a ratio that is not positive.

    >>> found = early_stopping_bound(jax.random.key(0), 2**19, 1.0)
    >>> bool(abs(found.mean - 1.215) < 0.02)
    True
    """
    w_key, noise_key = jax.random.split(key)
    w = jax.random.normal(w_key, (trials, 1), float)
    noise = jax.random.normal(noise_key, (trials, ROWS), float)

    def errors(strength, half):
        """Of both, over the half of the draws, at every strength."""
        column = jnp.sqrt(jnp.asarray(strength) / ROWS)  # each entry
        square = ROWS * column**2
        drawn = slice(half * trials // 2, (half + 1) * trials // 2)
        mixed = square * w[drawn] + column * jnp.sum(noise[drawn], -1, keepdims=True)
        time = ratio * ROWS
        flow = -jnp.expm1(-time * square / ROWS) * (mixed / square)
        ridge = mixed / (square + 1)
        return (jnp.mean((found - w[drawn]) ** 2, 0) for found in (flow, ridge))

    flow, ridge = errors(STRENGTHS, 0)
    worst = jnp.asarray(STRENGTHS)[jnp.argmax(flow / ridge)]
    flow, ridge = errors(worst[None], 1)
    return Estimate.of_one((flow / ridge)[0])
