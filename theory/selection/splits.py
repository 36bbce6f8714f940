"""How many candidates to start, and how many to finish, for a budget."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import log_reals, reals
from jtts.kinds import Minimizer
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, probability
from jtts.theory.selection.points import over_points
from jtts.theory.selection.pruning import score
from jtts.theory.selection.pruning_integrals import Nodes

SEARCH = Nodes(64, 112, 32)
LADDER = np.linspace(0.0, 1.0, 12)
NEAR = np.arange(-10.0, 11.0)  # whole numbers that are tried around the best real one
SLACK = 1e-9  # of a budget: a whole number of candidates may be missed by rounding


def _started(budget, share, kept):
    """Candidates that can be started, a real number, if so many are finished."""
    return (budget - kept * (1 - share)) / share


def _split(budget, share, r):
    def at(kept, n):
        return lax.map(lambda pair: score(pair[1], pair[0], r, SEARCH), (kept, n))

    most = jnp.maximum(jnp.floor(budget + SLACK), 1.0)

    # loops, not repeated lines: the score takes seconds to compile, once for each place it stands
    def narrowed(_, bracket):
        low, high = bracket
        ladder = low + (high - low) * LADDER
        kept = jnp.exp(ladder)
        best = jnp.argmax(at(kept, _started(budget, share, kept)))
        return ladder[jnp.maximum(best - 1, 0)], ladder[jnp.minimum(best + 1, 11)]

    def nearby(turn, found):
        """The best of the numbers around, first a spread apart and at last one by one."""
        kept, _, spread = found
        kept = jnp.clip(kept + spread * NEAR, 1.0, most)
        real = _started(budget, share, kept)
        whole = jnp.maximum(jnp.floor(real + SLACK / share), kept)
        n = jnp.where(turn == 0, real, whole)
        best = jnp.argmax(at(kept, n))
        return kept[best], n[best], jnp.ones_like(spread)

    low, high = lax.fori_loop(0, 2, narrowed, (0.0 * budget, jnp.log(most)))
    middle = jnp.round(jnp.exp((low + high) / 2))
    # 1 unless the budget is large
    spread = jnp.maximum(jnp.round((jnp.exp(high) - jnp.exp(low)) / 12), 1.0)
    kept, n, _ = lax.fori_loop(0, 2, nearby, (middle, middle, spread))
    return kept, n


def _best_split(budget, share, correlation):
    kept, n = lax.stop_gradient(over_points(_split, budget, share, correlation))
    return {"kept": kept, "n": n, "score": over_points(score, n, kept, correlation)}


def _searched(n, kept, r):
    return score(n, kept, r, SEARCH)


def _value(n, budget, share, correlation):
    """Less of the score if n are started and as many are finished as the budget still pays."""
    kept = np.floor((budget - n * share) / (1 - share) + SLACK)
    if kept < 1:
        return np.inf
    # of one type, whatever is asked for: one program
    return -over_points(_searched, *np.array([n, min(kept, n), correlation], float))


def _candidates(point):
    low, high = np.floor(point["budget"]), np.floor(point["budget"] / point["share"])
    return np.unique(np.round(np.geomspace(max(low, 1), max(high, 1), 8)))


def _with(change):
    """A wrong split: of another budget, share or correlation."""

    def changed(budget, share, correlation):
        return _best_split(*change(budget, share, correlation))

    return changed


@law(
    kind=Minimizer(of=_value, argument="n", candidates=_candidates, whole=True),
    formula=r"\mathrm{argmax}\, E[\text{best of } m \text{ kept of } n],\; n f + m (1 - f) \le C",
    source="derived here (section 7)",
    relative=1e-7,
    absolute=1e-10,
    holds={
        "budget": between(1, 1000),
        "share": between(0.001, 1, open="high"),
        "correlation": probability(),
    },
    domain={
        "budget": reals(6.0, 20.0),
        "share": log_reals(0.15, 0.4),
        "correlation": reals(0.4, 0.9),
    },
    mutants={
        "of half the budget": _with(lambda c, f, r: (c / 2, f, r)),
        "correlation squared": _with(lambda c, f, r: (c, f, r**2)),
    },
)
def optimal_split(budget: Numbers, share: Numbers, correlation: Numbers) -> dict[str, jax.Array]:
    r"""How many candidates to start and how many to finish, for a budget.

    $$\max_{n,m}\;E\big[\text{final score of the best of }m\text{ kept of }n\big],\quad
      nf+m(1-f)\le C$$

    The early score costs a share f of a full candidate. The number kept is searched first among
    real numbers and then among whole ones, each with as many started as the budget pays.

    Args:
      budget: C in full candidates, 1 to 1000.
      share: f, cost of the early score in full candidates, from 0.001 to below 1.
      correlation: r of early and final score, 0 to 1.

    Arrays broadcast. Returns a mapping: `n` started and `kept`, whole numbers as floats, and the
    `score` that they reach (`best_score`). The numbers are those of the best score to 1e-7; where
    several do as well to that, any of them. They are steps: their derivatives are zero, and that of
    the score is the one at fixed numbers, in the correlation only. A point takes 0.5 s.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, selection section 7).

    >>> from jtts.theory import selection
    >>> split = selection.optimal_split(16, 0.25, 0.7)
    >>> print(f"{split['n']:.0f} {split['kept']:.0f} {split['score']:.8f}")
    46 6 2.10337840
    """
    return _best_split(budget, share, correlation)
