"""Attention that is asked for one key at a time: races, crowded scores, learned queries."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_nonnegative, require_whole
from jtts.associative_memory import update_query
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation

STEPS = 400  # of the flow


def attended(key, trials, logits):
    """Whether a key drawn by softmax weight is the first, [trials]: the best logit plus Gumbel."""
    race = logits + jax.random.gumbel(key, (trials, *logits.shape), logits.dtype)
    return jnp.argmax(race, -1) == 0


def require_num_keys(*, num_keys, **_):
    """Raise InputError unless there are distractors."""
    require_whole(2, num_keys=num_keys)


@simulation(static=("num_keys",), validate=require_num_keys)
def margin_mass(key: jax.Array, trials: int, margin: Numbers, num_keys: Numbers) -> Estimate:
    """Share of keys drawn by softmax weight that are the needle, all others a margin below.

    Args:
      margin: of the logits.
      num_keys: whole number, the needle included; static.

    Returns:
      Estimate of the mass; a datum is a draw.

    Raises:
      InputError: num_keys not a whole number from 2 on.

    >>> float(margin_mass(jax.random.key(0), 10, 100.0, 4).mean)
    1.0
    """
    logits = jnp.zeros(num_keys).at[0].set(margin)
    return Estimate.of(attended(key, trials, logits))


@simulation(static=("num_close",))
def crowded_loss(
    key: jax.Array,
    trials: int,
    margin: Numbers,
    num_close: Numbers,
    spread: Numbers = 1.0,
    gap: Numbers = 1.0,
    num_far: Numbers = 4,
) -> Estimate:
    """Softmax mass that is not the needle's, some distractors within a margin and some beyond.

    Args:
      margin: of the logits.
      num_close: whole number, distractors within the margin; static.
      spread: their margins are uniform on [margin - spread, margin].
      gap: the logits of the others are that far beyond the margin, on average.
      num_far: how many others there are.

    Returns:
      Estimate of the mean mass; a datum is a set of logits.

    >>> print(f"{crowded_loss(jax.random.key(0), 10, 0.0, 1, spread=0.0, gap=1e6).mean:.6f}")
    0.500000
    """
    of_close, of_far = jax.random.split(key)
    close = jax.random.uniform(of_close, (trials, num_close)) * spread
    far = jax.random.exponential(of_far, (trials,)) * -gap
    weights = jnp.sum(jnp.exp(close), -1) + num_far * jnp.exp(far - gap)
    return Estimate.of(weights / (weights + jnp.exp(margin)))


def climb(query, keys, time):
    """The query after gradient flow up ln p of the first key, by the classical Runge-Kutta rule."""

    def slope(query):
        return update_query(query, keys, 0, step_size=1.0) - query

    def step(_, query):
        h = time / STEPS
        one = slope(query)
        two = slope(query + h / 2 * one)
        three = slope(query + h / 2 * two)
        four = slope(query + h * three)
        return query + h / 6 * (one + 2 * two + 2 * three + four)

    return lax.fori_loop(0, STEPS, step, query)


def require_flow(*, time, num_keys, margin):
    """Raise InputError unless a query can climb among distractors."""
    require_nonnegative(time=time)
    require_num_keys(num_keys=num_keys)


@simulation(static=("num_keys",), validate=require_flow)
def query_update_mass(
    key: jax.Array, trials: int, time: Numbers, num_keys: Numbers, margin: Numbers
) -> Estimate:
    """Share of keys drawn by softmax weight that are the needle, after the query has climbed.

    Args:
      time: sum of the step sizes of the flow.
      num_keys: whole number of orthonormal keys; static.
      margin: at the start, of the needle's logit to ln of the sum of exp of the others, all equal.

    Returns:
      Estimate of the mass; a datum is a draw.

    Raises:
      InputError: a negative time, or num_keys not a whole number from 2 on.

    >>> float(query_update_mass(jax.random.key(0), 10, 0.0, 4, 100.0).mean)
    1.0
    """
    keys = jnp.eye(num_keys)
    query = jnp.zeros(num_keys).at[0].set(margin + jnp.log(num_keys - 1.0))
    return Estimate.of(attended(key, trials, climb(query, keys, time)))
