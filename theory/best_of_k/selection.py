"""Error of the selected candidate averaged over inputs, among k and among endless candidates."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import concrete
from jtts.domain import choices, constant, log_integers, log_reals
from jtts.kinds import Exact, Limit
from jtts.laws import Route, law
from jtts.numeric import Numbers
from jtts.promises import at_least, instance
from jtts.regression import Statistics
from jtts.theory.best_of_k.domains import (
    HOT,
    NEAR,
    SIMULATED_K,
    SIMULATED_STATISTICS,
    STATISTICS,
    TAKES,
    TEMPERATURE,
    K,
    judge_offset_var,
)
from jtts.theory.best_of_k.moments import AVERAGED, selected_moments


def moments(k, stats, temperature=0.0, kernels=AVERAGED):
    """E x^2 / s^2 and the response to the judge, of `error` below."""
    offset = judge_offset_var(stats) / stats.predictive_var
    # rounding may leave a judge at the posterior mean slightly below zero
    offset = jnp.where(offset >= 0, offset, 0.0)
    return selected_moments(kernels, k, offset, temperature, stats.predictive_var)


def excess_error(k, stats, temperature=0.0, cross=1.0, kernels=AVERAGED):
    """`error` minus its floor q_RR, without the cancellation."""
    square, slope = moments(k, stats, temperature, kernels)
    gain = stats.judge_error - stats.judge_cross
    return stats.predictive_var * square + cross * 2 * gain * slope


@law(
    kind=Exact(),
    formula=r"q_{RR} + s^2 E_c\,\mu_2(c) + 2 (q_{RR}-q_{RT})\, E_g[g^2 h_1(\sqrt{\rho_c}\, g)]",
    source="derived here (sections 3 and 6), arXiv:2512.19905",
    relative=5e-6,
    holds=TAKES,
    jointly=NEAR | HOT,
    domain={"k": K, "stats": STATISTICS, "temperature": TEMPERATURE},
    simulated={"k": SIMULATED_K, "stats": SIMULATED_STATISTICS},
    routes=(
        Route(
            "error_by_order_statistics",
            {"temperature": constant(0.0), "k": log_integers(1, 10**9)},
        ),
        Route(
            "error_by_probabilities",
            {
                "temperature": choices(0.5, 2.0, 20.0),
                "k": SIMULATED_K,
                "stats": SIMULATED_STATISTICS,
            },
        ),
    ),
    mutants={
        "flipped cross term": lambda k, stats, temperature=0.0: (
            excess_error(k, stats, temperature, cross=-1.0) + stats.judge_error
        ),
        "one candidate more": lambda k, stats, temperature=0.0: (
            excess_error(k + 1, stats, temperature) + stats.judge_error
        ),
        "twice the temperature": lambda k, stats, temperature=0.0: (
            excess_error(k, stats, 2 * temperature) + stats.judge_error
        ),
        "no floor": lambda k, stats, temperature=0.0: excess_error(k, stats, temperature),
    },
)
def error(k: Numbers, stats: Statistics, temperature: Numbers = 0.0) -> jax.Array:
    r"""Error E (y* - t)^2 of the candidate selected among k, averaged over inputs.

    With $c=(r-m)/s \sim N(0,\rho_c)$, $\rho_c=\Delta_b/s^2$, $\Delta_b=\Delta-2q_{RT}+q_{RR}$, and
    $\mu_2(c)=E(z^*-c)^2$, $h_1(c)=E(z^*-c)/c$ of the standardised selected candidate,

    $$\delta_k = q_{RR} + s^2 E\,\mu_2(\sqrt{\rho_c}\,g)
      + 2(q_{RR}-q_{RT})\,E[g^2 h_1(\sqrt{\rho_c}\,g)],\quad g\sim N(0,1).$$

    Args:
      k: number of candidates, real and at least 1; infinity gives `limit_error`.
      stats: `Statistics` of generator and judge.
      temperature: T >= 0 and finite, in units of y^2; 0 selects the candidate nearest to the judge.

    Arrays, also in the fields of `stats`, broadcast. Returns the error in squared units of y, to
    the noiseless teacher (a noisy target adds its variance). Exact at any k for Gaussian inputs
    with a self-averaging s^2. Relative accuracy 5e-6 for rho_c up to 1e6, k up to 1e15 and T of 0
    or at least 1e-9 s^2; 1e-8 at T = 0, for every k. Twice differentiable in every argument, but
    for T near 0: there the slope in T is 0 and right, and the second derivative in T is not to be
    trusted below 1e-6 s^2. Pass arrays and not `vmap` for large grids: arrays are mapped in blocks
    of bounded memory.

    Raises:
      InputError: k < 1, temperature < 0, or k, temperature or rho_c beyond these.

    Source: derived here (docs, best-of-k sections 3 and 6); the model is arXiv:2512.19905.

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(predictive_var=0.5, mean_error=0.3, judge_error=0.6,
    ...                              judge_cross=-0.1)
    >>> print(f"{best_of_k.error(20, stats):.9f}")
    0.398918978
    """
    known = concrete(k)
    if known is not None and np.all(np.isfinite(known)):
        return excess_error(k, stats, temperature) + stats.judge_error
    endless = jnp.isinf(jnp.asarray(k))
    limit = _limit(stats, temperature)
    if known is not None and np.all(np.isinf(known)):
        return limit + jnp.zeros(known.shape)
    finite = excess_error(jnp.where(endless, 1.0, k), stats, temperature) + stats.judge_error
    return jnp.where(endless, limit, finite)


def tilt(stats, temperature, factor=2.0):
    """theta = T / (T + 2 s^2), 1 at infinite temperature."""
    endless = jnp.isinf(temperature)
    finite = jnp.where(endless, 1.0, temperature)
    return jnp.where(endless, 1.0, finite / (finite + factor * stats.predictive_var))


def mixed_error(stats, theta, judged):
    """Error of the mean of generator and judge, of shares theta and 1 - theta."""
    mixed = theta * (theta * stats.mean_error + 2 * judged * stats.judge_cross)
    return mixed + judged**2 * stats.judge_error


def tilted_error(stats, theta, spread=1.0, judged=None):
    """Error of a Gaussian tilted by theta; `judged` is 1 - theta to all its digits."""
    judged = 1 - theta if judged is None else judged
    return mixed_error(stats, theta, judged) + spread * theta * stats.predictive_var


def judged_share(stats, temperature):
    """1 - theta = 2 s^2 / (T + 2 s^2)."""
    return 1 / (1 + temperature / (2 * stats.predictive_var))


def _limit(stats, temperature):
    judged = judged_share(stats, temperature)
    return tilted_error(stats, tilt(stats, temperature), judged=judged)


@law(
    kind=Limit(
        of=error,
        argument="k",
        values=(256, 512, 1024, 2048, 4096),
        gap=lambda k, point: 1 / k,
    ),
    formula=r"q_{RR} + \theta\,(2 q_{RT} - 2 q_{RR} + s^2) + \theta^2 \Delta_b,\;"
    r" \theta = T / (T + 2 s^2)",
    source="derived here (section 4), arXiv:2512.19905",
    relative=1e-12,
    holds={"stats": instance(Statistics), "temperature": at_least(0)},
    # beyond 8 s^2 Delta_b < (T + 2 s^2)(T + 4 s^2) the approach is slower than 1/k
    domain={"stats": SIMULATED_STATISTICS, "temperature": log_reals(2.0, 40.0)},
    mutants={
        "s^2 for 2 s^2": lambda stats, temperature: tilted_error(
            stats, tilt(stats, temperature, factor=1.0)
        ),
        "no spread": lambda stats, temperature: tilted_error(
            stats, tilt(stats, temperature), spread=0.0
        ),
    },
)
def limit_error(stats: Statistics, temperature: Numbers) -> jax.Array:
    r"""Error of softmax selection among infinitely many candidates, averaged over inputs.

    The selected candidate is Gaussian with mean (T m + 2 s^2 r)/(T + 2 s^2) and variance s^2 theta:

    $$\delta_\infty = q_{RR} + \theta(2q_{RT}-2q_{RR}+s^2) + \theta^2\Delta_b,\quad
      \theta = \frac{T}{T+2s^2},\; \Delta_b=\Delta-2q_{RT}+q_{RR}.$$

    Args:
      stats: `Statistics`; array fields broadcast.
      temperature: T >= 0, in units of y^2; infinity gives Delta + s^2, a candidate at random.

    Returns the error in squared units of y, to the noiseless teacher, to 1e-12 of the sum of the
    sizes of its terms. Reached as 1/k if 8 s^2 Delta_b < (T + 2 s^2)(T + 4 s^2), slower otherwise.

    Raises:
      InputError: temperature < 0.

    Source: derived here (docs, best-of-k section 4); the model is arXiv:2512.19905.

    >>> from jtts.theory import best_of_k
    >>> print(f"{best_of_k.limit_error(best_of_k.Statistics(1.0, 0.3, 0.8, 0.1), 4 / 7):.7f}")
    0.7555556
    """
    return _limit(stats, temperature)
