"""Error against divergence: tilting and best-of-k at equal divergence from the base law."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import scipy
from jax import lax

from jtts.domain import log_integers, log_reals
from jtts.kinds import Limit, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, instance
from jtts.regression import Statistics
from jtts.theory.best_of_k.divergence import (
    SMALL,
    kl_to_base,
    log_curvature,
    selected_out,
    softmax_kl_to_base,
)
from jtts.theory.best_of_k.domains import judge_offset_var, statistics, teacher_judge
from jtts.theory.best_of_k.selection import error, limit_error, tilted_error

BISECTIONS = 60


def _root_of_divergence(x, rho):
    """sqrt(2 D) of the Gaussian tilted by theta = exp(x): it has a slope at x = 0."""
    moved_by = -jnp.expm1(x)
    small = moved_by < SMALL
    series = moved_by * jnp.sqrt(log_curvature(moved_by) + rho)
    rest = jnp.where(small, 1.0, -x - moved_by + moved_by**2 * rho)
    return jnp.where(small, series, jnp.sqrt(rest))


@jax.jit
def _tilt_at(root, rho):
    """theta at which tilting has the divergence root^2 / 2."""

    def excess(x):
        return _root_of_divergence(x, rho) - root

    def halve(_, bracket):
        low, high = bracket
        middle = (low + high) / 2
        above = excess(middle) > 0
        return jnp.where(above, middle, low), jnp.where(above, high, middle)

    shape = jnp.broadcast_shapes(jnp.shape(root), jnp.shape(rho))
    lowest = jnp.broadcast_to(-(root**2) - 1, shape)
    x = sum(lax.fori_loop(0, BISECTIONS, halve, (lowest, jnp.zeros(shape)))) / 2
    x = lax.stop_gradient(x)
    for _ in range(2):  # Newton steps carry the implicit derivatives, the first and the second
        value, slope = jax.jvp(excess, (x,), (jnp.ones_like(x),))
        x = x - value / slope
    return jnp.exp(x)


def _within_reach(stats):
    return judge_offset_var(stats) <= 1e6 * stats.predictive_var


def _frontier_ratio(k, stats, extra=0.0):
    k = jnp.asarray(k, jnp.result_type(float))
    share = selected_out(k)
    near_one = share * jnp.sqrt(2 * log_curvature(share))
    small = share < SMALL
    root = jnp.sqrt(2 * (kl_to_base.function(jnp.where(small, 2.0, k)) + extra))
    root = jnp.where(small, near_one, root)
    theta = _tilt_at(root, judge_offset_var(stats) / stats.predictive_var)
    return tilted_error(stats, theta) / error.function(k, stats)


def _residual(ratio, k, stats):
    """Error of softmax among endless candidates at the temperature of equal divergence."""

    def gap(log_temperature):
        return float(softmax_kl_to_base(stats, np.exp(log_temperature)) - kl_to_base(k))

    temperature = np.exp(scipy.optimize.brentq(gap, -80.0, 40.0, xtol=1e-14))
    return ratio * float(error(k, stats)) - float(limit_error(stats, temperature))


@law(
    kind=Root(residual=_residual, bracket=lambda k, stats: (0.0, 10.0)),
    formula=r"\delta_\infty(T) / \delta_k,\; D_\infty(T) = \ln k - (k-1)/k",
    source="derived here (section 9)",
    relative=1e-7,
    holds={"k": between(1, 1e15), "stats": instance(Statistics)},
    jointly={"stats must have a judge with rho_c at most 1e6": _within_reach},
    domain={
        "k": log_integers(2, 10**6),
        "stats": statistics(log_reals(0.02, 0.9)),
    },
    mutants={
        "ln k": lambda k, stats: _frontier_ratio(k, stats, extra=(k - 1) / k),
        "inverted": lambda k, stats: 1 / _frontier_ratio(k, stats),
    },
)
def frontier_ratio(k: Numbers, stats: Statistics) -> jax.Array:
    r"""Error of tilting over that of best-of-k at the same divergence from the base law.

    $$\frac{\delta_\infty(T)}{\delta_k},\quad
      \tfrac12\big[\theta-1-\ln\theta+(1-\theta)^2\rho_c\big]=\ln k-\frac{k-1}k,\;
      \theta=\frac{T}{T+2s^2}$$

    Tilting is softmax selection among infinitely many candidates. With the teacher as judge it has
    the least error that any selection of that divergence, averaged over inputs, can have: the ratio
    is below 1.

    Args:
      k: number of candidates, real, from 1 to 1e15; sets the divergence.
      stats: `Statistics` of generator and judge, any judge with rho_c up to 1e6. Arrays, also in
        its fields, broadcast.

    Returns the ratio of the two errors to the noiseless teacher (no units), accurate to 1e-7.

    Raises:
      InputError: an argument out of range.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> print(f"{best_of_k.frontier_ratio(1000, best_of_k.Statistics.from_rho(0.0)):.4f}")
    0.8661
    """
    return _frontier_ratio(k, stats)


def _limit_ratio(stats, tilted=1.0, power=0.5):
    rho = judge_offset_var(stats) / stats.predictive_var
    room = (stats.predictive_var - 2 * judge_offset_var(stats)) / stats.predictive_var
    covered = room > 0
    room = jnp.where(covered, room, 1.0)
    teacher = (stats.judge_error == 0) & (stats.judge_cross == 0)
    ratio = jnp.where(covered, jnp.exp(1 + tilted * rho) / np.pi * room**power, 0.0)
    return jnp.where(teacher, ratio, 1.0).astype(jnp.result_type(float))


@law(
    kind=Limit(
        of=frontier_ratio,
        argument="k",
        values=(1e5, 1e6, 1e7, 1e8),
        gap=lambda k, point: float(k) ** -min(1.0, 1 / float(point["stats"].mean_error) - 2),
    ),
    formula=r"\frac{e^{1+\rho}}{\pi}\sqrt{1 - 2\rho}",
    source="derived here (section 9)",
    relative=1e-14,
    holds={"stats": instance(Statistics)},
    gives=at_least(0),
    domain={"stats": teacher_judge(log_reals(0.01, 0.3))},
    mutants={
        "judge at the mean": lambda stats: _limit_ratio(stats, tilted=0.0, power=0.0),
        "tilting without its shift": lambda stats: _limit_ratio(stats, tilted=-1.0),
    },
)
def frontier_limit(stats: Statistics) -> jax.Array:
    r"""Error of tilting over that of best-of-k at the same large divergence.

    $$\frac{e^{1+\rho}}\pi\sqrt{1-2\rho}\;(\rho<\tfrac12),\quad 0\;(\rho\ge\tfrac12)$$

    for the teacher as judge. At divergence D best-of-k has k = e^(D+1) and the error
    pi s^2 e^(-2D-2) / sqrt(1 - 2 rho), tilting has s^2 e^(-2D-1+rho). At rho = 0 tilting wins by
    the factor e / pi = 0.865 (e s^2 / k^2 against pi s^2 / k^2); towards the transition its
    advantage grows without bound.

    Args:
      stats: `Statistics`; array fields broadcast.

    Returns the limit of `frontier_ratio` (no units), to 1e-14 relative; 1 for any judge but the
    teacher, whose floor both share.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> print(f"{best_of_k.frontier_limit(best_of_k.Statistics.from_rho(0.0)):.6f}")
    0.865256
    """
    return _limit_ratio(stats)
