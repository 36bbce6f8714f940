"""Empirical laws of over-optimisation: forms fitted to measurements, not theorems."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import reals
from jtts.kinds import Fit, Minimizer
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import finite, nonnegative, positive

DISTANCES = tuple(np.linspace(0.25, 5.0, 24))
MEASURED = 0.02  # noise of the synthetic measurements
COEFFICIENTS = {"alpha": reals(0.6, 1.4), "beta": reals(0.15, 0.4)}
SEARCHED = np.geomspace(0.05, 1e4, 400)


def _least_squares(columns):
    """Linear least squares in NumPy: estimates and standard errors of (alpha, beta)."""

    def fitted(values, data, noise, point):
        design = columns(values)
        covariance = np.linalg.inv(design.T @ design)
        return covariance @ (design.T @ data), noise * np.sqrt(np.diag(covariance))

    return fitted


@law(
    kind=Fit(
        parameters=("alpha", "beta"),
        argument="distance",
        values=DISTANCES,
        noise=MEASURED,
        fitted=_least_squares(lambda d: np.stack([d, -(d**2)], -1)),
    ),
    formula=r"R(d) = d\,(\alpha - \beta d)",
    source="arXiv:2210.10760",
    relative=1e-12,
    absolute=1e-15,
    holds={"distance": nonnegative(), "alpha": finite(), "beta": finite()},
    domain=COEFFICIENTS,
    mutants={
        "logarithm": lambda distance, alpha, beta: distance * (alpha - beta * jnp.log(distance)),
        "twice the slope": lambda distance, alpha, beta: distance * (alpha - 2 * beta * distance),
    },
)
def overoptimization_best_of_n(distance: Numbers, alpha: Numbers, beta: Numbers) -> jax.Array:
    r"""Gold reward of best-of-n at a distance from the reference, as fitted to measurements.

    $$R(d)=d\,(\alpha-\beta d),\quad d=\sqrt{\mathrm{KL}}$$

    Args:
      distance: d >= 0, the square root of a divergence in nats.
      alpha, beta: coefficients of the judge; fitted.

    Arrays broadcast. Returns the gold reward above that of the reference, in the units of alpha.

    Raises:
      InputError: a negative distance.

    Source: arXiv:2210.10760.

    >>> from jtts.theory import selection
    >>> print(selection.overoptimization_best_of_n(2.0, 1.0, 0.25))
    1.0
    """
    d = jnp.asarray(distance, jnp.result_type(float))
    return d * (alpha - beta * d)


@law(
    kind=Fit(
        parameters=("alpha", "beta"),
        argument="distance",
        values=DISTANCES,
        noise=MEASURED,
        fitted=_least_squares(lambda d: np.stack([d, -d * np.log(d)], -1)),
    ),
    formula=r"R(d) = d\,(\alpha - \beta \ln d)",
    source="arXiv:2210.10760",
    relative=1e-12,
    absolute=1e-15,
    holds={"distance": nonnegative(), "alpha": finite(), "beta": finite()},
    domain=COEFFICIENTS,
    mutants={
        "parabola": lambda distance, alpha, beta: distance * (alpha - beta * distance),
        "twice the slope": lambda distance, alpha, beta: (
            distance * (alpha - 2 * beta * jnp.log(distance))
        ),
    },
)
def overoptimization_rl(distance: Numbers, alpha: Numbers, beta: Numbers) -> jax.Array:
    r"""Gold reward of reinforcement learning at a distance, as fitted to measurements.

    $$R(d)=d\,(\alpha-\beta\ln d),\quad d=\sqrt{\mathrm{KL}}$$

    Args:
      distance: d >= 0, the square root of a divergence in nats; 0 gives 0.
      alpha, beta: coefficients of the judge; fitted.

    Arrays broadcast. Returns the gold reward above that of the reference, in the units of alpha.

    Raises:
      InputError: a negative distance.

    Source: arXiv:2210.10760.

    >>> from jtts.theory import selection
    >>> print(selection.overoptimization_rl(1.0, 1.0, 0.25))
    1.0
    """
    d = jnp.asarray(distance, jnp.result_type(float))
    return d * (alpha - beta * jnp.log(jnp.where(d > 0, d, 1.0)))


@law(
    kind=Minimizer(
        of=lambda distance, alpha, beta: -overoptimization_best_of_n(distance, alpha, beta),
        argument="distance",
        candidates=lambda point: SEARCHED,
    ),
    formula=r"\frac{\alpha}{2\beta}",
    source="arXiv:2210.10760",
    relative=1e-12,
    holds={"alpha": positive(), "beta": positive()},
    domain=COEFFICIENTS,
    mutants={"where it returns to 0": lambda alpha, beta: alpha / beta},
)
def overoptimization_peak_best_of_n(alpha: Numbers, beta: Numbers) -> jax.Array:
    r"""Distance at which the fitted gold reward of best-of-n peaks.

    $$d^*=\frac\alpha{2\beta},\quad R(d^*)=\frac{\alpha^2}{4\beta}$$

    Args:
      alpha, beta: coefficients, positive.

    Arrays broadcast. Returns sqrt(KL), in sqrt(nats).

    Raises:
      InputError: alpha or beta <= 0.

    Source: arXiv:2210.10760.

    >>> from jtts.theory import selection
    >>> print(selection.overoptimization_peak_best_of_n(1.0, 0.25))
    2.0
    """
    return jnp.asarray(alpha, jnp.result_type(float)) / (2 * beta)


@law(
    kind=Minimizer(
        of=lambda distance, alpha, beta: -overoptimization_rl(distance, alpha, beta),
        argument="distance",
        candidates=lambda point: SEARCHED,
    ),
    formula=r"e^{\alpha/\beta - 1}",
    source="arXiv:2210.10760",
    relative=1e-12,
    holds={"alpha": positive(), "beta": positive()},
    domain=COEFFICIENTS,
    mutants={"where it returns to 0": lambda alpha, beta: jnp.exp(alpha / beta)},
)
def overoptimization_peak_rl(alpha: Numbers, beta: Numbers) -> jax.Array:
    r"""Distance at which the fitted gold reward of RL peaks.

    $$d^*=e^{\alpha/\beta-1},\quad R(d^*)=\beta d^*$$

    Args:
      alpha, beta: coefficients, positive.

    Arrays broadcast. Returns sqrt(KL), in sqrt(nats).

    Raises:
      InputError: alpha or beta <= 0.

    Source: arXiv:2210.10760.

    >>> from jtts.theory import selection
    >>> print(selection.overoptimization_peak_rl(0.5, 0.5))
    1.0
    """
    return jnp.exp(jnp.asarray(alpha, jnp.result_type(float)) / beta - 1)
