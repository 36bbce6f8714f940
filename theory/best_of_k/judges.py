"""Which judge selects best, and what a weighted mean makes of all candidates."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Asymptotic, Exact, Minimizer, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, finite, instance, nonnegative, positive
from jtts.regression import Statistics
from jtts.special import quotient
from jtts.theory.best_of_k.domains import FARTHEST, HOT_PLACES, SIMULATED_STATISTICS, TAKES
from jtts.theory.best_of_k.selection import error, judged_share, mixed_error, tilt


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
    relative=5e-6,
    holds={
        "k": TAKES["k"],
        "strength": finite(),
        "predictive_var": positive(),
        "mean_error": nonnegative(),
        "temperature": TAKES["temperature"],
    },
    jointly={
        "(1 + strength)^2 mean_error must be at most 1e6 predictive_var": (
            lambda strength, predictive_var, mean_error: (
                (1 + strength) ** 2 * mean_error <= FARTHEST * predictive_var
            )
        )
    }
    | HOT_PLACES,
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
def tied_judge_error(
    k: Numbers,
    strength: Numbers,
    predictive_var: Numbers,
    mean_error: Numbers,
    temperature: Numbers = 0.0,
) -> jax.Array:
    r"""Error under a judge tied to the generator, r = t - c (m - t), averaged over inputs.

    `error` at $q_{RR} = c^2\Delta$, $q_{RT} = -c\Delta$. c = 0 is the teacher; a judge of c > 0
    stands beyond the teacher, seen from the generator.

    Args:
      k: number of candidates, real and at least 1, or infinity.
      strength: c.
      predictive_var, mean_error: s^2 > 0 and Delta >= 0.
      temperature: T >= 0, in units of y^2.

    All broadcast. Returns the error in squared units of y, to the noiseless teacher, as accurate as
    `error`.

    Raises:
      InputError: k < 1, a variance, error or temperature out of range, or a judge that is farther
        from the candidates than `error` takes.

    Source: derived here (docs, best-of-k section 4); these judges: arXiv:2512.19905.

    >>> from jtts.theory import best_of_k
    >>> print(f"{best_of_k.tied_judge_error(8, 1.0, 1.0, 0.1):.4f}")
    0.1219
    """
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
    relative=1e-15,
    holds={"predictive_var": positive(), "temperature": nonnegative()},
    domain={"predictive_var": log_reals(0.25, 4.0), "temperature": log_reals(0.1, 10.0)},
    mutants={
        "teacher": lambda predictive_var, temperature: 0.0 * temperature,
        "s^2 for 2 s^2": lambda predictive_var, temperature: temperature / predictive_var,
    },
)
def optimal_judge_strength(predictive_var: Numbers, temperature: Numbers) -> jax.Array:
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
    return quotient(temperature, predictive_var) / 2


FLOOR = 0.05


def _finite_size(stats, temperature, **_):
    """Three times s^2, the size of the variance of a mean of k candidates, over the value."""
    value = _weighted_mean(stats, tilt(stats, temperature))
    return 3 * float(stats.predictive_var) / max(float(value), FLOOR)


def _weighted_mean(stats, theta, spread=0.0):
    return mixed_error(stats, theta, 1 - theta) + spread * theta * stats.predictive_var


@law(
    kind=Asymptotic(
        size="k",
        sizes=(16, 32, 64, 128),
        finite_size=lambda point: _finite_size(**point),
        floor=FLOOR,
    ),
    formula=r"\theta^2\Delta + 2\theta(1-\theta)\,q_{RT} + (1-\theta)^2 q_{RR}",
    source="derived here (section 4)",
    relative=1e-12,
    holds={"stats": instance(Statistics), "temperature": at_least(0)},
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
def weighted_mean_error(stats: Statistics, temperature: Numbers) -> jax.Array:
    r"""Error of the softmax-weighted mean of infinitely many candidates, averaged over inputs.

    In place of a draw from the weights. With $\theta = T/(T+2s^2)$ the mean is
    $\theta m + (1-\theta) r$, with error

    $$\theta^2\Delta + 2\theta(1-\theta)\,q_{RT} + (1-\theta)^2 q_{RR}:$$

    that of a draw (`limit_error`) without its spread $s^2\theta$.

    Args:
      stats: `Statistics`; array fields broadcast.
      temperature: T >= 0, in units of y^2; infinity gives the plain mean, of error Delta.

    Returns the error in squared units of y, to the noiseless teacher, to 1e-12 of the sum of the
    sizes of its terms.

    Raises:
      InputError: temperature < 0.

    Source: derived here (docs, best-of-k section 4).

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 0.3, 0.3, 0.0)
    >>> print(f"{best_of_k.weighted_mean_error(stats, 2.0):.2f}")
    0.15
    """
    return mixed_error(stats, tilt(stats, temperature), judged_share(stats, temperature))


def _best_mean_temperature(stats, factor=2.0):
    # theta / (1 - theta), whose parts add up to Delta_b
    gain, loss = stats.judge_error - stats.judge_cross, stats.mean_error - stats.judge_cross
    inside = (gain > 0) & (loss > 0)
    odds = jnp.where(inside, gain, 0.0) / jnp.where(inside, loss, 1.0)
    return jnp.where((gain > 0) & ~inside, jnp.inf, factor * stats.predictive_var * odds)


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
    relative=1e-12,
    holds={"stats": instance(Statistics)},
    domain={"stats": SIMULATED_STATISTICS},
    mutants={
        "s^2 for 2 s^2": lambda stats: _best_mean_temperature(stats, factor=1.0),
        "trust the judge": lambda stats: 0.0 * _best_mean_temperature(stats),
    },
)
def weighted_mean_temperature(stats: Statistics) -> jax.Array:
    r"""Temperature at which the softmax-weighted mean of endless candidates errs least.

    $$\theta^* = \mathrm{clip}\Big(\frac{q_{RR}-q_{RT}}{\Delta_b}, 0, 1\Big),\quad
      \min = \frac{\Delta q_{RR} - q_{RT}^2}{\Delta_b} \le \min(\Delta, q_{RR})$$

    inside the range: generator and judge are averaged like two measurements.

    Args:
      stats: `Statistics`; array fields broadcast.

    Returns the temperature in squared units of y; 0 where the judge alone is best, infinity where
    the plain mean is. Relative accuracy 1e-12 of the differences q_RR - q_RT and Delta - q_RT as
    they are given, in double precision.

    Source: derived here (docs, best-of-k section 4).

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 0.3, 0.3, 0.0)
    >>> print(f"{best_of_k.weighted_mean_temperature(stats):.1f}")
    2.0
    """
    return _best_mean_temperature(stats)
