"""Tournaments of candidates with a judge, played match by match."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import InputError, require_finite, require_nonnegative, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.ranking.judges import prefers
from jtts.simulations import simulation


def require_bracket(*, num_candidates, games=1, lead=1, gap=0.0, spread=0.0):
    """Raise InputError unless the bracket has a place for each."""
    require_whole(2, num_candidates=num_candidates)
    require_whole(1, games=games, lead=lead)
    require_finite(gap=gap)
    require_nonnegative(spread=spread)
    if 2 ** round(np.log2(num_candidates)) != num_candidates:
        raise InputError(f"num_candidates must be a power of two, got {num_candidates}")


def require_round(*, num_candidates, games, spread, size=1):
    """Raise InputError unless so many candidates can meet so often."""
    require_whole(2, num_candidates=num_candidates)
    require_whole(1, games=games, size=size)
    require_nonnegative(spread=spread)


def require_met(*, num_candidates, **numbers):
    """Raise InputError unless there are whole candidates."""
    require_whole(1, num_candidates=num_candidates)
    require_finite(**numbers)


def majority(key, gap, games):
    """Whether the first of each pair wins most calls; a tie is tossed for."""
    of_calls, of_tie = jax.random.split(key)

    def call(i, ahead):
        return ahead + jnp.where(prefers(jax.random.fold_in(of_calls, i), gap), 1, -1)

    ahead = lax.fori_loop(0, jnp.asarray(games, int), call, jnp.zeros(gap.shape, int))
    return jnp.where(ahead == 0, jax.random.bernoulli(of_tie, 0.5, gap.shape), ahead > 0)


@simulation(chunk=2048, static=("num_candidates",), validate=require_bracket)
def knockout_strength(
    key: jax.Array, trials: int, num_candidates: int, spread: Numbers, games: Numbers
) -> Estimate:
    """Strength of the winner of a bracket of candidates, drawn and played. Time grows with games.

    >>> print(f"{knockout_strength(jax.random.key(0), 20_000, 4, 1.0, 1).mean:.1f}")
    0.7
    """
    of_candidates, of_rounds = jax.random.split(key)
    t = spread * jax.random.normal(of_candidates, (trials, num_candidates), float)
    while t.shape[-1] > 1:
        one, other = t[:, ::2], t[:, 1::2]
        won = majority(jax.random.fold_in(of_rounds, t.shape[-1]), one - other, games)
        t = jnp.where(won, one, other)
    return Estimate.of(t[:, 0])


def until_lead(key, gap, lead):
    """Whether the first of each pair is the first to lead by so many, and the calls."""

    def call(state):
        step, ahead, calls = state
        running = jnp.abs(ahead) < lead
        won = prefers(jax.random.fold_in(key, step), gap)
        return step + 1, ahead + running * jnp.where(won, 1, -1), calls + running

    start = 0, jnp.zeros(gap.shape, int), jnp.zeros(gap.shape, int)
    end = lax.while_loop(lambda state: jnp.any(jnp.abs(state[1]) < lead), call, start)
    return end[1] > 0, end[2]


@simulation(chunk=2048, static=("num_candidates",), validate=require_bracket)
def lead_knockout(
    key: jax.Array, trials: int, num_candidates: int, gap: Numbers, lead: Numbers
) -> Estimate:
    """Success of the better candidate, and calls, of a bracket of matches played to a lead.

    >>> print(f"{lead_knockout(jax.random.key(0), 20_000, 2, 0.5, 3).mean['success']:.1f}")
    0.8
    """
    t = jnp.zeros((trials, num_candidates)).at[:, 0].set(gap)
    total = jnp.zeros(trials)
    while t.shape[-1] > 1:
        one, other = t[:, ::2], t[:, 1::2]
        won, calls = until_lead(jax.random.fold_in(key, t.shape[-1]), one - other, lead)
        t, total = jnp.where(won, one, other), total + jnp.sum(calls, -1)
    return Estimate.of({"calls": total, "success": t[:, 0] == gap})


@simulation(chunk=1024, static=("num_candidates",), validate=require_round)
def round_robin_gain(
    key: jax.Array, trials: int, num_candidates: int, spread: Numbers, games: Numbers, size: Numbers
) -> Estimate:
    """Strength of the candidate with most wins, every pair judged games * size times.

    Candidates are closer by the root of the size, and their gain is measured in that unit: size is
    what grows towards the limit of close candidates. Ties are broken at random.

    >>> print(f"{round_robin_gain(jax.random.key(0), 5_000, 4, 0.4, 10, 1).mean:.1f}")
    0.3
    """
    of_candidates, of_calls, of_ties = jax.random.split(key, 3)
    own = spread * jax.random.normal(of_candidates, (trials, num_candidates), float)
    one, other = np.triu_indices(num_candidates, 1)
    gap = (own[:, one] - own[:, other]) / jnp.sqrt(size)

    def call(i, won):
        return won + prefers(jax.random.fold_in(of_calls, i), gap)

    total = jnp.asarray(games * size, int)
    won = lax.fori_loop(0, total, call, jnp.zeros(gap.shape, int))
    wins = jax.random.uniform(of_ties, own.shape)
    wins = wins.at[:, one].add(won).at[:, other].add(total - won)
    return Estimate.of(jnp.take_along_axis(own, jnp.argmax(wins, -1)[:, None], -1)[:, 0])


@simulation(chunk=4096, validate=require_met)
def slippage_accuracy(
    key: jax.Array, trials: int, num_candidates: Numbers, separation: Numbers
) -> Estimate:
    """Whether the score with the larger mean is above all others, drawn one by one.

    >>> print(f"{slippage_accuracy(jax.random.key(0), 20_000, 8, 2.0).mean:.1f}")
    0.7
    """
    leader = separation + jax.random.normal(key, (trials,), float)

    def meet(i, ahead):
        return ahead & (jax.random.normal(jax.random.fold_in(key, i), (trials,), float) < leader)

    met = jnp.asarray(num_candidates, int)
    return Estimate.of(lax.fori_loop(1, met, meet, jnp.ones(trials, bool)))


@simulation(chunk=4096, validate=require_met)
def top_agreement(
    key: jax.Array, trials: int, num_candidates: Numbers, correlation: Numbers
) -> Estimate:
    """Whether the candidate with the largest score has the largest truth.

    >>> print(f"{top_agreement(jax.random.key(0), 20_000, 16, 0.9).mean:.1f}")
    0.6
    """

    def draw(i):
        truth, error = jax.random.normal(jax.random.fold_in(key, i), (2, trials), float)
        return truth, correlation * truth + jnp.sqrt(1 - correlation**2) * error

    def meet(i, state):
        (best_truth, best_score), same = state
        truth, score = draw(i)
        higher, truer = score > best_score, truth > best_truth
        same = jnp.where(higher == truer, same | higher, False)
        return (jnp.maximum(truth, best_truth), jnp.maximum(score, best_score)), same

    met = jnp.asarray(num_candidates, int)
    return Estimate.of(lax.fori_loop(1, met, meet, (draw(0), jnp.ones(trials, bool)))[1])


@simulation(chunk=4096, validate=require_met)
def scan_accuracy(key: jax.Array, trials: int, num_candidates: Numbers, q: Numbers) -> Estimate:
    """Whether the better candidate is champion at the end of its random order.

    >>> print(f"{scan_accuracy(jax.random.key(0), 20_000, 4, 0.7).mean:.1f}")
    0.5
    """
    of_place, of_matches = jax.random.split(key)
    count = jnp.asarray(num_candidates, int)
    place = jax.random.randint(of_place, (trials,), 0, count)

    def match(i, champion):
        plays = champion | (place == i)
        won = jax.random.uniform(jax.random.fold_in(of_matches, i), (trials,)) < q
        return plays & won

    return Estimate.of(lax.fori_loop(1, count, match, place == 0))
