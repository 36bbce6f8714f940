"""Facts stored under a few relations each, and whether questions about others reach them."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.scipy.special import gammaln
from scipy.optimize import least_squares

from jtts.arguments import InputError, require_nonnegative, require_positive
from jtts.domain import choices, log_integers, reals
from jtts.kinds import Exact, Fit
from jtts.laws import law


def _floats(*numbers):
    return tuple(jnp.asarray(number, jnp.result_type(float)) for number in numbers)


def _log_binomial(n, k):
    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)


@law(
    kind=Exact(),
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
def uncovered_probability(num_tuned, multiplicity, num_relations):
    r"""Probability that fine-tuning shows none of the relations in which a fact was stored.

    $$\Big[\binom{R-K}{K}\Big/\binom RK\Big]^{N_f}\approx e^{-N_fK^2/R}$$

    Every subject has K of R relations, all sets equally likely; N_f subjects are seen in
    fine-tuning, and another is asked about.

    Args:
      num_tuned: N_f >= 0.
      multiplicity: K, from 0 to R.
      num_relations: R, positive.

    Arrays broadcast; differentiable for 2 K <= R. Returns a probability, 0 where 2 K > R and
    N_f > 0, and NaN where K > R.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context, Storage and extraction).

    >>> from jtts.theory import in_context as icl
    >>> print(f"{icl.uncovered_probability(3, 2, 20):.6f}")
    0.522172
    """
    require_nonnegative(num_tuned=num_tuned, multiplicity=multiplicity)
    require_positive(num_relations=num_relations)
    tuned, k, r = _floats(num_tuned, multiplicity, num_relations)
    room = r >= 2 * k
    safe = jnp.where(room, k, 0.0)
    log_ratio = _log_binomial(r - safe, safe) - _log_binomial(r, safe)
    found = jnp.where(room, jnp.exp(tuned * log_ratio), jnp.where(tuned > 0, 0.0, 1.0))
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

    result = least_squares(residuals, (errors.max(), 1.0), x_scale="jac")
    return result.x, np.sqrt(np.diag(np.linalg.pinv(result.jac.T @ result.jac)))


def _trend(num_tuned, multiplicity, num_relations, initial, rate, power=2.0, widening=2.0):
    n, k, r = _floats(num_tuned, multiplicity, num_relations)
    return initial * jnp.exp(-rate * n * k**power * jnp.log(r) / (2 * r**widening))


@law(
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
def extraction_error(num_tuned, multiplicity, num_relations, *, initial, rate):
    r"""Trend of the share of facts that questions miss after fine-tuning on N_f subjects.

    $$E = E_0\exp\Big(-c\,\frac{N_fK^2\ln R}{2R^2}\Big)$$

    The shape of a published bound, whose constants are not known: an empirical trend with two
    fitted parameters, to be held against networks, not a theorem about them.

    Args:
      num_tuned: N_f >= 0.
      multiplicity: K, relations in which a fact is stated, positive.
      num_relations: R, positive.
      initial: E_0, positive; fitted.
      rate: c, positive; fitted. See `fit_extraction_error`.

    Arrays broadcast; differentiable. Returns the error rate; it is not clipped.

    Raises:
      InputError: a number out of range.

    Source: arXiv:2508.00901; docs, in_context, Storage and extraction.

    >>> from jtts.theory import in_context as icl
    >>> print(f"{icl.extraction_error(10, 4, 20, initial=1.0, rate=1.0):.6f}")
    0.549280
    """
    require_nonnegative(num_tuned=num_tuned)
    require_positive(
        multiplicity=multiplicity, num_relations=num_relations, initial=initial, rate=rate
    )
    return _trend(num_tuned, multiplicity, num_relations, initial, rate)
