"""Where one more e-fold of data and one more of candidates are worth the same."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import choices, log_integers
from jtts.kinds import Limit, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between
from jtts.theory.best_of_k.advantage import (
    advantage,
    learned_share,
    numerical_advantage,
)

SCAN = np.linspace(0.005, 0.995, 100)  # of rho, for the first change of sign
BISECTIONS = 30


@jax.jit
def _first_crossing(k, exponent):
    """Smallest rho at which the advantage changes sign; k and exponent of one shape."""

    def at(rho):
        return advantage(k, rho, exponent)

    grid = SCAN.reshape((-1,) + (1,) * k.ndim)
    negative = at(jnp.broadcast_to(grid, (len(SCAN), *k.shape))) < 0
    first = jnp.argmax(negative, 0)
    low, high = jnp.asarray(SCAN)[jnp.maximum(first - 1, 0)], jnp.asarray(SCAN)[first]

    def halve(_, bracket):
        low, high = bracket
        middle = (low + high) / 2
        above = at(middle) < 0
        return jnp.where(above, low, middle), jnp.where(above, middle, high)

    low, high = lax.fori_loop(0, BISECTIONS, halve, (low, high))
    return jnp.where(jnp.any(negative, 0), (low + high) / 2, jnp.nan)


def _numerical_bracket(k, exponent):
    """Neighbours on a coarse grid between which the numerical advantage first changes sign."""
    low = 0.05
    for high in np.arange(0.1, 1.0, 0.05):
        if numerical_advantage(k, high, exponent) < 0:
            return low, float(high)
        low = float(high)
    return low, 0.999


def _crossing(k, exponent):
    k, exponent = jnp.broadcast_arrays(
        *(jnp.asarray(x, jnp.result_type(float)) for x in (k, exponent))
    )
    return _first_crossing(k, exponent)


@law(
    kind=Root(
        residual=lambda rho, k, exponent: numerical_advantage(k, rho, exponent),
        bracket=_numerical_bracket,
    ),
    formula=r"\rho:\; \frac{d\ln\delta_k}{d\ln n} = \frac{d\ln\delta_k}{d\ln k}",
    source="derived here (section 7)",
    relative=1e-7,
    holds={"k": between(1, 1e15), "exponent": at_least(1)},
    domain={"k": log_integers(4, 10**6), "exponent": choices(4.0, 8.0, np.inf)},
    mutants={
        "at k = infinity": lambda k, exponent=np.inf: _asymptotic_crossing(exponent),
        "isotropic": lambda k, exponent=np.inf: _crossing(k, np.inf),
    },
)
def crossover_rho(k: Numbers, exponent: Numbers = np.inf) -> jax.Array:
    r"""Smallest rho at which data and candidates are worth the same at k candidates.

    $$\rho:\quad \frac{d\ln\delta_k}{d\ln n} = \frac{d\ln\delta_k}{d\ln k}$$

    Below it one more e-fold of candidates reduces the error more than one of training data. Model
    and arguments as in `sampling_advantage`, whose root it is.

    Args:
      k: number of candidates, real, from 1 to 1e15.
      exponent: a >= 1 of the spectrum; infinity where all modes are learned.

    Arrays broadcast. Returns rho, to 1e-7 where the advantage has a slope there; NaN where
    candidates are worth more at every rho, or at all but less than 0.01 of it (slowly falling
    spectra at small k). Derivatives are 0.

    Raises:
      InputError: an argument out of range.

    Source: derived here (docs, best-of-k section 7).

    >>> from jtts.theory import best_of_k
    >>> print(f"{best_of_k.crossover_rho(64):.4f}")
    0.4088
    >>> print(best_of_k.crossover_rho(64, 1.5))
    nan
    """
    return lax.stop_gradient(_crossing(*lax.stop_gradient((k, exponent))))


def _asymptotic_crossing(exponent, linear=1.0, square=1.0):
    """The smaller root of 7 c rho^2 - 4 (1 + c) rho + 2, in the form without cancellation."""
    share = learned_share(exponent)
    half = 2 * (1 + linear * share)
    return 2 / (half + jnp.sqrt(half**2 - 14 * square * share))


@law(
    kind=Limit(
        of=crossover_rho,
        argument="k",
        values=(1e8, 1e11, 1e14),
        # the k^-2 law is reached as k^-(1/rho - 2)
        gap=lambda k, point: k ** -(1 / float(_asymptotic_crossing(point["exponent"])) - 2),
    ),
    formula=r"\frac{2(1+c) - \sqrt{4 - 6c + 4c^2}}{7c},\; c = 1 - \tfrac1a",
    source="derived here (section 7)",
    relative=1e-14,
    holds={"exponent": at_least(1)},
    domain={"exponent": choices(2.5, 4.0, 8.0, np.inf)},
    mutants={
        "without the square": lambda exponent=np.inf: _asymptotic_crossing(exponent, square=0.0),
        "isotropic": lambda exponent=np.inf: _asymptotic_crossing(np.inf * exponent),
    },
)
def asymptotic_crossover_rho(exponent: Numbers = np.inf) -> jax.Array:
    r"""rho below which candidates are worth more than data, at large k.

    $$\rho = \frac{2(1+c)-\sqrt{4-6c+4c^2}}{7c},\quad c = 1-\frac1a,$$

    the smaller root of $7c\rho^2 - 4(1+c)\rho + 2 = 0$. With all modes learned (c = 1) it is
    $(4-\sqrt2)/7 = 0.3694$; it grows to 1/2 as the spectrum falls more slowly (a -> 1).

    Args:
      exponent: a >= 1 of the spectrum; infinity where all modes are learned. Arrays are mapped.

    Returns rho, to 1e-14 relative. Where many candidates mean few ones, see `crossover_rho`.

    Raises:
      InputError: exponent < 1.

    Source: derived here (docs, best-of-k section 7).

    >>> from jtts.theory import best_of_k
    >>> print(f"{best_of_k.asymptotic_crossover_rho():.12f}")
    0.369398062518
    """
    return _asymptotic_crossing(exponent)
