"""Least squares, the end of many passes: what it recalls, and what it makes of a noisy query."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp

from jtts.arguments import InputError
from jtts.domain import choices, log_integers
from jtts.kinds import Exact, Limit
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, nonnegative, probability, words
from jtts.theory.associative_memory.recall import as_numbers

SOURCE = "derived here (docs, associative memory section 5)"
COUNT = between(1, 1e15)  # whole numbers are exact, and so are their differences


def _unexplained(num_pairs, dim, lost=0.0):
    num_pairs, dim = as_numbers(num_pairs, dim)
    return jnp.maximum(num_pairs - (dim - lost), 0.0) / num_pairs


@law(
    kind=Exact(),
    formula=r"\max(0, 1 - d/N)",
    source=SOURCE,
    holds={"num_pairs": COUNT, "dim": COUNT},
    relative=1e-14,
    gives=probability(),
    domain={"num_pairs": log_integers(1, 10**6), "dim": log_integers(1, 10**5)},
    simulated={"num_pairs": choices(32), "dim": choices(12, 24)},
    mutants={
        "a mean removed": lambda num_pairs, dim: _unexplained(num_pairs, dim, lost=1.0),
        "Hebb with its best gain": lambda num_pairs, dim: (num_pairs - 1) / (num_pairs - 1 + dim),
    },
)
def least_squares_error(num_pairs: Numbers, dim: Numbers) -> jax.Array:
    r"""Mean squared error per component of the pairs that a least-squares memory holds.

    $$\max(0,\; 1 - d/N)$$

    The memory projects the values onto the d-dimensional span of the keys: below N = d nothing is
    lost, above it N - d of N dimensions are. It is where the delta rule ends after many passes in
    small steps; one pass of recursive least squares gets there at once. The mean cosine is that of
    the projection, the root of min(1, d/N).

    Args:
      num_pairs, dim: N, d, from 1 to 1e15; keys in general position (any continuous law).
        Broadcast.

    Returns the error per component, values having unit power per component. Exact, to a relative
    1e-14.

    Raises:
      InputError: sizes below 1 or above 1e15.

    Source: derived here (docs, associative memory section 5).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.least_squares_error(60, 40):.10f} {am.least_squares_error(40, 60):.1f}")
    0.3333333333 0.0
    """
    return _unexplained(num_pairs, dim)


def require_continuous(keys):
    """Raise InputError unless the law of keys is continuous, so that few keys are independent."""
    if keys not in ("sphere", "gauss"):
        raise InputError(f"keys must be sphere or gauss, got {keys!r}")


def _gain(num_pairs, dim, keys="sphere", *, margin=1.0):
    num_pairs, dim = as_numbers(num_pairs, dim)
    room = jnp.abs(dim - num_pairs) - margin
    if keys == "gauss":
        rank = jnp.minimum(num_pairs, dim)
    else:  # the norms of more keys than dimensions do not factor out
        rank = jnp.where(num_pairs <= dim, num_pairs * (dim - 2) / dim, jnp.nan)
    finite = room > 0
    gain = jnp.where(finite, rank / jnp.where(finite, room, 1.0), rank + jnp.inf)
    # one key of unit length has no other to be close to, also where there is no room for more
    alone = (num_pairs == 1) & ~finite
    return gain if keys == "gauss" else jnp.where(alone, 1 / dim, gain)


@law(
    kind=Exact(),
    formula=r"\min(N,d) / (|d-N|-1)",
    source=SOURCE,
    holds={"num_pairs": COUNT, "dim": COUNT, "keys": words("sphere", "gauss")},
    relative=1e-14,
    gives=at_least(0),
    domain={
        "num_pairs": log_integers(1, 10**6),
        "dim": log_integers(3, 10**5),
        "keys": choices("sphere", "gauss"),
    },
    simulated={"num_pairs": choices(8, 14), "dim": choices(24)},
    mutants={
        "no margin": lambda *sizes, **keys: _gain(*sizes, margin=0.0, **keys),
        "Hebb": lambda num_pairs, dim, keys="sphere": num_pairs / dim,
        "keys of the other law": lambda num_pairs, dim, keys="sphere": _gain(
            num_pairs, dim, "gauss" if keys == "sphere" else "sphere"
        ),
    },
)
def noise_gain(
    num_pairs: Numbers, dim: Numbers, *, keys: Literal["sphere", "gauss"] = "sphere"
) -> jax.Array:
    r"""What a least-squares memory makes of noise on the query: power out over power in.

    A query $k + \sigma g/\sqrt d$, $g\sim N(0,I)$, adds sigma^2 times this to the error:

    $$\text{gauss: } \frac{\min(N,d)}{|d-N|-1},\qquad
      \text{sphere, } N \le d:\; \frac{N(d-2)}{d\,(d-N-1)}$$

    A Hebbian memory has N/d (`noisy_query_error`). The price of exact recall: the gain passes 1
    near N = d/2 and diverges at N = d, where the memory is just full.

    Args:
      num_pairs, dim: N, d, from 1 to 1e15. Broadcast.
      keys: "sphere" or "gauss".

    Returns the ratio of powers per component, exact to a relative 1e-14; infinite where
    |d - N| <= 1, where the mean does not exist (but 1/d for a single key on the sphere). NaN on the
    sphere for N > d: see `limit_noise_gain`.

    Raises:
      InputError: sizes below 1 or above 1e15, or another law of keys.

    Source: derived here (docs, associative memory section 5).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.noise_gain(100, 200):.6f} {am.noise_gain(100, 200, keys='gauss'):.6f}")
    1.000000 1.010101
    """
    return _gain(num_pairs, dim, keys)


def _limit_gain(load, power=1.0):
    (load,) = as_numbers(load)
    return jnp.minimum(load**power, 1.0) / jnp.abs(1 - load)


@law(
    kind=Limit(
        of=lambda load, dim: noise_gain(load * dim, dim, keys="gauss"),
        argument="dim",
        values=(64, 128, 256, 512, 1024),
        gap=lambda dim, point: 1 / (abs(1 - point["load"]) * dim),
    ),
    formula=r"\min(\alpha,1) / |1-\alpha|",
    source=SOURCE,
    holds={"load": nonnegative()},
    relative=1e-14,
    gives=at_least(0),
    domain={"load": choices(0.05, 0.25, 0.5, 0.8, 1.25, 2.0, 5.0)},
    mutants={"as if all keys were independent": lambda load: _limit_gain(load, power=0.0)},
)
def limit_noise_gain(load: Numbers) -> jax.Array:
    r"""`noise_gain` of a large memory, any law of keys.

    $$\frac{\min(\alpha,1)}{|1-\alpha|}$$

    Args:
      load: alpha = N/d >= 0, finite; any shape.

    Returns the ratio of powers per component, to a relative 1e-14; infinite at load 1.

    Raises:
      InputError: a negative load.

    Source: derived here (docs, associative memory section 5).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.limit_noise_gain(0.9):.6f} {am.limit_noise_gain(2.0):.6f}")
    9.000000 1.000000
    """
    return _limit_gain(load)
