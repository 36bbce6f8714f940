"""The top by a noisy order: of scores that correlate with the truth, and of a champion's run."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.domain import log_integers, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import probability, whole
from jtts.theory.selection.points import over_points
from jtts.theory.selection.pruning import survives

MOST = 10**6
MOST_MET = 10**9


def agreement(num_candidates, correlation):
    return over_points(survives, num_candidates, 1.0, correlation)


@law(
    kind=Exact(),
    formula=r"k \iint \varphi_2(x, y; r)\, \Phi_2(x, y; r)^{k-1} dx\, dy",
    source="derived here (section 6)",
    relative=1e-9,
    absolute=1e-10,
    holds={"num_candidates": whole(1, MOST), "correlation": probability()},
    gives=probability(),
    domain={"num_candidates": log_integers(2, 1000), "correlation": reals(0.2, 0.95)},
    simulated={"num_candidates": log_integers(2, 32)},
    mutants={
        "correlation squared": lambda num_candidates, correlation: agreement(
            num_candidates, correlation**2
        ),
        "two": lambda num_candidates, correlation: (
            0.5 + jnp.arcsin(correlation) / jnp.pi + 0 * num_candidates
        ),
        "a candidate more": lambda num_candidates, correlation: agreement(
            num_candidates + 1, correlation
        ),
    },
)
def top_agreement(num_candidates: Numbers, correlation: Numbers) -> jax.Array:
    r"""Chance that the top of k candidates by a score is the top by the truth.

    Score and truth of each are standard bivariate normal with correlation r:

    $$k\iint\varphi_2(x,y;r)\,\Phi_2(x,y;r)^{k-1}\,dx\,dy$$

    1/k at r = 0, $1/2+\arcsin(r)/\pi$ for two. It is `selection.survival` where one is kept.

    Args:
      num_candidates: k, whole, to 1e6.
      correlation: r, 0 to 1.

    Arrays broadcast. Accuracy 1e-9 relative and 1e-10 absolute; no derivative at r = 1. A point
    takes 60 ms.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, ranking section 6).

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.top_agreement(16, 0.9):.8f}")
    0.60309430
    """
    return agreement(num_candidates, correlation)


def scan(num_candidates, q):
    """Of the sum q + ... + q^n, n = k - 1, a series where all terms are nearly 1."""
    n, u = num_candidates - 1.0, 1 - q
    near = n * u < 1e-5
    away = jnp.where(near, 0.5, u)
    log_q = jnp.log(jnp.where(q > 0, q, 1.0))
    at_zero = jnp.select([n == 0, n == 1], [jnp.ones_like(q), q], 0.0)
    last = jnp.where(q > 0, jnp.exp(n * log_q), at_zero)
    fallen = jnp.where(q > 0, -jnp.expm1(n * log_q), 1.0)
    terms = jnp.where(near, n * (1 - (n - 1) / 2 * u * (1 - (n - 2) / 3 * u)), fallen / away)
    return (last + q * terms) / num_candidates


@law(
    kind=Exact(),
    formula=r"\frac1k \Big(q^{k-1} + \sum_{r=1}^{k-1} q^r\Big)",
    source="derived here (section 6)",
    relative=1e-11,
    absolute=1e-300,
    holds={"num_candidates": whole(1, MOST_MET), "q": probability()},
    gives=probability(),
    domain={"num_candidates": log_integers(2, 10**4), "q": reals(0.5, 1.0)},
    simulated={"num_candidates": log_integers(2, 64), "q": reals(0.7, 0.99)},
    mutants={
        "for many": lambda num_candidates, q: q / (1 - q) / num_candidates,
        "always first": lambda num_candidates, q: q ** (num_candidates - 1),
        "one met less": lambda num_candidates, q: scan(num_candidates + 1, q),
    },
)
def scan_accuracy(num_candidates: Numbers, q: Numbers) -> jax.Array:
    r"""Chance that the better of k candidates ends as running champion, one call a match.

    The champion meets the others one after the other in random order, and the winner stays. The
    better one wins a match with chance q, the others are equal:

    $$\frac1k\Big(q^{k-1}+\sum_{r=1}^{k-1}q^r\Big)$$

    which is about q/((1 - q) k) for many: a running champion forgets.

    Args:
      num_candidates: k, whole, to 1e9.
      q: chance to win a match, 0 to 1; `pair_error` has that of several calls.

    Arrays broadcast. Relative accuracy 1e-11, down to 1e-300.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, ranking section 6).

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.scan_accuracy(16, 0.8):.12f}")
    0.243402930233
    """
    return scan(num_candidates, q)
