"""Candidates whose sampling noise is shared in part."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.domain import log_reals, reals
from jtts.kinds import Exact, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, instance
from jtts.regression import Statistics
from jtts.theory.best_of_k.domains import (
    FEW,
    HOT,
    STATISTICS,
    TAKES,
    TEMPERATURE,
    K,
    judge_offset_var,
    near,
    statistics,
    teacher_judge,
)
from jtts.theory.best_of_k.selection import error


def _given_shared_part(stats, correlation, own=1.0, shared=1.0):
    """The four numbers once the shared part of the noise has been added to the mean."""
    s2 = stats.predictive_var
    return Statistics(
        (1 - own * correlation) * s2,
        stats.mean_error + shared * correlation * s2,
        stats.judge_error,
        stats.judge_cross,
    )


def _correlated(k, stats, correlation, temperature, **parts):
    return error(k, _given_shared_part(stats, correlation, **parts), temperature)


@law(
    kind=Exact(),
    formula=r"\delta_k(T;\, (1-v) s^2, \Delta + v s^2, q_{RR}, q_{RT})",
    source="derived here (section 9)",
    relative=5e-6,
    holds=TAKES | {"correlation": between(0, 1, open="high")},
    jointly={
        "the judge, with the shared part of the noise, must have an offset variance of at most "
        "1e6 (1 - correlation) predictive_var": (
            lambda stats, correlation: near(_given_shared_part(stats, correlation))
        )
    }
    | HOT,
    domain={
        "k": K,
        "stats": STATISTICS,
        "correlation": reals(0.0, 0.9),
        "temperature": TEMPERATURE,
    },
    simulated={
        "k": FEW,
        "stats": statistics(log_reals(0.02, 0.2)),
        "correlation": reals(0.0, 0.4),
    },
    mutants={
        "independent": lambda k, stats, correlation, temperature=0.0: error(k, stats, temperature),
        "shared part forgotten": lambda k, stats, correlation, temperature=0.0: _correlated(
            k, stats, correlation, temperature, shared=0.0
        ),
        "spread not reduced": lambda k, stats, correlation, temperature=0.0: _correlated(
            k, stats, correlation, temperature, own=0.0
        ),
    },
)
def correlated_error(
    k: Numbers, stats: Statistics, correlation: Numbers, temperature: Numbers = 0.0
) -> jax.Array:
    r"""Error of selection among k candidates with correlated noise, averaged over inputs.

    Any two candidates' noise has correlation v: y_i = m + s (sqrt(v) u + sqrt(1 - v) eps_i), u
    drawn once a prompt. The shared part acts as an error of the mean:

    $$\delta = \delta_k(T;\,(1-v)s^2,\,\Delta+vs^2,\,q_{RR},\,q_{RT}).$$

    Candidates that share one draw of the weights from the posterior have v = (s^2 - sigma^2) / s^2.

    Args:
      k: number of candidates, real and at least 1, or infinity.
      stats: `Statistics` of generator and judge, any judge; predictive_var is the whole s^2.
      correlation: v, 0 <= v < 1.
      temperature: T >= 0 of the selection.

    Arrays broadcast. Returns the error in squared units of y, to the noiseless teacher. Exact
    wherever `error` is, and as accurate.

    Raises:
      InputError: k < 1, correlation outside [0, 1), temperature < 0, or a judge farther from the
        candidates than `error` takes (correlations of 1 - 1e-6 and above).

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 0.15)
    >>> print(f"{best_of_k.correlated_error(4, stats, 0.2):.9f}")
    0.163579227
    """
    return _correlated(k, stats, correlation, temperature)


def _threshold(stats, power=2.0):
    s2 = stats.predictive_var
    return (s2 - 2 * judge_offset_var(stats)) / s2 / (1 + power)


@law(
    kind=Root(
        # E exp(c^2) of the judge's offset c diverges where its variance reaches 1/2
        residual=lambda v, stats: (
            2 * judge_offset_var(mixed := _given_shared_part(stats, v)) / mixed.predictive_var - 1
        ),
        bracket=lambda stats: (0.0, 0.99),
    ),
    formula=r"v^* = (1 - 2\rho_c) / 3",
    source="derived here (section 9)",
    relative=1e-12,
    holds={"stats": instance(Statistics)},
    domain={"stats": teacher_judge(log_reals(0.02, 0.45))},
    mutants={
        "(1 - 2 rho) / 2": lambda stats: _threshold(stats, power=1.0),
        "1 - 2 rho": lambda stats: _threshold(stats, power=0.0),
    },
)
def correlation_threshold(stats: Statistics) -> jax.Array:
    r"""Correlation of the candidates below which the best-of-k error falls as 1/k^2.

    $$v^* = \frac{1-2\rho_c}{3}$$

    The offset of the judge has $\rho_c(v)=(\rho_c+v)/(1-v)$ times the candidates' own variance, and
    the 1/k^2 law holds below 1/2. Beyond, the excess error falls as k^(-1/rho_c(v)), up to logs.

    Args:
      stats: `Statistics`; predictive_var is the whole s^2. Array fields broadcast.

    Returns the threshold (no units), at most 1/3; zero or negative where even independent
    candidates do not follow the 1/k^2 law, rho_c >= 1/2. Accurate to 1e-12 relative, of Delta_b in
    double precision.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> print(f"{best_of_k.correlation_threshold(best_of_k.Statistics.from_rho(0.05)):.3f}")
    0.300
    """
    return jnp.asarray(_threshold(stats), jnp.result_type(float))
