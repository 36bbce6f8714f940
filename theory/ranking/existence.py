"""When strengths can be fitted at all: everyone linked to everyone by wins."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.linalg import solve_triangular

from jtts.domain import log_integers, reals, several
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, probability, vector, whole

MOST = 10  # candidates: pairs of their subsets are 3^MOST
STRENGTHS = vector(between(-300.0, 300.0))


def never_beaten(strengths, games):
    """Chance that set T loses no game against R, [..., T, R], of all sets that are not empty."""
    sets = np.arange(1, 2 ** strengths.shape[-1])
    inside = 1.0 * ((sets[:, None] >> np.arange(strengths.shape[-1])) & 1)
    gap = strengths[..., :, None] - strengths[..., None, :]
    log_won = inside @ -jnp.logaddexp(0.0, -gap) @ inside.T
    return jnp.exp(games[..., None, None] * log_won)


def linked(strengths, games):
    """`finite_fit_probability` without its checks."""
    strengths, games = jnp.asarray(strengths, float), jnp.asarray(games, float)
    sets = np.arange(1, 2 ** strengths.shape[-1])
    whole_set, part = sets[:, None], sets
    proper = ((whole_set & part) == part) & (whole_set != part)
    rest = np.where(proper, (whole_set ^ part) - 1, 0)
    on_top = jnp.where(proper, never_beaten(strengths, games)[..., part - 1, rest], 0.0)
    # row S: Q(S) + sum over its proper subsets T of Q(T) on_top = 1, and T stands before S
    ones = jnp.ones((*on_top.shape[:-1], 1))
    by_set = solve_triangular(on_top, ones, lower=True, unit_diagonal=True)
    return jnp.clip(by_set[..., -1, 0], 0.0, 1.0)


def nobody_unbeaten(strengths, games):
    """Planted: only single candidates can stand apart."""
    chances = never_beaten(jnp.asarray(strengths, float), jnp.asarray(games, float))
    singles = 2 ** np.arange(np.shape(strengths)[-1])
    others = singles.sum() - singles
    return 1 - jnp.sum(chances[..., singles - 1, others - 1], -1)


@law(
    kind=Exact(),
    formula=r"Q(S) = 1 - \sum_{\emptyset \ne T \subset S} Q(T) "
    r"\prod_{i \in T,\, j \in S \setminus T} s(t_i - t_j)^n",
    source="derived here (section 7)",
    absolute=1e-11,
    relative=1e-11,
    holds={"strengths": STRENGTHS, "games": whole(1, 10**9)},
    jointly={
        f"strengths must be of 1 to {MOST} candidates": lambda strengths, games: (
            1 <= np.shape(strengths)[-1] <= MOST
        )
    },
    gives=probability(),
    domain={"strengths": several(reals(-1.5, 1.5), 4), "games": log_integers(1, 20)},
    simulated={"games": log_integers(1, 5)},
    mutants={
        "a game more": lambda strengths, games: linked(strengths, games + 1),
        "equals": lambda strengths, games: linked(0 * strengths, games),
        "nobody unbeaten is enough": nobody_unbeaten,
    },
)
def finite_fit_probability(strengths: Numbers, games: Numbers) -> jax.Array:
    r"""Chance that strengths of largest likelihood are finite, every pair judged n times.

    They are if and only if everyone is linked to everyone by wins. A set T of candidates stands
    apart on top if it loses no game against the others; the smallest such set is unique and linked
    within. Hence for Q(S), the chance that the candidates S are linked among themselves,

    $$Q(S)=1-\sum_{\emptyset\ne T\subset S}Q(T)
      \prod_{i\in T,\,j\in S\setminus T}s(t_i-t_j)^n,\quad s(x)=\frac1{1+e^{-x}}$$

    `jtts.estimators.strengths` refuses where they are not; `map_strengths` always has an answer.

    Args:
      strengths: t, [..., candidates], 1 to 10 of them, from -300 to 300; only gaps matter.
      games: n of each pair, whole, to 1e9.

    Accuracy 1e-11 absolute: a chance near 0 has no digits beyond. Differentiable in t. Time and
    memory grow with 4^candidates, 8 MB a point at ten.

    Raises:
      InputError: an argument out of its range, or too many candidates.

    Source: derived here (docs, ranking section 7); the condition is textbook (Ford 1957).

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.finite_fit_probability([1, 0.5, 0, -0.5, -1], 2):.10f}")
    0.7370519318
    """
    return linked(strengths, games)
