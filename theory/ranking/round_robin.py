"""All pairs judged equally often: the gain of the one with most wins, and calls that it takes."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Asymptotic, Exact, Root
from jtts.laws import law
from jtts.normal_tail import log_upper_tail
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, positive, whole
from jtts.theory.selection.order_statistics import mean_of_largest_normal
from jtts.theory.selection.points import over_points

MOST = 10**6
FARTHEST = 40.0  # separation in standard deviations
NODES = 1001
SMALLEST = 1e-12


def gain(num_candidates, spread, games):
    noise = 2 / jnp.sqrt(games * num_candidates)
    share = spread / jnp.hypot(spread, noise)
    return spread * share * mean_of_largest_normal(num_candidates)


@law(
    kind=Asymptotic(size="size", sizes=(1, 2, 4), finite_size=0.2, detects=0.05),
    formula=r"S \mu_k\, S / \sqrt{S^2 + 4/(nk)}",
    source="derived here (section 5)",
    relative=1e-12,
    absolute=1e-300,
    holds={
        "num_candidates": whole(1, 10**15),
        "spread": nonnegative(1e100),
        "games": whole(1, 10**15),
    },
    gives=nonnegative(),
    domain={
        "num_candidates": choices(4, 8),
        "spread": reals(0.2, 0.5),
        "games": choices(2, 4, 8, 16),
    },
    mutants={
        "no noise": lambda num_candidates, spread, games: gain(num_candidates, spread, 1e9 * games),
        "noise of one pair": lambda num_candidates, spread, games: (
            spread**2
            / jnp.hypot(spread, 2 / jnp.sqrt(games))
            * mean_of_largest_normal(num_candidates)
        ),
        "a call more": lambda num_candidates, spread, games: gain(
            num_candidates, spread, 2 * games
        ),
    },
)
def round_robin_gain(num_candidates: Numbers, spread: Numbers, games: Numbers) -> jax.Array:
    r"""Mean strength of the candidate with most wins when every pair is judged n times.

    Strengths of the k candidates are N(0, S^2). Where they are close, wins measure a strength with
    an error N(0, 4/(nk)) that is its own, and

    $$S\mu_k\,\frac S{\sqrt{S^2+4/(nk)}}$$

    with mu_k the mean of the largest of k standard normals. For S -> 0 with n S^2 fixed; 6 % high
    at S = 1, k = 8, n = 1.

    Args:
      num_candidates: k, whole, to 1e15.
      spread: S, zero or positive, to 1e100.
      games: n, whole, to 1e15; n k (k - 1)/2 calls in all.

    Arrays broadcast. Relative accuracy 1e-12 of the formula.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, ranking section 5).

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.round_robin_gain(8, 0.2, 50):.12f}")
    0.254661364569
    """
    return gain(num_candidates, spread, games)


def _nodes(h):
    low, high = -10.0 - h / 2, 10.0
    z = low + (high - low) * np.linspace(0, 1, NODES)
    weight = (high - low) / (NODES - 1) * jnp.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return weight, log_upper_tail(-(z + h))


def _ahead(k, h):
    weight, log_below = _nodes(h)
    return jnp.sum(weight * jnp.exp((k - 1) * log_below))


def _behind(k, h):
    weight, log_below = _nodes(h)
    return jnp.sum(weight * -jnp.expm1((k - 1) * log_below))


def ahead(num_candidates, separation):
    return over_points(_ahead, num_candidates, separation)


@law(
    kind=Exact(),
    formula=r"\int \varphi(z)\, \Phi(z + h)^{k-1} dz",
    source="textbook; derived here (section 5)",
    relative=1e-11,
    holds={"num_candidates": whole(1, MOST), "separation": between(0, FARTHEST)},
    gives=between(1e-6 * (1 - 1e-9), 1 + 1e-12),
    domain={"num_candidates": log_integers(2, 10**4), "separation": reals(0.0, 5.0)},
    simulated={"num_candidates": log_integers(2, 32), "separation": reals(1.0, 3.0)},
    mutants={
        "one other less": lambda num_candidates, separation: ahead(num_candidates - 1, separation),
        "pairs alone": lambda num_candidates, separation: (
            jnp.exp(log_upper_tail(-separation / np.sqrt(2.0))) ** (num_candidates - 1)
        ),
        "noise of the leader alone": lambda num_candidates, separation: ahead(
            num_candidates, separation / np.sqrt(2.0)
        ),
    },
)
def slippage_accuracy(num_candidates: Numbers, separation: Numbers) -> jax.Array:
    r"""Chance that the one of k normal scores whose mean is larger by h is the largest.

    $$\int\varphi(z)\,\Phi(z+h)^{k-1}dz$$

    In a round robin of n calls a pair, one candidate ahead by D of equals, $h=D\sqrt{nk}/2$ for
    small D: 2 % off at D = 1.

    Args:
      num_candidates: k, whole, to 1e6.
      separation: h, in standard deviations of a score, from 0 to 40.

    Arrays broadcast. Relative accuracy 1e-11.

    Raises:
      InputError: an argument out of its range.

    Source: textbook; derived here (docs, ranking section 5).

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.slippage_accuracy(8, 2.0):.11f}")
    0.71099828228
    """
    return ahead(num_candidates, separation)


def _separation(k, error):
    """Where `_behind` is so much: bisection, then a step of Newton that knows the slopes."""

    def halve(_, ends):
        low, high = ends
        middle = (low + high) / 2
        above = _behind(k, middle) > error
        return jnp.where(above, middle, low), jnp.where(above, high, middle)

    low, high = lax.fori_loop(0, 48, halve, (jnp.zeros(()), jnp.full((), 15.0)))
    h = lax.stop_gradient((low + high) / 2)
    slope = lax.stop_gradient(jax.jvp(lambda x: _behind(k, x), (h,), (jnp.ones(()),))[1])
    return h - (_behind(k, h) - error) / slope


def _calls(num_candidates, gap, error):
    h = over_points(_separation, num_candidates, error)
    return 2 * (num_candidates - 1) * (h / gap) ** 2


@law(
    kind=Root(
        residual=lambda calls, num_candidates, gap, error: (
            1 - error - ahead(num_candidates, gap * jnp.sqrt(calls / (2 * (num_candidates - 1))))
        ),
        bracket=lambda num_candidates, gap, error: (0.0, 300 * num_candidates / gap**2),
    ),
    formula=r"2 (k - 1) h^2 / D^2,\; \int \varphi(z) \Phi(z + h)^{k-1} dz = 1 - \delta",
    source="derived here (section 5)",
    relative=1e-9,
    holds={
        "num_candidates": whole(2, MOST),
        "gap": positive(1e100),
        "error": between(SMALLEST, 1, open="high"),
    },
    jointly={
        "error must be less than by chance, 1 - 1/k": lambda num_candidates, error: (
            error <= (1 - 1 / num_candidates) * (1 - 1e-3)
        )
    },
    gives=nonnegative(),
    domain={
        "num_candidates": log_integers(2, 1000),
        "gap": log_reals(0.05, 1.0),
        "error": log_reals(1e-4, 0.3),
    },
    mutants={
        "calls of a pair": lambda num_candidates, gap, error: (
            _calls(num_candidates, gap, error) / (num_candidates * (num_candidates - 1) / 2)
        ),
        "a candidate more": lambda num_candidates, gap, error: _calls(
            2 * num_candidates, gap, error
        ),
        "twice the gap": lambda num_candidates, gap, error: _calls(num_candidates, 2 * gap, error),
    },
)
def needed_calls(num_candidates: Numbers, gap: Numbers, error: Numbers) -> jax.Array:
    r"""Calls of a round robin after which the one ahead by D has most wins, but for an error.

    $$n\frac{k(k-1)}2=\frac{2(k-1)h^2}{D^2},\quad\int\varphi(z)\,\Phi(z+h)^{k-1}dz=1-\delta$$

    for a small D, k - 1 equals and one that is better by D (`slippage_accuracy`).

    Args:
      num_candidates: k, whole, 2 to 1e6.
      gap: D, positive, to 1e100.
      error: delta, from 1e-12, below 0.999 of that of chance, (k - 1)/k.

    Arrays broadcast. Returns a real number of calls, to a relative 1e-9.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, ranking section 5).

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.needed_calls(8, 0.5, 0.05):.1f}")
    613.5
    """
    return _calls(num_candidates, gap, error)
