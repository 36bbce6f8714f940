"""Judges that are called: a noisy one, and one that sees a gap once and sticks to it."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_finite, require_positive, require_whole


def require_numbers(*, spread=1.0, games=1, lead=1, **finite):
    """Raise InputError unless such judges can be called so often."""
    require_positive(spread=spread)
    require_whole(1, games=games, lead=lead)
    require_finite(**finite)


def prefers(key, gap, shape=None):
    """One call each: is the first better by its gap and what noise adds?"""
    return jax.random.logistic(key, jnp.shape(gap) if shape is None else shape, float) < gap


def both_orders(key, trials, gap, bias):
    """Does the first answer win when shown first, and when shown second?"""
    ahead, behind = jax.random.split(key)
    shown_first = prefers(ahead, gap + bias, (trials,))
    shown_second = ~prefers(behind, bias - gap, (trials,))
    return shown_first, shown_second


def seen_once(key, trials, gap, spread, bias):
    """The same of a judge whose noise is drawn once for a pair."""
    seen = gap + spread * jax.random.normal(key, (trials,), float)
    return seen + bias > 0, ~(-seen + bias > 0)


def until_agreed(key, trials, ask):
    """Verdicts of pairs for which both orders agree; ask: key -> the answers of `both_orders`."""

    def again(state):
        step, agreed, verdict = state
        one, other = ask(jax.random.fold_in(key, step))
        return step + 1, agreed | (one == other), jnp.where(agreed, verdict, one)

    start = 0, jnp.zeros(trials, bool), jnp.zeros(trials, bool)
    return lax.while_loop(lambda state: ~jnp.all(state[1]), again, start)[2]
