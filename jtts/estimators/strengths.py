r"""Strengths from pairwise judgements, and a judge's bias for the place shown first.

One call prefers i to j with chance 1 / (1 + exp(t_j - t_i)) (Bradley and Terry). `wins[i, j]` are
calls that i won over j; a tie may be half a win for each.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy import special
from scipy.sparse import csgraph

from jtts.arguments import InputError, require_nonnegative, require_positive

SWEEPS = 30  # of Newman's update, before Newton's method takes over
STEPS = 100
CLOSE = 1e-13
MOST = 1e15  # calls of a pair


class Biased(NamedTuple):
    """A bias in units of strength, with its standard error."""

    value: np.ndarray
    stderr: np.ndarray


def strengths(wins: Any) -> np.ndarray:
    r"""Strengths of largest likelihood, of sum 0.

    Newman's fixed point, updated in place, then Newton's method:

    $$\pi_i \leftarrow \frac{\sum_j w_{ij} \pi_j/(\pi_i+\pi_j)}{\sum_j w_{ji}/(\pi_i+\pi_j)},
      \quad \pi = e^t$$

    Args:
      wins: [candidates, candidates], zero or positive, the diagonal ignored.

    Returns t, [candidates]. They are finite if and only if everyone is linked to everyone by wins.

    Raises:
      InputError: not a square of such numbers, or strengths that are not finite; what they are
        split by is named.

    Source: arXiv:2207.00076.

    >>> strengths([[0, 3, 5], [1, 0, 3], [2, 2, 0]]).round(4).tolist()
    [0.6346, -0.2008, -0.4338]
    """
    wins = _checked(wins)
    require_linked(wins)
    return _fitted(wins, 0.0)


def map_strengths(wins: Any) -> np.ndarray:
    r"""Most probable strengths if each is logistic beforehand: always finite.

    The prior is worth one win and one loss against a candidate of strength 0, and
    $\sum_i s(t_i)$ is half the number of candidates.

    Args:
      wins: [candidates, candidates], zero or positive, the diagonal ignored.

    Returns t, [candidates].

    Raises:
      InputError: not a square of such numbers.

    Source: arXiv:2207.00076.

    >>> map_strengths([[0, 3], [0, 0]]).round(4).tolist()
    [0.9032, -0.9032]
    """
    return _fitted(_checked(wins), 1.0)


def strength_covariance(wins: Any, strengths: Any, prior: float = 0.0) -> np.ndarray:
    """Covariance of fitted strengths, [candidates, candidates], from the curvature of what is
    largest there; with sum 0 where no prior sets the level."""
    information = _information(_checked(wins), np.asarray(strengths, float), prior)
    if prior:
        return np.linalg.inv(information)
    level = np.full_like(information, 1 / len(information))
    return np.linalg.inv(information + level) - level


def strength_standard_errors(wins: Any) -> np.ndarray:
    """Standard errors of `strengths`, [candidates]: for many calls, off by O(1 / calls).

    Raises:
      InputError: as `strengths`.

    >>> strength_standard_errors([[0, 20, 20], [20, 0, 20], [20, 20, 0]]).round(4).tolist()
    [0.1491, 0.1491, 0.1491]
    """
    wins = _checked(wins)
    return np.sqrt(np.diag(strength_covariance(wins, strengths(wins))))


def position_bias(first_first: Any, second_second: Any) -> Biased:
    r"""Bias of a judge for what it is shown first, from pairs asked in both orders.

    $$\tfrac12 \ln(n_{FF}/n_{SS}) \pm \tfrac12 \sqrt{1/n_{FF} + 1/n_{SS}}$$

    counts of pairs of which the one shown first, or second, was preferred both times. Free of the
    gaps between the answers, which may be pooled.

    Args:
      first_first, second_second: positive counts; they broadcast.

    Raises:
      InputError: a count that is not positive: the bias is infinite then.

    >>> found = position_bias(120, 40)
    >>> print(f"{found.value:.4f} {found.stderr:.4f}")
    0.5493 0.0913
    """
    require_positive(first_first=first_first, second_second=second_second)
    first, second = np.asarray(first_first, float), np.asarray(second_second, float)
    return Biased(np.log(first / second) / 2, np.sqrt(1 / first + 1 / second) / 2)


def require_linked(wins: np.ndarray, names: Any = None) -> None:
    """Raise InputError unless the strengths of largest likelihood are finite.

    They are if wins lead from everyone to everyone.
    """
    parts, part = csgraph.connected_components(wins > 0, connection="strong")
    if parts == 1:
        return
    inside = part[:, None] == part
    beaten = np.bincount(part[np.nonzero((wins > 0) & ~inside)[1]], minlength=parts)
    top = int(np.argmax(beaten == 0))  # nobody outside ever beat it
    shown = [str(i) if names is None else str(names[i]) for i in np.flatnonzero(part == top)[:4]]
    group = ", ".join(shown) + (", ..." if np.sum(part == top) > 4 else "")
    raise InputError(
        f"no finite strengths fit: no other candidate ever beat one of {group}; take "
        "map_strengths, or more judgements"
    )


def _checked(wins: Any) -> np.ndarray:
    require_nonnegative(wins=wins)
    wins = np.array(wins, float)
    if wins.ndim != 2 or wins.shape[0] != wins.shape[1] or len(wins) < 2:
        raise InputError(f"wins must be [candidates, candidates], got shape {wins.shape}")
    if wins.max() > MOST:
        raise InputError(f"wins must be at most {MOST:g}, got {wins.max():g}")
    np.fill_diagonal(wins, 0.0)
    return wins


def _fitted(wins: np.ndarray, prior: float) -> np.ndarray:
    t = _swept(wins, prior)
    for _ in range(STEPS):
        slope = _slope(wins, t, prior)
        information = _information(wins, t, prior)
        if not prior:
            information = information + 1 / len(t)
        step = np.linalg.solve(information, slope)
        t = t + step * min(1.0, 2 / max(np.abs(step).max(), 1e-300))
        if not prior:
            t = t - t.mean()
        if np.abs(step).max() <= CLOSE * (1 + np.abs(t).max()):
            break
    return t


def _swept(wins: np.ndarray, prior: float) -> np.ndarray:
    """Newman's update in place: simultaneous updates need not converge."""
    t = np.zeros(len(wins))
    if not prior and (np.any(wins.sum(0) == 0) or np.any(wins.sum(1) == 0)):
        return t
    for _ in range(SWEEPS):
        before = t.copy()
        for i in range(len(t)):
            lost = special.expit(t - t[i])  # by i, were it to meet each
            won = wins[i] @ lost + prior * special.expit(-t[i])
            beaten = wins[:, i] @ (1 - lost) + prior * special.expit(t[i])
            t[i] += np.log(won / beaten)
        t -= t.mean() if not prior else 0.0
        if np.abs(t - before).max() < 1e-6:
            break
    return t


def _slope(wins, t, prior):
    chance = special.expit(t[:, None] - t)
    lost = special.expit(t - t[:, None])
    return (wins * lost - wins.T * chance).sum(1) + prior * (special.expit(-t) - special.expit(t))


def _information(wins, t, prior):
    gap = t[:, None] - t
    played = (wins + wins.T) * special.expit(gap) * special.expit(-gap)
    own = played.sum(1) + 2 * prior * special.expit(t) * special.expit(-t)
    return np.diag(own) - played
