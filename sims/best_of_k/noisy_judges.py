"""Selection by judges that see noise on candidates or prompts."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_nonnegative, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.regression import Statistics
from jtts.sims.best_of_k.candidates import select
from jtts.sims.best_of_k.contest import winner
from jtts.sims.best_of_k.design import (
    MIN_REPLICATES,
    inputs,
    offset_var,
    proposal_width,
    shifted_lattice,
    wide_normal,
)
from jtts.simulations import simulation


def require_noise(*, k, noise_var, temperature, **_):
    """Raise InputError unless a noisy selection can be played."""
    require_whole(1, k=k)
    require_nonnegative(noise_var=noise_var, temperature=temperature)


@simulation(min_chunks=MIN_REPLICATES, curve="k", validate=require_noise)
def perception_noise_error(
    key: jax.Array,
    trials: int,
    k: Numbers,
    stats: Statistics,
    noise_var: Numbers,
    temperature: Numbers = 0.0,
) -> Estimate:
    """Error where the judge sees every candidate with fresh noise; per trial one input.

    A chunk is one replicate of a randomised design and one datum.

    Args:
      k: number of candidates; integers of any shape.
      stats: the four numbers that act on selection; scalars.
      noise_var: of the noise on each candidate, >= 0.
      temperature: of the selection by what is seen, >= 0.

    Returns:
      Estimate of E (y_selected - t)^2 of the clean candidate, of the shape of k.

    Raises:
      InputError: k not a whole number >= 1, a negative noise_var or temperature.

    Source: docs/best_of_k.md, extensions.

    >>> estimate = perception_noise_error(jax.random.key(0), 1, 4, Statistics(1.0, 0.3), 0.4)
    >>> bool(estimate.stderr < 0.01 * estimate.mean)
    True
    """
    of_inputs, candidates = jax.random.split(key)
    gap_of_mean, judge_error, weight = inputs(shifted_lattice(of_inputs, trials, 2), stats)

    def candidate(key):
        own, noise, gumbel = jax.random.split(key, 3)
        gap = gap_of_mean + jnp.sqrt(stats.predictive_var) * jax.random.normal(own, (trials,))
        seen = gap + jnp.sqrt(noise_var) * jax.random.normal(noise, (trials,))

        def softly():
            return seen**2 - temperature * jax.random.gumbel(gumbel, (trials,))

        return lax.cond(temperature > 0, softly, lambda: seen**2), gap

    def average(gap, _):
        return jnp.mean(weight * (gap + judge_error) ** 2)

    return Estimate.of_one(winner(candidates, k, (trials,), candidate, average))


@simulation(min_chunks=MIN_REPLICATES, curve="k", validate=require_noise)
def prompt_noise_error(
    key: jax.Array,
    trials: int,
    k: Numbers,
    stats: Statistics,
    noise_var: Numbers,
    temperature: Numbers = 0.0,
) -> Estimate:
    """Error where the judge's guess carries one noise a prompt, shared by all its candidates.

    A chunk is one replicate of a randomised design, whose third coordinate is the noise.

    Args:
      k: number of candidates; integers of any shape.
      stats: the four numbers of generator and noiseless judge; scalars.
      noise_var: of the noise on the guess, >= 0.
      temperature: of the selection, >= 0.

    Returns:
      Estimate of E (y_selected - t)^2, of the shape of k.

    Raises:
      InputError: k not a whole number >= 1, a negative noise_var or temperature.

    Source: docs/best_of_k.md, extensions.

    >>> estimate = prompt_noise_error(jax.random.key(0), 1, 4, Statistics(1.0, 0.3), 0.4)
    >>> bool(estimate.stderr < 0.01 * estimate.mean)
    True
    """
    of_inputs, candidates = jax.random.split(key)
    points = shifted_lattice(of_inputs, trials, 3)
    width = proposal_width(offset_var(stats) + noise_var, stats.predictive_var)
    gap_of_mean, judge_error, weight = inputs(points[:2], stats, width)
    deviate, other_weight = wide_normal(points[2], width)
    noise = jnp.sqrt(noise_var) * deviate
    weight = weight * other_weight

    def average(gap, _):
        return jnp.mean(weight * (gap + judge_error + noise) ** 2)

    scale = jnp.sqrt(stats.predictive_var)
    shift = gap_of_mean - noise
    return Estimate.of_one(select(candidates, k, shift, scale, temperature, average))
