"""Judges asked in both orders."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp

from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.ranking.judges import (
    both_orders,
    prefers,
    require_numbers,
    seen_once,
    until_agreed,
)
from jtts.simulations import simulation


@simulation(validate=require_numbers)
def swap_single(key: jax.Array, trials: int, gap: Numbers, bias: Numbers) -> Estimate:
    """Toss for the order, ask once, and see whether the first answer is preferred.

    >>> print(f"{swap_single(jax.random.key(0), 50_000, 0.5, 1.0).mean:.2f}")
    0.60
    """
    of_order, of_call = jax.random.split(key)
    first = jax.random.bernoulli(of_order, 0.5, (trials,))
    shown_first_wins = prefers(of_call, jnp.where(first, gap, -gap) + bias)
    return Estimate.of(shown_first_wins == first)


@simulation(validate=require_numbers)
def swap_consistent(key: jax.Array, trials: int, gap: Numbers, bias: Numbers) -> Estimate:
    """Ask in both orders, and see whether the same answer is preferred.

    >>> print(f"{swap_consistent(jax.random.key(0), 50_000, 0.5, 1.0).mean:.1f}")
    0.4
    """
    one, other = both_orders(key, trials, gap, bias)
    return Estimate.of(one == other)


@simulation(validate=require_numbers)
def swap_flip(key: jax.Array, trials: int, gap: Numbers, bias: Numbers) -> Estimate:
    """Ask in both orders, and see whether the answers differ.

    >>> print(f"{swap_flip(jax.random.key(0), 50_000, 0.5, 1.0).mean:.1f}")
    0.6
    """
    one, other = both_orders(key, trials, gap, bias)
    return Estimate.of(one != other)


@simulation(validate=require_numbers)
def swap_accuracy(key: jax.Array, trials: int, gap: Numbers, bias: Numbers) -> Estimate:
    """Ask pairs in both orders until one is agreed on; is the first answer preferred?

    Time grows with the bias.

    >>> print(f"{swap_accuracy(jax.random.key(0), 50_000, 0.5, 1.0).mean:.2f}")
    0.73
    """
    ask = functools.partial(both_orders, trials=trials, gap=gap, bias=bias)
    return Estimate.of(until_agreed(key, trials, ask))


@simulation(validate=require_numbers)
def swap_first_first(key: jax.Array, trials: int, gap: Numbers, bias: Numbers) -> Estimate:
    """Ask in both orders, and see whether what is shown first is preferred twice.

    >>> print(f"{swap_first_first(jax.random.key(0), 50_000, 0.5, 1.0).mean:.2f}")
    0.51
    """
    one, other = both_orders(key, trials, gap, bias)
    return Estimate.of(one & ~other)


@simulation(validate=require_numbers)
def swap_second_second(key: jax.Array, trials: int, gap: Numbers, bias: Numbers) -> Estimate:
    """Ask in both orders, and see whether what is shown second is preferred twice.

    >>> print(f"{swap_second_second(jax.random.key(0), 50_000, 0.5, 1.0).mean:.2f}")
    0.07
    """
    one, other = both_orders(key, trials, gap, bias)
    return Estimate.of(~one & other)


@simulation(validate=require_numbers)
def threshold_judge_flip(
    key: jax.Array, trials: int, gap: Numbers, spread: Numbers, bias: Numbers
) -> Estimate:
    """Show the same noisy gap in both orders, and see whether the answers differ.

    >>> print(f"{threshold_judge_flip(jax.random.key(0), 50_000, 0.5, 1.0, 0.5).mean:.2f}")
    0.34
    """
    one, other = seen_once(key, trials, gap, spread, bias)
    return Estimate.of(one != other)


@simulation(validate=require_numbers)
def threshold_judge_accuracy(
    key: jax.Array, trials: int, gap: Numbers, spread: Numbers, bias: Numbers
) -> Estimate:
    """Show pairs in both orders until one is agreed on; is the first answer preferred?

    >>> print(f"{threshold_judge_accuracy(jax.random.key(0), 50_000, 0.5, 1.0, 0.5).mean:.2f}")
    0.76
    """
    ask = functools.partial(seen_once, trials=trials, gap=gap, spread=spread, bias=bias)
    return Estimate.of(until_agreed(key, trials, ask))
