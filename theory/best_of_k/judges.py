"""Which judge selects best, and what a weighted mean makes of all candidates."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from jtts.arguments import (
    require_at_least,
    require_finite,
    require_nonnegative,
    require_positive,
)
from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Asymptotic, Exact, Minimizer, Root
from jtts.laws import law
from jtts.regression import Statistics
from jtts.theory.best_of_k.domains import SIMULATED_STATISTICS, judge_offset_var
from jtts.theory.best_of_k.selection import error, tilt


def _tied(k, strength, predictive_var, mean_error, temperature, sign=-1.0):
    strength = jnp.asarray(strength, jnp.result_type(float))
    stats = Statistics(
        predictive_var, mean_error, strength**2 * mean_error, sign * strength * mean_error
    )
    return error.function(k, stats, temperature)


@law(
    kind=Exact(),
    formula=r"\delta_k(T;\, s^2, \Delta, c^2\Delta, -c\Delta)",
    source="derived here (section 4); the family of judges: arXiv:2512.19905",
    domain={
        "k": log_integers(1, 10**6),
        "strength": reals(-0.5, 4.0),
        "predictive_var": log_reals(0.25, 4.0),
        "mean_error": log_reals(0.01, 1.0),
        "temperature": choices(0.0, 0.5, 4.0),
    },
    simulated={"k": log_integers(1, 64), "mean_error": log_reals(0.01, 0.1)},
    mutants={
        "judge on the other side": lambda **point: _tied(**point, sign=1.0),
        "teacher": lambda k, strength, **point: _tied(k, 0.0 * strength, **point),
    },
)
def tied_judge_error(k, strength, predictive_var, mean_error, temperature=0.0):
    r"""Error under a judge tied to the generator, r = t - c (m - t), averaged over inputs.

    `error` at $q_{RR} = c^2\Delta$, $q_{RT} = -c\Delta$. c = 0 is the teacher; a judge of c > 0
    stands beyond the teacher, seen from the generator.

    Args:
      k: number of candidates, real and at least 1, or infinity.
      strength: c.
      predictive_var, mean_error: s^2 > 0 and Delta >= 0.
      temperature: T >= 0, in units of y^2.

    All broadcast. Returns the error in squared units of y, to the noiseless teacher.

    Raises:
      InputError: k < 1, or a variance, error or temperature out of range.

    Source: derived here (docs, best-of-k section 4); these judges: arXiv:2512.19905.

    >>> from jtts.theory import best_of_k
    >>> print(f"{best_of_k.tied_judge_error(8, 1.0, 1.0, 0.1):.4f}")
    0.1219
    """
    require_at_least(1, k=k)
    require_finite(strength=strength)
    require_nonnegative(temperature=temperature)
    return _tied(k, strength, predictive_var, mean_error, temperature)


def _rise(strength, predictive_var, temperature):
    """What a little more strength adds to the error; the same zero whatever Delta is."""
    below, above = _tied(
        np.inf, strength + np.array([-0.1, 0.1]), predictive_var, predictive_var, temperature
    )
    return above - below


@law(
    kind=Root(
        residual=_rise,
        bracket=lambda predictive_var, temperature: (-1.0, 2 + temperature / predictive_var),
    ),
    formula=r"c^* = T / (2 s^2)",
    source="derived here (section 4)",
    domain={"predictive_var": log_reals(0.25, 4.0), "temperature": log_reals(0.1, 10.0)},
    mutants={
        "teacher": lambda predictive_var, temperature: 0.0 * temperature,
        "s^2 for 2 s^2": lambda predictive_var, temperature: temperature / predictive_var,
    },
)
def optimal_judge_strength(predictive_var, temperature):
    r"""The judge that selects best among infinitely many candidates at a given temperature.

    $$r^* = t + \frac{T}{2s^2}(t - m),\quad c^* = \frac{T}{2s^2}$$

    A softmax at T mixes the judge with the generator, mean (T m + 2 s^2 r)/(T + 2 s^2): the best
    judge overshoots the teacher by as much as the mixture falls short. What is left is the spread
    s^2 theta. At T = 0 it is the teacher, for every k: selecting the candidate nearest to the truth
    cannot be improved upon.

    Args:
      predictive_var: s^2 > 0.
      temperature: T >= 0, in units of y^2.

    Returns c* of `TiedJudge` (no units); the error there is `limit_error`, s^2 T/(T + 2 s^2).

    Raises:
      InputError: predictive_var <= 0 or temperature < 0.

    Source: derived here (docs, best-of-k section 4).

    >>> from jtts.theory import best_of_k
    >>> print(best_of_k.optimal_judge_strength(1.0, 4.0))
    2.0
    """
    require_positive(predictive_var=predictive_var)
    require_nonnegative(temperature=temperature)
    return temperature / (2 * predictive_var)


FLOOR = 0.05


def _finite_size(stats, temperature, **_):
    """Three times s^2, the size of the variance of a mean of k candidates, over the value."""
    value = _weighted_mean(stats, tilt(stats, temperature))
    return 3 * float(stats.predictive_var) / max(float(value), FLOOR)


def _weighted_mean(stats, theta, spread=0.0):
    judged = 1 - theta
    mixed = theta**2 * stats.mean_error + 2 * theta * judged * stats.judge_cross
    return mixed + judged**2 * stats.judge_error + spread * theta * stats.predictive_var


@law(
    kind=Asymptotic(
        size="k",
        sizes=(16, 32, 64, 128),
        finite_size=lambda point: _finite_size(**point),
        floor=FLOOR,
    ),
    formula=r"\theta^2\Delta + 2\theta(1-\theta)\,q_{RT} + (1-\theta)^2 q_{RR}",
    source="derived here (section 4)",
    domain={"stats": SIMULATED_STATISTICS, "temperature": log_reals(4.0, 40.0)},
    mutants={
        "a draw": lambda stats, temperature: _weighted_mean(
            stats, tilt(stats, temperature), spread=1.0
        ),
        "s^2 for 2 s^2": lambda stats, temperature: _weighted_mean(
            stats, tilt(stats, temperature, factor=1.0)
        ),
    },
)
def weighted_mean_error(stats: Statistics, temperature):
    r"""Error of the softmax-weighted mean of infinitely many candidates, averaged over inputs.

    In place of a draw from the weights. With $\theta = T/(T+2s^2)$ the mean is
    $\theta m + (1-\theta) r$, with error

    $$\theta^2\Delta + 2\theta(1-\theta)\,q_{RT} + (1-\theta)^2 q_{RR}:$$

    that of a draw (`limit_error`) without its spread $s^2\theta$.

    Args:
      stats: `Statistics`; array fields broadcast.
      temperature: T >= 0, in units of y^2; infinity gives the plain mean, of error Delta.

    Returns the error in squared units of y, to the noiseless teacher.

    Raises:
      InputError: temperature < 0.

    Source: derived here (docs, best-of-k section 4).

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 0.3, 0.3, 0.0)
    >>> print(f"{best_of_k.weighted_mean_error(stats, 2.0):.2f}")
    0.15
    """
    require_at_least(0, temperature=temperature)
    return _weighted_mean(stats, tilt(stats, temperature))


def _best_mean_temperature(stats, factor=2.0):
    gain, offset = stats.judge_error - stats.judge_cross, judge_offset_var(stats)
    inside = (gain > 0) & (gain < offset)
    share = jnp.where(inside, gain, 0.0) / jnp.where(inside, offset, 1.0)
    best = factor * stats.predictive_var * share / (1 - share)
    return jnp.where((gain > 0) & ~inside, jnp.inf, best)


@law(
    kind=Minimizer(
        of=weighted_mean_error,
        argument="temperature",
        candidates=lambda point: np.concatenate(
            [[0.0], np.geomspace(1e-3, 1e3, 601) * point["stats"].predictive_var, [np.inf]]
        ),
    ),
    formula=r"\theta^* = \mathrm{clip}\frac{q_{RR}-q_{RT}}{\Delta_b},\;"
    r" T^* = \frac{2 s^2 \theta^*}{1 - \theta^*}",
    source="derived here (section 4)",
    domain={"stats": SIMULATED_STATISTICS},
    mutants={
        "s^2 for 2 s^2": lambda stats: _best_mean_temperature(stats, factor=1.0),
        "trust the judge": lambda stats: 0.0 * _best_mean_temperature(stats),
    },
)
def weighted_mean_temperature(stats: Statistics):
    r"""Temperature at which the softmax-weighted mean of endless candidates errs least.

    $$\theta^* = \mathrm{clip}\Big(\frac{q_{RR}-q_{RT}}{\Delta_b}, 0, 1\Big),\quad
      \min = \frac{\Delta q_{RR} - q_{RT}^2}{\Delta_b} \le \min(\Delta, q_{RR})$$

    inside the range: generator and judge are averaged like two measurements.

    Args:
      stats: `Statistics`; array fields broadcast.

    Returns the temperature in squared units of y; 0 where the judge alone is best, infinity where
    the plain mean is.

    Source: derived here (docs, best-of-k section 4).

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 0.3, 0.3, 0.0)
    >>> print(f"{best_of_k.weighted_mean_temperature(stats):.1f}")
    2.0
    """
    return _best_mean_temperature(stats)
