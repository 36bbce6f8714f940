"""Mean cosine between a Gaussian value and its noisy read-out."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import choices, log_integers, log_reals
from jtts.kinds import Asymptotic, Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, nonnegative
from jtts.theory.associative_memory.recall import as_numbers

NODES = 200


def _cosine(noise, num_values, shift=0.0):
    """The average of (1 + s^2 cosh(y)^2)^(-1/2) over the density cosh(y)^-V, by trapezoids.

    It is rho (2/V) [Gamma((V+1)/2)/Gamma(V/2)]^2 2F1(1/2, 1/2; (V+2)/2; rho^2): Euler's integral in
    t = tanh(y)^2. Analytic in |Im y| < pi/2, it converges exponentially.
    """
    noise, values = jnp.broadcast_arrays(*as_numbers(noise, num_values))
    values = values[..., None] + shift
    log_cosh = 40 / values
    end = log_cosh + jnp.log1p(jnp.sqrt(-jnp.expm1(-2 * log_cosh)))
    cosh = jnp.cosh(end * np.arange(NODES) / NODES)
    weights = cosh**-values * np.r_[0.5, np.ones(NODES - 1)]
    mean = jnp.sum(weights / jnp.sqrt(1 + noise[..., None] * cosh**2), -1)
    return mean / jnp.sum(weights, -1)


def _limit(noise, num_values):
    return 1 / jnp.sqrt(1 + jnp.asarray(noise)) + 0 * num_values


FORMULA = (
    r"\rho\,\tfrac2V \Big[\tfrac{\Gamma((V+1)/2)}{\Gamma(V/2)}\Big]^2"
    r" {}_2F_1(\tfrac12,\tfrac12;\tfrac{V+2}2;\rho^2)"
)


@law(
    kind=Exact(),
    formula=FORMULA + r",\quad \rho = 1/\sqrt{1+s^2}",
    source="derived here (docs, associative memory section 2)",
    domain={"noise": log_reals(0.01, 100.0), "num_values": choices(1, 2, 4, 16, 64)},
    holds={"noise": nonnegative(1e200), "num_values": at_least(1)},
    relative=1e-13,
    mutants={
        "many values": _limit,
        "one value more": lambda noise, num_values: _cosine(noise, num_values, shift=1.0),
    },
)
def noisy_cosine(noise: Numbers, num_values: Numbers) -> jax.Array:
    r"""Mean cosine between a Gaussian vector v and v + s v', v' as v and independent.

    With $\rho = 1/\sqrt{1+s^2}$ the correlation of their entries,

    $$E\cos = \rho\,\frac2V\Big[\frac{\Gamma((V+1)/2)}{\Gamma(V/2)}\Big]^2
      {}_2F_1\big(\tfrac12,\tfrac12;\tfrac{V+2}2;\rho^2\big).$$

    A memory's read-out is of this kind given its keys, $s^2=\sum_{j\ne i}(k_j\cdot k_i)^2$.

    Args:
      noise: s^2, from 0 to 1e200.
      num_values: V >= 1, infinity included, entries of the vector. Both real; they broadcast.

    Returns the cosine, relative accuracy 1e-13: (2/pi) arcsin(rho) at V = 1, rho at V = infinity.

    Raises:
      InputError: a negative or too large noise, or num_values below 1.

    Source: derived here (docs, associative memory section 2).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.noisy_cosine(1.0, 1):.6f} {am.noisy_cosine(1.0, 1e4):.6f}")
    0.500000 0.707089
    """
    return _cosine(noise, num_values)


@law(
    kind=Asymptotic(size="dim", sizes=(8, 16, 32, 64), finite_size=0.4, detects=0.02),
    formula=FORMULA + r",\quad \rho = 1/\sqrt{1+\alpha}",
    source="derived here (docs, associative memory section 2)",
    domain={"load": log_reals(0.1, 10.0), "num_values": log_integers(1, 1000)},
    simulated={"load": choices(0.5), "num_values": choices(4)},
    holds={"load": nonnegative(1e200), "num_values": at_least(1)},
    relative=1e-13,
    mutants={
        "many values": lambda load, num_values: _limit(load, num_values),
        "one value more": lambda load, num_values: _cosine(load, num_values, shift=1.0),
    },
)
def mean_cosine(load: Numbers, num_values: Numbers) -> jax.Array:
    r"""Mean cosine between a Gaussian value and what a large Hebbian memory recalls of it.

    `noisy_cosine` at $s^2 = \alpha = (N-1)/d$, which the sum of squared overlaps tends to; its
    fluctuation is worth O(1/N). As V grows it tends to $\sqrt{d/(d+N-1)}$.

    Args:
      load: alpha = (N-1)/d, from 0 to 1e200, keys on the unit sphere.
      num_values: V >= 1, infinity included, entries of a value. Both real; they broadcast.

    Returns the cosine in the limit of large d at fixed load and V, relative accuracy 1e-13: 0.8073
    at load 1/2 and V = 16, against 0.8094 simulated at d = 64.

    Raises:
      InputError: a negative or too large load, or num_values below 1.

    Source: derived here (docs, associative memory section 2).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.mean_cosine(0.5, 16):.5f}")
    0.80732
    """
    return _cosine(load, num_values)
