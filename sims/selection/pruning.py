"""Staged pruning, played: all candidates are drawn, ranked and dropped."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import InputError, concrete, require_probability, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation


def require_rounds(*, n, kept=None, keep=None, correlation=0.0, **_):
    """Raise InputError unless so many can be kept of n."""
    require_whole(1, n=n)
    require_probability(correlation=correlation)
    numbers = {"kept": kept} if keep is None else {"keep": keep}
    require_whole(1, **numbers)
    for name, value in numbers.items():
        known, most = concrete(value), concrete(n)
        if known is not None and most is not None and np.any(known > most):
            raise InputError(f"{name} must be at most n = {most:g}, got {np.max(known):g}")


def _padded(n, **_):
    """A size that holds n candidates: few sizes, few programs."""
    return int(64 * 4 ** np.ceil(np.log(max(float(n), 64.0) / 64) / np.log(4)))


def _largest(scores, kept):
    """Which are among the `kept` largest of the last axis."""
    order = jnp.sort(scores, -1)
    cut = jnp.take_along_axis(
        order, jnp.full((len(order), 1), scores.shape[-1] - jnp.asarray(kept, int)), -1
    )
    return scores >= cut


def _play(key, trials, n, correlation, most):
    """Early and final scores of n candidates, [trials, most]; -infinity beyond n."""
    early_key, late_key = jax.random.split(key)
    early = jax.random.normal(early_key, (trials, most), float)
    noise = jax.random.normal(late_key, (trials, most), float)
    late = correlation * early + jnp.sqrt((1 - correlation) * (1 + correlation)) * noise
    there = jnp.arange(most) < n
    return jnp.where(there, early, -jnp.inf), jnp.where(there, late, -jnp.inf)


@simulation(chunk=lambda most, **_: 2**17 // most, sizes={"most": _padded}, validate=require_rounds)
def best_score(
    key: jax.Array, trials: int, n: Numbers, kept: Numbers, correlation: Numbers, most: Numbers
) -> Estimate:
    """Final score of the best of those kept by an early score.

    Args:
      n: number of candidates; a whole number.
      kept: number kept, whole, at most n.
      correlation: of early and final score, 0 to 1.

    Returns:
      Estimate of the mean; a datum is a trial.

    Raises:
      InputError: numbers that are not whole, kept above n, or a correlation outside [0, 1].

    >>> bool(abs(best_score(jax.random.key(0), 2**14, 16, 4, 0.7).mean - 1.67) < 0.03)
    True
    """
    early, late = _play(key, trials, n, correlation, most)
    return Estimate.of(jnp.max(jnp.where(_largest(early, kept), late, -jnp.inf), -1))


@simulation(chunk=lambda most, **_: 2**17 // most, sizes={"most": _padded}, validate=require_rounds)
def survival(
    key: jax.Array, trials: int, n: Numbers, kept: Numbers, correlation: Numbers, most: Numbers
) -> Estimate:
    """Whether the candidate with the best final score is among those kept.

    Args:
      n: number of candidates; a whole number.
      kept: number kept, whole, at most n.
      correlation: of early and final score, 0 to 1.

    Returns:
      Estimate of the chance; a datum is a trial.

    Raises:
      InputError: numbers that are not whole, kept above n, or a correlation outside [0, 1].

    >>> bool(abs(survival(jax.random.key(0), 2**14, 16, 4, 0.7).mean - 0.77) < 0.02)
    True
    """
    early, late = _play(key, trials, n, correlation, most)
    best = jnp.argmax(late, -1)[:, None]
    return Estimate.of(jnp.take_along_axis(_largest(early, kept), best, -1)[:, 0])


@simulation(
    chunk=lambda most, **_: 2**17 // most,
    sizes={"most": lambda n, size=1, **_: _padded(n * size)},
    validate=require_rounds,
)
def halving_score(
    key: jax.Array,
    trials: int,
    n: Numbers,
    keep: Numbers,
    times: Numbers,
    most: Numbers,
    size: Numbers = 1,
) -> Estimate:
    """Final score of the best after rounds of pruning, the score a Brownian motion.

    With `size` copies of everything, rounds start from size n candidates and keep size times as
    many; among the last, m of them, drawn at random, compete as they would alone.

    Args:
      n: number of candidates; a whole number.
      keep: numbers kept at each read, [reads].
      times: of the reads, [reads], below 1.
      size: copies; 1 is the real thing.

    Returns:
      Estimate of the mean; a datum is a trial.

    Raises:
      InputError: numbers that are not whole, or more kept than there are.

    >>> found = halving_score(jax.random.key(0), 2**13, 64, [32, 16, 8], [0.25, 0.5, 0.75])
    >>> bool(abs(found.mean - 2.294) < 0.03)
    True
    """
    alive = jnp.broadcast_to(jnp.arange(most) < n * size, (trials, most))
    score = jnp.zeros((trials, most))
    before = 0.0
    for read in range(keep.shape[0]):
        own = jax.random.normal(jax.random.fold_in(key, read), (trials, most), float)
        score = score + jnp.sqrt(times[read] - before) * own
        before = times[read]
        kept = (keep[read] * size).astype(int)
        alive = alive & _largest(jnp.where(alive, score, -jnp.inf), kept)
    own = jax.random.normal(jax.random.fold_in(key, keep.shape[0]), (trials, most), float)
    final = score + jnp.sqrt(1 - before) * own
    # the first of them in the order of their numbers, which know nothing of the scores
    group = alive & (jnp.cumsum(alive, -1) <= keep[-1])
    return Estimate.of(jnp.max(jnp.where(group, final, -jnp.inf), -1))
