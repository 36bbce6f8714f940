"""Learners who observe, and who add what others believe to what they know."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import InputError, require_nonnegative, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation

CHUNK = 2**12
TRUTH = 0.7


def require_learners(*, trust, precision, t):
    """Raise InputError unless such learners can talk for so many rounds."""
    require_nonnegative(trust=trust, precision=precision)
    require_whole(1, t=t)
    if jnp.shape(trust) != 2 * jnp.shape(precision)[-1:]:
        raise InputError(
            f"trust must be square, with a row and a column for each precision, got shapes "
            f"{jnp.shape(trust)} and {jnp.shape(precision)}"
        )


def beliefs(key, trials, trust, precision, t):
    """What learners share after t rounds, [trials, learners], and the precision they claim."""
    trust, precision = jnp.asarray(trust, float), jnp.asarray(precision, float)
    seen = jnp.where(precision > 0, precision, 1.0)

    def round_of(i, state):
        evidence, own, shared, claimed = state
        noise = jax.random.normal(jax.random.fold_in(key, i), evidence.shape, float)
        # a learner that sees nothing gives no weight to what it draws here
        evidence = evidence + precision * (TRUTH + noise / jnp.sqrt(seen))
        own = own + precision
        return evidence, own, evidence + shared @ trust.T, own + trust @ claimed

    nothing = jnp.zeros((trials, precision.size))
    state = nothing, jnp.zeros(precision.size), nothing, jnp.zeros(precision.size)
    state = lax.fori_loop(0, jnp.asarray(t, int), round_of, state)
    return state[2], state[3]


@simulation(chunk=CHUNK, validate=require_learners)
def belief_variance(
    key: jax.Array, trials: int, trust: Numbers, precision: Numbers, t: Numbers
) -> Estimate:
    """Let learners observe and pass on for t rounds; how far is each from the truth?

    Args:
      trust: [learners, learners], row i is whom i trusts.
      precision: of an observation, [learners].
      t: rounds, whole, from 1 on.

    Returns:
      Estimate of the mean square of the belief less the truth, [learners]; a datum is a crowd.

    Raises:
      InputError: an argument out of its range, or trust that is not square.

    >>> trust, one = jnp.full((2, 2), 0.3), jnp.ones(2)
    >>> found = belief_variance(jax.random.key(0), 2**14, trust, one, 4)
    >>> bool(jnp.all(abs(found.mean - 0.178) < 0.02))
    True
    """
    shared, claimed = beliefs(key, trials, trust, precision, t)
    return Estimate.of((shared / claimed - TRUTH) ** 2)


@simulation(chunk=CHUNK, validate=require_learners)
def claimed_precision(
    key: jax.Array, trials: int, trust: Numbers, precision: Numbers, t: Numbers
) -> Estimate:
    """Let learners observe and pass on for t rounds; how much of the truth does each share?

    Beliefs are shared with their precision as a factor: on average truth times precision.

    Args:
      trust: [learners, learners], row i is whom i trusts.
      precision: of an observation, [learners].
      t: rounds, whole, from 1 on.

    Returns:
      Estimate of what is shared in units of the truth, [learners]; a datum is a crowd.

    Raises:
      InputError: an argument out of its range, or trust that is not square.

    >>> trust, one = jnp.full((2, 2), 0.3), jnp.ones(2)
    >>> found = claimed_precision(jax.random.key(0), 2**14, trust, one, 2)
    >>> bool(jnp.all(abs(found.mean - 2.6) < 0.1))
    True
    """
    return Estimate.of(beliefs(key, trials, trust, precision, t)[0] / TRUTH)


def require_long(*, trust, precision, size):
    """Raise InputError unless such learners can talk for so many rounds."""
    require_learners(trust=trust, precision=precision, t=size)


@simulation(chunk=CHUNK, validate=require_long)
def overconfidence(
    key: jax.Array, trials: int, trust: Numbers, precision: Numbers, size: Numbers
) -> Estimate:
    """Let learners observe and pass on; how far is each from the truth, in the unit it claims?

    Args:
      trust: [learners, learners], row i is whom i trusts.
      precision: of an observation, [learners].
      size: rounds, whole, from 1 on; the law is that of endless rounds.

    Returns:
      Estimate of the mean square of the belief less the truth, times the precision claimed,
      [learners]; a datum is a crowd.

    Raises:
      InputError: an argument out of its range, or trust that is not square.

    >>> trust, one = jnp.full((2, 2), 0.3), jnp.ones(2)
    >>> found = overconfidence(jax.random.key(0), 2**14, trust, one, 64)
    >>> bool(jnp.all(abs(found.mean - 1.45) < 0.1))
    True
    """
    shared, claimed = beliefs(key, trials, trust, precision, size)
    return Estimate.of((shared / claimed - TRUTH) ** 2 * claimed)
