"""Facts stored under a few relations each, and whether questions about others reach them."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import scipy
from scipy.special import bernoulli

from jtts.arguments import InputError
from jtts.domain import choices, log_integers, reals
from jtts.kinds import Exact, Fit
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, positive, probability


def _floats(*numbers):
    return tuple(jnp.asarray(number, jnp.result_type(float)) for number in numbers)


MOST = 1e15  # relations: beyond, R - 2 K is not known
STEPS = np.arange(12)
ODD = 2 * np.arange(1, 9) - 1
STIRLING = bernoulli(16)[ODD + 1] / (ODD * (ODD + 1))


def _missing(multiplicity, num_relations):
    """-ln of the chance that two sets of K among R have nothing in common, R >= 2 K.

    That is ln Gamma(z + K) - 2 ln Gamma(z) + ln Gamma(z - K) at z = R - K + 1: a second difference,
    of whose terms nothing is left at large R. Here each step of the recurrence up to z + 12, then
    each term of Stirling's series, is differenced by itself.
    """
    k, r = multiplicity[..., None], num_relations[..., None]

    def log_of_product(z):
        """ln(1 - (K/z)^2), also where K is nearly z."""
        share, rest = k / z, (r - 2 * k + 1 + (z - (r - k + 1))) / z
        near = share > 0.5
        return jnp.where(
            near,
            jnp.log(jnp.where(near, rest, 1.0)) + jnp.log1p(share),
            jnp.log1p(-(jnp.where(near, 0.0, share) ** 2)),
        )

    head = jnp.sum(log_of_product(r - k + 1 + STEPS), -1)
    z = r - k + 1 + len(STEPS)
    product = log_of_product(z)
    lean = jnp.log1p(2 * k / (r - 2 * k + 1 + len(STEPS))) / 2  # artanh(K/z)
    waves = jnp.expm1(-ODD / 2 * product) * jnp.cosh(ODD * lean) + 2 * jnp.sinh(ODD * lean / 2) ** 2
    late = 2 * jnp.sum(STIRLING * waves * z**-ODD, -1)  # whose slope overflows as a quotient
    return -head + ((z - 0.5) * product + 2 * k * lean)[..., 0] + late


@law(
    kind=Exact(),
    relative=1e-12,
    absolute=1e-300,
    holds={
        "num_tuned": nonnegative(),
        "multiplicity": nonnegative(MOST),
        "num_relations": positive(MOST),
    },
    gives=probability(),
    formula=r"\Big[\binom{R-K}{K}\Big/\binom RK\Big]^{N_f}",
    source="derived here (Storage and extraction)",
    domain={
        "num_tuned": log_integers(1, 1000),
        "multiplicity": log_integers(1, 10),
        "num_relations": log_integers(10, 1000),
    },
    simulated={
        "num_tuned": choices(1, 2, 3),
        "multiplicity": choices(1, 2),
        "num_relations": choices(6, 8),
    },
    mutants={
        "with replacement": lambda num_tuned, multiplicity, num_relations: (
            (1 - multiplicity / num_relations) ** (multiplicity * num_tuned)
        ),
        "a single relation": lambda num_tuned, multiplicity, num_relations: (
            (1 - multiplicity / num_relations) ** num_tuned
        ),
    },
)
def uncovered_probability(
    num_tuned: Numbers, multiplicity: Numbers, num_relations: Numbers
) -> jax.Array:
    r"""Probability that fine-tuning shows none of the relations in which a fact was stored.

    $$\Big[\binom{R-K}{K}\Big/\binom RK\Big]^{N_f}\approx e^{-N_fK^2/R}$$

    Every subject has K of R relations, all sets equally likely; N_f subjects are seen in
    fine-tuning, and another is asked about.

    Args:
      num_tuned: N_f >= 0, finite.
      multiplicity: K, real, from 0 to R.
      num_relations: R, real, positive, at most 1e15.

    Arrays broadcast; differentiable for 2 K <= R. Returns a probability, to a relative 1e-12: 0
    where 2 K > R and N_f > 0, and NaN where K > R.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context, Storage and extraction).

    >>> from jtts.theory import in_context as icl
    >>> print(f"{icl.uncovered_probability(3, 2, 20):.6f}")
    0.522172
    """
    tuned, k, r = jnp.broadcast_arrays(*_floats(num_tuned, multiplicity, num_relations))
    room = r >= 2 * k
    missing = _missing(jnp.where(room, k, 0.0), r)
    found = jnp.where(room, jnp.exp(-tuned * missing), jnp.where(tuned > 0, 0.0, 1.0))
    return jnp.where(k <= r, found, jnp.nan)


TUNED = (1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 18.0, 27.0, 40.0, 64.0)


def _scaled(num_tuned, multiplicity, num_relations):
    """N_f K^2 ln R / 2 R^2, in NumPy."""
    n, k, r = (np.asarray(a, float) for a in (num_tuned, multiplicity, num_relations))
    return n * (k / r) ** 2 * np.log(r) / 2


def fit_extraction_error(
    num_tuned: Any, multiplicity: Any, num_relations: Any, errors: Any, noise: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Least-squares estimates of (initial, rate) of `extraction_error`, and their standard errors.

    Args:
      num_tuned, multiplicity, num_relations: N_f, K and R of every measurement; they broadcast.
      errors: what was measured, as many as there are settings, at least 3.
      noise: standard deviation of a measurement; the standard errors are proportional to it.

    Raises:
      InputError: fewer than three measurements, or other shapes.

    Source: derived here (docs, in_context, Storage and extraction).

    >>> found, stderr = fit_extraction_error([1, 2, 4], 4, 20, [0.7, 0.65, 0.58], 0.01)
    >>> found.round(1).tolist()
    [0.7, 1.0]
    """
    scaled = np.ravel(_scaled(num_tuned, multiplicity, num_relations))
    errors = np.ravel(np.asarray(errors, float))
    if errors.shape != scaled.shape or errors.size < 3:
        raise InputError(
            f"errors must be one for each of at least 3 settings, got {errors.size} "
            f"for {scaled.size}"
        )

    def residuals(parameters):
        return (parameters[0] * np.exp(-parameters[1] * scaled) - errors) / noise

    result = scipy.optimize.least_squares(residuals, (errors.max(), 1.0), x_scale="jac")
    return result.x, np.sqrt(np.diag(np.linalg.pinv(result.jac.T @ result.jac)))


def _trend(num_tuned, multiplicity, num_relations, initial, rate, power=2.0, widening=2.0):
    n, k, r = _floats(num_tuned, multiplicity, num_relations)
    share = k**power / r**widening if power != widening else (k / r) ** power
    return initial * jnp.exp(-rate * (n * share * jnp.log(r) / 2))


@law(
    holds={
        "num_tuned": nonnegative(),
        "multiplicity": positive(),
        "num_relations": between(1, MOST),
        "initial": positive(),
        "rate": positive(),
    },
    jointly={
        "multiplicity must be at most num_relations": lambda multiplicity, num_relations: (
            multiplicity <= num_relations
        )
    },
    relative=1e-12,
    absolute=1e-300,
    kind=Fit(
        parameters=("initial", "rate"),
        argument="num_tuned",
        values=TUNED,
        noise=0.01,
        fitted=lambda values, data, noise, point: fit_extraction_error(
            values, point["multiplicity"], point["num_relations"], data, noise
        ),
    ),
    formula=r"E_0\,e^{-c\,N_f K^2\ln R/2R^2}",
    source="arXiv:2508.00901",
    domain={
        "multiplicity": choices(4, 6),
        "num_relations": choices(16, 20),
        "initial": reals(0.6, 1.0),
        "rate": reals(0.7, 1.5),
    },
    mutants={
        "linear in the multiplicity": lambda **point: _trend(**point, power=1.0),
        "one power of the relations": lambda **point: _trend(**point, widening=1.0),
    },
)
def extraction_error(
    num_tuned: Numbers,
    multiplicity: Numbers,
    num_relations: Numbers,
    *,
    initial: Numbers,
    rate: Numbers,
) -> jax.Array:
    r"""Trend of the share of facts that questions miss after fine-tuning on N_f subjects.

    $$E = E_0\exp\Big(-c\,\frac{N_fK^2\ln R}{2R^2}\Big)$$

    The shape of a published bound, whose constants are not known: an empirical trend with two
    fitted parameters, to be held against networks, not a theorem about them.

    Args:
      num_tuned: N_f >= 0, finite.
      multiplicity: K, relations in which a fact is stated, positive, at most R.
      num_relations: R, from 1 to 1e15.
      initial: E_0, positive; fitted.
      rate: c, positive; fitted. See `fit_extraction_error`.

    Arrays broadcast; differentiable. Returns the error rate, which is not clipped, to a relative
    1e-12.

    Raises:
      InputError: a number out of range.

    Source: arXiv:2508.00901; docs, in_context, Storage and extraction.

    >>> from jtts.theory import in_context as icl
    >>> print(f"{icl.extraction_error(10, 4, 20, initial=1.0, rate=1.0):.6f}")
    0.549280
    """
    return _trend(num_tuned, multiplicity, num_relations, initial, rate)
