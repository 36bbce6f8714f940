"""One pass of the delta rule against a Hebbian memory with the best gain."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.domain import log_reals
from jtts.kinds import Limit, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative
from jtts.theory.associative_memory.recall import as_numbers, mean_recall_error

SMALL = 0.5  # load below which the power series is used
TERMS = 18


def _one_pass(load, constant=3.0):
    (load,) = as_numbers(load)
    small = load < SMALL
    x = jnp.where(small, 1.0, load)
    closed = 2 - (2 - (constant - x) * jnp.exp(-x) + jnp.exp(-2 * x)) / x
    # coefficient of x^n in the numerator: (-1)^n (constant + n - 2^n) / n! beyond the cancellation
    x = jnp.where(small, load, 0.0)
    series, term = jnp.zeros_like(x), jnp.ones_like(x)
    for n in range(2, TERMS):
        term = -term * x / n
        series = series - term * (constant + n - 2.0**n)
    return jnp.where(small, series, closed)


def _crossing(gain=1.0):
    """Newton's method on `_one_pass` - load / (1 + load), against a gain that is not the best."""

    def gap(load):
        return _one_pass(load) - load / (gain + load)

    load = jnp.asarray(0.66, jnp.result_type(float))
    for _ in range(5):
        load = load - gap(load) / jax.grad(gap)(load)
    return load


def _delta_rule(load, dim):
    return mean_recall_error(load * dim, dim, erase=1.0, write=1.0)


@law(
    kind=Limit(
        of=_delta_rule,
        argument="dim",
        values=(64, 128, 256, 512),
        gap=lambda dim, point: 1 / dim,
    ),
    formula=r"[2\alpha - 2 + (3-\alpha)e^{-\alpha} - e^{-2\alpha}] / \alpha",
    source="derived here (docs, associative memory section 4)",
    holds={"load": nonnegative()},
    relative=1e-13,
    gives=between(0, 2),
    domain={"load": log_reals(0.05, 20.0)},
    mutants={
        "Hebbian": lambda load: load / (1 + load),
        "leading order": lambda load: load / 2,
    },
)
def one_pass_error(load: Numbers) -> jax.Array:
    r"""Mean error of all pairs after one pass of the delta rule (strength 1), large d.

    $$\frac{2\alpha - 2 + (3-\alpha)e^{-\alpha} - e^{-2\alpha}}\alpha,\quad \alpha = N/d$$

    About alpha/2 at low load, half the Hebbian error; 2 at high load, where old pairs are noise.

    Args:
      load: alpha = N/d >= 0, finite; any shape.

    Returns the error per component, values having unit power per component; the limit of
    `mean_recall_error` at erase = write = 1, approached as 1/d. Relative accuracy 1e-13.

    Raises:
      InputError: a negative load.

    Source: derived here (docs, associative memory section 4); the rule is that of arXiv:2406.06484.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.one_pass_error(0.25):.10f} {am.one_pass_error(2.0):.10f}")
    0.1406859749 1.0585098222
    """
    return _one_pass(load)


@law(
    kind=Root(
        residual=lambda load: one_pass_error(load) - load / (1 + load),
        bracket=lambda: (0.3, 1.5),
    ),
    formula=r"\alpha_\times = 0.6606592614\ldots",
    source="derived here (docs, associative memory section 4)",
    holds={},
    relative=1e-14,
    domain={},
    mutants={"a wrong gain": lambda: _crossing(gain=0.97)},
)
def one_pass_crossing() -> jax.Array:
    r"""Load above which one pass of the delta rule recalls worse than Hebbian writing.

    The root of `one_pass_error` $= \alpha/(1+\alpha)$, the error of a Hebbian memory read with its
    best gain (`best_gain`): the delta rule keeps the newest pairs, at the cost of the others.

    Returns the load N/d, 0.6606592614, to a relative 1e-14.

    Source: derived here (docs, associative memory section 4).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.one_pass_crossing():.10f}")
    0.6606592614
    """
    return _crossing()
