"""Populations of answers, curated and drawn again."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_nonnegative, require_probability, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation
from jtts.sizes import power_of_two

GENERATIONS = 60
WORK = 2**16


def require_curated(*, p_ref, reward, real_fraction, size):
    """Raise InputError unless so large a population can be curated."""
    require_nonnegative(p_ref=p_ref)
    require_probability(real_fraction=real_fraction)
    require_whole(1, size=size)


@simulation(
    static=("size",), chunk=lambda size, **_: max(1, WORK // size), validate=require_curated
)
def curated_fixed_point(
    key: jax.Array,
    trials: int,
    p_ref: Numbers,
    reward: Numbers,
    real_fraction: Numbers,
    size: int,
) -> Estimate:
    """Draw a population of answers from real data and the best of the population before.

    Each answer of a generation is a real one with chance `real_fraction`, else one of the
    population before, chosen with chances in proportion to exp(reward).

    Args:
      p_ref: shares of the real data, [answers].
      reward: [answers].
      real_fraction: chance that an answer is real.
      size: of the population, whole; the law is that of endless populations.

    Returns:
      Estimate of the shares after 60 generations, [answers]; a datum is a population.

    Raises:
      InputError: an argument out of its range.

    >>> p, r = jnp.array([0.5, 0.5]), jnp.array([0.0, 1.0])
    >>> found = curated_fixed_point(jax.random.key(0), 2**10, p, r, 0.5, 64)
    >>> bool(abs(found.mean[1] - 0.675) < 0.02)
    True
    """
    p = p_ref / jnp.sum(p_ref)
    weight = jnp.exp(reward)
    kinds = jnp.arange(p.size)

    def draw(key, shares):
        ends = jnp.cumsum(shares, -1)
        drawn = jax.random.uniform(key, (trials, size), float) * ends[..., -1:]
        return jnp.minimum(jnp.sum(drawn[..., None] >= ends[..., None, :], -1), p.size - 1)

    def generation(i, shares):
        real_key, own_key, which_key = jax.random.split(jax.random.fold_in(key, i), 3)
        chosen = draw(own_key, shares * weight)
        real = draw(real_key, jnp.broadcast_to(p, (trials, p.size)))
        is_real = jax.random.uniform(which_key, (trials, size), float) < real_fraction
        answers = jnp.where(is_real, real, chosen)
        return jnp.mean(answers[..., None] == kinds, 1, dtype=float)

    begun = jnp.broadcast_to(p, (trials, p.size))
    return Estimate.of(lax.fori_loop(0, GENERATIONS, generation, begun))


def require_candidates(*, p_ref, real_fraction, beta, n, size):
    """Raise InputError unless so many candidates can be compared."""
    require_probability(p_ref=p_ref, real_fraction=real_fraction)
    require_nonnegative(beta=beta)
    require_whole(1, n=n, size=size)


@simulation(
    static=("size",),
    sizes={"columns": lambda n, **_: max(8, power_of_two(n))},
    chunk=lambda size, columns, **_: max(1, WORK // (size * columns)),
    validate=require_candidates,
)
def curated_success_fixed_point(
    key: jax.Array,
    trials: int,
    p_ref: Numbers,
    real_fraction: Numbers,
    beta: Numbers,
    n: Numbers,
    size: int,
    *,
    columns: int,
) -> Estimate:
    """Draw a population of right and wrong answers from real data and of the curated.

    Each answer of a generation is a real one with chance `real_fraction`, else one of n of the
    population before, chosen by a softmax of beta times its being right.

    Args:
      p_ref: share of right answers in the real data.
      real_fraction: chance that an answer is real.
      beta: of the softmax.
      n: candidates, whole.
      size: of the population, whole; the law is that of endless populations.

    Returns:
      Estimate of the share of right answers after 60 generations; a datum is a population.

    Raises:
      InputError: an argument out of its range.

    >>> found = curated_success_fixed_point(jax.random.key(0), 2**8, 0.2, 0.5, 1.0, 4, 64)
    >>> bool(abs(found.mean - 0.4) < 0.05)
    True
    """
    used = jnp.arange(columns) < n

    def generation(i, share):
        keys = jax.random.split(jax.random.fold_in(key, i), 3)
        real = jax.random.uniform(keys[0], (trials, size), float) < p_ref
        candidates = jax.random.uniform(keys[1], (trials, size, columns), float)
        count = jnp.sum((candidates < share[:, None, None]) & used, -1)
        which, chosen = jax.random.uniform(keys[2], (2, trials, size), float)
        right = count * jnp.exp(beta)
        answers = jnp.where(which < real_fraction, real, chosen * (right + n - count) < right)
        return jnp.mean(answers, -1, dtype=float)

    begun = jnp.full(trials, p_ref, float)
    return Estimate.of(lax.fori_loop(0, GENERATIONS, generation, begun))
