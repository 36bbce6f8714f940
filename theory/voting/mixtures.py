"""Majority votes over questions of different difficulty: rise, fall and the best number."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import (
    InputError,
    concrete,
    require_nonnegative,
    require_probability,
)
from jtts.domain import reals, several, simplex
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import nonnegative, odd, probability, vector
from jtts.theory.voting.majority import MOST, accuracy, log_spread, odd_integers

EVERY = 4096  # m up to which every number of votes is tried
# above 1/(2p - 1)^2 for any p in double precision
LADDER = np.unique(np.round(np.geomspace(EVERY, 1e36, 25_000)))


def _mean_accuracy(n, weights, probabilities):
    weights = jnp.asarray(weights, jnp.result_type(float))
    each = accuracy(jnp.asarray(n)[..., None], probabilities)
    return jnp.sum(weights * each, -1) / jnp.sum(weights, -1)


@law(
    kind=Exact(),
    formula=r"\sum_i \alpha_i A_n(p_i)",
    source="derived here (section 2); rise and fall: arXiv:2403.02419",
    holds={
        "n": odd(1, MOST),
        "weights": vector(nonnegative(1e100)),
        "probabilities": vector(probability()),
    },
    jointly={
        "weights and probabilities must be lists of equal length": lambda weights, probabilities: (
            np.asarray(weights.shape[-1] == probabilities.shape[-1])
        ),
        "weights must not all be below 1e-100": lambda weights: (weights >= 1e-100).any(-1),
    },
    relative=1e-12,
    absolute=1e-300,
    gives=probability(),
    domain={
        "n": odd_integers(1, 10**9),
        "weights": simplex((2,), (0.1, 10.0)),
        "probabilities": several(reals(0.05, 0.95), 2),
    },
    simulated={"n": odd_integers(1, 101)},
    mutants={
        "average question": lambda n, weights, probabilities: accuracy(
            n, np.sum(weights * probabilities) / np.sum(weights)
        ),
        "equal weights": lambda n, weights, probabilities: _mean_accuracy(
            n, np.array([0.9, 0.1]), probabilities
        ),
    },
)
def mixed_majority_accuracy(n: Numbers, weights: Numbers, probabilities: Numbers) -> jax.Array:
    r"""Accuracy of the majority over questions of several difficulties.

    $$\sum_i \alpha_i A_n(p_i) \Big/ \sum_i \alpha_i$$

    Args:
      n: number of answers, odd, to 1e15.
      weights: shares alpha_i of the questions, [..., difficulties], non-negative, to 1e100 and
        not all below 1e-100; divided by their sum.
      probabilities: chance p_i of one answer there, [..., difficulties].

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: n not an odd whole number to 1e15, a negative weight or none that is positive, a
        chance outside [0, 1], or lists of different length.

    Source: derived here (docs, voting section 2); arXiv:2403.02419.

    >>> from jtts.theory import voting
    >>> print(f"{voting.mixed_majority_accuracy(11, [0.6, 0.4], [0.8, 0.45]):.9f}")
    0.739758444
    """
    return _mean_accuracy(n, weights, jnp.asarray(probabilities, jnp.result_type(float)))


def best_odd_n(weights, probabilities):
    r"""The odd number of votes whose majority is right most often; infinity if more is better.

    From 2m - 1 to 2m + 1 votes the accuracy changes by a positive factor times
    $\sum_i \alpha_i (p_i(1-p_i))^m (2p_i - 1)$. With one easy and one hard kind of question,
    $p_1(1-p_1) < p_2(1-p_2)$, it rises up to $n = 2\lfloor m^*\rfloor + 1$,

    $$m^* = \ln\frac{\alpha_1(2p_1-1)}{\alpha_2(1-2p_2)} \Big/ \ln\frac{p_2(1-p_2)}{p_1(1-p_1)},$$

    and falls. With more kinds there can be several maxima; all changes of sign are looked at: every
    m to 4096, then a ladder of 25 000 as far as any p in double precision can tell, refined.

    Args:
      weights: shares alpha_i of the questions, [difficulties], non-negative.
      probabilities: chance p_i of one answer there, [difficulties].

    Returns an odd number as a float (from 2^53 on, the closest float), or infinity where no finite
    number does better than endless votes. Among equally good numbers, the smallest.

    Raises:
      InputError: a negative weight, a chance outside [0, 1], or lists of different length.

    Source: derived here (docs, voting section 2); arXiv:2403.02419.

    >>> from jtts.theory import voting
    >>> voting.best_odd_n([0.6, 0.4], [0.8, 0.45]), voting.best_odd_n([1.0], [0.6])
    (11.0, inf)
    """
    require_nonnegative(weights=weights)
    require_probability(probabilities=probabilities)
    weights, p = (
        None if x is None else np.asarray(x, float) for x in map(concrete, (weights, probabilities))
    )
    if weights is None or p is None or weights.ndim != 1 or weights.shape != p.shape:
        raise InputError("weights and probabilities must be lists of numbers of equal length")
    if not weights.max(initial=0) > 0:
        raise InputError("weights must not all be zero")
    p, weights = p[weights > 0], weights[weights > 0] / weights.max()
    endless = np.sum(weights * ((p > 0.5) + 0.5 * (p == 0.5))) / weights.sum()
    # the others are as often right whatever the number of votes
    swing = (p > 0) & (p < 1) & (p != 0.5)
    edge, share = 2 * p[swing] - 1, weights[swing]
    if not swing.any():
        return 1.0
    log_shrink = np.asarray(log_spread(p[swing]))

    def rises(m):
        """Sign of the change from 2m - 1 to 2m + 1 votes."""
        exponent = np.multiply.outer(m, log_shrink)
        exponent -= exponent.max(-1, keepdims=True)
        return np.sign(np.exp(exponent) @ (share * edge))

    m = np.unique(np.concatenate([np.arange(1.0, EVERY + 1), LADDER]))
    sign = rises(m)
    peaks = [1.0] if sign[0] <= 0 else []  # n = 2m - 1 at the first m whose change is no rise
    for low, high in zip(*_turns(m, sign), strict=True):
        while high - low > max(1.0, 1e-15 * high):
            middle = np.floor((low + high) / 2)
            low, high = (middle, high) if rises(middle) > 0 else (low, middle)
        peaks.append(2 * high - 1)
    values = [float(_mean_accuracy(n, weights, p)) for n in peaks]
    if not peaks or (sign[-1] > 0 and max(values) <= endless):
        return np.inf
    return float(peaks[int(np.argmax(values))])


def _turns(m, sign):
    """Neighbouring m between which a rise ends."""
    ends = np.flatnonzero((sign[:-1] > 0) & (sign[1:] <= 0))
    return m[ends], m[ends + 1]
