"""How to share attempts among questions whose difficulty is known."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from scipy.optimize import brentq

from jtts.arguments import (
    InputError,
    concrete,
    require_at_least,
    require_positive,
    require_probability,
    require_whole,
)
from jtts.domain import choices
from jtts.kinds import Exact
from jtts.laws import law


def allocate(probabilities, budget):
    r"""The attempts for each question that solve the most questions on average.

    Maximises $\sum_i 1-(1-p_i)^{n_i}$ at $\sum_i n_i = N$. The sum is separable and concave: giving
    every next attempt to the question with the largest gain $p_i(1-p_i)^{n_i}$ is optimal. All
    attempts above a common gain are given at once.

    Args:
      probabilities: chance p_i of one attempt at each question, [questions].
      budget: N, a whole number.

    Returns whole numbers n_i, [questions], that add up to N (to 0 where no p_i is positive). Among
    equal gains the first question goes first.

    Raises:
      InputError: a probability outside [0, 1], or a budget that is not a whole number.

    Source: derived here (docs, repeated sampling section 4).

    >>> from jtts.theory import repeated_sampling
    >>> repeated_sampling.allocate([0.02, 0.1, 0.3, 0.7], 40).tolist()
    [9, 18, 9, 4]
    """
    p = _known(probabilities)
    require_whole(0, budget=budget)
    if not np.any(p > 0):
        return np.zeros(p.shape, int)
    log_rest = np.log1p(-np.minimum(p, 1 - 1e-16))

    def attempts(log_gain):
        """How many attempts at each question gain more than this."""
        with np.errstate(divide="ignore"):
            count = np.ceil((log_gain - np.log(p)) / np.minimum(log_rest, -1e-300))
        return np.where(p > 0, np.clip(count, 0, None), 0)

    # from a gain at which too many are given, down to the two neighbouring floats around the budget
    high = float(np.log(p.max())) + 1e-12
    low = high - 1.0
    while attempts(low).sum() < budget:
        low -= 2 * (high - low)
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if attempts(middle).sum() >= budget else (low, middle)
    given, more = attempts(high), attempts(low)
    candidates = np.flatnonzero(more > given)
    gains = np.log(p[candidates]) + given[candidates] * log_rest[candidates]
    candidates = candidates[np.argsort(-gains, kind="stable")]
    equal = np.repeat(candidates, (more - given)[candidates].astype(int))
    np.add.at(given, equal[: int(budget - given.sum())], 1)
    return given.astype(int)


def relaxed_allocation(probabilities, budget):
    r"""The best attempts for each question if fractions of an attempt could be given.

    $$n_i = \Big[\frac{\ln(q_i/\lambda)}{q_i}\Big]_+,\quad q_i = -\ln(1-p_i),\quad \sum_i n_i = N$$

    What it solves is an upper bound on what `allocate` does.

    Args:
      probabilities: chance p_i of one attempt at each question, [questions]; some p_i positive and
        none 1.
      budget: N > 0, real.

    Returns real numbers n_i >= 0 that add up to N.

    Raises:
      InputError: a probability outside [0, 1), all of them 0, or a budget that is not positive.

    Source: derived here (docs, repeated sampling section 4).

    >>> from jtts.theory import repeated_sampling as rs
    >>> p = [0.02, 0.1, 0.3, 0.7]
    >>> print(f"{rs.solved_share(p, rs.relaxed_allocation(p, 40)):.10f}")
    0.7425069405
    """
    p = _known(probabilities)
    require_positive(budget=budget)
    if not np.any(p > 0) or np.any(p == 1):
        raise InputError("probabilities must lie in [0, 1), and one of them above 0")
    rate = np.where(p > 0, -np.log1p(-p), 1.0)

    def attempts(log_gain):
        return np.where(p > 0, np.clip((np.log(rate) - log_gain) / rate, 0, None), 0.0)

    high = float(np.log(rate[p > 0].max()))
    low = high - (budget + 1) * rate[p > 0].max()  # the easiest question alone would take it all
    log_gain = brentq(lambda x: attempts(x).sum() - budget, low, high, xtol=1e-14, rtol=1e-14)
    return attempts(log_gain)


@law(
    kind=Exact(),
    formula=r"\frac1Q \sum_i 1-(1-p_i)^{n_i}",
    source="elementary (section 4)",
    domain={
        "probabilities": choices(np.array([0.02, 0.1, 0.3, 0.7]), np.array([0.01, 0.05, 0.2])),
        "attempts": choices(1, 4, 16),
    },
    mutants={
        "one attempt more": lambda probabilities, attempts: _solved(probabilities, attempts + 1)
    },
)
def solved_share(probabilities, attempts):
    r"""Expected share of questions solved at least once.

    $$\frac1Q \sum_i 1-(1-p_i)^{n_i}$$

    Args:
      probabilities: chance p_i of one attempt at each question, [..., questions].
      attempts: n_i, [..., questions] or a number.

    Raises:
      InputError: a probability outside [0, 1], or a negative number of attempts.

    Source: elementary; derived here (docs, repeated sampling section 4).

    >>> from jtts.theory import repeated_sampling as rs
    >>> print(f"{rs.solved_share([0.02, 0.1, 0.3, 0.7], [9, 18, 9, 4]):.10f}")
    0.7419259989
    """
    require_probability(probabilities=probabilities)
    require_at_least(0, attempts=attempts)
    return _solved(probabilities, attempts)


def _solved(probabilities, attempts):
    p, attempts = (jnp.asarray(x, jnp.result_type(float)) for x in (probabilities, attempts))
    log_rest = jnp.log1p(-p)
    # a question that cannot fail is solved by any attempt: 0 * inf
    exponent = jnp.where(attempts == 0, 0.0, jnp.where(attempts == 0, 1.0, attempts) * log_rest)
    return jnp.mean(-jnp.expm1(exponent), -1)


def _known(probabilities):
    p = concrete(probabilities)
    if p is None or p.ndim != 1 or not p.size:
        raise InputError(f"probabilities must be a list of numbers, got {probabilities!r}")
    require_probability(probabilities=p)
    return p.astype(float)
