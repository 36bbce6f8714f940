"""Several heads: the same pairs under independent keys, read together."""

from __future__ import annotations

import functools
from typing import Literal

import jax
import jax.numpy as jnp

from jtts.domain import choices, log_integers
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import nonnegative, probability, whole, words
from jtts.theory.associative_memory.recall import as_numbers
from jtts.theory.associative_memory.sign_readout import (
    ERRORS,
    KEYS,
    LARGE,
    WIDE,
    can_count,
    is_wide,
    sphere_error,
)

LAYOUTS = ("averaged", "single", "sliced")
SOURCE = "derived here (docs, associative memory section 6)"
HEADS = {
    "num_pairs": log_integers(3, 10**5),
    "dim": log_integers(4, 10**4),
    "heads": log_integers(1, 1000),
    "keys": choices("sphere", "gauss", "rad"),
}
HEADS_HOLD = {"num_pairs": LARGE, "dim": LARGE, "heads": whole(1, 1e6)}


def _error(num_pairs, dim, heads, layout="averaged", keys="sphere"):
    num_pairs, dim, heads = as_numbers(num_pairs, dim, heads)
    width = dim if layout == "sliced" else heads * dim
    lengths = 2.0 if keys == "gauss" else 0.0  # width times E|k|^4 - 1
    return (num_pairs - 1 + lengths) / width + 0 * heads


@law(
    kind=Exact(),
    formula=r"\frac{N-1}{D}\;(\text{sliced: } H\,\tfrac{N-1}{D}),\quad D = H d",
    source=SOURCE,
    domain=HEADS | {"layout": choices(*LAYOUTS)},
    simulated={
        "num_pairs": choices(9),
        "dim": choices(8),
        "heads": choices(4),
        "keys": choices("sphere", "gauss"),
    },
    holds=HEADS_HOLD | {"layout": words(*LAYOUTS), "keys": KEYS},
    relative=1e-14,
    gives=nonnegative(),
    mutants={
        "slicing is free": lambda num_pairs, dim, heads, layout="averaged", keys="sphere": _error(
            num_pairs, dim, heads, keys=keys
        ),
        "averaging does not help": lambda num_pairs, dim, heads, layout="averaged", keys="sphere": (
            _error(num_pairs, dim, heads, "sliced", keys)
        ),
        "keys of unit length": lambda num_pairs, dim, heads, layout="averaged", keys="sphere": (
            _error(num_pairs, dim, heads, layout)
        ),
    },
)
def heads_error(
    num_pairs: Numbers,
    dim: Numbers,
    heads: Numbers,
    *,
    layout: Literal["averaged", "single", "sliced"] = "averaged",
    keys: Literal["sphere", "rad", "gauss"] = "sphere",
) -> jax.Array:
    r"""Mean squared error per component of a Hebbian memory of H heads, with d dimensions each.

    With D = H d and unit keys

    $$\text{averaged: } \frac{N-1}D,\quad \text{single: } \frac{N-1}D,\quad
      \text{sliced: } \frac{H(N-1)}D;$$

    Gaussian keys have N + 1 for N - 1. Averaged: every head holds the full values and the
    read-outs are averaged, H states of d V numbers. Single: one head of width D, as large a state.
    Sliced, the usual multi-head layout: each head holds V/H entries of the values, a state H
    times smaller and an error H times larger.

    Args:
      num_pairs, dim: N, d, from 1 to 1e9.
      heads: H, whole, from 1 to 1e6. All broadcast.
      layout: "averaged", "single" or "sliced".
      keys: "sphere", "gauss" or "rad".

    Returns the error per component, values having unit power per component. Exact, to 1e-14
    relatively.

    Raises:
      InputError: sizes below 1, or an unknown layout or law of keys.

    Source: derived here (docs, associative memory section 6).

    >>> from jtts.theory import associative_memory as am
    >>> print(am.heads_error(33, 16, 4), am.heads_error(33, 16, 4, layout="sliced"))
    0.5 2.0
    """
    return _error(num_pairs, dim, heads, layout, keys)


@functools.partial(jax.jit, static_argnames="keys")
def _bit_error(num_pairs, dim, heads, keys="sphere"):
    num_pairs, dim, heads = jnp.broadcast_arrays(*as_numbers(num_pairs, dim, heads))
    if keys == "sphere":
        return sphere_error(num_pairs, dim, heads)
    return ERRORS[keys](num_pairs, heads * dim)


@law(
    kind=Exact(),
    formula=r"P\Big(\tfrac1H \sum_{h}\sum_{j \neq i} k^h_j \cdot k^h_i"
    r" > \tfrac1H \sum_h |k^h_i|^2\Big)",
    source=SOURCE,
    domain=HEADS,
    simulated={"num_pairs": choices(9), "dim": choices(5), "heads": choices(2)},
    holds=HEADS_HOLD | {"keys": KEYS},
    jointly={
        WIDE: is_wide,
        "(num_pairs - 1) heads dim must be at most 2^53 for sign keys": (
            lambda num_pairs, dim, heads, keys: can_count(num_pairs, heads * dim, keys)
        ),
    },
    relative=1e-12,
    absolute=1e-300,
    gives=probability(),
    mutants={
        "heads do not help": lambda num_pairs, dim, heads, keys="sphere": _bit_error(
            num_pairs, dim, 1 + 0 * heads, keys
        ),
        "one more head": lambda num_pairs, dim, heads, keys="sphere": _bit_error(
            num_pairs, dim, heads + 1, keys
        ),
        "Gaussian keys": lambda num_pairs, dim, heads, keys="sphere": _bit_error(
            num_pairs, dim, heads, "gauss"
        ),
    },
)
def averaged_bit_error(
    num_pairs: Numbers,
    dim: Numbers,
    heads: Numbers,
    *,
    keys: Literal["sphere", "rad", "gauss"] = "sphere",
) -> jax.Array:
    r"""Probability that the sign of one component of the average over H heads is wrong.

    Values are +-1. Gaussian and sign keys of all heads, put end to end, are the keys of one head of
    width H d, and the error is its `bit_error`. On the sphere it is that of a sum of $(N-1)H$
    overlaps against H: with $\varphi(t) = \Gamma(\tfrac d2)(2/t)^{d/2-1}J_{d/2-1}(t)$

    $$\frac12 - \frac1\pi\int_0^\infty \frac{\sin t}t\,\varphi(t/H)^{(N-1)H}dt.$$

    Args:
      num_pairs: N, from 1 to 1e9; whole for sign keys.
      dim: d of each head, from 1 to 1e9 (sphere: from 2 on); whole for sign keys, and
        (N-1) H d at most 2^53.
      heads: H, whole, from 1 to 1e6. All broadcast.
      keys: "sphere", "gauss" or "rad".

    Returns a probability, relatively accurate to 1e-12; 0 below 1e-300.

    Raises:
      InputError: sizes below 1 or too large, or an unknown law of keys.

    Source: derived here (docs, associative memory section 6).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.averaged_bit_error(17, 16, 5):.8f}")
    0.01264815
    """
    return _bit_error(num_pairs, dim, heads, keys)


def _least_squares(num_pairs, dim, heads, spread=1.0):
    num_pairs, dim, heads = as_numbers(num_pairs, dim, heads)
    share = jnp.minimum(dim / num_pairs, 1.0)
    lost = jnp.maximum(num_pairs - dim, 0.0) / num_pairs
    return lost**2 + spread * share * lost / heads


@law(
    kind=Exact(),
    formula=r"(1-x)^2 + x(1-x)/H,\quad x = d/N",
    source=SOURCE,
    domain={key: HEADS[key] for key in ("num_pairs", "dim", "heads")},
    simulated={"num_pairs": choices(40), "dim": choices(10, 24), "heads": choices(3)},
    holds=HEADS_HOLD,
    relative=1e-14,
    gives=probability(),
    mutants={
        "heads see the same": lambda num_pairs, dim, heads: _least_squares(num_pairs, dim, 1),
        "one wide head": lambda num_pairs, dim, heads: jnp.maximum(1 - heads * dim / num_pairs, 0),
        "no spread": lambda num_pairs, dim, heads: _least_squares(num_pairs, dim, heads, spread=0),
    },
)
def least_squares_heads_error(num_pairs: Numbers, dim: Numbers, heads: Numbers) -> jax.Array:
    r"""Mean squared error per component of the average over H least-squares heads.

    Each head projects on d random dimensions out of N; with x = d/N < 1

    $$(1-x)^2 + \frac{x(1-x)}H,$$

    against 1 - Hx of one head of width H d (`least_squares_error`): averaging heads that each fit
    all they can is costly where splitting a Hebbian memory costs nothing.

    Args:
      num_pairs, dim: N, d, from 1 to 1e9; keys in general position.
      heads: H, whole, from 1 to 1e6. All broadcast.

    Returns the error per component, values having unit power per component; 0 for N <= d. Exact,
    to 1e-14 relatively.

    Raises:
      InputError: sizes below 1.

    Source: derived here (docs, associative memory section 6).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.least_squares_heads_error(60, 10, 4):.8f}")
    0.72916667
    """
    return _least_squares(num_pairs, dim, heads)
