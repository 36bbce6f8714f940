"""Over-optimisation: selecting by a proxy that errs (Goodhart's law)."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Exact, Minimizer
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, positive, probability
from jtts.rewards import Normal, StudentT
from jtts.search import integer_minimum
from jtts.theory.selection.domains import COUNTS
from jtts.theory.selection.order_statistics import mean_of_largest_normal, variance_of_largest
from jtts.theory.selection.points import over_points
from jtts.theory.selection.proxy import mean_truth

N = log_integers(1, 10**9)
SIMULATED_N = log_integers(2, 64)
LARGEST = 1e150  # of an error, whose square still fits
LADDER = np.log(4.0) * np.arange(16)


def _curve_at(scale, dof, counts):
    return mean_truth(counts, Normal(), StudentT(dof, 0.0, scale), jnp.sqrt(dof) * scale)


def _point_at(n, scale, dof):
    return _curve_at(scale, dof, n[None])[0]


def _normal_gain(n, scale, power=0.5):
    return mean_of_largest_normal(n) / jnp.hypot(1.0, jnp.asarray(scale, float)) ** (2 * power)


def _gain(n, scale, dof=None):
    if dof is None:
        return _normal_gain(n, scale)
    exact = jnp.asarray(scale, float) == 0
    student = over_points(_point_at, n, jnp.where(exact, 1.0, scale), dof)
    return jnp.where(exact, mean_of_largest_normal(n), student)


@law(
    kind=Exact(floor=0.2),
    formula=r"\frac{\mu_n}{\sqrt{1+\sigma^2}},\quad \int E[g \mid s]\, dF_s(s)^n",
    source="arXiv:2210.10760, arXiv:2407.14503; derived here (section 5)",
    relative=1e-9,
    absolute=1e-9,
    holds={"n": between(1, 1e9), "scale": nonnegative(), "dof": between(0.5, 1e6)},
    domain={"n": N, "scale": log_reals(0.3, 3.0), "dof": choices(None, 2.0, 3.0, 5.0, 10.0)},
    simulated={"n": SIMULATED_N},
    mutants={
        "variance for deviation": lambda n, scale, dof: (
            _normal_gain(n, scale, power=1.0) if dof is None else _gain(n, scale, 1.3 * dof)
        ),
        "normal error": lambda n, scale, dof: _normal_gain(n, scale),
        "true reward": lambda n, scale, dof: _gain(n, 0.9 * scale, dof),
    },
)
def gain_under_error(n: Numbers, *, scale: Numbers, dof: Numbers | None = None) -> jax.Array:
    r"""True reward of the sample whose proxy reward is the largest of n.

    Truth g standard normal, proxy s = g + scale times an independent standard error, which is
    normal or Student-t:

    $$E\,g=\frac{\mu_n}{\sqrt{1+\sigma^2}}\;\text{(normal)},\qquad
      E\,g=\int E[g\mid s]\,dF_s(s)^n\;\text{(Student-t)},$$

    mu_n the mean of the largest of n standard normals. Under the normal error the gain never turns
    down; under any power-law error it peaks and returns to 0 while the proxy diverges.

    Args:
      n: number of samples, real, from 1 to 1e9.
      scale: of the error, sigma, zero or positive, in standard deviations of the truth.
      dof: degrees of freedom of the error, from 0.5 to 1e6; a normal error if None.

    Arrays broadcast. Returns the mean truth in its own standard deviations (0 for one sample).
    Accuracy 1e-9, absolute and relative (1e-13 for the normal error); for Student-t NaN where
    0 < scale < 0.25 / sqrt(dof), which the nodes do not resolve. A Student-t point takes 15 ms.

    Raises:
      InputError: an argument out of its range.

    Source: arXiv:2210.10760 (normal), arXiv:2407.14503 (heavy tails); derived here (docs,
    selection section 5).

    >>> from jtts.theory import selection
    >>> print(f"{selection.gain_under_error(16, scale=1.0, dof=3.0):.7f}")
    0.8709645
    """
    return _gain(n, scale, dof)


def _truth_variance(n, scale):
    square = jnp.minimum(jnp.asarray(scale, float), LARGEST) ** 2
    return (square + variance_of_largest(n, Normal())) / (1 + square)


@law(
    kind=Exact(),
    formula=r"1 - \frac{1 - v_n}{1+\sigma^2}",
    source="derived here (section 5)",
    relative=1e-12,
    holds={"n": COUNTS, "scale": nonnegative()},
    gives=probability(),
    domain={"n": N, "scale": log_reals(0.1, 3.0)},
    simulated={"n": SIMULATED_N},
    mutants={
        "unconditional": lambda n, scale: jnp.ones_like(_truth_variance(n, scale)),
        "of the proxy": lambda n, scale: variance_of_largest(n, Normal()) + 0 * scale,
    },
)
def variance_under_error(n: Numbers, scale: Numbers) -> jax.Array:
    r"""Variance of the true reward of the sample whose proxy is the largest of n, normal error.

    $$\mathrm{Var}\,g=1-\frac{1-v_n}{1+\sigma^2},\quad v_n=\mathrm{Var}\max_{i\le n}z_i$$

    Args:
      n: number of samples, real, from 1 to 1e15.
      scale: of the normal error, sigma, zero or positive, in standard deviations of the truth.

    Arrays broadcast. Relative accuracy 1e-12.

    Raises:
      InputError: n outside [1, 1e15] or a negative scale.

    Source: derived here (docs, selection section 5).

    >>> from jtts.theory import selection
    >>> print(f"{selection.variance_under_error(16, 4 / 3):.10f}")
    0.7462035312
    """
    return _truth_variance(n, scale)


def _best_n(scale, dof):
    scale, dof = jnp.broadcast_arrays(*(jnp.asarray(x, float) for x in (scale, dof)))

    def loss(n):
        counts = jnp.moveaxis(n, 0, -1)
        return -jnp.moveaxis(over_points(_curve_at, scale, dof, vectors=(counts,)), -1, 0)

    best, lowest, at_end = integer_minimum(loss, scale.shape, LADDER, 3)
    return jnp.where(at_end | jnp.isnan(lowest), jnp.nan, best)


def _searched(point):
    return np.unique(np.geomspace(1, 1e4, 16).round())


@law(
    kind=Minimizer(
        of=lambda n, scale, dof: -gain_under_error(n, scale=scale, dof=dof),
        argument="n",
        candidates=_searched,
        whole=True,
    ),
    formula=r"\mathrm{argmax}_n\, E[g \mid s \text{ largest of } n]",
    source="arXiv:2407.14503; derived here (section 5)",
    relative=1e-3,
    holds={"scale": positive(), "dof": between(0.5, 1e6)},
    domain={"scale": log_reals(0.5, 2.0), "dof": reals(2.0, 6.0)},
    mutants={
        "twice": lambda scale, dof: 2 * _best_n(scale, dof),
        "of the mean tail": lambda scale, dof: _best_n(1.1 * scale, dof),
    },
)
def optimal_n_under_error(scale: Numbers, dof: Numbers) -> jax.Array:
    r"""Number of samples that maximises the true reward under a Student-t error of the proxy.

    $$n^*=\mathrm{argmax}_n\,E[g\mid s\text{ largest of }n]$$

    Args:
      scale: of the error, positive, in standard deviations of the truth.
      dof: degrees of freedom of the error, from 0.5 to 1e6. (Under a normal error more is
        better.)

    Arrays broadcast. Returns a whole number as a float, exact to about 1000 and to 1e-3 beyond;
    NaN where it exceeds 4^14, and where `gain_under_error` is NaN. Derivatives are zero. A point
    takes 0.2 s.

    Raises:
      InputError: scale <= 0, or dof out of its range.

    Source: arXiv:2407.14503; derived here (docs, selection section 5).

    >>> from jtts.theory import selection
    >>> print(selection.optimal_n_under_error(1.0, 3.0))
    22.0
    """
    return lax.stop_gradient(_best_n(*lax.stop_gradient((scale, dof))))


def _curved(n, linear, curvature, spread=1.0):
    mean, variance = mean_of_largest_normal(n), variance_of_largest(n, Normal())
    return linear * mean - curvature * (mean**2 + spread * variance)


@law(
    kind=Exact(floor=0.5),
    formula=r"a \mu_n - b\,(\mu_n^2 + v_n)",
    source="arXiv:2210.10760; derived here (section 5)",
    relative=1e-12,
    absolute=1e-10,
    holds={"n": COUNTS, "linear": between(-1e3, 1e3), "curvature": between(-1e3, 1e3)},
    domain={"n": N, "linear": reals(0.5, 2.0), "curvature": reals(0.0, 1.0)},
    simulated={"n": SIMULATED_N},
    mutants={
        "no spread": lambda n, linear, curvature: _curved(n, linear, curvature, spread=0.0),
        "other curvature": lambda n, linear, curvature: _curved(n, linear, 1.1 * curvature),
    },
)
def gain_of_curved_truth(n: Numbers, linear: Numbers, curvature: Numbers) -> jax.Array:
    r"""Truth a s - b s^2 of the sample whose proxy s, standard normal, is the largest of n.

    $$a\mu_n-b\,(\mu_n^2+v_n)$$

    As mu_n grows like sqrt(2 ln n), the gain follows d (a - b d) in d = sqrt(KL), up to factors.

    Args:
      n: number of samples, real, from 1 to 1e15.
      linear, curvature: a and b, from -1000 to 1000.

    Arrays broadcast. Accuracy 1e-12 of the larger term, 1e-10 at most.

    Raises:
      InputError: an argument out of its range.

    Source: arXiv:2210.10760; derived here (docs, selection section 5).

    >>> from jtts.theory import selection
    >>> print(f"{selection.gain_of_curved_truth(16, 1.0, 0.3):.10f}")
    0.7418707702
    """
    return _curved(n, linear, curvature)
