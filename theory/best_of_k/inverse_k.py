"""Softmax selection among many candidates: the 1/k correction to its limit."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.domain import log_reals, reals
from jtts.kinds import Expansion
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, instance, positive
from jtts.regression import Judge, Statistics
from jtts.theory.best_of_k.domains import PLACES, judge_offset_var, statistics
from jtts.theory.best_of_k.pointwise import pointwise_error
from jtts.theory.best_of_k.selection import error, limit_error


def _weights(predictive_var, temperature):
    """M at b = 0, its growth rate in b^2, 1 - theta, the same at T/2, and their difference."""
    s2, t = (jnp.asarray(x, jnp.result_type(float)) for x in (predictive_var, temperature))
    whole, half = t + 2 * s2, t + 4 * s2
    at_zero = whole / (jnp.sqrt(t) * jnp.sqrt(half))
    growth = 4 * s2 / whole / half
    return at_zero, growth, 2 * s2 / whole, 4 * s2 / half, 2 * s2 / whole * (t / half)


def _pointwise(k, mean, predictive_var, target, judge, temperature, halved=1.0):
    at_zero, growth, judged, half_judged, gap = _weights(predictive_var, temperature)
    a, b = mean - target, mean - judge
    miss, half_miss = a - judged * b, a - half_judged * b
    limit = miss**2 + predictive_var * (temperature / (temperature + 2 * predictive_var))
    # the limit at T less that at T/2
    fall = gap * (b * (miss + half_miss) + predictive_var)
    return limit + at_zero * jnp.exp(growth * b**2) * halved * fall / k


@law(
    kind=Expansion(of=pointwise_error, argument="k", values=(64.0, 128.0, 256.0, 512.0), order=2),
    formula=r"\delta_\infty(T) + \frac{M}{k}[\delta_\infty(T) - \delta_\infty(T/2)]",
    source="derived here (section 3)",
    relative=1e-10,
    holds=PLACES | {"k": at_least(1), "temperature": positive()},
    domain={
        "mean": reals(-0.5, 0.5),
        "predictive_var": log_reals(0.5, 2.0),
        "target": reals(-0.5, 0.5),
        "judge": reals(-0.5, 0.5),
        "temperature": log_reals(1.0, 10.0),
    },
    mutants={
        "no correction": lambda k, **point: _pointwise(jnp.inf, **point),
        "wrong sign": lambda k, **point: _pointwise(-k, **point),
    },
)
def pointwise_inverse_k_error(
    k: Numbers,
    *,
    mean: Numbers,
    predictive_var: Numbers,
    target: Numbers,
    judge: Judge,
    temperature: Numbers,
) -> jax.Array:
    r"""Error of softmax selection at one input, to first order in 1/k.

    $$\delta_k = \delta_\infty(T) + \frac Mk \big[\delta_\infty(T) - \delta_\infty(T/2)\big]
      + O(k^{-2}),\quad
      M = \frac{E w^2}{(E w)^2} = \frac{T+2s^2}{\sqrt{T(T+4s^2)}}
      \exp\frac{4s^2b^2}{(T+2s^2)(T+4s^2)}$$

    with b = m - r. Selection acts on k/M effective candidates. It approaches its limit from below,
    so that a finite number of candidates is best, if and only if halving the temperature would
    raise the limit.

    Args:
      k: number of candidates, well above M.
      mean, predictive_var: m(x), and s^2(x) > 0.
      target, judge: t(x) and r(x).
      temperature: T > 0, in units of y^2.

    All broadcast. Returns the error in squared units of y, to the noiseless target; the formula
    itself is computed to 1e-10.

    Raises:
      InputError: k < 1, or a variance or temperature that is not positive.

    Source: derived here (docs, best-of-k section 3).

    >>> from jtts.theory import best_of_k
    >>> point = dict(mean=0.5, predictive_var=1.0, target=0.0, judge=0.2, temperature=1.0)
    >>> limit = best_of_k.pointwise_inverse_k_error(float("inf"), **point)
    >>> coefficient = best_of_k.pointwise_inverse_k_error(1.0, **point) - limit
    >>> print(f"{limit:.8f} {coefficient:.6f}")
    0.42333333 0.214013
    """
    return _pointwise(k, mean, predictive_var, target, judge, temperature)


def _coefficient(stats, temperature, heavy=1.0):
    at_zero, growth, judged, half_judged, gap = _weights(stats.predictive_var, temperature)
    offset = judge_offset_var(stats)
    tilted = 1 - heavy * 2 * growth * offset
    shrink = jnp.where(tilted > 0, tilted, jnp.nan)
    lean = 2 * (stats.mean_error - stats.judge_cross) - offset * (judged + half_judged)
    slope = lean / shrink + stats.predictive_var
    return at_zero * gap / jnp.sqrt(shrink) * slope


SELF_AVERAGING = statistics(log_reals(0.02, 0.3))
WARM = log_reals(4.0, 40.0)


@law(
    kind=Expansion(of=error, argument="k", values=(16.0, 32.0, 64.0, 128.0), order=2),
    formula=r"\delta_\infty + \frac{M_0 D}{k\sqrt{1-2\beta\Delta_b}}"
    r"\Big[s^2 + \frac{2(\Delta-q_{RT}) - (2-\theta-\theta')\Delta_b}{1-2\beta\Delta_b}\Big]",
    source="derived here (section 4)",
    relative=1e-10,
    holds={"k": at_least(1), "stats": instance(Statistics), "temperature": positive()},
    domain={"stats": SELF_AVERAGING, "temperature": WARM},
    mutants={
        "no correction": lambda k, stats, temperature: limit_error(stats, temperature),
        "tails of the inputs missing": lambda k, stats, temperature: (
            limit_error(stats, temperature) + _coefficient(stats, temperature, heavy=0.0) / k
        ),
    },
)
def inverse_k_error(k: Numbers, stats: Statistics, temperature: Numbers) -> jax.Array:
    r"""Error of softmax selection averaged over inputs, to first order in 1/k.

    The average of `pointwise_inverse_k_error`: with $\theta = T/(T+2s^2)$, $\theta' = T/(T+4s^2)$,
    $D = \theta - \theta'$, $M_0 = (T+2s^2)/\sqrt{T(T+4s^2)}$, $\beta = 4s^2/((T+2s^2)(T+4s^2))$

    $$\delta_k = \delta_\infty + \frac{M_0 D}{k\sqrt{1-2\beta\Delta_b}}
      \Big[s^2 + \frac{2(\Delta-q_{RT}) - (2-\theta-\theta')\Delta_b}{1-2\beta\Delta_b}\Big]
      + O(k^{-2}).$$

    Args:
      k: number of candidates, large; infinity gives `limit_error`.
      stats: `Statistics`; array fields broadcast.
      temperature: T > 0, in units of y^2.

    Returns the error in squared units of y, to the noiseless teacher; NaN where
    $8 s^2 \Delta_b \ge (T+2s^2)(T+4s^2)$: there inputs that few candidates reach make the approach
    slower than 1/k. The limit is approached from below where the bracket is negative. What is left
    is O(k^-2) where $24 s^2 \Delta_b < (T+2s^2)(T+6s^2)$, and falls more slowly in between. The
    formula itself is computed to 1e-10.

    Raises:
      InputError: k < 1 or temperature <= 0.

    Source: derived here (docs, best-of-k section 4).

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 0.1, 0.2, 0.05)
    >>> exact = best_of_k.error(64, stats, 4.0)
    >>> print(f"{exact - best_of_k.inverse_k_error(64, stats, 4.0):.1e}")
    2.0e-05
    """
    return limit_error.function(stats, temperature) + _coefficient(stats, temperature) / k
