"""Selection among Student-t candidates."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import require_at_least, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.regression import Statistics
from jtts.sims.best_of_k.contest import winner
from jtts.sims.best_of_k.design import MIN_REPLICATES, inputs, shifted_lattice
from jtts.simulations import simulation


def require_student(*, k, dof, **_):
    """Raise InputError unless the mean square of a Student-t error exists."""
    require_whole(1, k=k)
    require_at_least(1, dof=dof)


@simulation(min_chunks=MIN_REPLICATES, curve="k", validate=require_student)
def student_error(
    key: jax.Array, trials: int, k: Numbers, stats: Statistics, dof: Numbers
) -> Estimate:
    """Error of the nearest of k explicit Student-t candidates; per trial one input.

    A chunk is one replicate of a randomised design and one datum. The standard error means
    something where k dof > 4: below, a squared error has no variance.

    Args:
      k: number of candidates; integers of any shape.
      stats: the four numbers that act on selection, predictive_var the square of the scale.
      dof: degrees of freedom, at least 1.

    Returns:
      Estimate of E (y_selected - t)^2, of the shape of k.

    Raises:
      InputError: k not a whole number >= 1, or dof < 1.

    Source: docs/best_of_k.md, extensions.

    >>> estimate = student_error(jax.random.key(0), 1, 16, Statistics.from_rho(0.8), 5.0)
    >>> bool(estimate.stderr < 0.02 * estimate.mean)
    True
    """
    of_inputs, candidates = jax.random.split(key)
    gap_of_mean, judge_error, weight = inputs(shifted_lattice(of_inputs, trials, 2), stats)
    scale = jnp.sqrt(stats.predictive_var)

    def candidate(key):
        # the radius of a bivariate t vector, and its angle
        u, angle = jax.random.uniform(key, (2, trials), minval=1e-300)
        radius = jnp.sqrt(dof * jnp.expm1(-2 / dof * jnp.log(u)))
        gap = gap_of_mean + scale * radius * jnp.cos(2 * np.pi * angle)
        return gap**2, gap

    def average(gap, _):
        return jnp.mean(weight * (gap + judge_error) ** 2)

    return Estimate.of_one(winner(candidates, k, (trials,), candidate, average))
