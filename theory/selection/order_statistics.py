"""Mean and variance of the largest of n rewards, for any reward law."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import require_at_least
from jtts.domain import choices, log_integers
from jtts.kinds import Exact
from jtts.laws import law as declare
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
)
from jtts.theory.selection.atoms import pmf_of_best
from jtts.theory.selection.domains import FOUR
from jtts.theory.selection.points import over_points

NODES = np.linspace(0.0, 1.0, 1024)
DROPPED = 37.0  # shares of the integral below exp(-DROPPED) are dropped
LONGEST = np.log(700.0)
SLOWEST = 0.05  # exponents of the integrand's end that the nodes still resolve

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


def average_of_largest(n, law, function, power):
    """E function(largest of n), `function` growing like the reward to that power.

    With u = exp(-t/n) the rank of the largest, t is Exp(1) whatever n is; nodes even in ln t are
    spectrally accurate. They reach as far as a power-law tail of the law makes them matter.
    """
    lower_index, upper_index = law.tail_indices
    decay = 1 - power / upper_index
    start = -DROPPED / jnp.clip(decay, SLOWEST, 1.0)
    z = start + (LONGEST - start) * NODES
    t = jnp.exp(z)
    weight = (LONGEST - start) / (len(NODES) - 1) * t * jnp.exp(-t)
    reward = law.quantile(jnp.exp(-t / n), -jnp.expm1(-t / n))
    counts = weight > 0
    average = jnp.sum(jnp.where(counts, weight * function(jnp.where(counts, reward, 0.0)), 0.0))
    lower_decay = 1 - power / (n * lower_index)
    average = jnp.where(decay <= 0, jnp.inf, jnp.where(decay < SLOWEST, jnp.nan, average))
    return jnp.where(lower_decay < SLOWEST, jnp.nan, average)


def _mean(n, law):
    return average_of_largest(n, law, lambda reward: reward, 1)


def _variance(n, law):
    centre = lax.stop_gradient(_mean(n, law))
    offset = average_of_largest(n, law, lambda reward: reward - centre, 1)
    square = average_of_largest(n, law, lambda reward: (reward - centre) ** 2, 2)
    return jnp.where(
        jnp.isinf(square), jnp.inf, square - jnp.where(jnp.isinf(offset), 0, offset) ** 2
    )


def mean_of_largest(n, law):
    if isinstance(law, Discrete):
        return jnp.sum(pmf_of_best(n, law) * jnp.asarray(law.rewards), -1)
    return over_points(_mean, n, law, block=4)


def variance_of_largest(n, law):
    if isinstance(law, Discrete):
        centred = jnp.asarray(law.rewards) - mean_of_largest(n, law)[..., None]
        return jnp.sum(pmf_of_best(n, law) * centred**2, -1)
    return over_points(_variance, n, law, block=4)


def _bernard(n, law):
    """The plotting-position approximation Q((n - 3/8) / (n + 1/4))."""
    upper = 0.625 / (n + 0.25)
    return law.quantile(1 - upper, upper)


@declare(
    kind=Exact(floor=0.3),
    formula=r"E \max_{i\le n} r_i = \int_0^\infty Q(e^{-t/n}) e^{-t} dt",
    source="arXiv:2210.10760; derived here (section 2)",
    domain={"n": log_integers(1, 10**9), "law": choices(*LAWS)},
    simulated={"n": log_integers(1, 64)},
    mutants={
        "plotting position": _bernard,
        "one sample more": lambda n, law: mean_of_largest(n + 1, law),
    },
)
def expected_max(n, law: RewardLaw = STANDARD_NORMAL):
    r"""Expected reward of the best of n independent samples.

    $$E\max_{i\le n}r_i=\int_0^\infty Q(e^{-t/n})\,e^{-t}\,dt,\quad Q\text{ the quantile function}$$

    Args:
      n: number of samples, real and at least 1.
      law: of the reward, from `jtts.rewards`; standard normal if not given.

    Fields of the law broadcast against n. Differentiable in n and in the law's parameters. Relative
    accuracy 1e-12 for n to 1e12, less for a `Quantile` that is not smooth or ends at 1e-16;
    infinite where the mean is, NaN where it does not exist and for tail indices between 1 and 1.05.

    Raises:
      InputError: n < 1.

    Source: arXiv:2210.10760; derived here (docs, selection section 2).

    >>> from jtts.theory import selection
    >>> from jtts.rewards import StudentT
    >>> print(f"{selection.expected_max(16):.11f} {selection.expected_max(16, StudentT(3.0)):.8f}")
    1.76599139305 3.11447755
    """
    require_at_least(1, n=n)
    return mean_of_largest(n, law)


@declare(
    kind=Exact(),
    formula=r"\mathrm{Var} \max_{i\le n} r_i",
    source="derived here (section 2)",
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
def max_variance(n, law: RewardLaw = STANDARD_NORMAL):
    r"""Variance of the reward of the best of n independent samples.

    $$\mathrm{Var}\max_{i\le n}r_i=\int_0^\infty (Q(e^{-t/n})-\mu_n)^2\,e^{-t}\,dt$$

    Args:
      n: number of samples, real and at least 1.
      law: of the reward, from `jtts.rewards`; standard normal if not given.

    Fields of the law broadcast against n. Relative accuracy 1e-12, less by the squared ratio of
    mean to spread; infinite where the variance is, NaN for tail indices between 2 and 2.1.

    Raises:
      InputError: n < 1.

    Source: derived here (docs, selection section 2).

    >>> from jtts.theory import selection
    >>> print(f"{selection.max_variance(2):.12f}")
    0.681690113816
    """
    require_at_least(1, n=n)
    return variance_of_largest(n, law)
