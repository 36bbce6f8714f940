"""Error of the selected candidate averaged over inputs, among k and among endless candidates."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from jtts.arguments import concrete, require_at_least, require_nonnegative
from jtts.domain import choices, constant, log_integers, log_reals
from jtts.kinds import Exact, Limit
from jtts.laws import Route, law
from jtts.regression import Statistics
from jtts.theory.best_of_k.domains import (
    SIMULATED_K,
    SIMULATED_STATISTICS,
    STATISTICS,
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
def error(k, stats: Statistics, temperature=0.0):
    r"""Error E (y* - t)^2 of the candidate selected among k, averaged over inputs.

    With $c=(r-m)/s \sim N(0,\rho_c)$, $\rho_c=\Delta_b/s^2$, $\Delta_b=\Delta-2q_{RT}+q_{RR}$, and
    $\mu_2(c)=E(z^*-c)^2$, $h_1(c)=E(z^*-c)/c$ of the standardised selected candidate,

    $$\delta_k = q_{RR} + s^2 E\,\mu_2(\sqrt{\rho_c}\,g)
      + 2(q_{RR}-q_{RT})\,E[g^2 h_1(\sqrt{\rho_c}\,g)],\quad g\sim N(0,1).$$

    Args:
      k: number of candidates, real and at least 1; infinity gives `limit_error`.
      stats: `Statistics` of generator and judge.
      temperature: T >= 0 and finite, in units of y^2; 0 selects the candidate nearest to the judge.

    Arrays, also in the fields of `stats`, broadcast. Differentiable in every argument and
    continuous at T = 0, where the slope in T is 0. Returns the error in
    squared units of y, to the noiseless teacher (a noisy target adds its variance). Exact at any k
    for Gaussian inputs with a self-averaging s^2. Relative accuracy for rho_c up to 2: at T = 0
    1e-8 for k up to 1e9; at T > 0 1e-6 for k up to 1e4 and T up to 1e6 s^2. Pass arrays and not
    `vmap` for large grids: arrays are mapped in blocks of bounded memory.

    Raises:
      InputError: k < 1 or temperature < 0.

    Source: derived here (docs, best-of-k sections 3 and 6); the model is arXiv:2512.19905.

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(predictive_var=0.5, mean_error=0.3, judge_error=0.6,
    ...                              judge_cross=-0.1)
    >>> print(f"{best_of_k.error(20, stats):.9f}")
    0.398918978
    """
    require_at_least(1, k=k)
    require_nonnegative(temperature=temperature)
    known = concrete(k)
    if known is not None and np.all(np.isfinite(known)):
        return excess_error(k, stats, temperature) + stats.judge_error
    endless = jnp.isinf(jnp.asarray(k))
    limit = tilted_error(stats, tilt(stats, temperature))
    if known is not None and np.all(np.isinf(known)):
        return limit + jnp.zeros(known.shape)
    finite = excess_error(jnp.where(endless, 1.0, k), stats, temperature) + stats.judge_error
    return jnp.where(endless, limit, finite)


def tilt(stats, temperature, factor=2.0):
    """theta = T / (T + 2 s^2), 1 at infinite temperature."""
    endless = jnp.isinf(temperature)
    finite = jnp.where(endless, 1.0, temperature)
    return jnp.where(endless, 1.0, finite / (finite + factor * stats.predictive_var))


def tilted_error(stats, theta, spread=1.0):
    slope = 2 * (stats.judge_cross - stats.judge_error) + spread * stats.predictive_var
    return stats.judge_error + theta * slope + theta**2 * judge_offset_var(stats)


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
def limit_error(stats: Statistics, temperature):
    r"""Error of softmax selection among infinitely many candidates, averaged over inputs.

    The selected candidate is Gaussian with mean (T m + 2 s^2 r)/(T + 2 s^2) and variance s^2 theta:

    $$\delta_\infty = q_{RR} + \theta(2q_{RT}-2q_{RR}+s^2) + \theta^2\Delta_b,\quad
      \theta = \frac{T}{T+2s^2},\; \Delta_b=\Delta-2q_{RT}+q_{RR}.$$

    Args:
      stats: `Statistics`; array fields broadcast.
      temperature: T >= 0, in units of y^2; infinity gives Delta + s^2, a candidate at random.

    Returns the error in squared units of y, to the noiseless teacher. Reached as 1/k if
    8 s^2 Delta_b < (T + 2 s^2)(T + 4 s^2), slower otherwise.

    Raises:
      InputError: temperature < 0.

    Source: derived here (docs, best-of-k section 4); the model is arXiv:2512.19905.

    >>> from jtts.theory import best_of_k
    >>> print(f"{best_of_k.limit_error(best_of_k.Statistics(1.0, 0.3, 0.8, 0.1), 4 / 7):.7f}")
    0.7555556
    """
    require_at_least(0, temperature=temperature)
    return tilted_error(stats, tilt(stats, temperature))
