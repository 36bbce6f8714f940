"""Pass@k with a tolerance, played out."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.arguments import require_positive, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.regression import Statistics
from jtts.sims.best_of_k.candidates import select
from jtts.sims.best_of_k.design import MIN_REPLICATES, inputs, shifted_lattice
from jtts.simulations import simulation


def require_tolerance(*, k, tolerance, **_):
    """Raise InputError unless candidates can pass."""
    require_whole(1, k=k)
    require_positive(tolerance=tolerance)


@simulation(min_chunks=MIN_REPLICATES, curve="k", validate=require_tolerance)
def tolerance_failure(
    key: jax.Array, trials: int, k: Numbers, stats: Statistics, tolerance: Numbers
) -> Estimate:
    """Share of inputs none of whose k explicit candidates lies within the tolerance.

    A chunk is one replicate of a randomised design and one datum.

    Args:
      k: number of candidates; integers of any shape.
      stats: predictive_var and mean_error act; scalars.
      tolerance: largest |y - t| that passes, > 0.

    Returns:
      Estimate of the chance that all fail, of the shape of k.

    Raises:
      InputError: k not a whole number >= 1, or tolerance <= 0.

    Source: docs/best_of_k.md, extensions.

    >>> estimate = tolerance_failure(jax.random.key(0), 1, 10, Statistics.from_rho(0.7), 0.1)
    >>> bool(estimate.stderr < 0.01 * estimate.mean)
    True
    """
    of_inputs, candidates = jax.random.split(key)
    by_target = Statistics(stats.predictive_var, stats.mean_error)
    gap_of_mean, _, weight = inputs(shifted_lattice(of_inputs, trials, 2), by_target)

    def failed(gap, _):
        return jnp.mean(weight * (jnp.abs(gap) >= tolerance))

    scale = jnp.sqrt(stats.predictive_var)
    return Estimate.of_one(select(candidates, k, gap_of_mean, scale, jnp.zeros(()), failed))
