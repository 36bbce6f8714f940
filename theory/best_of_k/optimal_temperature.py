"""The temperature at which selection errs least."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import concrete
from jtts.domain import choices, log_reals, reals, weighted
from jtts.kinds import Minimizer
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, instance
from jtts.regression import Statistics
from jtts.theory.best_of_k.domains import judge_offset_var, statistics
from jtts.theory.best_of_k.selection import error, excess_error

ANGLES = np.pi / 2 * np.arange(49) / 48  # T = 2 s^2 tan(u)^2
BISECTIONS = 22
STEP = 1e-3  # in units of s^2, and of ln k, for the implicit derivative
FIELDS = jax.tree.structure(Statistics(1.0, 1.0))


def _endless(stats, spread=1.0, factor=2.0):
    """k = infinity, where the error is a parabola in theta."""
    gain = 2 * (stats.judge_error - stats.judge_cross) - spread * stats.predictive_var
    offset = 2 * judge_offset_var(stats)
    inside = (gain > 0) & (gain < offset)
    share = jnp.where(inside, gain, 0.0) / jnp.where(inside, offset, 1.0)  # theta
    best = factor * stats.predictive_var * share / (1 - share)
    return jnp.where((gain > 0) & ~inside, jnp.inf, best)


def _temperature(predictive_var, angle):
    return 2 * predictive_var * jnp.tan(angle) ** 2


def _slope(angle, log_k, *fields):
    """d error / d angle."""
    stats = jax.tree.unflatten(FIELDS, fields)

    def at(angle):
        temperature = _temperature(stats.predictive_var, angle)
        return excess_error(jnp.exp(log_k), stats, temperature)

    return jax.jvp(at, (angle,), (jnp.ones_like(angle),))[1]


@jax.custom_jvp
def _best_angle(log_k, *fields):
    """The best angle, 0 and pi/2 included, elementwise."""
    stats = jax.tree.unflatten(FIELDS, fields)
    inner = ANGLES[:-1].reshape(-1, *[1] * log_k.ndim)
    curve = excess_error(jnp.exp(log_k), stats, _temperature(stats.predictive_var, inner))
    at_random = stats.mean_error + stats.predictive_var - stats.judge_error
    values = jnp.concatenate([curve, at_random[None]])
    best = jnp.argmin(values, 0)
    ends = (jnp.asarray(ANGLES)[jnp.clip(best + side, 0, len(ANGLES) - 1)] for side in (-1, 1))

    def halve(_, ends):
        low, high = ends
        middle = (low + high) / 2
        rising = _slope(middle, log_k, *fields) > 0
        return jnp.where(rising, low, middle), jnp.where(rising, middle, high)

    low, high = lax.fori_loop(0, BISECTIONS, halve, tuple(ends))
    at_end = (best == 0) | (best == len(ANGLES) - 1)
    return jnp.where(at_end, jnp.asarray(ANGLES)[best], (low + high) / 2)


@_best_angle.defjvp
def _best_angle_jvp(primals, tangents):
    # where the slope stays zero; differences of it, since the quadrature has no second derivatives
    angle = _best_angle(*primals)
    inside = (angle > 0) & (angle < np.pi / 2)
    place = jnp.where(inside, angle, np.pi / 4)
    steps = [STEP, *[STEP * primals[1]] * 4]
    moved = [
        [x + sign * step * (i == j) for j, x in enumerate(primals)]
        for i, step in enumerate(steps)
        for sign in (1, -1)
    ]
    columns = [jnp.stack(column) for column in zip(*moved, strict=True)]
    slopes = _slope(jnp.broadcast_to(place, columns[0].shape), *columns)
    small = 1e-3
    bend = (_slope(place + small, *primals) - _slope(place - small, *primals)) / (2 * small)
    total = sum(
        (slopes[2 * i] - slopes[2 * i + 1]) / (2 * step) * tangents[i]
        for i, step in enumerate(steps)
    )
    return angle, jnp.where(inside, -total / jnp.where(inside, bend, 1.0), 0.0)


@jax.jit
def _finite(k, stats):
    numbers = (jnp.log(k), *jax.tree.leaves(stats))
    columns = jnp.broadcast_arrays(*(jnp.asarray(x, jnp.result_type(float)) for x in numbers))
    angle = _best_angle(*columns)
    ignored = angle == np.pi / 2
    inside = _temperature(columns[1], jnp.where(ignored, 0.0, angle))
    return jnp.where(ignored, jnp.inf, inside)


def _best(stats, k):
    known = concrete(k)
    if known is not None and np.all(np.isinf(known)):
        return _endless(stats) + 0 * jnp.zeros(known.shape)
    k = jnp.asarray(k, jnp.result_type(float))
    among = jnp.where(jnp.isinf(k) | (k <= 1), 2.0, k)
    few = jnp.where(k <= 1, 0.0, _finite(among, stats))  # nothing to select: all temperatures equal
    return jnp.where(jnp.isinf(k), _endless(stats), few)


def _tried(point):
    """Temperatures of a search by brute force."""
    count = 1001 if np.isinf(point["k"]) else 41
    return np.append(0.0, np.geomspace(1e-2, 1e3, count) * point["stats"].predictive_var)


@law(
    kind=Minimizer(
        of=error,
        argument="temperature",
        candidates=_tried,
    ),
    formula=r"\theta^* = \mathrm{clip}\frac{2(q_{RR}-q_{RT}) - s^2}{2\Delta_b},\;"
    r" T^* = \frac{2 s^2 \theta^*}{1 - \theta^*}\;(k = \infty)",
    source="derived here (section 4)",
    relative=1e-4,
    holds={"stats": instance(Statistics), "k": at_least(1)},
    gives=at_least(0),
    domain={
        "stats": statistics(
            log_reals(0.05, 2.0),
            judge_ratio=choices(0.0, 0.5, 2.0, 5.0, 10.0),
            cosine=reals(-0.6, 0.95),
        ),
        "k": weighted({np.inf: 3, 32.0: 1}),
    },
    mutants={
        "half the spread": lambda stats, k: _endless(stats, spread=0.5),
        "s^2 for 2 s^2": lambda stats, k: _endless(stats, factor=1.0),
    },
)
def optimal_temperature(stats: Statistics, k: Numbers = np.inf) -> jax.Array:
    r"""Temperature that minimises the error of softmax selection among k candidates.

    $$\theta^*=\mathrm{clip}\Big(\frac{2(q_{RR}-q_{RT})-s^2}{2\Delta_b},0,1\Big),\quad
      T^*=\frac{2s^2\theta^*}{1-\theta^*}\quad (k = \infty)$$

    Among finitely many candidates it is lower: fewer candidates select less.

    Args:
      stats: `Statistics`; array fields broadcast.
      k: number of candidates, real and at least 1, or infinity.

    Returns the temperature in squared units of y: 0 where selection should trust the judge (for
    k = infinity where 2 (q_RR - q_RT) <= s^2), infinity where it should ignore it (for k = infinity
    where 2 (q_RT - Delta) >= s^2). It minimises `error`. Closed form for k = infinity. For finite k
    the lowest of 49 temperatures from 0 to infinity is refined to 1e-4 relative; a point takes a
    second. Among few candidates the error may have two minima, one of them at T = 0: where the
    other one stops being the lower, the result jumps to 0, and near such a jump of the truth it may
    be on the other side. Differentiable, by the implicit function theorem (1e-4 relative for finite
    k); the derivative is 0 where the result is 0 or infinite. At k = 1 all temperatures are equal
    and the result is 0.

    Raises:
      InputError: k < 1.

    Source: derived here (docs, best-of-k section 4).

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 0.3, 0.8, 0.1)
    >>> print(f"{best_of_k.optimal_temperature(stats):.7f}")
    0.5714286
    """
    return _best(stats, k)
