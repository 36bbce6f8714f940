"""Groups of rollouts of one prompt, taken at random or chosen by Thompson sampling."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import InputError, require_positive, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation


def require_prompts(*, a, b, rollouts):
    """Raise InputError unless the prompts can be drawn."""
    require_positive(a=a, b=b)
    require_whole(1, rollouts=rollouts)


def _teaches(key, rates, rollouts):
    """Whether the rollouts of each prompt are neither all right nor all wrong."""
    right = jax.random.binomial(key, rollouts, rates, dtype=float)
    return (right > 0) & (right < rollouts)


@simulation(validate=require_prompts)
def useful_group(
    key: jax.Array, trials: int, a: Numbers, b: Numbers, rollouts: Numbers
) -> Estimate:
    """Whether rollouts of a prompt, p ~ Beta(a, b), are neither all right nor all wrong.

    Args:
      a, b: shapes, positive.
      rollouts: a whole number.

    Raises:
      InputError: shapes that are not positive, or rollouts that are not whole.

    Source: docs/repeated_sampling.md.

    >>> found = useful_group(jax.random.key(0), 2**14, 0.5, 0.5, 8)
    >>> print(f"{found.mean:.1f}")
    0.6
    """
    of_rate, of_rollouts = jax.random.split(key)
    rates = jax.random.beta(of_rate, a, b, (trials,), float)
    return Estimate.of(_teaches(of_rollouts, rates, rollouts))


def require_selection(*, a, b, seen, rollouts, candidates, batch):
    """Raise InputError unless prompts can be chosen."""
    require_prompts(a=a, b=b, rollouts=rollouts)
    require_whole(0, seen=seen)
    require_whole(1, candidates=candidates, batch=batch)
    if np.any(np.asarray(batch) > np.asarray(candidates)):
        raise InputError(f"batch must be at most candidates = {candidates}, got {batch}")


@simulation(
    chunk=256,
    sizes={"most": lambda candidates, **_: max(64, 2 ** int(candidates - 1).bit_length())},
    validate=require_selection,
)
def selected_useful_group(
    key: jax.Array,
    trials: int,
    a: Numbers,
    b: Numbers,
    seen: Numbers,
    rollouts: Numbers,
    candidates: Numbers,
    batch: Numbers,
    most: Numbers,
) -> Estimate:
    """Share of useful groups among the prompts whose draw from the posterior is nearest to 1/2.

    Args:
      a, b: shapes of the law of p, and of the prior.
      seen: rollouts of every prompt so far; whole.
      rollouts: of a group; whole.
      candidates, batch: prompts, and those of them chosen; whole.

    Returns:
      Estimate of the share; a datum is a batch.

    Raises:
      InputError: numbers that are not whole, or a batch larger than the candidates.

    Source: docs/repeated_sampling.md.

    >>> found = selected_useful_group(jax.random.key(0), 2**10, 0.5, 0.5, 8, 8, 16, 4)
    >>> print(f"{found.mean:.1f}")
    0.9
    """
    of_rate, of_seen, of_draw, of_rollouts = jax.random.split(key, 4)

    def turn(state, turn):
        """A draw for each prompt from what is known of it, the first being its rate; rollouts."""
        rates, right, wrong = state
        of_beta, of_binomial, first, count = turn
        drawn = jax.random.beta(of_beta, a + right, b + wrong, dtype=float)
        rates = jnp.where(first, drawn, rates)
        right = jax.random.binomial(of_binomial, count, rates, dtype=float)
        return (rates, right, count - right), drawn

    # a loop, since each place of a draw takes seconds to compile
    turns = (
        jnp.stack([of_rate, of_draw]),
        jnp.stack([of_seen, of_rollouts]),
        np.array([True, False]),
        jnp.stack([jnp.asarray(seen, float), jnp.asarray(rollouts, float)]),
    )
    (_, right, wrong), drawn = lax.scan(turn, (jnp.zeros((trials, most)),) * 3, turns)
    there = jnp.arange(most) < candidates
    distance = jnp.where(there, jnp.abs(drawn[1] - 0.5), jnp.inf)
    chosen = jnp.argsort(jnp.argsort(distance, -1), -1) < batch
    teaches = chosen & (right > 0) & (wrong > 0)
    return Estimate.of(jnp.sum(teaches, -1) / batch)
