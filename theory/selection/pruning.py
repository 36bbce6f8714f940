"""Staged pruning: keep the best by an early score, finish those, take the best."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax.scipy.special import ndtri

from jtts.domain import log_integers, reals
from jtts.kinds import Exact, Limit
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, probability, whole
from jtts.rewards import Normal
from jtts.theory.selection.order_statistics import mean_of_largest
from jtts.theory.selection.points import over_points
from jtts.theory.selection.pruning_integrals import (
    FINE,
    best_of_kept,
    mean_of_best,
    truly_best_kept,
)

MOST = 10**6  # candidates
TAKES = {"n": whole(1, MOST), "kept": whole(1, MOST), "correlation": probability()}
NO_MORE_THAN_ALL = {"kept must be at most n": lambda n, kept: kept <= n}


def score(n, kept, r, nodes=FINE):
    """`best_score` at one point; n and kept may be real here."""
    perfect, unpruned = r == 1, n <= kept
    played = best_of_kept(jnp.maximum(n, kept + 1.0), kept, jnp.where(perfect, 0.5, r), nodes)
    return jnp.where(unpruned | perfect, mean_of_largest(n, Normal()), played)


def survives(n, kept, r):
    perfect, unpruned = r == 1, n <= kept
    played = truly_best_kept(jnp.maximum(n, kept + 1.0), kept, jnp.where(perfect, 0.5, r), FINE)
    return jnp.where(unpruned | perfect, 1.0, jnp.minimum(played, 1.0))


def best(n, kept, correlation):
    return over_points(score, n, kept, correlation)


def _independent(n, kept, correlation):
    """The early score tells nothing of how many it was chosen from."""
    return correlation * mean_of_largest(n, Normal()) + 0 * kept


@law(
    kind=Exact(),
    formula=r"\int h(c)\, E\big[\max_{j \le m} Y_j \mid X_j > c\big] dc",
    source="derived here (section 7); staged pruning: arXiv:2511.22242",
    relative=1e-9,
    absolute=1e-10,
    holds=TAKES,
    jointly=NO_MORE_THAN_ALL,
    gives=between(-1e-10, 10),
    domain={
        "n": log_integers(16, 10**4),
        "kept": log_integers(1, 16),
        "correlation": reals(0.1, 1.0),
    },
    simulated={"n": log_integers(16, 64)},
    mutants={
        "of the kept alone": lambda n, kept, correlation: (
            mean_of_largest(kept, Normal()) + 0 * n * correlation
        ),
        "as many early scores as late ones": _independent,
        "correlation squared": lambda n, kept, correlation: best(n, kept, correlation**2),
        "the worst early scores kept": lambda n, kept, correlation: best(n, kept, -correlation),
        "one kept more": lambda n, kept, correlation: best(n, kept + 1, correlation),
    },
)
def best_score(n: Numbers, kept: Numbers, correlation: Numbers) -> jax.Array:
    r"""Final score of the best of those kept by an early score.

    Early and final score (X, Y) of n candidates are standard bivariate normal with correlation r;
    the m with the largest X are finished, and the largest Y of these is taken. With c the largest X
    that is dropped, of density h, those kept are independent draws above it:

    $$\int h(c)\int y\,d\big[F_c(y)^m\big]\,dc,\quad
      h(c)=\frac{n!\,\Phi(c)^{n-m-1}\varphi(c)\,\Phi(-c)^m}{(n-m-1)!\,m!},\quad
      F_c(y)=P(Y\le y\mid X>c)$$

    m = n gives the mean of the largest of n, m = 1 r times it, r = 0 that of m.

    Args:
      n: number of candidates, whole, to 1e6.
      kept: number m finished, whole, at most n.
      correlation: r of the two scores, 0 to 1.

    Arrays broadcast. Returns the score in standard deviations above the mean. Accuracy 1e-9
    relative and 1e-10 absolute; no derivative at r = 1. A point takes 20 ms.

    Raises:
      InputError: an argument out of its range, or kept above n.

    Source: derived here (docs, selection section 7); staged pruning itself: arXiv:2511.22242.

    >>> from jtts.theory import selection
    >>> print(f"{selection.best_score(16, 4, 0.7):.8f}")
    1.67007802
    """
    return best(n, kept, correlation)


@law(
    kind=Exact(),
    formula=r"\int h(c) \int F_c^-(y)^{n-m-1}\, P(Y \le y \mid X = c)\, d\big[F_c(y)^m\big]\, dc",
    source="derived here (section 7)",
    relative=1e-9,
    absolute=1e-10,
    holds=TAKES,
    jointly=NO_MORE_THAN_ALL,
    gives=probability(),
    domain={
        "n": log_integers(16, 10**4),
        "kept": log_integers(1, 16),
        "correlation": reals(0.1, 1.0),
    },
    simulated={"n": log_integers(16, 64)},
    mutants={
        "chance": lambda n, kept, correlation: kept / n + 0 * correlation,
        "correlation squared": lambda n, kept, correlation: over_points(
            survives, n, kept, correlation**2
        ),
        "one kept more": lambda n, kept, correlation: over_points(
            survives, n, kept + 1, correlation
        ),
    },
)
def survival(n: Numbers, kept: Numbers, correlation: Numbers) -> jax.Array:
    r"""Chance that the truly best candidate is among those kept by an early score.

    With c the largest early score that is dropped, the best of the kept must beat the one at c and
    all below it:

    $$\int h(c)\int F^-_c(y)^{n-m-1}\,\Phi\Big(\frac{y-rc}{s}\Big)\,d\big[F_c(y)^m\big]\,dc,\quad
      F^-_c(y)=P(Y\le y\mid X<c),\;s^2=1-r^2$$

    Args:
      n: number of candidates, whole, to 1e6.
      kept: number m kept, whole, at most n.
      correlation: r of early and final score, 0 to 1.

    Arrays broadcast. Returns a probability: m/n for r = 0, 1 for r = 1. Accuracy 1e-9 relative and
    1e-10 absolute; no derivative at r = 1. A point takes 60 ms.

    Raises:
      InputError: an argument out of its range, or kept above n.

    Source: derived here (docs, selection section 7).

    >>> from jtts.theory import selection
    >>> print(f"{selection.survival(16, 4, 0.7):.8f}")
    0.77178948
    """
    return over_points(survives, n, kept, correlation)


def _limit(n, kept, r):
    perfect, unpruned = r == 1, n <= kept
    cut = -ndtri(jnp.where(unpruned, 0.5, kept / n))
    # with r = 1 the best of m early scores above the cut
    near = jnp.where(perfect, 1 - 1e-13, r)
    found = mean_of_best(cut, kept, near, FINE)
    return jnp.where(unpruned, mean_of_largest(n, Normal()), found)


def limit(n, kept, correlation):
    return over_points(_limit, n, kept, correlation)


def _enlarged(times, n, kept, correlation):
    """The limit, less what many times as many candidates and kept ones miss of theirs."""
    more, rest = times * n, times * kept
    return (
        best(more, rest, correlation) - limit(more, rest, correlation) + limit(n, kept, correlation)
    )


@law(
    kind=Limit(
        of=_enlarged,
        argument="times",
        values=(1, 2, 4, 8),
        gap=lambda times, point: 1 / times,
        detects=0.01,
    ),
    formula=r"E\big[\max_{j \le m} Y_j \mid X_j > c\big],\; \Phi(-c) = m/n",
    source="derived here (section 7)",
    relative=1e-9,
    absolute=1e-10,
    holds=TAKES,
    jointly=NO_MORE_THAN_ALL,
    gives=between(-1e-10, 10),
    domain={
        "n": log_integers(64, 1000),
        "kept": log_integers(4, 32),
        "correlation": reals(0.1, 0.95),
    },
    mutants={
        "correlation squared": lambda n, kept, correlation: limit(n, kept, correlation**2),
        "cut at twice the share": lambda n, kept, correlation: limit(n / 2, kept, correlation),
        "one kept more": lambda n, kept, correlation: limit(n, kept + 2, correlation),
    },
)
def best_score_limit(n: Numbers, kept: Numbers, correlation: Numbers) -> jax.Array:
    r"""Final score of the best kept, for many candidates: as if the cut did not fluctuate.

    $$\int y\,d\big[F_c(y)^m\big],\quad F_c(y)=P(Y\le y\mid X>c),\;\Phi(-c)=m/n$$

    It exceeds `best_score` by about 1/n at a fixed share m/n: 0.015 at (n, m, r) = (64, 8, 0.5).

    Args:
      n: number of candidates, whole, to 1e6.
      kept: number m finished, whole, at most n.
      correlation: r of the two scores, 0 to 1.

    Arrays broadcast. Returns the score in standard deviations; the mean of the largest of n where
    m = n. The formula is evaluated to 1e-9. A point takes 1 ms.

    Raises:
      InputError: an argument out of its range, or kept above n.

    Source: derived here (docs, selection section 7).

    >>> from jtts.theory import selection
    >>> print(f"{selection.best_score_limit(64, 8, 0.5):.8f}")
    2.09710679
    """
    return limit(n, kept, correlation)
