"""How far selection moves the law of the answer from the law of one candidate."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.domain import log_integers, log_reals, reals
from jtts.kinds import Asymptotic, Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, finite, instance, positive
from jtts.regression import Judge, Statistics
from jtts.theory.best_of_k.domains import SIMULATED_K, judge_offset_var, statistics
from jtts.theory.best_of_k.selection import tilt

SIZES = (32, 64, 128, 256)
SMALL = 0.2  # shares below take a series of TERMS terms
TERMS = 22


@law(
    kind=Exact(floor=0.01),
    formula=r"\ln k - \frac{k-1}{k}",
    source="derived here (section 8)",
    relative=1e-14,
    holds={"k": at_least(1)},
    gives=at_least(0),
    domain={"k": log_integers(1, 10**6)},
    simulated={"k": SIMULATED_K},
    mutants={
        "ln k": lambda k: jnp.log(k),
        "k + 1 for k": lambda k: jnp.log(k) - (k - 1) / (k + 1),
    },
)
def kl_to_base(k: Numbers) -> jax.Array:
    r"""Kullback-Leibler divergence, in nats, of the best of k candidates from one candidate.

    $$D = \ln k - \frac{k-1}{k}$$

    Exact for any reward with a continuous distribution, at temperature 0.

    Args:
      k: number of candidates, real and at least 1; arrays give arrays. Infinity gives infinity.

    Returns the divergence, relative accuracy 1e-14 also for k near 1.

    Raises:
      InputError: k < 1.

    Source: derived here (docs, best-of-k section 8).

    >>> from jtts.theory import best_of_k
    >>> print(f"{best_of_k.kl_to_base(16):.10f}")
    1.8350887222
    """
    k = jnp.asarray(k, jnp.result_type(float))
    share = selected_out(k)
    small = share < SMALL
    series = jnp.where(small, share, 0.0) ** 2 * log_curvature(share)
    return jnp.where(small, series, jnp.log(k) - share)


def selected_out(k):
    """(k - 1) / k, also at infinite k."""
    endless = jnp.isinf(k)
    finite = jnp.where(endless, 1.0, k)
    return jnp.where(endless, 1.0, (finite - 1) / finite)


def log_curvature(share):
    """(-ln(1 - q) - q) / q^2 by its series, for q below SMALL: the difference loses its digits."""
    q = jnp.minimum(share, SMALL)
    total = jnp.zeros_like(q)
    for n in range(TERMS, -1, -1):
        total = total * q + 1 / (n + 2)
    return total


def tilted_kl(theta, moved_by, offset_var, moved=1.0, narrowed=1.0):
    """Divergence of the Gaussian tilted by theta = 1 - moved_by, c^2 averaging offset_var."""
    small = moved_by < SMALL
    series = jnp.where(small, moved_by, 0.0) ** 2 * log_curvature(moved_by)
    difference = -jnp.log(jnp.where(small, 1.0, theta)) - moved_by
    narrow = jnp.where(small, series, difference)
    return (narrowed * narrow + moved * moved_by**2 * offset_var) / 2


def _softmax_kl(stats, temperature, **parts):
    offset_var = judge_offset_var(stats) / stats.predictive_var
    moved_by = 1 / (1 + temperature / (2 * stats.predictive_var))
    return tilted_kl(tilt(stats, temperature), moved_by, offset_var, **parts)


def _pointwise_softmax_kl(*, mean, predictive_var, judge, temperature, **parts):
    one_input = Statistics(predictive_var, (mean - judge) ** 2)
    return _softmax_kl(one_input, temperature, **parts)


# gap 2 / k: over twice the largest one resolved, at 32 and 64 candidates
SOFTMAX = Asymptotic(size="k", sizes=SIZES, finite_size=2.0, floor=0.05)


@law(
    kind=SOFTMAX,
    formula=r"\tfrac12 [\theta - 1 - \ln\theta + (1-\theta)^2 (r-m)^2 / s^2],\;"
    r" \theta = T / (T + 2 s^2)",
    source="derived here (section 9)",
    relative=1e-13,
    holds={
        "mean": finite(),
        "predictive_var": positive(),
        "judge": finite(),
        "temperature": at_least(1e-300),
    },
    gives=at_least(0),
    domain={
        "mean": reals(-1.0, 1.0),
        "predictive_var": log_reals(0.5, 2.0),
        "judge": reals(-1.0, 1.0),
        "temperature": log_reals(1.0, 5.0),
    },
    mutants={
        "mean not moved": lambda **places: _pointwise_softmax_kl(**places, moved=0.0),
        "spread not reduced": lambda **places: _pointwise_softmax_kl(**places, narrowed=0.0),
    },
)
def pointwise_softmax_kl_to_base(
    *, mean: Numbers, predictive_var: Numbers, judge: Judge, temperature: Numbers
) -> jax.Array:
    r"""Divergence of softmax selection among infinitely many candidates, at one input, in nats.

    Kullback-Leibler divergence of the law of the selected candidate, Gaussian of mean
    m + (1 - theta)(r - m) and variance s^2 theta, from that of one candidate:

    $$D=\tfrac12\Big[\theta-1-\ln\theta+(1-\theta)^2\frac{(r-m)^2}{s^2}\Big],\quad
      \theta=\frac{T}{T+2s^2}$$

    Args:
      mean, predictive_var: m(x), and s^2(x) > 0.
      judge: judge's value r(x).
      temperature: T from 1e-300, in squared units of y; infinity gives 0, and T -> 0 diverges as
        ln(2 s^2 / T) / 2.

    All broadcast. Returns the divergence, relative accuracy 1e-13 also at high temperature. Among k
    candidates it is reached as 1/k: the divergence of the softmax weights from equal weights.

    Raises:
      InputError: predictive_var <= 0 or temperature <= 0.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> divergence = best_of_k.pointwise_softmax_kl_to_base(
    ...     mean=0.0, predictive_var=1.0, judge=1.0, temperature=2.0
    ... )
    >>> print(f"{divergence:.6f}")
    0.221574
    """
    return _pointwise_softmax_kl(
        mean=mean, predictive_var=predictive_var, judge=judge, temperature=temperature
    )


@law(
    kind=SOFTMAX,
    formula=r"\tfrac12 [\theta - 1 - \ln\theta + (1-\theta)^2 \rho_c],\;"
    r" \theta = T / (T + 2 s^2)",
    source="derived here (section 9)",
    relative=1e-13,
    holds={"stats": instance(Statistics), "temperature": at_least(1e-300)},
    gives=at_least(0),
    domain={
        "stats": statistics(log_reals(0.02, 0.3), predictive_var=log_reals(0.5, 2.0)),
        "temperature": log_reals(2.0, 8.0),
    },
    mutants={
        "mean not moved": lambda stats, temperature: _softmax_kl(stats, temperature, moved=0.0),
        "spread not reduced": lambda stats, temperature: _softmax_kl(
            stats, temperature, narrowed=0.0
        ),
    },
)
def softmax_kl_to_base(stats: Statistics, temperature: Numbers) -> jax.Array:
    r"""Divergence of softmax selection among infinitely many candidates, averaged, in nats.

    $$D=\tfrac12\big[\theta-1-\ln\theta+(1-\theta)^2\rho_c\big],\quad
      \theta=\frac{T}{T+2s^2},\;\rho_c=\frac{\Delta_b}{s^2}$$

    Args:
      stats: `Statistics`; array fields broadcast.
      temperature: T from 1e-300, in squared units of y; infinity gives 0, and T -> 0 diverges.

    Returns the average over inputs of `pointwise_softmax_kl_to_base`, relative accuracy 1e-13.

    Raises:
      InputError: temperature <= 0.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> divergence = best_of_k.softmax_kl_to_base(best_of_k.Statistics.from_rho(1.0), 2.0)
    >>> print(f"{divergence:.6f}")
    0.221574
    """
    return _softmax_kl(stats, temperature)
