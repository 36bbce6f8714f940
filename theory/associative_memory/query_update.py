"""Query-only updates: the query climbs the needle's log mass, keys and values stay."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Exact, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative
from jtts.theory.associative_memory.margins import MISSED
from jtts.theory.associative_memory.recall import as_numbers

SOURCE = "derived here (docs, associative memory section 8), arXiv:2512.13898"
NEWTON_STEPS = 6


@jax.jit
def log_wright_omega(c):
    """x with x + exp(x) = c, by Newton's method; the last two steps carry derivatives."""
    c = jnp.asarray(c, jnp.result_type(float))
    large = c > 1
    x = jnp.where(large, jnp.log(jnp.where(large, c, 1.0)), jnp.minimum(c, 0.5))

    def newton(x):
        w = jnp.exp(x)
        return x - (x + w - c) / (1 + w)

    x = lax.fori_loop(0, NEWTON_STEPS, lambda _, x: newton(x), lax.stop_gradient(x))
    return newton(newton(lax.stop_gradient(x)))


def wright_omega(c):
    """w with w + ln w = c."""
    return jnp.exp(log_wright_omega(c))


def _margin(time, num_keys, margin, *, rate=1.0, inflation=1.0):
    time, num_keys, margin = as_numbers(time, num_keys, margin)
    grown = 1 + inflation / (num_keys - 1)
    goal = margin + jnp.exp(margin) + rate * grown * time
    return log_wright_omega(goal)


SIZES = {"num_keys": log_integers(2, 10**6), "margin": reals(-12.0, 3.0)}


@law(
    kind=Root(
        residual=lambda value, time, num_keys, margin: (
            value + np.exp(value) - margin - np.exp(margin) - num_keys / (num_keys - 1) * time
        ),
        bracket=lambda time, num_keys, margin: (margin - 1e-9, margin + 2 * time + 1e-9),
    ),
    formula=r"M + e^M = M_0 + e^{M_0} + \tfrac N{N-1} t",
    source=SOURCE,
    relative=1e-12,
    absolute=1e-12,
    holds={"time": nonnegative(1e15), "num_keys": between(2, 1e15), "margin": between(-1000, 700)},
    domain={"time": log_reals(0.1, 100.0), **SIZES},
    mutants={
        "half the rate": lambda **point: _margin(**point, rate=0.5),
        "straight up": lambda time, num_keys, margin: margin + time * num_keys / (num_keys - 1),
    },
)
def query_update_margin(time: Numbers, num_keys: Numbers, margin: Numbers) -> jax.Array:
    r"""Margin of the needle after query-only gradient flow among equal distractors.

    The query follows $\dot q = \nabla\ln p_i = k_i - \sum_jp_jk_j$ on an orthonormal frame of keys.
    The margin $M = q\cdot k_i - \ln\sum_{j\ne i}e^{q\cdot k_j}$ grows as
    $\dot M = (1-p)\,|k_i-\mu|^2$, $p = \sigma(M)$, and equal distractors have
    $|k_i-\mu|^2 = N/(N-1)$:

    $$M + e^M = C(t) = M_0 + e^{M_0} + \frac N{N-1}\,t,\qquad M = C - \omega(C),$$

    omega Wright's function.

    Args:
      time: t >= 0, at most 1e15, the sum of the step sizes. Keys of length s and an inverse
        temperature beta multiply it by (beta s)^2.
      num_keys: N >= 2, at most 1e15, the needle included.
      margin: M_0, from -1000 to 700, that of the start: the lead of the needle's logit less
        ln(N-1). All broadcast.

    Returns M; the needle's mass is 1/(1 + exp(-M)) (`query_update_mass`). Exact for the flow;
    relative or absolute accuracy 1e-12.

    Raises:
      InputError: a negative time, num_keys below 2, or a margin outside [-1000, 700].

    Source: derived here (docs, associative memory section 8), arXiv:2512.13898.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.query_update_margin(8.0, 1000, 2 - jnp.log(999.0)):.8f}")
    0.82553889
    """
    return _margin(time, num_keys, margin)


@law(
    kind=Exact(),
    formula=r"1 / (1 + e^{-M(t)})",
    source=SOURCE,
    relative=1e-14,
    absolute=1e-12,
    holds={"time": nonnegative(1e15), "num_keys": between(2, 1e15), "margin": between(-1000, 700)},
    domain={"time": log_reals(0.1, 100.0), **SIZES},
    simulated={
        "time": reals(2.0, 6.0),
        "num_keys": choices(4, 32),
        "margin": reals(-3.0, -1.0),
    },
    mutants={
        "half the rate": lambda **point: jax.nn.sigmoid(_margin(**point, rate=0.5)),
        "distractors that stay": lambda **point: jax.nn.sigmoid(_margin(**point, inflation=0.0)),
    },
)
def query_update_mass(time: Numbers, num_keys: Numbers, margin: Numbers) -> jax.Array:
    r"""Softmax mass of the needle after query-only gradient flow among equal distractors.

    $$p = \frac1{1+e^{-M(t)}}$$

    Args: as `query_update_margin`.

    Returns a mass from 0 to 1. Exact for the flow; absolute accuracy 1e-12.

    Raises:
      InputError: as `query_update_margin`.

    Source: derived here (docs, associative memory section 8), arXiv:2512.13898.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.query_update_mass(8.0, 1000, 2 - jnp.log(999.0)):.8f}")
    0.69541083
    """
    return jax.nn.sigmoid(_margin(time, num_keys, margin))


def _time(missed_mass, num_keys, margin, *, overshoot=1.0):
    missed, num_keys, margin = as_numbers(missed_mass, num_keys, margin)
    log_odds = jnp.log1p(-missed) - jnp.log(missed)
    rise = log_odds - margin
    start = jnp.exp(margin)
    # e^goal - e^start without cancellation, and without overflow of the quotient
    near = jnp.abs(rise) < 1
    grown = jnp.where(
        near, start * jnp.expm1(jnp.where(near, rise, 0.0)), jnp.exp(log_odds) - start
    )
    grown += (overshoot - 1) * jnp.exp(log_odds)
    return jnp.maximum(rise + grown, 0.0) * (1 - 1 / num_keys)


@law(
    kind=Root(
        residual=lambda time, missed_mass, num_keys, margin: float(
            query_update_mass(time, num_keys, margin) - 1 + missed_mass
        ),
        bracket=lambda missed_mass, num_keys, margin: (0.0, 4 * (20 + 1 / missed_mass)),
    ),
    formula=r"\tfrac{N-1}N \big[\ln\tfrac{1-\epsilon}\epsilon + \tfrac{1-\epsilon}\epsilon"
    r" - M_0 - e^{M_0}\big]",
    source=SOURCE,
    relative=1e-12,
    absolute=1e-12,
    holds={"missed_mass": MISSED, "num_keys": between(2, 1e15), "margin": between(-1000, 5)},
    domain={
        "missed_mass": log_reals(1e-3, 0.3),
        "num_keys": log_integers(2, 10**6),
        "margin": reals(-12.0, 0.0),
    },
    mutants={
        "logarithm alone": lambda **point: _time(**point, overshoot=0.0),
        "from a margin of 0": lambda margin, **point: _time(**point, margin=0.0),
    },
)
def query_update_time(missed_mass: Numbers, num_keys: Numbers, margin: Numbers) -> jax.Array:
    r"""Time of query-only gradient flow until all but a given share of the mass is the needle's.

    $$t = \frac{N-1}N\Big[\ln\frac{1-\epsilon}\epsilon + \frac{1-\epsilon}\epsilon
      - M_0 - e^{M_0}\Big] \approx \ln N + \frac1\epsilon$$

    from logits all equal, M_0 = -ln(N-1): the climb out of N distractors takes ln N, the last steps
    1/epsilon.

    Args:
      missed_mass: epsilon, at least 1e-30 and below 1.
      num_keys: N >= 2, at most 1e15, the needle included.
      margin: M_0 of the start, from -1000 to 5, as in `query_update_margin`. All broadcast.

    Returns the time; 0 where the start is good enough. Exact for the flow; relative or
    absolute accuracy 1e-12.

    Raises:
      InputError: a mass outside [1e-30, 1), num_keys outside [2, 1e15], or a margin outside
        [-1000, 5].

    Source: derived here (docs, associative memory section 8), arXiv:2512.13898.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.query_update_time(0.1, 1000, -jnp.log(999.0)):.4f}")
    18.0849
    """
    return _time(missed_mass, num_keys, margin)
