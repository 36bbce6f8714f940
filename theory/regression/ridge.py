"""The renormalized ridge and the effective degrees of freedom."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import choices, log_reals
from jtts.kinds import Root
from jtts.laws import closed_form, law
from jtts.numeric import Numbers
from jtts.promises import positive, probability
from jtts.special import halves
from jtts.spectra import require_spectrum
from jtts.theory.regression.domains import (
    OF_A_RIDGE,
    SOURCE,
    SPECTRA,
    SPECTRUM,
    in_proportional_limit,
)

STEPS = 24  # see solve_from_above; 1e-300 < ridge < 1e300 needs 20


def shares(spectrum, kappa):
    """Shares l/(l + kappa) that a learner keeps of the teacher, and shares that it loses."""
    kappa = kappa[..., None]
    # forms whose derivatives in kappa do not cancel, wherever kappa is
    return spectrum / (spectrum + kappa), 1 / (1 + spectrum / kappa)


def rest_of_product(total, x, count):
    """total - x count to full relative accuracy, for count a whole number below 2^27."""
    upper, lower = halves(x)
    return (total - upper * count) - lower * count


def solve_from_above(unused_and_slack, ridge, high):
    """Root kappa in [ridge, high] of kappa unused(kappa) = ridge, slack = kappa d unused/d kappa.

    kappa unused(kappa) is to be convex.
    """

    def step(_, bracket):
        low, high = bracket
        # halve the bracket of ln kappa ...
        middle = jnp.sqrt(low) * jnp.sqrt(high)
        above = middle * unused_and_slack(middle)[0] > ridge
        low, high = jnp.where(above, low, middle), jnp.where(above, middle, high)
        # ... until Newton's method, safe from above, is fast
        unused, slack = unused_and_slack(high)
        return low, jnp.clip((ridge + high * slack) / (unused + slack), low, high)

    return lax.fori_loop(0, STEPS, step, (jnp.broadcast_to(ridge, high.shape), high))[1]


@jax.custom_jvp
def _solve(spectrum, aspect_ratio, ridge):
    """Root kappa of kappa (1 - alpha df1(kappa)) = ridge; spectrum [..., d], the others [...]."""

    dim = spectrum.shape[-1]

    def unused_and_slack(kappa):
        """1 - alpha df1 and alpha (df1 - df2)."""
        kept, lost = shares(spectrum, kappa)
        # directions above kappa count as learned but for what is lost: neither sum cancels
        learned = spectrum > kappa[..., None]
        missing = jnp.sum(jnp.where(learned, lost, 0.0), -1)
        missing -= jnp.sum(jnp.where(learned, 0.0, kept), -1)
        free = rest_of_product(float(dim), aspect_ratio, jnp.sum(jnp.where(learned, 1.0, 0.0), -1))
        return (free + aspect_ratio * missing) / dim, aspect_ratio * jnp.mean(kept * lost, -1)

    high = ridge + aspect_ratio * jnp.mean(spectrum, -1)
    kappa = solve_from_above(unused_and_slack, ridge, high)
    valid = (ridge > 0) & (aspect_ratio > 0) & jnp.all(spectrum >= 0, -1)
    return jnp.where(valid, kappa, jnp.nan)


@_solve.defjvp
def _(primals, tangents):
    """Implicit derivative: exact to every order, in forward and in reverse mode."""
    spectrum, aspect_ratio, ridge = primals
    d_spectrum, d_aspect_ratio, d_ridge = tangents
    kappa = _solve(*primals)
    kept, lost = shares(spectrum, kappa)
    push = d_ridge + d_aspect_ratio * kappa * jnp.mean(kept, -1)
    push += aspect_ratio * jnp.mean(d_spectrum * lost**2, -1)
    return kappa, push / (ridge / kappa + aspect_ratio * jnp.mean(kept * lost, -1))


renormalize = jax.jit(_solve)


def as_floats(*values):
    return tuple(jnp.asarray(value, jnp.result_type(float)) for value in values)


def _ridge_residual(kappa, spectrum, aspect_ratio, ridge):
    return kappa - aspect_ratio * np.mean(kappa * spectrum / (spectrum + kappa)) - ridge


@law(
    kind=Root(
        residual=_ridge_residual,
        bracket=lambda spectrum, aspect_ratio, ridge: (
            0.99 * ridge,
            1.01 * (ridge + aspect_ratio * np.mean(spectrum)),
        ),
    ),
    formula=r"\kappa\Big(1 - \alpha \frac1d\sum_j \frac{l_j}{l_j+\kappa}\Big) = \lambda",
    source=SOURCE,
    relative=1e-13,
    holds={"spectrum": SPECTRUM, "aspect_ratio": positive(), "ridge": positive()},
    jointly=OF_A_RIDGE,
    domain={
        "spectrum": choices(np.ones(1), np.array([2.0, 1.0, 0.5, 0.1]), np.arange(1, 101) ** -1.5),
        "aspect_ratio": log_reals(0.05, 20.0),
        "ridge": log_reals(1e-4, 10.0),
    },
    mutants={
        "isotropic": lambda spectrum, aspect_ratio, ridge: renormalize(
            *as_floats(np.mean(spectrum, keepdims=True), aspect_ratio, ridge)
        ),
        "ridge plus trace": lambda spectrum, aspect_ratio, ridge: (
            ridge + aspect_ratio * np.mean(spectrum)
        ),
    },
)
def renormalized_ridge(spectrum: Numbers, aspect_ratio: Numbers, ridge: Numbers) -> jax.Array:
    r"""Effective ridge kappa that a finite training set leaves of a bare ridge.

    The unique positive root of

    $$\kappa\,\big(1 - \alpha\,\mathrm{df}_1(\kappa)\big) = \lambda,\quad
      \mathrm{df}_1(\kappa) = \frac1d\sum_j \frac{l_j}{l_j+\kappa},$$

    which lies in $[\lambda, \lambda + \alpha\,\frac1d\sum_j l_j]$.

    Args:
      spectrum: eigenvalues of Sigma, [..., d], non-negative and not all zero; isotropic: [S^2].
      aspect_ratio: alpha = d/n, positive; may exceed 1.
      ridge: lambda, from 1e-300 to 1e300, in units of the spectrum; the Bayesian learner's is
        alpha sigma^2/gamma^2.

    Scalars broadcast against the leading axes of `spectrum`. Returns kappa, in units of the
    spectrum; relative accuracy 1e-13, also where alpha times the number of positive eigenvalues is
    d or within rounding of it. Differentiable to every order, forward and reverse. NaN for traced
    arguments out of range.

    Raises:
      InputError: an argument out of range, where it is known before tracing.

    Source: arXiv:2512.19905.

    >>> from jtts.theory import regression
    >>> print(f"{regression.renormalized_ridge([1.0], 0.5, 0.125):.12f}")
    0.212695264840
    """
    require_spectrum(spectrum)
    return renormalize(*as_floats(spectrum, aspect_ratio, ridge))


def _mean_square(*args, **kwargs):
    return degrees_of_freedom_2(*args, **kwargs)


@law(
    kind=in_proportional_limit(finite_size=0.6),
    formula=r"\frac1d\sum_j \frac{l_j}{l_j+\kappa}",
    source=SOURCE,
    relative=1e-13,
    holds={"spectrum": SPECTRUM, "aspect_ratio": positive(), "ridge": positive()},
    jointly=OF_A_RIDGE,
    gives=probability(),
    domain={
        "spectrum": SPECTRA,
        "aspect_ratio": choices(0.5, 2.0),
        "ridge": log_reals(0.02, 2.0),
    },
    mutants={
        "bare ridge": lambda spectrum, aspect_ratio, ridge: np.mean(spectrum / (spectrum + ridge)),
        "degrees_of_freedom_2": _mean_square,
    },
)
def degrees_of_freedom(spectrum: Numbers, aspect_ratio: Numbers, ridge: Numbers) -> jax.Array:
    r"""Effective number of parameters per dimension: the share of directions that data determine.

    $$\mathrm{df}_1 = \frac1d\sum_j\frac{l_j}{l_j+\kappa}
      \simeq \frac1d\,\mathrm{tr}\,\hat\Sigma(\hat\Sigma+\lambda)^{-1},\quad \hat\Sigma = X^TX/n$$

    with kappa the `renormalized_ridge`. alpha df1 is the number of parameters per sample; for a
    teacher drawn from the prior it equals rho = Delta/s^2 of `statistics`.

    Args:
      spectrum: eigenvalues of Sigma, [..., d], non-negative and not all zero; isotropic: [S^2].
      aspect_ratio: alpha = d/n, positive.
      ridge: lambda, from 1e-300 to 1e300; alpha sigma^2/gamma^2 for the Bayesian learner.

    Scalars broadcast against the leading axes of `spectrum`. Returns a number between 0 and
    min(1, 1/alpha), relative accuracy 1e-13.

    Raises:
      InputError: an argument out of range, where it is known before tracing.

    Source: arXiv:2512.19905.

    >>> from jtts.theory import regression
    >>> print(f"{regression.degrees_of_freedom([1.0], 0.5, 0.125):.6f}")
    0.824609
    """
    kappa = renormalized_ridge.function(spectrum, aspect_ratio, ridge)
    return jnp.mean(shares(*as_floats(spectrum, kappa))[0], -1)


@closed_form(
    relative=1e-13,
    holds={"spectrum": SPECTRUM, "aspect_ratio": positive(), "ridge": positive()},
    jointly=OF_A_RIDGE,
    gives=probability(),
)
def degrees_of_freedom_2(spectrum: Numbers, aspect_ratio: Numbers, ridge: Numbers) -> jax.Array:
    """df2, the mean of (l/(l + kappa))^2; arguments and accuracy as `degrees_of_freedom`.

    >>> from jtts.theory import regression
    >>> print(f"{regression.degrees_of_freedom_2([1.0], 0.5, 0.125):.6f}")
    0.679981
    """
    kappa = renormalized_ridge.function(spectrum, aspect_ratio, ridge)
    return jnp.mean(shares(*as_floats(spectrum, kappa))[0] ** 2, -1)
