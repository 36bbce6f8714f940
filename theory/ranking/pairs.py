"""One pair of candidates: a majority of calls, calls until one leads, and ties as half wins."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.domain import log_integers, log_reals, reals
from jtts.kinds import Asymptotic, Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, probability, whole
from jtts.special import log_beta
from jtts.theory.ranking.chances import DRAWN_GAP, GAP, chance, log_cosh
from jtts.theory.voting.majority import beyond

MOST = 10**9  # calls, and leads
SOURCE = "textbook; derived here (section 3)"


@jax.custom_jvp
@jax.jit
def lost(m, gap):
    """P(Bin(2m - 1, s(gap)) < m)."""
    error = beyond(m, 2 * log_cosh(gap / 2))
    return jnp.where(gap >= 0, error, 1 - error)


@lost.defjvp
def _(primals, tangents):
    (m, gap), (_, of_gap) = primals, tangents
    slope = -jnp.exp(-2 * m * log_cosh(gap / 2) - log_beta(0.5, m)) / 2
    return lost(m, gap), slope * of_gap


def majority_lost(gap, games):
    """`pair_error` without its checks; no derivative in the number of calls."""
    m = jax.lax.stop_gradient(jnp.ceil(jnp.asarray(games, float) / 2))
    return lost(*jnp.broadcast_arrays(m, jnp.asarray(gap, float)))


@law(
    kind=Exact(),
    formula=r"I_{s(-D)}(m, m),\; m = \lceil n/2 \rceil",
    source=SOURCE,
    relative=1e-11,
    absolute=1e-300,
    holds={"gap": GAP, "games": whole(1, MOST)},
    gives=probability(),
    domain={"gap": DRAWN_GAP, "games": log_integers(1, 10**4)},
    simulated={"gap": reals(-1.0, 1.0), "games": log_integers(1, 25)},
    mutants={
        "a tie is lost": lambda gap, games: majority_lost(gap, games + 1 - games % 2),
        "one call": lambda gap, games: chance(-gap) + 0 * games,
        "normal law": lambda gap, games: jax.scipy.stats.norm.sf(gap * jnp.sqrt(games) / 2),
    },
)
def pair_error(gap: Numbers, games: Numbers) -> jax.Array:
    r"""Chance that the majority of n calls prefers the second of two candidates.

    One call prefers the first with chance $s(D)$, s(x) = 1/(1 + exp(-x)); a tie is tossed for:

    $$I_{s(-D)}(m,m),\quad m=\lceil n/2\rceil$$

    so that an even n is worth no more than n - 1. For many calls it falls like
    $\cosh(D/2)^{-2m}$.

    Args:
      gap: D of the first candidate over the second, from -300 to 300.
      games: n, whole, to 1e9; no derivative.

    Arrays broadcast. Relative accuracy 1e-11, down to 1e-300.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, ranking section 3).

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.pair_error(0.5, 51):.12f}")
    0.037133968882
    """
    return majority_lost(gap, games)


@law(
    kind=Exact(),
    formula=r"s(-dD)",
    source=SOURCE,
    relative=1e-12,
    absolute=1e-300,
    holds={"gap": GAP, "lead": whole(1, MOST)},
    gives=probability(),
    domain={"gap": DRAWN_GAP, "lead": log_integers(1, 1000)},
    simulated={"gap": reals(-0.7, 0.7), "lead": log_integers(1, 6)},
    mutants={
        "a call more": lambda gap, lead: chance(-(lead + 1) * gap),
        "majority": lambda gap, lead: majority_lost(gap, 2 * lead - 1),
        "one call": lambda gap, lead: chance(-gap) + 0 * lead,
    },
)
def lead_error(gap: Numbers, lead: Numbers) -> jax.Array:
    r"""Chance that the second of two candidates is the first to lead by d calls.

    Calls go on until one candidate has d more than the other (the gambler's ruin, a sequential
    test); one call prefers the first with chance $s(D)$:

    $$s(-dD)=\frac1{1+e^{dD}}$$

    Args:
      gap: D of the first candidate over the second, from -300 to 300.
      lead: d, whole, to 1e9.

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: an argument out of its range.

    Source: textbook; derived here (docs, ranking section 3).

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.lead_error(0.5, 3):.12f}")
    0.182425523806
    """
    return chance(-lead * gap)


def calls(gap, lead):
    apart = jnp.abs(gap) > 1e-150
    half = jnp.where(apart, gap, 1.0) / 2
    return jnp.where(apart, lead * jnp.tanh(lead * half) / jnp.tanh(half), lead * lead)


@law(
    kind=Exact(),
    formula=r"d \tanh(dD/2) / \tanh(D/2)",
    source=SOURCE,
    relative=1e-12,
    holds={"gap": GAP, "lead": whole(1, MOST)},
    gives=between(1, MOST**2),
    domain={"gap": DRAWN_GAP, "lead": log_integers(1, 1000)},
    simulated={"gap": reals(-1.0, 1.0), "lead": log_integers(2, 8)},
    mutants={
        "equals": lambda gap, lead: lead**2.0 + 0 * gap,
        "a sure winner": lambda gap, lead: lead / jnp.abs(jnp.tanh(gap / 2)),
        "twice the gap": lambda gap, lead: calls(2 * gap, lead),
    },
)
def lead_calls(gap: Numbers, lead: Numbers) -> jax.Array:
    r"""Mean number of calls until one of two candidates leads by d.

    $$d\,\frac{\tanh(dD/2)}{\tanh(D/2)}$$

    as for `lead_error`; $d^2$ between equals.

    Args:
      gap: D of the first candidate over the second, from -300 to 300.
      lead: d, whole, to 1e9.

    Arrays broadcast. Relative accuracy 1e-12.

    Raises:
      InputError: an argument out of its range.

    Source: textbook; derived here (docs, ranking section 3).

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.lead_calls(0.5, 3):.11f}")
    7.77991696697
    """
    return calls(gap, lead)


def half_won(gap, ties):
    """Log-odds when each side has half of the ties; near 0 by the area hyperbolic tangent."""
    half = jnp.abs(gap) / 2
    small = jnp.exp(-2 * half)
    share = ties / 2 * jnp.exp(-half)  # of a tie in the stronger side's weight
    ratio = -jnp.expm1(-2 * half) / (1 + small + 2 * share)
    near = ratio < 0.5
    close = 2 * jnp.arctanh(jnp.where(near, ratio, 0.0))
    weak = jnp.where(near, 1.0, small + share)
    far = jnp.log1p(share) - jnp.log(jnp.where(weak > 0, weak, 1.0))
    return jnp.where(gap < 0, -1.0, 1.0) * jnp.where(near, close, far)


@law(
    kind=Asymptotic(size="games", sizes=(64, 128, 256), finite_size=4.0, detects=0.05),
    formula=r"\ln \frac{e^{D/2} + \nu/2}{e^{-D/2} + \nu/2}",
    source="derived here (section 3); ties: Davidson 1970",
    relative=1e-12,
    absolute=1e-300,
    holds={"gap": GAP, "ties": nonnegative(1e100)},
    gives=between(-300, 300),
    domain={"gap": reals(0.3, 1.5), "ties": log_reals(0.2, 3.0)},
    mutants={
        "ties left out": lambda gap, ties: gap + 0 * ties,
        "half of the ties": lambda gap, ties: half_won(gap, ties / 2),
        "a tie won by both": lambda gap, ties: half_won(gap, 2 * ties),
    },
)
def half_win_gap(gap: Numbers, ties: Numbers) -> jax.Array:
    r"""Gap that a fit finds from many calls if it counts a tie as half a win for each.

    A call is won, lost or tied with weights $e^{D/2}$, $e^{-D/2}$, $\nu$ (Davidson):

    $$\ln\frac{e^{D/2}+\nu/2}{e^{-D/2}+\nu/2}$$

    smaller than D: by 2/(2 + nu) near 0, one less the share of ties among equals.

    Args:
      gap: D of the first candidate over the second, from -300 to 300.
      ties: nu, zero or positive, to 1e100.

    Arrays broadcast. Relative accuracy 1e-12. From n calls a fit is off by O(1/n).

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, ranking section 3).

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.half_win_gap(1.0, 1.0):.12f}")
    0.663643318529
    """
    return half_won(gap, ties)
