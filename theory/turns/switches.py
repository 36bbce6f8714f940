"""A quick policy against one that starts slowly and is better later: which is trained for what."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import log_integers, reals
from jtts.kinds import Exact, Minimizer, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, nonnegative, whole
from jtts.theory.associative_memory.powers import gone, learned
from jtts.theory.turns.regret import EPISODES
from jtts.theory.turns.sums import both

BITS = 31  # of a budget: the slow policy is ahead by 2^31 or never
POLICIES = {
    "quick": between(1e-4, 0.99),
    "slow": between(1e-4, 0.99),
    "delay": whole(1, 10**4),
}
JOINTLY = {"slow must be above quick": lambda quick, slow: quick < slow}
DRAW = {
    "quick": reals(0.02, 0.05),
    "slow": reals(0.1, 0.25),
    "delay": log_integers(5, 12),
}
ACCURACY: dict[str, Any] = {"relative": 1e-9, "absolute": 1e-9, "gives": nonnegative()}


def _floats(*values):
    return jnp.broadcast_arrays(*(jnp.asarray(x, float) for x in values))


@jax.jit
def _outcome(quick, slow, delay):
    quick, slow, delay = _floats(quick, slow, delay)
    return delay * jnp.log1p(-slow) / jnp.log1p(-(slow - quick) / (1 - quick))


def _behind(n, quick, slow, delay):
    """Sum over budgets below n of what the slow policy fails more often than the quick one."""
    n, quick, slow, delay = jnp.broadcast_arrays(n, quick, slow, delay)
    parts = jnp.stack([jnp.minimum(n, delay), jnp.maximum(n - delay, 0.0)])
    # one program for both parts: it is long
    before, after = both(parts, jnp.stack([jnp.zeros_like(quick), quick]), jnp.stack([quick, slow]))
    kept_back = gone(quick, delay) * learned(parts[1], quick)
    return quick * before + kept_back - (slow - quick) * after


@law(
    kind=Root(
        residual=lambda value, quick, slow, delay: (
            (1 - slow) ** (value - delay) - (1 - quick) ** value
        ),
        bracket=lambda quick, slow, delay: (delay, 10.0 * delay),
    ),
    formula=r"s \frac{\ln(1-h_B)}{\ln(1-h_B) - \ln(1-h_A)}",
    source="derived here (section 6)",
    relative=1e-13,
    holds=POLICIES,
    jointly=JOINTLY,
    gives=at_least(1),
    domain=DRAW,
    mutants={
        "hazards for their logarithms": lambda quick, slow, delay: delay * slow / (slow - quick),
        "counted from the delay": lambda quick, slow, delay: _outcome(quick, slow, delay) - 1,
    },
)
def outcome_switch_budget(quick: Numbers, slow: Numbers, delay: Numbers) -> jax.Array:
    r"""Budget above which a slow start wins, if all that counts is the outcome at the budget.

    The quick policy solves with chance h_A in every episode; the slow one never in its first s
    episodes, then with chance h_B > h_A. Both have solved equally often after

    $$k_\times=s\frac{\ln(1-h_B)}{\ln(1-h_B)-\ln(1-h_A)}$$

    Args:
      quick: h_A, from 1e-4 to 0.99.
      slow: h_B, above quick, to 0.99.
      delay: s, whole, from 1 to 1e4.

    Arrays broadcast. Returns a real number of episodes. Relative accuracy 1e-13.

    Raises:
      InputError: an argument out of its range, or slow not above quick.

    Source: derived here (docs, turns section 6).

    >>> from jtts.theory import turns
    >>> print(f"{turns.outcome_switch_budget(0.03, 0.1, 12):.9f}")
    16.879894607
    """
    return _outcome(quick, slow, delay)


@jax.jit
def _switch(quick, slow, delay):
    quick, slow, delay = _floats(quick, slow, delay)
    never = 1 / quick <= delay + 1 / slow
    start = jnp.floor(_outcome(quick, slow, delay))  # the lead that is lost only grows up to there

    def step(i, more):
        further = more + 2.0 ** (BITS - 1 - i)
        return jnp.where(_behind(start + further, quick, slow, delay) >= 0, further, more)

    more = lax.fori_loop(0, BITS, step, jnp.zeros_like(quick))
    return jnp.where(never, jnp.inf, start + more + 1)


def _first_ahead(num_episodes, quick, slow, delay):
    """The number of episodes where the slow policy is ahead, and more than any where it is not."""
    j = np.arange(int(num_episodes))
    lost = np.sum((1 - slow) ** np.maximum(j - delay, 0) - (1 - quick) ** j)
    return num_episodes if lost < 0 else 1e6 - num_episodes


@law(
    kind=Minimizer(
        of=_first_ahead,
        argument="num_episodes",
        candidates=lambda point: range(1, 300),
        whole=True,
    ),
    formula=r"\min\Big[k > s: s + \frac{1-(1-h_B)^{k-s}}{h_B} < \frac{1-(1-h_A)^k}{h_A}\Big]",
    source="derived here (section 6)",
    relative=1e-12,
    holds=POLICIES,
    jointly=JOINTLY,
    gives=at_least(1),
    domain=DRAW | {"quick": reals(0.02, 0.035)},
    mutants={
        "the outcome at the budget": lambda quick, slow, delay: jnp.ceil(
            _outcome(quick, slow, delay)
        ),
        "an episode late": lambda quick, slow, delay: _switch(quick, slow, delay) + 1,
    },
)
def regret_switch_budget(quick: Numbers, slow: Numbers, delay: Numbers) -> jax.Array:
    r"""First budget at which a slow start has the smaller regret.

    Policies are those of `outcome_switch_budget`. The mean number of episodes until solved, at most
    k, is smaller for the slow one from the first k > s on with

    $$s+\frac{1-(1-h_B)^{k-s}}{h_B}<\frac{1-(1-h_A)^k}{h_A}$$

    about twice as late as for the outcome alone; never, infinity, where 1/h_A <= s + 1/h_B.

    Args:
      quick: h_A, from 1e-4 to 0.99.
      slow: h_B, above quick, to 0.99.
      delay: s, whole, from 1 to 1e4.

    Arrays broadcast. A whole number; where both do equally well to the last digits, one either way.

    Raises:
      InputError: an argument out of its range, or slow not above quick.

    Source: derived here (docs, turns section 6).

    >>> from jtts.theory import turns
    >>> print(turns.regret_switch_budget(0.03, 0.1, 12))
    33.0
    """
    return _switch(quick, slow, delay)


@jax.jit
def _slow(num_episodes, quick, slow, delay):
    n, quick, slow, delay = _floats(num_episodes, quick, slow, delay)
    crossing = lax.stop_gradient(jnp.ceil(_outcome(quick, slow, delay)))
    return _behind(jnp.minimum(n, crossing), quick, slow, delay)


@jax.jit
def _quick(num_episodes, quick, slow, delay):
    n, quick, slow, delay = _floats(num_episodes, quick, slow, delay)
    crossing = lax.stop_gradient(jnp.ceil(_outcome(quick, slow, delay)))
    lost, caught = _behind(jnp.stack([jnp.minimum(n, crossing), n]), quick, slow, delay)
    return jnp.where(n > crossing, jnp.maximum(lost - caught, 0.0), 0.0)


@law(
    kind=Exact(),
    formula=r"\sum_{j < \min(k, k_\times)} \big[(1-h_B)^{(j-s)_+} - (1-h_A)^j\big]",
    source="derived here (section 6); regret: arXiv:2503.07572",
    holds=EPISODES | POLICIES,
    jointly=JOINTLY,
    **ACCURACY,
    domain={"num_episodes": log_integers(4, 1000), **DRAW},
    simulated={"num_episodes": log_integers(4, 40)},
    mutants={
        "against the quick one for ever": lambda num_episodes, quick, slow, delay: _behind(
            *_floats(num_episodes, quick, slow, delay)
        ),
        "an episode later": lambda num_episodes, quick, slow, delay: _slow(
            num_episodes, quick, slow, delay + 1
        ),
    },
)
def slow_start_regret(
    num_episodes: Numbers, quick: Numbers, slow: Numbers, delay: Numbers
) -> jax.Array:
    r"""Regret of the slow policy of `outcome_switch_budget`, against the better at every budget.

    $$\sum_{j<\min(k,k_\times)}\big[(1-h_B)^{\max(j-s,0)}-(1-h_A)^j\big]$$

    It grows up to the budget at which the two outcomes meet and is flat from there on.

    Args:
      num_episodes: k, whole, from 1 to 1e9.
      quick: h_A, from 1e-4 to 0.99.
      slow: h_B, above quick, to 0.99.
      delay: s, whole, from 1 to 1e4.

    Arrays broadcast. Accuracy 1e-9, relative and absolute.

    Raises:
      InputError: an argument out of its range, or slow not above quick.

    Source: derived here (docs, turns section 6); cumulative regret is that of arXiv:2503.07572.

    >>> from jtts.theory import turns
    >>> print(turns.slow_start_regret([10, 30, 60], 0.03, 0.1, 12))
    [1.2474709 2.6226348 2.6226348]
    """
    return _slow(num_episodes, quick, slow, delay)


@law(
    kind=Exact(floor=0.5),
    formula=r"\sum_{k_\times \le j < k} \big[(1-h_A)^j - (1-h_B)^{j-s}\big]",
    source="derived here (section 6); regret: arXiv:2503.07572",
    holds=EPISODES | POLICIES,
    jointly=JOINTLY,
    **ACCURACY,
    domain={"num_episodes": log_integers(20, 1000), **DRAW},
    simulated={"num_episodes": log_integers(20, 100)},
    mutants={
        "against the slow one from the start": lambda num_episodes, quick, slow, delay: (
            -_behind(*_floats(num_episodes, quick, slow, delay))
        ),
        "an episode later": lambda num_episodes, quick, slow, delay: _quick(
            num_episodes, quick, slow, delay + 1
        ),
    },
)
def quick_regret(num_episodes: Numbers, quick: Numbers, slow: Numbers, delay: Numbers) -> jax.Array:
    r"""Regret of the quick policy of `outcome_switch_budget`, against the better at every budget.

    $$\sum_{k_\times\le j<k}\big[(1-h_A)^j-(1-h_B)^{j-s}\big]$$

    Nothing up to the budget at which the two outcomes meet.

    Args:
      num_episodes: k, whole, from 1 to 1e9.
      quick: h_A, from 1e-4 to 0.99.
      slow: h_B, above quick, to 0.99.
      delay: s, whole, from 1 to 1e4.

    Arrays broadcast. Accuracy 1e-9, relative and absolute.

    Raises:
      InputError: an argument out of its range, or slow not above quick.

    Source: derived here (docs, turns section 6); cumulative regret is that of arXiv:2503.07572.

    >>> from jtts.theory import turns
    >>> print(turns.quick_regret([10, 30, 60], 0.03, 0.1, 12))
    [0.         2.0900122  8.65937268]
    """
    return _quick(num_episodes, quick, slow, delay)
