"""Mean and variance of the largest of n rewards, for any reward law."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import log_ndtr

from jtts.domain import choices, log_integers
from jtts.kinds import Exact
from jtts.laws import law as declare
from jtts.numeric import Numbers
from jtts.promises import at_least, instance
from jtts.rewards import (
    STANDARD_NORMAL,
    Discrete,
    Exponential,
    Gumbel,
    Logistic,
    Normal,
    Pareto,
    Quantile,
    RewardLaw,
    StudentT,
    Uniform,
    log_of_tail,
)
from jtts.theory.selection.atoms import pmf_of_best
from jtts.theory.selection.domains import ANY_LAW, COUNTS, FOUR
from jtts.theory.selection.points import over_points

NODES = np.linspace(0.0, 1.0, 1024)
DROPPED = 37.0  # shares of the integral below exp(-DROPPED) are dropped
LONGEST = np.log(700.0)
SLOWEST = 0.05  # exponents of the integrand's end that the nodes still resolve
RAREST = 1e-300  # tail probabilities that a law still knows
LINE = np.linspace(-9.0, 9.0, 181)  # of a normal law

SQUARE_ROOT = Quantile(jnp.sqrt)  # of a density 2 x on (0, 1)
LAWS = (
    Normal(),
    StudentT(5.0),
    Exponential(),
    Logistic(),
    Gumbel(),
    Pareto(4.5),
    Uniform(),
    Discrete(np.array(FOUR), np.array([1.0, 2.0, 3.0, 4.0])),
    SQUARE_ROOT,
)


def average_of_largest(n, law, quantile, function, power):
    """E function(quantile of the rank of the largest), growing like the reward to that power.

    With u = exp(-t/n) the rank of the largest, t is Exp(1) whatever n is. Nodes even in w, with
    ln t = w to the right and ln t = w / decay to the left, where a power-law tail of the law makes
    the integrand fall like t^decay only: they are spectrally accurate and resolve both sides.
    """
    lower_index, upper_index = law.tail_indices
    decay = 1 - power / upper_index
    stretch = 1 / jnp.clip(decay, SLOWEST, 1.0) - 1
    w = -DROPPED + (LONGEST + DROPPED) * NODES
    t = jnp.exp(w - stretch * jnp.logaddexp(0.0, -w))
    step = (LONGEST + DROPPED) / (len(NODES) - 1)
    weight = step * (1 + stretch / (1 + jnp.exp(w))) * t * jnp.exp(-t)
    counts = (weight > 0) & (t / n > RAREST)
    rank = jnp.where(counts, t / n, 1.0)
    value = function(quantile(jnp.exp(-rank), -jnp.expm1(-rank)))
    average = jnp.sum(jnp.where(counts, weight * value, 0.0))
    lower_decay = 1 - power / (n * lower_index)
    average = jnp.where(decay <= 0, jnp.inf, jnp.where(decay < SLOWEST, jnp.nan, average))
    return jnp.where(lower_decay < SLOWEST, jnp.nan, average)


def identity(reward):
    return reward


def _mean(n, law):
    return average_of_largest(n, law, law.quantile, identity, 1)


def excess_quantile(law):
    """The quantile function less a constant near the rewards that are selected: digits to spare."""
    if isinstance(law, Uniform):
        width = law.high - law.low
        return lambda lower, upper: jnp.where(lower < upper, lower - 1, -upper) * width
    if isinstance(law, Pareto):
        exponent = -1 / law.tail_index
        return lambda lower, upper: law.scale * jnp.expm1(log_of_tail(upper, lower) * exponent)
    for name in ("location", "mean"):
        if hasattr(law, name):
            return dataclasses.replace(law, **{name: 0.0}).quantile
    return law.quantile


def _variance(n, law):
    quantile = excess_quantile(law)
    centre = lax.stop_gradient(average_of_largest(n, law, quantile, identity, 1))
    offset = average_of_largest(n, law, quantile, lambda reward: reward - centre, 1)
    square = average_of_largest(n, law, quantile, lambda reward: (reward - centre) ** 2, 2)
    return jnp.where(
        jnp.isinf(square), jnp.inf, square - jnp.where(jnp.isinf(offset), 0, offset) ** 2
    )


def mean_of_largest(n, law):
    if isinstance(law, Discrete):
        return jnp.sum(pmf_of_best(n, law) * jnp.asarray(law.rewards), -1)
    return over_points(_mean, n, law, block=4)


def mean_of_largest_normal(n):
    """Of standard normals, to all digits: for few as an average of x (n F(x)^(n-1) - 1)."""
    n = jnp.asarray(n, jnp.result_type(float))
    few = jnp.minimum(n, 2.0)[..., None]
    density = np.exp(-(LINE**2) / 2) * (LINE[1] - LINE[0]) / np.sqrt(2 * np.pi)
    more = jnp.expm1((few - 1) * log_ndtr(LINE))
    near_one = few[..., 0] * jnp.sum(LINE * density * more, -1)
    return jnp.where(n < 2, near_one, mean_of_largest(n, Normal()))


def variance_of_largest(n, law):
    if isinstance(law, Discrete):
        seen = jnp.where(jnp.asarray(law.probabilities) > 0, law.rewards, -jnp.inf)
        short = jnp.asarray(law.rewards) - jnp.max(seen, -1, keepdims=True)
        pmf = pmf_of_best(n, law)
        return jnp.sum(pmf * (short - jnp.sum(pmf * short, -1, keepdims=True)) ** 2, -1)
    return over_points(_variance, n, law, block=4)


def _bernard(n, law):
    """The plotting-position approximation Q((n - 3/8) / (n + 1/4))."""
    upper = 0.625 / (n + 0.25)
    return law.quantile(1 - upper, upper)


@declare(
    kind=Exact(floor=0.3),
    formula=r"E \max_{i\le n} r_i = \int_0^\infty Q(e^{-t/n}) e^{-t} dt",
    source="arXiv:2210.10760; derived here (section 2)",
    relative=1e-12,
    absolute=1e-14,
    holds={"n": COUNTS, "law": instance(*ANY_LAW)},
    domain={"n": log_integers(1, 10**9), "law": choices(*LAWS)},
    simulated={"n": log_integers(1, 64)},
    mutants={
        "plotting position": _bernard,
        "one sample more": lambda n, law: mean_of_largest(n + 1, law),
    },
)
def expected_max(n: Numbers, law: RewardLaw = STANDARD_NORMAL) -> jax.Array:
    r"""Expected reward of the best of n independent samples.

    $$E\max_{i\le n}r_i=\int_0^\infty Q(e^{-t/n})\,e^{-t}\,dt,\quad Q\text{ the quantile function}$$

    Args:
      n: number of samples, real, from 1 to 1e15.
      law: of the reward, from `jtts.rewards`; standard normal if not given.

    Fields of the law broadcast against n. Differentiable in n and in the law's parameters. Relative
    accuracy 1e-12, and 1e-14 of the law's location and scale where they cancel; less for a
    `Quantile` that is not smooth or ends at 1e-16. Infinite where the mean is, NaN where it does
    not exist and for tail indices between 1 and 1.053.

    Raises:
      InputError: n outside [1, 1e15].

    Source: arXiv:2210.10760; derived here (docs, selection section 2).

    >>> from jtts.theory import selection
    >>> from jtts.rewards import StudentT
    >>> print(f"{selection.expected_max(16):.11f} {selection.expected_max(16, StudentT(3.0)):.8f}")
    1.76599139305 3.11447755
    """
    return mean_of_largest(n, law)


@declare(
    kind=Exact(),
    formula=r"\mathrm{Var} \max_{i\le n} r_i",
    source="derived here (section 2)",
    relative=1e-12,
    absolute=1e-300,
    holds={"n": COUNTS, "law": instance(*ANY_LAW)},
    gives=at_least(0),
    domain={"n": log_integers(1, 10**9), "law": choices(*LAWS)},
    simulated={
        "n": log_integers(1, 64),
        # four finite moments are needed for a standard error: exponents above 8 for a good one
        "law": choices(*(x for x in LAWS if not isinstance(x, StudentT | Pareto)), StudentT(12.0)),
    },
    mutants={
        "unconditional": lambda n, law: variance_of_largest(1.0, law),
        "one sample more": lambda n, law: variance_of_largest(n + 1, law),
    },
)
def max_variance(n: Numbers, law: RewardLaw = STANDARD_NORMAL) -> jax.Array:
    r"""Variance of the reward of the best of n independent samples.

    $$\mathrm{Var}\max_{i\le n}r_i=\int_0^\infty (Q(e^{-t/n})-\mu_n)^2\,e^{-t}\,dt$$

    Args:
      n: number of samples, real, from 1 to 1e15.
      law: of the reward, from `jtts.rewards`; standard normal if not given.

    Fields of the law broadcast against n. Relative accuracy 1e-12 (of a `Quantile` less by the
    squared ratio of mean to spread); infinite where the variance is, NaN for tail indices between
    2 and 2.106.

    Raises:
      InputError: n outside [1, 1e15].

    Source: derived here (docs, selection section 2).

    >>> from jtts.theory import selection
    >>> print(f"{selection.max_variance(2):.12f}")
    0.681690113816
    """
    return variance_of_largest(n, law)
