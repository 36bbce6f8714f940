"""Error of ridge regression, the generaliser of linear regression: exact, and at large size."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import InputError, concrete, require_whole
from jtts.domain import choices, constant, log_reals
from jtts.kinds import Asymptotic, Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, positive, words
from jtts.sizes import power_of_two
from jtts.theory.in_context.wishart import Spectrum, wishart_spectrum

MOST = (256, 4096)  # of the smaller and the larger of n and d, by the exact route
METHODS = ("exact", "large_size")
LEAST = 1e-15  # of sigma^2 / tau^2: the nodes resolve no smaller ridge
NOTHING = Spectrum(np.ones(1), np.zeros(1))  # of no examples


def _exact(num_examples, dim, noise_var, prior_var, spectrum=wishart_spectrum):
    """One spectrum for each pair of sizes; numbers may be traced, sizes may not."""
    sizes = np.stack(np.broadcast_arrays(num_examples, dim)).astype(int)
    pairs, which = np.unique(sizes.reshape(2, -1), axis=1, return_inverse=True)
    spectra = [spectrum(*pair) if pair[0] else NOTHING for pair in pairs.T.tolist()]
    length = power_of_two(max(len(nodes) for nodes, _ in spectra))
    nodes, weights = (
        np.stack([np.pad(row, (0, length - len(row)), constant_values=filling) for row in rows])
        for rows, filling in zip(zip(*spectra, strict=True), (1.0, 0.0), strict=True)
    )
    unseen = np.maximum(pairs[1] - pairs[0], 0)
    which = which.reshape(sizes.shape[1:])
    return _of_spectra(which, nodes, weights, unseen, noise_var, prior_var)


@jax.jit
def _of_spectra(which, nodes, weights, unseen, noise_var, prior_var):
    numbers = (jnp.asarray(a, jnp.result_type(float)) for a in (noise_var, prior_var))
    which, noise_var, prior_var = jnp.broadcast_arrays(which, *numbers)
    noise, prior = noise_var[..., None], prior_var[..., None]
    # sigma^2 / (x + sigma^2 / tau^2), finite at sigma = 0
    share = noise / (nodes[which] * prior + noise)
    return prior_var * (unseen[which] + jnp.sum(weights[which] * share, -1))


def _resolved(noise_var, prior_var, method):
    """Whether the route knows an error at this ridge."""
    return (noise_var == 0) | (noise_var >= LEAST * prior_var) | (method == "large_size")


def _complex(rows, columns):
    """Laguerre weights of the complex ensemble, which the real one is not (for the mutants)."""
    nodes, weights = wishart_spectrum(2 * rows, 2 * columns)
    return nodes / 2, weights / 2


def _large_size(num_examples, dim, noise_var, prior_var, pull=1.0):
    n, d, noise_var, prior_var = (
        jnp.asarray(a, jnp.result_type(float)) for a in (num_examples, dim, noise_var, prior_var)
    )
    # of one size, so that neither squares nor their slopes leave the range of numbers
    unit = lax.stop_gradient(jnp.maximum(noise_var, prior_var * jnp.maximum(n, d)))
    unit = jnp.where(unit > 0, unit, 1.0)
    ridge, prior = noise_var / unit, prior_var / unit
    gap = ridge + (n - d) * prior
    root = jnp.sqrt(gap**2 + 4 * pull * ridge * (prior * d))
    # (root - gap) / 2, without cancellation where gap > 0
    small = 2 * ridge / (root + jnp.abs(gap)) * (prior_var * d)
    return jnp.where(gap > 0, small, unit * (root - gap) / 2)


@law(
    kind=Exact(),
    relative=1e-12,
    holds={
        "num_examples": nonnegative(),
        "dim": positive(),
        "noise_var": nonnegative(1e100),
        "prior_var": between(1e-50, 1e50),
        "method": words(*METHODS),
    },
    jointly={f"noise_var / prior_var must be 0 or at least {LEAST:g}": _resolved},
    gives=nonnegative(),
    formula=r"\sigma^2\, E\,\mathrm{tr}(X^TX+\lambda)^{-1}"
    r" = \tau^2 (d-n)_+ + \sigma^2\int\frac{\rho(x)\,dx}{x+\lambda},\ \lambda=\sigma^2/\tau^2",
    source="derived here (section 4)",
    domain={
        "num_examples": choices(0, 1, 2, 4, 7, 8, 12, 16, 31, 64, 128),
        "dim": choices(1, 2, 4, 8, 16, 64, 128),
        "noise_var": log_reals(1e-3, 10.0),
        "prior_var": log_reals(0.1, 10.0),
        "method": constant("exact"),
    },
    simulated={
        "num_examples": choices(1, 2, 4, 7, 8, 12, 16),
        "dim": choices(4, 8),
        "noise_var": log_reals(0.03, 2.0),
        "prior_var": log_reals(0.5, 2.0),
    },
    mutants={
        "large size": lambda num_examples, dim, noise_var, prior_var, method: _large_size(
            num_examples, dim, noise_var, prior_var
        ),
        "spectrum at twice the size": lambda num_examples, dim, noise_var, prior_var, method: (
            _exact(num_examples, dim, noise_var, prior_var, spectrum=_complex)
        ),
    },
)
def ridge_error(
    num_examples: Numbers,
    dim: Numbers,
    noise_var: Numbers,
    prior_var: Numbers = 1.0,
    method: Literal["exact", "large_size"] = "exact",
) -> jax.Array:
    r"""Error of the generaliser of linear regression after n pairs, exact at finite n and d.

    Targets y = w.x + N(0, sigma^2), x ~ N(0, I), w ~ N(0, tau^2 I); ridge at
    $\lambda=\sigma^2/\tau^2$ is the posterior mean. With $\rho$ the density of the
    min(n, d) non-zero eigenvalues of $X^TX$, of the real Wishart ensemble,

    $$E|\hat w-w|^2 = \sigma^2 E\,\mathrm{tr}(X^TX+\lambda)^{-1}
      = \tau^2\,(d-n)_+ + \sigma^2\int_0^\infty\frac{\rho(x)}{x+\lambda}\,dx$$

    Args:
      num_examples: n, whole numbers from 0 on, known before tracing.
      dim: d, whole numbers from 1 on, known before tracing.
      noise_var: sigma^2, to 1e100; at least 1e-15 tau^2, or 0, for the error of the shortest w that
        fits.
      prior_var: tau^2, from 1e-50 to 1e50.
      method: "exact", for sizes up to 256 (the smaller) and 4096 (the larger), or "large_size" for
        `large_size_ridge_error` at any size, which at d = 8 can be a third too low.

    Arrays broadcast; each new pair (n, d) costs some milliseconds. Differentiable in noise_var > 0
    and prior_var. Returns the squared error to the noiseless target, total (not per dimension),
    to a relative 1e-12.

    Raises:
      InputError: a number out of range, sizes beyond the exact route, or an unknown method.

    Source: derived here (docs, in_context section 4); the task is that of arXiv:2306.15063.

    >>> from jtts.theory import in_context as icl
    >>> print((icl.ridge_error([0, 4, 8, 15], 8, 0.25) / 8).round(7))
    [1.        0.5335454 0.1816539 0.0375275]
    """
    if method == "large_size":
        return large_size_ridge_error(num_examples, dim, noise_var, prior_var)
    require_whole(0, num_examples=num_examples)
    require_whole(dim=dim)
    n, d = _known(num_examples=num_examples), _known(dim=dim)
    small, large = np.max(np.minimum(n, d)), np.max(np.maximum(n, d))
    if small > MOST[0] or large > MOST[1]:
        raise InputError(
            f"num_examples and dim must be at most {MOST[0]} (the smaller) and {MOST[1]} for the "
            f'exact error, got {small:g} and {large:g}; method="large_size" has no limit'
        )
    return _exact(n, d, noise_var, prior_var)


def _known(**size):
    ((name, value),) = size.items()
    known = concrete(value)
    if known is None:
        raise InputError(f'{name} must be known before tracing, or method="large_size" asked for')
    return known


@law(
    relative=1e-13,
    holds={
        "num_examples": nonnegative(1e100),
        "dim": positive(1e100),
        "noise_var": nonnegative(1e100),
        "prior_var": between(1e-50, 1e50),
    },
    gives=nonnegative(),
    kind=Asymptotic(size="copies", sizes=(2, 4, 8), finite_size=1.0, rate=1.0),
    formula=r"\frac{\tau^2}{2}\Big[\sqrt{(\lambda+n-d)^2+4\lambda d}-(\lambda+n-d)\Big]",
    source="Marchenko-Pastur law; docs, in_context section 4",
    domain={
        "num_examples": log_reals(1.0, 1e6),
        "dim": log_reals(1.0, 1e6),
        "noise_var": log_reals(1e-3, 1e3),
        "prior_var": log_reals(0.1, 10.0),
    },
    simulated={
        "num_examples": choices(2, 3, 4),
        "dim": constant(2),
        "noise_var": log_reals(0.2, 1.0),
        "prior_var": log_reals(0.5, 2.0),
    },
    mutants={
        "no noise in the pull": lambda num_examples, dim, noise_var, prior_var: _large_size(
            num_examples, dim, noise_var, prior_var, pull=1.5
        ),
        "a pair less": lambda num_examples, dim, noise_var, prior_var: _large_size(
            num_examples - 1, dim, noise_var, prior_var
        ),
    },
)
def large_size_ridge_error(
    num_examples: Numbers, dim: Numbers, noise_var: Numbers, prior_var: Numbers = 1.0
) -> jax.Array:
    r"""Error of ridge regression when n, d and sigma^2 are large in proportion.

    $$\frac{\tau^2}2\Big[\sqrt{(\lambda+n-d)^2+4\lambda d}-(\lambda+n-d)\Big],\quad
      \lambda=\sigma^2/\tau^2$$

    the Marchenko-Pastur law. Corrections are relative 1/d; at d = 8 it is 11 % too low at n = d and
    sigma^2 = 0.25, and 20 % at sigma^2 = 1/32.

    Args:
      num_examples, dim: n >= 0 and d > 0, real, to 1e100.
      noise_var: sigma^2, from 0 to 1e100.
      prior_var: tau^2, from 1e-50 to 1e50.

    Arrays broadcast; differentiable, but at noise_var = 0 for n = d, where the slope is infinite.
    Returns the squared error to the noiseless target, total; the formula is computed to a relative
    1e-13. `ridge_error` is exact.

    Raises:
      InputError: a number out of range.

    Source: Marchenko and Pastur 1967, Tulino and Verdu 2004; derived here (docs, in_context
    section 4).

    >>> from jtts.theory import in_context as icl
    >>> print((icl.large_size_ridge_error([0, 4, 8, 15], 8, 0.25) / 8).round(5))
    [1.      0.52794 0.16184 0.03326]
    """
    return _large_size(num_examples, dim, noise_var, prior_var)
