"""Selection by a proxy that errs, or that the truth follows only so far."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.selection.best import REPLICATES, best_normal
from jtts.sims.selection.play import best_of, require_play
from jtts.simulations import simulation


def truth_of_best_proxy(key, trials, n, scale, dof):
    """Standard normal truth of the candidate with the largest truth + scale * error, [trials]."""

    def draw(key):
        truth_key, error_key = jax.random.split(key)
        truth = jax.random.normal(truth_key, (trials,), float)
        if dof is None:
            error = jax.random.normal(error_key, (trials,), float)
        else:
            error = jax.random.t(error_key, dof, (trials,), float)
        return truth + scale * error, truth

    return best_of(key, n, draw)[1]


@simulation(chunk=4096, validate=require_play)
def gain_under_error(
    key: jax.Array, trials: int, n: Numbers, *, scale: Numbers, dof: Numbers | None = None
) -> Estimate:
    """True reward of the candidate with the largest proxy of n.

    Args:
      n: number of candidates; a whole number.
      scale: of the error, >= 0.
      dof: degrees of freedom of a Student-t error; normal if None.

    Returns:
      Estimate of the mean truth; a datum is a trial.

    Raises:
      InputError: n not a whole number >= 1.

    >>> bool(gain_under_error(jax.random.key(0), 1, 16, scale=1.0, dof=3.0).mean > 0.8)
    True
    """
    return Estimate.of(truth_of_best_proxy(key, trials, n, scale, dof))


@simulation(chunk=2**10, min_chunks=REPLICATES, validate=require_play)
def variance_under_error(key: jax.Array, trials: int, n: Numbers, scale: Numbers) -> Estimate:
    """Variance of that truth, normal error: the unbiased one of a chunk is a datum.

    Args:
      n: number of candidates; a whole number.
      scale: of the error, >= 0.

    Returns:
      Estimate of the variance; a datum is a chunk.

    Raises:
      InputError: n not a whole number >= 1.

    >>> int(variance_under_error(jax.random.key(0), 1, 2, 1.0).count)
    32
    """
    return Estimate.of_one(jnp.var(truth_of_best_proxy(key, trials, n, scale, None), ddof=1))


@simulation(chunk=4096, validate=require_play)
def gain_of_curved_truth(
    key: jax.Array, trials: int, n: Numbers, linear: Numbers, curvature: Numbers
) -> Estimate:
    """Truth a s - b s^2 of the candidate with the largest s of n.

    Args:
      n: number of candidates; a whole number.
      linear, curvature: a and b.

    Returns:
      Estimate of the mean truth; a datum is a trial.

    Raises:
      InputError: n not a whole number >= 1.

    >>> bool(gain_of_curved_truth(jax.random.key(0), 1, 16, 1.0, 0.3).mean > 0.6)
    True
    """
    proxy = best_normal(key, trials, n)
    return Estimate.of(linear * proxy - curvature * proxy**2)
