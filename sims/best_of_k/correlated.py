"""Candidates whose sampling noise is shared in part."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import (
    InputError,
    concrete,
    require_nonnegative,
    require_whole,
)
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.regression import Statistics
from jtts.sims.best_of_k.candidates import select
from jtts.sims.best_of_k.design import (
    MIN_REPLICATES,
    inputs,
    offset_var,
    proposal_width,
    shifted_lattice,
    wide_normal,
)
from jtts.simulations import simulation


def require_correlated(*, k, correlation, temperature, **_):
    """Raise InputError unless correlated candidates can be drawn."""
    require_whole(1, k=k)
    require_nonnegative(temperature=temperature)
    known = concrete(correlation)
    if known is not None and not np.all((known >= 0) & (known < 1)):
        raise InputError(f"correlation must be in [0, 1), got {correlation}")


@simulation(min_chunks=MIN_REPLICATES, curve="k", validate=require_correlated)
def correlated_error(
    key: jax.Array,
    trials: int,
    k: Numbers,
    stats: Statistics,
    correlation: Numbers,
    temperature: Numbers = 0.0,
) -> Estimate:
    """Error where the noise of a prompt's candidates is shared in part; per trial one input.

    Every trial draws the shared part, and for each candidate its own. A chunk is one replicate of
    a randomised design, whose third coordinate is the shared part.

    Args:
      k: number of candidates; integers of any shape.
      stats: the four numbers that act on selection; scalars.
      correlation: of the noise of any two candidates, in [0, 1).
      temperature: of the selection, >= 0.

    Returns:
      Estimate of E (y_selected - t)^2, of the shape of k.

    Raises:
      InputError: k not a whole number >= 1, a correlation outside [0, 1), a negative temperature.

    Source: docs/best_of_k.md, extensions.

    >>> estimate = correlated_error(jax.random.key(0), 1, 4, Statistics(1.0, 0.15), 0.2)
    >>> bool(estimate.stderr < 0.01 * estimate.mean)
    True
    """
    of_inputs, candidates = jax.random.split(key)
    points = shifted_lattice(of_inputs, trials, 3)
    spread = stats.predictive_var
    own_var, shared_var = (1 - correlation) * spread, correlation * spread
    width = proposal_width(offset_var(stats) + shared_var, own_var)
    gap_of_mean, judge_error, weight = inputs(points[:2], stats, width)
    deviate, other_weight = wide_normal(points[2], width)
    shared = jnp.sqrt(shared_var) * deviate
    weight = weight * other_weight

    def average(gap, _):
        return jnp.mean(weight * (gap + judge_error) ** 2)

    shift = gap_of_mean + shared
    return Estimate.of_one(select(candidates, k, shift, jnp.sqrt(own_var), temperature, average))
