"""How far softmax selection among explicit candidates moves from a blind choice."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_positive, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.regression import Judge, Statistics
from jtts.sims.best_of_k.design import MIN_REPLICATES, inputs, shifted_lattice
from jtts.simulations import simulation


def require_softmax(*, k, temperature, predictive_var=1.0, **_):
    """Raise InputError unless softmax weights exist."""
    require_whole(1, k=k)
    require_positive(temperature=temperature, predictive_var=predictive_var)


@simulation(validate=require_softmax)
def pointwise_softmax_kl_to_base(
    key: jax.Array,
    trials: int,
    *,
    k: Numbers,
    mean: Numbers,
    predictive_var: Numbers,
    judge: Judge,
    temperature: Numbers,
) -> Estimate:
    """Divergence of the softmax weights of k explicit candidates from equal weights, one input.

    Args:
      k: number of candidates.
      mean, predictive_var: m and s^2 of the generator at this input.
      judge: the judge's guess r.
      temperature: of the selection, > 0.

    Returns:
      Estimate of sum_i p_i ln(k p_i), in nats; a datum is a trial.

    Raises:
      InputError: k not a whole number >= 1, or a variance or temperature that is not positive.

    Source: docs/best_of_k.md, extensions.

    >>> point = dict(mean=0.0, predictive_var=1.0, judge=1.0, temperature=2.0)
    >>> float(pointwise_softmax_kl_to_base(jax.random.key(0), 1, k=1, **point).mean)
    0.0
    """
    shift = jnp.full(trials, mean - judge)
    return Estimate.of(_of_weights(key, k, shift, jnp.sqrt(predictive_var), temperature))


@simulation(chunk=256, min_chunks=MIN_REPLICATES, validate=require_softmax)
def softmax_kl_to_base(
    key: jax.Array, trials: int, *, k: Numbers, stats: Statistics, temperature: Numbers
) -> Estimate:
    """The same averaged over inputs, one a trial; a chunk is one replicate of a design.

    Args:
      k: number of candidates.
      stats: the four numbers that act on selection; scalars.
      temperature: of the selection, > 0.

    Returns:
      Estimate of the average of sum_i p_i ln(k p_i), in nats.

    Raises:
      InputError: k not a whole number >= 1, or a temperature that is not positive.

    Source: docs/best_of_k.md, extensions.

    >>> settings = dict(k=64, stats=Statistics.from_rho(0.3), temperature=2.0)
    >>> estimate = softmax_kl_to_base(jax.random.key(0), 1, **settings)
    >>> bool(estimate.stderr < 0.01 * estimate.mean)
    True
    """
    of_inputs, candidates = jax.random.split(key)
    shift, _, weight = inputs(shifted_lattice(of_inputs, trials, 2), stats)
    scale = jnp.sqrt(stats.predictive_var)
    divergence = _of_weights(candidates, k, shift, scale, temperature)
    return Estimate.of_one(jnp.mean(weight * divergence))


def _of_weights(key, k, shift, scale, temperature):
    """sum_i p_i ln(k p_i) of p_i proportional to exp(-(y_i - r)^2 / temperature), per trial."""

    def add_candidate(j, totals):
        deviate = jax.random.normal(jax.random.fold_in(key, j), shift.shape)
        log_weight = -((shift + scale * deviate) ** 2) / temperature
        largest, total, moment = totals
        now = jnp.maximum(largest, log_weight)
        old, new = jnp.exp(largest - now), jnp.exp(log_weight - now)
        return now, total * old + new, moment * old + new * log_weight

    start = jnp.full_like(shift, -jnp.inf), jnp.zeros_like(shift), jnp.zeros_like(shift)
    largest, total, moment = lax.fori_loop(0, jnp.asarray(k).astype(int), add_candidate, start)
    return moment / total - largest - jnp.log(total) + jnp.log(k)
