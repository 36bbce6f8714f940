"""A budget in episodes, each of which may solve the problem: regret summed over budgets."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from jtts.domain import log_integers, log_reals, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, nonnegative, positive, probability, whole
from jtts.theory.associative_memory.powers import learned
from jtts.theory.repeated_sampling.beta import expected_tries
from jtts.theory.turns.sums import both

MOST = 10**9
EPISODES = {"num_episodes": whole(1, MOST)}
LATER = {"best_hazard must be at least hazard": (lambda hazard, best_hazard: hazard <= best_hazard)}
ACCURACY: dict[str, Any] = {"relative": 1e-11, "absolute": 1e-12, "gives": nonnegative()}
SERIES = 24  # terms, where episodes are fewer than strategies
HAZARDS = {"hazard": reals(0.02, 0.15), "best_hazard": reals(0.3, 0.7)}


@jax.jit
def constant(num_episodes, hazard, best_hazard):
    """`constant_hazard_regret`, for hazard <= best_hazard."""
    n, low, high = (jnp.asarray(x, float) for x in (num_episodes, hazard, best_hazard))
    return (high - low) * both(n, low, high)


@law(
    kind=Exact(),
    formula=r"\frac{1 - (1-h)^k}{h} - \frac{1 - (1-h^*)^k}{h^*}",
    source="derived here (section 5); regret: arXiv:2503.07572",
    holds=EPISODES | {"hazard": probability(), "best_hazard": probability()},
    jointly=LATER,
    **ACCURACY,
    domain={"num_episodes": log_integers(2, 10**4), **HAZARDS},
    simulated={"num_episodes": log_integers(2, 40)},
    mutants={
        "its limit": lambda num_episodes, hazard, best_hazard: (
            1 / hazard - 1 / best_hazard + 0 * num_episodes
        ),
        "an episode more": lambda num_episodes, hazard, best_hazard: constant(
            num_episodes + 1, hazard, best_hazard
        ),
    },
)
def constant_hazard_regret(
    num_episodes: Numbers, hazard: Numbers, best_hazard: Numbers
) -> jax.Array:
    r"""Cumulative regret of a policy that solves with chance h in every episode, against h*.

    $$\sum_{j<k}\big[(1-h)^j-(1-h^*)^j\big]=\frac{1-(1-h)^k}h-\frac{1-(1-h^*)^k}{h^*}$$

    the mean number of episodes until solved, at most k, less that of the better policy. It levels
    off at 1/h - 1/h*.

    Args:
      num_episodes: k, whole, from 1 to 1e9.
      hazard: h, from 0 to best_hazard.
      best_hazard: h*, at most 1.

    Arrays broadcast. Accuracy 1e-11 relative and 1e-12 absolute.

    Raises:
      InputError: an argument out of its range, or hazard above best_hazard.

    Source: derived here (docs, turns section 5); cumulative regret is that of arXiv:2503.07572.

    >>> from jtts.theory import turns
    >>> print(f"{turns.constant_hazard_regret(20, 0.05, 0.2):.12f}")
    7.887927627059
    """
    return constant(num_episodes, hazard, best_hazard)


@jax.jit
def _stuck(num_episodes, share, hazard, best_hazard):
    never = constant(num_episodes, 0.0, best_hazard)
    return (1 - share) * never + share * constant(num_episodes, hazard, best_hazard)


@law(
    kind=Exact(),
    formula=r"(1-s) k + s \frac{1 - (1-h)^k}{h} - \frac{1 - (1-h^*)^k}{h^*}",
    source="derived here (section 5); regret: arXiv:2503.07572",
    holds=EPISODES
    | {"share": probability(), "hazard": probability(), "best_hazard": probability()},
    jointly=LATER,
    **ACCURACY,
    domain={"num_episodes": log_integers(2, 10**4), "share": reals(0.3, 0.95), **HAZARDS},
    simulated={"num_episodes": log_integers(2, 40)},
    mutants={
        "the others stuck": lambda num_episodes, share, hazard, best_hazard: _stuck(
            num_episodes, 1 - share, hazard, best_hazard
        ),
        "none stuck": lambda num_episodes, share, hazard, best_hazard: constant(
            num_episodes, share * hazard, best_hazard
        ),
    },
)
def stuck_regret(
    num_episodes: Numbers, share: Numbers, hazard: Numbers, best_hazard: Numbers
) -> jax.Array:
    r"""Cumulative regret of a policy that never solves a share 1 - s of the problems.

    $$(1-s)k+s\frac{1-(1-h)^k}h-\frac{1-(1-h^*)^k}{h^*}$$

    against one that solves every problem with chance h* in each episode: it grows with slope 1 - s.

    Args:
      num_episodes: k, whole, from 1 to 1e9.
      share: s of the problems that the policy can solve.
      hazard: h, its chance in an episode there, from 0 to best_hazard.
      best_hazard: h*, at most 1.

    Arrays broadcast. Accuracy 1e-11 relative and 1e-12 absolute.

    Raises:
      InputError: an argument out of its range, or hazard above best_hazard.

    Source: derived here (docs, turns section 5); cumulative regret is that of arXiv:2503.07572.

    >>> from jtts.theory import turns
    >>> print(f"{turns.stuck_regret(25, 0.8, 0.1, 0.3):.10f}")
    9.0927952994
    """
    return _stuck(num_episodes, share, hazard, best_hazard)


@law(
    kind=Exact(),
    formula=r"\sum_{j<k} B(a, b+j) / B(a, b)",
    source="derived here (section 5); regret: arXiv:2503.07572",
    relative=1e-12,
    holds=EPISODES | {"a": positive(1e300), "b": positive(1e300)},
    gives=at_least(1),
    domain={
        "num_episodes": log_integers(1, 10**6),
        "a": log_reals(0.3, 3.0),
        "b": log_reals(0.5, 4.0),
    },
    simulated={"num_episodes": log_integers(2, 40)},
    mutants={
        "problems alike": lambda num_episodes, a, b: learned(num_episodes, a / (a + b)),
        "an episode less": lambda num_episodes, a, b: expected_tries(num_episodes, a, b) - 1,
    },
)
def difficulty_regret_sum(num_episodes: Numbers, a: Numbers, b: Numbers) -> jax.Array:
    r"""Sum of failure chances over budgets 0 to k - 1, hazards Beta(a, b) over problems.

    $$\sum_{j<k}\frac{B(a,b+j)}{B(a,b)}$$

    the mean number of episodes until solved, at most k: the regret against a policy that solves at
    once is this less 1. It levels off at (a + b - 1)/(a - 1) for a > 1, grows like b ln k for a = 1
    and like $k^{1-a}$ for a < 1. It is `repeated_sampling.expected_tries`.

    Args:
      num_episodes: k, whole, from 1 to 1e9.
      a, b: shapes, positive, to 1e300.

    Arrays broadcast. Relative accuracy 1e-12.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, turns section 5); cumulative regret is that of arXiv:2503.07572.

    >>> from jtts.theory import turns
    >>> print(turns.difficulty_regret_sum([10, 50, 1000], 0.5, 2.0))
    [ 5.91858606 16.03337103 81.12739994]
    """
    return expected_tries(num_episodes, a, b)


@jax.jit
def _memory(num_episodes, num_strategies):
    k, m = (jnp.asarray(x, float) for x in (num_episodes, num_strategies))
    few = (k < m) | (k <= 2)
    # sum of C(k, i+1) (-1/M)^i from i = 2 on; the first two terms are those with memory
    term, series = jnp.where(few, k * (k - 1) * (k - 2) / 6, 0.0) / m**2, 0.0 * k
    for i in range(2, SERIES):
        series = series + term
        term = -term * jnp.where(few, k - i - 1, 0.0) / (i + 2) / m
    tried = jnp.minimum(k, m)
    long = learned(k, 1 / m) - tried * (1 - (tried - 1) / (2 * m))
    return jnp.where(few, series, long)


@law(
    kind=Exact(),
    formula=r"M \big(1 - (1 - \tfrac1M)^k\big) - k' + \frac{k'(k'-1)}{2M},\; k' = \min(k, M)",
    source="derived here (section 5); regret: arXiv:2503.07572",
    holds=EPISODES | {"num_strategies": whole(1, MOST)},
    **ACCURACY,
    domain={"num_episodes": log_integers(3, 10**4), "num_strategies": log_integers(3, 100)},
    simulated={"num_episodes": log_integers(4, 60), "num_strategies": log_integers(3, 12)},
    mutants={
        "its start": lambda num_episodes, num_strategies: num_episodes**3 / (6 * num_strategies**2),
        "its limit": lambda num_episodes, num_strategies: (
            (num_strategies - 1) / 2 + 0 * num_episodes
        ),
        "a strategy more": lambda num_episodes, num_strategies: _memory(
            num_episodes, num_strategies + 1
        ),
    },
)
def memory_regret(num_episodes: Numbers, num_strategies: Numbers) -> jax.Array:
    r"""Cumulative regret of trying strategies at random against never trying one again.

    One of M strategies works and an episode tries one. With k' = min(k, M),

    $$M\big(1-(1-\tfrac1M)^k\big)-\Big[k'-\frac{k'(k'-1)}{2M}\Big]$$

    about $k^3/(6M^2)$ for few episodes, (M - 1)/2 for many.

    Args:
      num_episodes: k, whole, from 1 to 1e9.
      num_strategies: M, whole, from 1 to 1e9.

    Arrays broadcast. Accuracy 1e-11 relative and 1e-12 absolute.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, turns section 5); cumulative regret is that of arXiv:2503.07572.

    >>> from jtts.theory import turns
    >>> print(f"{turns.memory_regret(10, 10):.9f}")
    1.013215599
    """
    return _memory(num_episodes, num_strategies)
