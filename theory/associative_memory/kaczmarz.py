"""The delta rule on pairs drawn at random, again and again (randomised Kaczmarz)."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import concrete
from jtts.associative_memory.sequences import require_rows
from jtts.domain import built, choices, constant, log_integers, reals
from jtts.kinds import Bound, Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, finite, nonnegative, probability, vector, whole
from jtts.sizes import power_of_two
from jtts.theory.associative_memory.powers import gone
from jtts.theory.associative_memory.recall import as_numbers

MOST_STEPS = 1024  # of a number of steps that is not known before tracing
MOST_KNOWN = 2**20  # a minute for ten pairs


def random_keys(seed, num_pairs, dim):
    """Keys on the unit sphere, the same for the same seed."""
    rows = np.random.default_rng(seed).normal(size=(num_pairs, dim))
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def _product(left, right):
    return jnp.matmul(left, right, precision="highest")


@functools.partial(jax.jit, static_argnames="most")
@functools.partial(jnp.vectorize, signature="(),(),(n,d)->()", excluded={"most", "both"})
def _residual(num_steps, strength, rows, *, most, both=1.0):
    overlaps = _product(rows, rows.T)
    count = rows.shape[0]

    def write(step, moment):
        first = _product(overlaps, moment)
        second = _product(overlaps * jnp.diagonal(moment), overlaps)
        moved = moment - strength / count * (first + first.T - both * strength * second)
        return jnp.where(step < num_steps, moved, moment)

    moment = lax.fori_loop(0, most, write, jnp.eye(count))
    left = jnp.trace(moment) / count
    return jnp.where(num_steps <= most, left, jnp.nan)


def _error(num_steps, strength, rows, both=1.0):
    known = concrete(num_steps)
    most = MOST_STEPS if known is None else power_of_two(np.max(known))
    return _residual(*as_numbers(num_steps, strength, rows), most=most, both=both)


@law(
    kind=Exact(detects=0.01),
    formula=r"\mathrm{tr} R_t / N,\quad R \leftarrow R - \tfrac\beta N (GR + RG)"
    r" + \tfrac{\beta^2}N G\,\mathrm{diag}(R)\,G",
    source="derived here (docs, associative memory section 5)",
    holds={
        "num_steps": whole(0, MOST_KNOWN),
        "strength": nonnegative(),
        "rows": vector(vector(finite())),
    },
    relative=1e-12,
    absolute=1e-13,
    domain={
        "num_steps": log_integers(1, 1000),
        "strength": reals(0.1, 1.9),
        "rows": built(
            random_keys, seed=log_integers(1, 1000), num_pairs=constant(10), dim=constant(16)
        ),
    },
    simulated={"num_steps": choices(10, 30), "strength": reals(0.3, 1.3)},
    mutants={
        "without the square of a step": lambda *point, **named: _error(
            *point, **named | {"both": 0.0}
        ),
        "ten steps fewer": lambda num_steps, strength, rows: _error(num_steps - 10, strength, rows),
        "keys in turn, orthogonal": lambda num_steps, strength, rows: jnp.exp(
            num_steps * jnp.log1p(-strength * (2 - strength) / 10)
        ),
    },
)
def kaczmarz_error(num_steps: Numbers, strength: Numbers, rows: Numbers) -> jax.Array:
    r"""Error of the delta rule on the pairs of a fixed set, each step on one drawn at random.

    With $G = KK^\top$ the overlaps of the keys, the second moment R = E r r^T of the residuals
    $r = y - Kw$ of the N pairs, starting at R = I, obeys

    $$R \leftarrow R - \tfrac\beta N(GR+RG) + \tfrac{\beta^2}N\,G\,\mathrm{diag}(R)\,G,$$

    and the error is its mean diagonal. Small strengths go to `least_squares_error`, fixed ones only
    where the pairs can all be fitted.

    Args:
      num_steps: t, whole, from 0 to 2^20.
      strength: beta >= 0, finite; stable below 2/max|k|^2.
      rows: the N keys, [..., N, d]. Leading axes and the numbers broadcast.

    Returns the mean squared error per component over the N pairs, averaged over orders and over
    values of zero mean and unit power. Exact, to 1e-13 and a relative 1e-12. Differentiable in
    reverse where num_steps is known before tracing; NaN above 1024 steps where it is not. Time
    grows with the steps, as N^3.

    Raises:
      InputError: num_steps not whole or above 2^20, a negative strength, or keys without two axes.

    Source: derived here (docs, associative memory section 5).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.kaczmarz_error(3, 0.5, np.eye(4)):.10f} {(1 - 0.75 / 4) ** 3:.10f}")
    0.5363769531 0.5363769531
    """
    require_rows("rows", rows, ("pairs", "dim"))
    return _error(num_steps, strength, rows)


def _progress(num_steps, strength, num_pairs, smallest, slack=1.0, spread=1.0):
    numbers = as_numbers(num_steps, strength, num_pairs, smallest)
    num_steps, strength, num_pairs, smallest = numbers
    rate = strength * (2 - slack * strength) * smallest / num_pairs**spread
    return gone(rate, num_steps)


@law(
    kind=Bound(side="lower", tight={"smallest": constant(1.0)}),
    formula=r"1 - (1 - \beta(2-\beta) s_{\min}/N)^t",
    source="Strohmer and Vershynin 2009; derived here (docs, associative memory section 5)",
    holds={
        "num_steps": nonnegative(),
        "strength": between(0, 2),
        "num_pairs": whole(),
        "smallest": probability(),
    },
    relative=1e-12,
    gives=probability(),
    domain={
        "num_steps": log_integers(1, 10**4),
        "strength": reals(0.1, 1.9),
        "num_pairs": log_integers(2, 1000),
        "smallest": reals(0.0, 1.0),
    },
    simulated={"num_steps": choices(4, 16), "strength": reals(0.2, 1.8), "num_pairs": choices(8)},
    mutants={
        "without the square of a step": lambda *point, **named: _progress(
            *point, **named | {"slack": 0.0}
        ),
        "every pair at each step": lambda *point, **named: _progress(
            *point, **named | {"spread": 0.0}
        ),
    },
)
def kaczmarz_progress(
    num_steps: Numbers, strength: Numbers, num_pairs: Numbers, smallest: Numbers
) -> jax.Array:
    r"""Share of the squared distance to the solution that random single-pair steps cover at least.

    $$1 - E\frac{|W_t-W^*|^2}{|W^*|^2} \ge 1 - \Big(1-\beta(2-\beta)\frac{s_{\min}}N\Big)^t$$

    from W = 0, for unit keys that can be fitted; equality for orthonormal keys.

    Args:
      num_steps: t >= 0, finite.
      strength: beta, from 0 to 2.
      num_pairs: N >= 1, whole.
      smallest: s_min, the smallest non-zero eigenvalue of the overlaps $KK^\top$, from 0 to 1. All
        broadcast.

    Returns the guaranteed share, a lower bound, to a relative 1e-12.

    Raises:
      InputError: a negative number of steps, strength outside [0, 2], fewer than one pair, or an
        eigenvalue outside [0, 1].

    Source: Strohmer and Vershynin 2009 (strength 1); derived here (docs, associative memory
    section 5).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.kaczmarz_progress(60, 1.0, 20, 0.2):.6f}")
    0.452843
    """
    return _progress(num_steps, strength, num_pairs, smallest)
