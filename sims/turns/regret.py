"""Episodes played until a problem is solved, by policies side by side."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_positive, require_probability, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.turns.chains import CHUNK
from jtts.simulations import simulation


def require_episodes(*, num_episodes, delay=0, num_strategies=1, a=1.0, b=1.0, **chances):
    """Raise InputError unless so many episodes can be played with these chances."""
    require_whole(1, num_episodes=num_episodes, num_strategies=num_strategies)
    require_whole(0, delay=delay)
    require_positive(a=a, b=b)
    require_probability(**chances)


def _unsolved(key, num_episodes, hazard, trials):
    """Budgets 0 to k - 1 at which the problem is not solved: episodes played, at most k."""

    def episode(i, state):
        open_, played = state
        drawn = jax.random.uniform(jax.random.fold_in(key, i), (trials,), float)
        return open_ & (drawn >= hazard), played + open_

    begun = jnp.ones(trials, bool), jnp.zeros(trials)
    return lax.fori_loop(0, jnp.asarray(num_episodes, int), episode, begun)[1]


@simulation(chunk=CHUNK, validate=require_episodes)
def constant_hazard_regret(
    key: jax.Array, trials: int, num_episodes: Numbers, hazard: Numbers, best_hazard: Numbers
) -> Estimate:
    """Play two policies of constant hazard; by how many budgets is the first one later?

    Args:
      num_episodes: whole number.
      hazard, best_hazard: chances to solve in an episode.

    Returns:
      Estimate of the regret; a datum is a problem, played by both.

    Raises:
      InputError: a number of episodes that is not whole, or a chance outside [0, 1].

    >>> found = constant_hazard_regret(jax.random.key(0), 2**15, 20, 0.05, 0.2)
    >>> bool(abs(found.mean - 7.89) < 0.15)
    True
    """
    one, other = jax.random.split(key)
    late = _unsolved(one, num_episodes, hazard, trials)
    return Estimate.of(late - _unsolved(other, num_episodes, best_hazard, trials))


@simulation(chunk=CHUNK, validate=require_episodes)
def stuck_regret(
    key: jax.Array,
    trials: int,
    num_episodes: Numbers,
    share: Numbers,
    hazard: Numbers,
    best_hazard: Numbers,
) -> Estimate:
    """The same, where the first policy cannot solve some of the problems.

    Args:
      num_episodes: whole number.
      share: of the problems that it can solve.
      hazard, best_hazard: chances to solve in an episode.

    Returns:
      Estimate of the regret; a datum is a problem, played by both.

    Raises:
      InputError: a number of episodes that is not whole, or a chance outside [0, 1].

    >>> found = stuck_regret(jax.random.key(0), 2**15, 25, 0.8, 0.1, 0.3)
    >>> bool(abs(found.mean - 9.09) < 0.2)
    True
    """
    able, one, other = jax.random.split(key, 3)
    own = jnp.where(jax.random.uniform(able, (trials,), float) < share, hazard, 0.0)
    late = _unsolved(one, num_episodes, own, trials)
    return Estimate.of(late - _unsolved(other, num_episodes, best_hazard, trials))


@simulation(chunk=CHUNK, validate=require_episodes)
def difficulty_regret_sum(
    key: jax.Array, trials: int, num_episodes: Numbers, a: Numbers, b: Numbers
) -> Estimate:
    """Draw a problem's own hazard and play it; at how many budgets is it unsolved?

    Args:
      num_episodes: whole number.
      a, b: shapes of the law of hazards, positive.

    Returns:
      Estimate of the number of budgets; a datum is a problem.

    Raises:
      InputError: a number of episodes that is not whole, or a shape that is not positive.

    >>> found = difficulty_regret_sum(jax.random.key(0), 2**15, 10, 0.5, 2.0)
    >>> bool(abs(found.mean - 5.92) < 0.1)
    True
    """
    one, other = jax.random.split(key)
    hazard = jax.random.beta(one, a, b, (trials,), float)
    return Estimate.of(_unsolved(other, num_episodes, hazard, trials))


@simulation(chunk=CHUNK, validate=require_episodes)
def memory_regret(
    key: jax.Array, trials: int, num_episodes: Numbers, num_strategies: Numbers
) -> Estimate:
    """Try strategies at random, and in a random order; which finds the one that works sooner?

    Args:
      num_episodes, num_strategies: whole numbers.

    Returns:
      Estimate of the regret; a datum is a problem, tried both ways.

    Raises:
      InputError: numbers that are not whole.

    >>> found = memory_regret(jax.random.key(0), 2**15, 40, 10)
    >>> bool(abs(found.mean - 4.35) < 0.2)
    True
    """
    works_key, order_key, try_key = jax.random.split(key, 3)
    works = jnp.floor(jax.random.uniform(works_key, (trials,), float) * num_strategies)

    def episode(i, state):
        (open_, played), (there, tried) = state
        drawn = jax.random.uniform(jax.random.fold_in(try_key, i), (trials,), float)
        chosen = jnp.floor(drawn * num_strategies)
        drawn = jax.random.uniform(jax.random.fold_in(order_key, i), (trials,), float)
        # of those not tried yet one is next: it works with the chance that is left to it
        works_now = jnp.floor(drawn * (num_strategies - i)) == 0
        return (open_ & (chosen != works), played + open_), (there & ~works_now, tried + there)

    begun = jnp.ones(trials, bool), jnp.zeros(trials)
    found = lax.fori_loop(0, jnp.asarray(num_episodes, int), episode, (begun, begun))
    return Estimate.of(found[0][1] - found[1][1])


def _policies(key, trials, num_episodes, quick, slow, delay):
    """Regret of the quick and of the slow policy against the better one at each budget.

    Which one is better at a budget the chances say, carried from episode to episode; what is solved
    is drawn.
    """

    def episode(j, state):
        solved, chances, regrets = state
        better = jnp.where(chances[1] > chances[0], solved[1], solved[0])
        regrets = regrets + (better.astype(float) - solved)
        hazards = jnp.stack([jnp.asarray(quick, float), jnp.where(j < delay, 0.0, slow)])
        drawn = jax.random.uniform(jax.random.fold_in(key, j), (2, trials), float)
        return (
            solved | (drawn < hazards[:, None]),
            chances + (1 - chances) * hazards,
            regrets,
        )

    begun = jnp.zeros((2, trials), bool), jnp.zeros(2), jnp.zeros((2, trials))
    return lax.fori_loop(0, jnp.asarray(num_episodes, int), episode, begun)[2]


@simulation(chunk=CHUNK, validate=require_episodes)
def quick_regret(
    key: jax.Array,
    trials: int,
    num_episodes: Numbers,
    quick: Numbers,
    slow: Numbers,
    delay: Numbers,
) -> Estimate:
    """Play a quick policy and one that starts late; what is the quick one short of the better?

    Args:
      num_episodes, delay: whole numbers.
      quick, slow: chances to solve in an episode.

    Returns:
      Estimate of the regret of the quick one; a datum is a problem, played by both.

    Raises:
      InputError: numbers that are not whole, or a chance outside [0, 1].

    >>> found = quick_regret(jax.random.key(0), 2**15, 60, 0.03, 0.1, 12)
    >>> bool(abs(found.mean - 8.66) < 0.4)
    True
    """
    return Estimate.of(_policies(key, trials, num_episodes, quick, slow, delay)[0])


@simulation(chunk=CHUNK, validate=require_episodes)
def slow_start_regret(
    key: jax.Array,
    trials: int,
    num_episodes: Numbers,
    quick: Numbers,
    slow: Numbers,
    delay: Numbers,
) -> Estimate:
    """The same of the policy that starts late.

    Args:
      num_episodes, delay: whole numbers.
      quick, slow: chances to solve in an episode.

    Returns:
      Estimate of the regret of the slow one; a datum is a problem, played by both.

    Raises:
      InputError: numbers that are not whole, or a chance outside [0, 1].

    >>> found = slow_start_regret(jax.random.key(0), 2**15, 60, 0.03, 0.1, 12)
    >>> bool(abs(found.mean - 2.62) < 0.1)
    True
    """
    return Estimate.of(_policies(key, trials, num_episodes, quick, slow, delay)[1])
