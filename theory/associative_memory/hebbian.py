"""Hebbian memory: gain, noisy queries, correlated keys, cross-talk of either sign."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import InputError, concrete
from jtts.associative_memory import KEY_LAWS
from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Exact, Minimizer
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, probability, words
from jtts.theory.associative_memory.overlaps import mean_absolute_overlap
from jtts.theory.associative_memory.recall import as_numbers

SIZES = {"num_pairs": log_integers(2, 10**6), "dim": log_integers(2, 10**5)}
SIMULATED_SIZES = {"num_pairs": choices(9), "dim": choices(24)}
KEYS = choices("sphere", "gauss", "rad")
LARGE = {"num_pairs": between(1, 1e15), "dim": between(1, 1e15)}
LAWS = {"keys": words(*KEY_LAWS)}


def _excess(num_pairs, dim, keys):
    """E|r|^2 / V of the read-out, less the 1 of the signal."""
    lengths = 2.0 if keys == "gauss" else 0.0  # d (E|k|^4 - 1)
    return (num_pairs - 1 + lengths) / dim


def _gain_error(gain, num_pairs, dim, keys="sphere", *, cross=2.0):
    gain, num_pairs, dim = as_numbers(gain, num_pairs, dim)
    return (1 - gain) ** 2 + (2 - cross) * gain + gain**2 * _excess(num_pairs, dim, keys)


@law(
    kind=Exact(),
    formula=r"1 - 2 g + g^2 (m_2 + (N-1)/d)",
    source="derived here (docs, associative memory section 2)",
    domain={"gain": reals(0.1, 1.5), **SIZES, "keys": KEYS},
    simulated=SIMULATED_SIZES,
    holds={"gain": between(-1e100, 1e100), **LARGE, **LAWS},
    relative=1e-14,
    gives=nonnegative(),
    mutants={
        "signal counted once": lambda *sizes, **keys: _gain_error(*sizes, cross=1.0, **keys),
        "its own cross-talk": lambda gain, num_pairs, dim, keys="sphere": _gain_error(
            gain, num_pairs + 1, dim, keys
        ),
        "keys of unit length": lambda gain, num_pairs, dim, keys="sphere": _gain_error(
            gain, num_pairs, dim
        ),
    },
)
def gain_error(
    gain: Numbers,
    num_pairs: Numbers,
    dim: Numbers,
    *,
    keys: Literal["sphere", "rad", "gauss"] = "sphere",
) -> jax.Array:
    r"""Mean squared error per component of a Hebbian memory read with a scalar gain.

    $$\tfrac1V E|g\,Wk_i - v_i|^2 = 1 - 2g + g^2\,(m_2 + (N-1)/d),\quad W=\sum_j v_jk_j^\top$$

    with $m_2 = E|k|^4$: 1 on the sphere and for sign keys, 1 + 2/d for Gaussian keys. At g = 1 it
    is the cross-talk (N-1)/d, or (N+1)/d for Gaussian keys.

    Args:
      gain: g, any real, to 1e100 in size.
      num_pairs, dim: N, d, from 1 to 1e15. All broadcast.
      keys: "sphere", "gauss" or "rad".

    Returns the error per component, values having unit power per component. Exact, to 1e-14
    relatively.

    Raises:
      InputError: sizes below 1 or too large, a gain that is not finite, or an unknown law of keys.

    Source: derived here (docs, associative memory section 2).

    >>> from jtts.theory import associative_memory as am
    >>> print(am.gain_error(1.0, 33, 64), am.gain_error(1.0, 33, 64, keys="gauss"))
    0.5 0.53125
    """
    return _gain_error(gain, num_pairs, dim, keys)


def _best_gain(num_pairs, dim, keys="sphere", *, others=1.0):
    num_pairs, dim = as_numbers(num_pairs, dim)
    return 1 / (1 + _excess(num_pairs + 1 - others, dim, keys))


@law(
    kind=Minimizer(
        of=gain_error, argument="gain", candidates=lambda point: np.linspace(0.0, 2.0, 101)
    ),
    formula=r"g^* = 1 / (m_2 + (N-1)/d)",
    source="derived here (docs, associative memory section 2)",
    domain={"num_pairs": log_integers(2, 500), "dim": log_integers(4, 200), "keys": KEYS},
    holds=LARGE | LAWS,
    relative=1e-14,
    gives=probability(),
    mutants={"N for N - 1": lambda *sizes, **keys: _best_gain(*sizes, others=0.0, **keys)},
)
def best_gain(
    num_pairs: Numbers, dim: Numbers, *, keys: Literal["sphere", "rad", "gauss"] = "sphere"
) -> jax.Array:
    r"""Scalar gain with which a Hebbian memory recalls with the least error.

    $$g^* = \frac1{m_2 + (N-1)/d}$$

    The error there is 1 - g*, on the sphere (N-1)/(N-1+d): it stays below the power of the values
    at any load, where the plain read-out's (N-1)/d does not.

    Args:
      num_pairs, dim: N, d, from 1 to 1e15; broadcast.
      keys: "sphere", "gauss" or "rad".

    Returns the gain, which minimises `gain_error`, to 1e-14 relatively.

    Raises:
      InputError: sizes below 1, or an unknown law of keys.

    Source: derived here (docs, associative memory section 2).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.best_gain(33, 64):.6f}")
    0.666667
    """
    return _best_gain(num_pairs, dim, keys)


def _noisy(num_pairs, dim, query_noise, keys="sphere", *, own=1.0, crossed=1.0):
    num_pairs, dim, variance = as_numbers(num_pairs, dim, query_noise)
    others = num_pairs - 1
    return _excess(num_pairs, dim, keys) + (own + crossed * others) * variance / dim


@law(
    kind=Exact(),
    formula=r"(m_2 - 1) + \sigma^2/d + (N-1)(1+\sigma^2)/d",
    source="derived here (docs, associative memory section 2)",
    domain={**SIZES, "query_noise": log_reals(0.05, 4.0), "keys": KEYS},
    simulated=SIMULATED_SIZES,
    holds={**LARGE, "query_noise": nonnegative(), **LAWS},
    relative=1e-14,
    gives=nonnegative(),
    mutants={
        "own pair left out": lambda *sizes, **keys: _noisy(*sizes, own=0.0, **keys),
        "cross-talk of the clean query": lambda *sizes, **keys: _noisy(*sizes, crossed=0.0, **keys),
    },
)
def noisy_query_error(
    num_pairs: Numbers,
    dim: Numbers,
    query_noise: Numbers,
    *,
    keys: Literal["sphere", "rad", "gauss"] = "sphere",
) -> jax.Array:
    r"""Mean squared error per component of a Hebbian memory that is asked by a noisy key.

    The query is $k_i + \sigma g/\sqrt d$, $g\sim N(0, I)$:

    $$(m_2-1) + \frac{\sigma^2}d + \frac{(N-1)(1+\sigma^2)}d$$

    with $m_2 = E|k|^4$, 1 on the sphere and for sign keys, 1 + 2/d for Gaussian keys.

    Args:
      num_pairs, dim: N, d, from 1 to 1e15.
      query_noise: sigma^2 >= 0, the mean square of the noise against the unit one of the key. All
        broadcast.
      keys: "sphere", "gauss" or "rad".

    Returns the error per component, values having unit power per component. Exact, to 1e-14
    relatively.

    Raises:
      InputError: sizes below 1, a negative variance, or an unknown law of keys.

    Source: derived here (docs, associative memory section 2).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.noisy_query_error(20, 64, 0.49):.10f}")
    0.4500000000
    """
    return _noisy(num_pairs, dim, query_noise, keys)


def _correlated(num_pairs, dim, key_overlap, mean_value=0.0, *, rest=1.0, common=1.0):
    num_pairs, dim, overlap, mean = as_numbers(num_pairs, dim, key_overlap, mean_value)
    others = num_pairs - 1
    direct = others * (overlap**2 + rest * (1 - overlap) ** 2 / (dim - 1))
    return direct + common * mean**2 * others * (others - 1) * overlap**2


@law(
    kind=Exact(),
    formula=r"(N-1)\Big[\rho^2 + \frac{(1-\rho)^2}{d-1}\Big] + \bar v^2 (N-1)(N-2) \rho^2",
    source="derived here (docs, associative memory section 2)",
    domain={**SIZES, "key_overlap": reals(0.0, 0.9), "mean_value": reals(0.0, 0.7)},
    simulated=SIMULATED_SIZES,
    holds={
        "num_pairs": between(1, 1e15),
        "dim": between(2, 1e15),
        "key_overlap": probability(),
        "mean_value": between(-1, 1),
    },
    relative=1e-14,
    gives=nonnegative(),
    mutants={
        "common part alone": lambda *sizes, **mean: _correlated(*sizes, rest=0.0, **mean),
        "values without a mean": lambda *sizes, **mean: _correlated(*sizes, common=0.0, **mean),
    },
)
def correlated_key_error(
    num_pairs: Numbers, dim: Numbers, key_overlap: Numbers, *, mean_value: Numbers = 0.0
) -> jax.Array:
    r"""Mean squared error per component of a Hebbian memory whose keys share a direction.

    Keys $k_j = \sqrt\rho\,\mu + \sqrt{1-\rho}\,\xi_j$, $\xi_j$ uniform on the unit sphere
    orthogonal to the unit vector $\mu$; values of unit power and mean $\bar v$ per component.

    $$(N-1)\Big[\rho^2 + \frac{(1-\rho)^2}{d-1}\Big] + \bar v^2(N-1)(N-2)\rho^2$$

    The first term saturates the memory at about 1/rho^2 pairs however large d is; the second grows
    as N^2. Subtracting the mean key removes both.

    Args:
      num_pairs, dim: N from 1, d from 2, to 1e15.
      key_overlap: rho, the mean overlap of two keys, from 0 to 1.
      mean_value: mean of each value component, from -1 to 1. All broadcast.

    Returns the error per component. Exact, to 1e-14 relatively. At rho = 0 it is (N-1)/(d-1), the
    mean direction being unused.

    Raises:
      InputError: sizes below 1 (dim below 2), an overlap outside [0, 1] or a mean outside [-1, 1].

    Source: derived here (docs, associative memory section 2).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.correlated_key_error(20, 64, 0.2):.7f}")
    0.9530159
    """
    return _correlated(num_pairs, dim, key_overlap, mean_value)


def require_within(low, high, **values):
    """Raise InputError naming the first argument outside [low, high]."""
    for name, value in values.items():
        known = concrete(value)
        if known is not None and not np.all((known >= low) & (known <= high)):
            raise InputError(f"{name} must be from {low:g} to {high:g}, got {value}")


def _absolute(num_pairs, dim, factor=1.0):
    num_pairs, dim = as_numbers(num_pairs, dim)
    return factor * (num_pairs - 1) * mean_absolute_overlap(dim)


@law(
    kind=Exact(),
    formula=r"(N-1) \frac{\Gamma(d/2)}{\sqrt\pi\,\Gamma((d+1)/2)}",
    source="derived here (docs, associative memory section 3)",
    domain=SIZES,
    simulated=SIMULATED_SIZES,
    holds=LARGE,
    relative=1e-14,
    gives=nonnegative(),
    mutants={
        "root mean square": lambda num_pairs, dim: (num_pairs - 1) / jnp.sqrt(1.0 * dim),
        "its own overlap": lambda num_pairs, dim: _absolute(num_pairs + 1, dim),
    },
)
def absolute_crosstalk(num_pairs: Numbers, dim: Numbers) -> jax.Array:
    r"""Mean sum of |k_j . k_i| over the other pairs: the worst error that values can cause.

    $$(N-1)\,E|k\cdot k'| = (N-1)\frac{\Gamma(d/2)}{\sqrt\pi\,\Gamma((d+1)/2)}
      \approx (N-1)\sqrt{\frac2{\pi d}}$$

    An adversary who chooses values of size 1 after seeing the keys gives all cross-talk one sign;
    the error of a component is then this sum, on average over keys. Values drawn at random cancel
    to the root of (N-1)/d.

    Args:
      num_pairs, dim: N, d, from 1 to 1e15; unit keys, uniform on the sphere. Broadcast.

    Returns an error of a component, in units of the largest value. Exact, to 1e-14 relatively.

    Raises:
      InputError: sizes below 1.

    Source: derived here (docs, associative memory section 3).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.absolute_crosstalk(9, 64):.7f}")
    0.8010073
    """
    return _absolute(num_pairs, dim)
