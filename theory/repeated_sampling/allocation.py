"""How to share attempts among questions whose difficulty is known."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import (
    InputError,
    concrete,
    require_positive,
    require_probability,
    require_whole,
)
from jtts.domain import choices, log_reals, several
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, number_or_vector, probability, vector
from jtts.special import one_less_exp

LARGEST = 2**53  # attempts: floats count no further


def allocate(probabilities, budget):
    r"""The attempts for each question that solve the most questions on average.

    Maximises $\sum_i 1-(1-p_i)^{n_i}$ at $\sum_i n_i = N$. The sum is separable and concave: giving
    every next attempt to the question with the largest gain $p_i(1-p_i)^{n_i}$ is optimal. All
    attempts above a common gain are given at once.

    Args:
      probabilities: chance p_i of one attempt at each question, [questions].
      budget: N, a whole number to 2^53.

    Returns whole numbers n_i, [questions], that add up to N (to 0 where no p_i is positive). Among
    equal gains the first question goes first.

    Raises:
      InputError: a probability outside [0, 1], or a budget that is not a whole number to 2^53.

    Source: derived here (docs, repeated sampling section 4).

    >>> from jtts.theory import repeated_sampling
    >>> repeated_sampling.allocate([0.02, 0.1, 0.3, 0.7], 40).tolist()
    [9, 18, 9, 4]
    """
    p = _known(probabilities)
    require_whole(0, budget=budget)
    if budget > LARGEST:
        raise InputError(f"budget must be at most {LARGEST}, got {budget}")
    given = np.zeros(p.shape, int)
    if not np.any(p > 0):
        return given
    sure = np.flatnonzero(p == 1)[: int(budget)]
    given[sure] = 1  # what a second attempt would gain is nothing
    open_ = np.flatnonzero((p > 0) & (p < 1))
    left = int(budget) - sure.size
    if open_.size:
        given[open_] = _by_gain(p[open_], left)
    else:
        given[np.argmax(p > 0)] += left
    return given


def _by_gain(p, budget):
    """Attempts at questions that can be missed, which add up to the budget."""
    log_rest = np.log1p(-p)

    def attempts(log_gain):
        """How many attempts at each question gain more than this."""
        return np.clip(np.ceil((log_gain - np.log(p)) / log_rest), 0, LARGEST)

    # from a gain at which too many are given, down to the two neighbouring floats around the budget
    high = float(np.log(p.max())) + 1e-12
    low = high - 1.0
    while attempts(low).sum() < budget:
        low -= 2 * (high - low)
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if attempts(middle).sum() >= budget else (low, middle)
    given = attempts(high).astype(int)
    room = attempts(low).astype(int) - given
    left = budget - int(given.sum())
    gains = np.log(p) + given * log_rest
    while left:  # all these gains are alike: in turn, as long as a question has room
        order = np.flatnonzero(room)
        order = order[np.argsort(-gains[order], kind="stable")]
        more = np.minimum(room[order], max(left // order.size, 1))[:left]
        given[order[: more.size]] += more
        room[order[: more.size]] -= more
        left -= int(more.sum())
    return given


def relaxed_allocation(probabilities, budget):
    r"""The best attempts for each question if fractions of an attempt could be given.

    $$n_i = \Big[\frac{\ln(q_i/\lambda)}{q_i}\Big]_+,\quad q_i = -\ln(1-p_i),\quad \sum_i n_i = N$$

    What it solves is an upper bound on what `allocate` does.

    Args:
      probabilities: chance p_i of one attempt at each question, [questions]; some p_i positive and
        none 1.
      budget: N > 0, real.

    Returns real numbers n_i >= 0 that add up to N, to a relative 1e-12.

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
    some = np.flatnonzero(p > 0)
    order = some[np.argsort(-p[some], kind="stable")]
    rate = -np.log1p(-p[order])
    log_rate, patience = np.log(rate), np.cumsum(1 / rate)
    # budgets from which the next question gets attempts too
    starts = np.cumsum(np.r_[0.0, (log_rate[:-1] - log_rate[1:]) * patience[:-1]])
    used = int(np.sum(starts < budget))
    level = log_rate[:used] - log_rate[used - 1]
    found = np.zeros(p.shape)
    found[order[:used]] = (level + (budget - starts[used - 1]) / patience[used - 1]) / rate[:used]
    return found


@law(
    kind=Exact(),
    formula=r"\frac1Q \sum_i 1-(1-p_i)^{n_i}",
    source="elementary (section 4)",
    holds={"probabilities": vector(probability()), "attempts": number_or_vector(at_least(0))},
    jointly={
        "attempts must be a number or one for each question": lambda probabilities, attempts: (
            np.ndim(attempts) == 0 or np.shape(attempts)[-1] in (1, np.shape(probabilities)[-1])
        )
    },
    relative=1e-13,
    absolute=1e-290,
    gives=probability(),
    domain={
        "probabilities": several(log_reals(0.005, 1.0), 4),
        "attempts": choices(1, 4, 16),
    },
    mutants={
        "one attempt more": lambda probabilities, attempts: _solved(probabilities, attempts + 1)
    },
)
def solved_share(probabilities: Numbers, attempts: Numbers) -> jax.Array:
    r"""Expected share of questions solved at least once.

    $$\frac1Q \sum_i 1-(1-p_i)^{n_i}$$

    Args:
      probabilities: chance p_i of one attempt at each question, [..., questions].
      attempts: n_i, [..., questions] or a number, real, from 0 to infinity.

    Relative accuracy 1e-13. Differentiable in both, at the ends too.

    Raises:
      InputError: a probability outside [0, 1], or a negative number of attempts.

    Source: elementary; derived here (docs, repeated sampling section 4).

    >>> from jtts.theory import repeated_sampling as rs
    >>> print(f"{rs.solved_share([0.02, 0.1, 0.3, 0.7], [9, 18, 9, 4]):.10f}")
    0.7419259989
    """
    return _solved(probabilities, attempts)


def _solved(probabilities, attempts):
    p, attempts = (jnp.asarray(x, jnp.result_type(float)) for x in (probabilities, attempts))
    never, always = (p == 0) & jnp.isinf(attempts), p == 1
    log_missed = jnp.where(never, 1.0, attempts) * jnp.log1p(-jnp.where(always, 0.5, p))
    # a power has the right slope where nothing can be missed
    certain = 1 - jnp.where(always, 1 - p, 0.5) ** jnp.where(always, attempts, 1.0)
    return jnp.mean(jnp.where(always, certain, one_less_exp(log_missed)), -1)


def _known(probabilities):
    p = concrete(probabilities)
    if p is None or p.ndim != 1 or not p.size:
        raise InputError(f"probabilities must be a list of numbers, got {probabilities!r}")
    require_probability(probabilities=p)
    return p.astype(float)
