"""One pair, judged again and again."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.ranking.judges import prefers, require_numbers
from jtts.simulations import simulation


def wins(key, trials, gap, games):
    """Calls that the first candidate wins, one after the other."""

    def call(i, won):
        return won + prefers(jax.random.fold_in(key, i), gap, (trials,))

    return lax.fori_loop(0, jnp.asarray(games, int), call, jnp.zeros(trials, int))


@simulation(validate=require_numbers)
def pair_error(key: jax.Array, trials: int, gap: Numbers, games: Numbers) -> Estimate:
    """Whether most calls prefer the second candidate; half where they tie. Time grows with games.

    >>> print(f"{pair_error(jax.random.key(0), 20_000, 0.5, 11).mean:.1f}")
    0.2
    """
    won = wins(key, trials, gap, games)
    return Estimate.of((jnp.sign(games - 2 * won) + 1) / 2)


def race(key, trials, gap, lead):
    """Who first leads by so many calls, and after how many."""

    def call(state):
        step, ahead, calls = state
        running = jnp.abs(ahead) < lead
        won = prefers(jax.random.fold_in(key, step), gap, (trials,))
        return step + 1, ahead + running * jnp.where(won, 1, -1), calls + running

    start = 0, jnp.zeros(trials, int), jnp.zeros(trials, int)
    end = lax.while_loop(lambda state: jnp.any(jnp.abs(state[1]) < lead), call, start)
    return end[1] > 0, end[2]


@simulation(validate=require_numbers)
def lead_error(key: jax.Array, trials: int, gap: Numbers, lead: Numbers) -> Estimate:
    """Call until one candidate leads by so many; is it the second? Time grows as the lead squared.

    >>> print(f"{lead_error(jax.random.key(0), 20_000, 0.5, 3).mean:.1f}")
    0.2
    """
    return Estimate.of(~race(key, trials, gap, lead)[0])


@simulation(validate=require_numbers)
def lead_calls(key: jax.Array, trials: int, gap: Numbers, lead: Numbers) -> Estimate:
    """Calls until one candidate leads by so many. Time grows as the lead squared.

    >>> print(f"{lead_calls(jax.random.key(0), 20_000, 0.5, 3).mean:.1f}")
    7.8
    """
    return Estimate.of(race(key, trials, gap, lead)[1])


@simulation(validate=require_numbers)
def half_win_gap(
    key: jax.Array, trials: int, gap: Numbers, ties: Numbers, games: Numbers
) -> Estimate:
    """Log-odds of wins and half of the ties in so many calls. Time grows with games.

    Each call draws which of three weighted events happens; without any win or tie on one side
    the log-odds would be infinite, hence one half of a call is left to each.

    >>> print(f"{half_win_gap(jax.random.key(0), 2_000, 1.0, 1.0, 256).mean:.1f}")
    0.7
    """
    logits = jnp.stack([gap / 2, -gap / 2, jnp.log(ties)])

    def call(i, score):
        event = jax.random.categorical(jax.random.fold_in(key, i), logits, shape=(trials,))
        return score + jnp.array([1.0, 0.0, 0.5])[event]

    score = lax.fori_loop(0, jnp.asarray(games, int), call, jnp.zeros(trials))
    score = jnp.clip(score, 0.5, games - 0.5)
    return Estimate.of(jnp.log(score / (games - score)))
