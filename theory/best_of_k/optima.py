"""What follows from the error curves: best k, local exponent."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import concrete
from jtts.domain import constant, log_integers, log_reals, reals
from jtts.kinds import LogSlope, Minimizer
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, instance, nonnegative
from jtts.regression import Statistics
from jtts.search import integer_minimum
from jtts.theory.best_of_k.domains import statistics, teacher_judge
from jtts.theory.best_of_k.selection import error, excess_error, limit_error

COLD_LADDER = np.log(4.0) * np.arange(31)
HOT_LADDER = np.log(2.0) * np.arange(15)
HOT_RESOLUTION = 1e-6


def _best_k(stats, temperature):
    fields = (stats.predictive_var, stats.mean_error, stats.judge_error, stats.judge_cross)
    shape = jnp.broadcast_shapes(*(jnp.shape(x) for x in (*fields, temperature)))
    known = concrete(temperature)

    def cold_curve(k):
        return excess_error(k, stats) + jnp.zeros(shape)

    k, lowest, endless = integer_minimum(cold_curve, shape, COLD_LADDER, 5)
    cold = jnp.where(endless | (lowest >= 0), jnp.inf, k)
    if known is not None and not known.any():
        return cold

    def hot_curve(k):
        return error(k, stats, temperature) + jnp.zeros(shape)

    k, lowest, endless = integer_minimum(hot_curve, shape, HOT_LADDER, 3)
    limit = limit_error(stats, temperature)
    hot = jnp.where(endless | (lowest >= limit * (1 - HOT_RESOLUTION)), jnp.inf, k)
    return jnp.where(jnp.asarray(temperature) > 0, hot, cold)


@law(
    kind=Minimizer(
        of=error,
        argument="k",
        candidates=lambda point: np.unique(
            np.concatenate([np.arange(1, 65), np.geomspace(64, 4096, 100).round()])
        ).astype(float),
        whole=True,
    ),
    formula=r"\mathrm{argmin}_k\, \delta_k",
    source="derived here (sections 3 and 6)",
    relative=1e-3,
    holds={"stats": instance(Statistics), "temperature": nonnegative()},
    # judges bad enough that endless selection over-optimises
    domain={
        "stats": statistics(
            log_reals(0.1, 0.2), judge_ratio=reals(5.0, 8.0), cosine=reals(-0.2, 0.2)
        ),
        "temperature": constant(0.0),
    },
    mutants={
        "twice": lambda stats, temperature=0.0: 2 * _best_k(stats, temperature),
        "endless": lambda stats, temperature=0.0: jnp.inf * _best_k(stats, temperature),
    },
)
def optimal_k(stats: Statistics, temperature: Numbers = 0.0) -> jax.Array:
    r"""Number of candidates that minimises the error; infinity where more is always better.

    $$k^* = \mathrm{argmin}_{k\ge1}\,\delta_k(T)$$

    At temperature 0 and rho_c < 1/2, k* is finite if 2 (q_RR - q_RT) > s^2 (1 - 2 rho_c), where the
    judge is over-optimised.

    Args:
      stats: `Statistics`; array fields broadcast.
      temperature: T >= 0 and finite, in units of y^2.

    Returns a whole number as a float, or infinity. At T = 0 the excess of the error over its limit
    is minimised to full relative precision: however shallow, a minimum up to 4^30 is found, exact
    to about k = 1000 and to 1e-4 beyond. At T > 0 minima are searched up to 2^14, to 1e-3 above
    k = 100, and one less than 1e-6 deep relative to `limit_error` counts as infinity, whatever the
    error does beyond it; a point takes 0.6 s. Derivatives are zero.

    Raises:
      InputError: temperature < 0.

    Source: derived here (docs, best-of-k sections 3 and 6).

    >>> from jtts.theory import best_of_k
    >>> print(best_of_k.optimal_k(best_of_k.Statistics(1.0, 0.1, 0.5, 0.05)))
    6.0
    >>> print(best_of_k.optimal_k(best_of_k.Statistics.from_rho(0.3)))
    inf
    """
    return lax.stop_gradient(_best_k(*lax.stop_gradient((stats, temperature))))


def _log_slope(k, stats):
    k = jnp.asarray(k, jnp.result_type(float))
    fields = (stats.predictive_var, stats.mean_error, stats.judge_error, stats.judge_cross)
    shape = jnp.broadcast_shapes(k.shape, *(jnp.shape(x) for x in fields))
    log_k = jnp.broadcast_to(jnp.log(k), shape)

    def log_error(log_k):
        return jnp.log(error.function(jnp.exp(log_k), stats))

    return jax.jvp(log_error, (log_k,), (jnp.ones(shape),))[1]


@law(
    kind=LogSlope(of=error, argument="k"),
    formula=r"\frac{d \ln \delta_k}{d \ln k}",
    source="derived here (section 6)",
    relative=1e-6,
    absolute=1e-6,
    holds={"k": between(1, 1e15), "stats": instance(Statistics)},
    domain={"k": log_integers(2, 10**6), "stats": teacher_judge(log_reals(0.02, 2.0))},
    mutants={
        "one more": lambda k, stats: _log_slope(k, stats) - 1,
        "at 2 k": lambda k, stats: _log_slope(2 * k, stats),
    },
)
def local_exponent(k: Numbers, stats: Statistics) -> jax.Array:
    r"""Local exponent d ln(error) / d ln(k) of best-of-k at temperature 0.

    $$\frac{d\ln\delta_k}{d\ln k}$$

    Tends to -min(2, 1/rho), logarithmically slowly above rho = 1/2, for the teacher as judge, and
    to 0 for any other.

    Args:
      k: number of candidates, real, from 1 to 1e15.
      stats: `Statistics`. Arrays, also in its fields, broadcast.

    Returns the exponent (no units), by forward differentiation of `error`, to 1e-6.

    Raises:
      InputError: k out of range.

    Source: derived here (docs, best-of-k section 6).

    >>> from jtts.theory import best_of_k
    >>> print(f"{best_of_k.local_exponent(10**6, best_of_k.Statistics.from_rho(0.6)):.5f}")
    -1.73372
    """
    return _log_slope(k, stats)
