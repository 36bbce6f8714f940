"""Pass@k with a tolerance: the chance that no candidate comes close enough to the target."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import gammaln, log_ndtr

from jtts.domain import built, constant, log_reals
from jtts.kinds import Exact, Limit
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, instance, nonnegative, positive, probability
from jtts.regression import Statistics
from jtts.theory.best_of_k.asymptotics import covered_offset
from jtts.theory.best_of_k.domains import FARTHEST, FEW, K
from jtts.theory.best_of_k.moments import over_blocks
from jtts.theory.best_of_k.nearest import density, hit_and_miss
from jtts.theory.best_of_k.nodes import gauss_legendre

_nodes, _weights = gauss_legendre(128)
NODES, WEIGHTS = _nodes**2, 2 * _nodes * _weights  # crowding at 0, for the peak
SCAN = np.linspace(0.0, 1.0, 65) ** 2
HALVINGS = 40
DROPPED = 42.0  # integrands below exp(-DROPPED) of the largest are dropped
TEACHER = built(Statistics.from_rho, rho=log_reals(0.3, 2.0), predictive_var=log_reals(0.25, 4.0))


def _log_missed(c, r):
    """ln P(|z - c| > r), also where hardly any candidate misses."""
    hit, _ = hit_and_miss(c, r)
    rare = hit < 0.5
    beyond = jnp.logaddexp(log_ndtr(c - r), log_ndtr(-c - r))
    return jnp.where(rare, jnp.log1p(-jnp.where(rare, hit, 0.0)), beyond)


def _log_failure(k, rho, r):
    """ln E (1 - p(c, r))^k over c ~ N(0, rho); scalars, r >= 0."""
    # even in c: the derivatives by rho = 0 are those close by
    spread = jnp.sqrt(rho + jnp.where(rho < 1e-8, 1e-13, 0.0))

    def log_integrand(g):
        return k * _log_missed(spread * g, r) - g**2 / 2

    farthest = (r + 1 + jnp.sqrt(2 * jnp.log(k + 1))) / spread  # beyond, most inputs are missed
    peak, low, high = lax.stop_gradient(_window(log_integrand, farthest))
    highest = lax.stop_gradient(log_integrand(peak))
    below = jnp.exp(log_integrand(peak - (peak - low) * NODES) - highest)
    above = jnp.exp(log_integrand(peak + (high - peak) * NODES) - highest)
    inside = (peak - low) * (below @ WEIGHTS) + (high - peak) * (above @ WEIGHTS)
    return highest + jnp.log(2 * inside * density(0.0))


def _window(log_integrand, farthest):
    """Where the integrand is largest, and where it falls to exp(-DROPPED) of that."""
    scanned = farthest * SCAN
    best = jnp.argmax(log_integrand(scanned))

    def zoom(_, ends):
        third = (ends[1] - ends[0]) / 3
        left, right = ends[0] + third, ends[1] - third
        rising = log_integrand(left) < log_integrand(right)
        return jnp.where(rising, left, ends[0]), jnp.where(rising, ends[1], right)

    around = scanned[jnp.maximum(best - 1, 0)], scanned[jnp.minimum(best + 1, len(SCAN) - 1)]
    peak = sum(lax.fori_loop(0, HALVINGS, zoom, around)) / 2
    lowest = log_integrand(peak) - DROPPED

    def halve(_, ends):
        middle = (ends[0] + ends[1]) / 2
        kept = log_integrand(middle) > lowest
        return jnp.where(kept, ends[0], middle), jnp.where(kept, middle, ends[1])

    def edge(outside):
        return lax.fori_loop(0, HALVINGS, halve, (outside, peak))[0]

    low = jnp.where(log_integrand(0.0) > lowest, 0.0, edge(jnp.zeros_like(peak)))
    return peak, low, edge(jnp.sqrt(-2 * lowest))


@jax.jit
def _log_failures(k, rho, r):
    columns = [x.ravel() for x in jnp.broadcast_arrays(k, rho, r)]
    flat = over_blocks(jax.vmap(_log_failure), *columns)
    return flat.reshape(jnp.broadcast_shapes(k.shape, rho.shape, r.shape))


def _reduced(k, stats, tolerance):
    """k, rho = Delta / s^2 and tolerance / s."""
    rho = stats.mean_error / stats.predictive_var
    r = tolerance / jnp.sqrt(stats.predictive_var)
    return tuple(jnp.asarray(x, jnp.result_type(float)) for x in (k, rho, r))


def _failure(k, stats, tolerance):
    log_failure = _log_failures(*_reduced(k, stats, tolerance))
    # rounding alone makes it positive
    return jnp.exp(log_failure - lax.stop_gradient(jnp.maximum(log_failure, 0.0)))


def _rho_at_most_farthest(stats):
    return stats.mean_error <= FARTHEST * stats.predictive_var


@law(
    kind=Exact(),
    formula=r"E_c\,[1 - \Phi(c + \epsilon/s) + \Phi(c - \epsilon/s)]^k,\; c \sim N(0, \rho)",
    source="derived here (section 9)",
    relative=1e-10,
    holds={"k": between(1, 1e300), "stats": instance(Statistics), "tolerance": nonnegative()},
    jointly={"mean_error must be at most 1e6 predictive_var": _rho_at_most_farthest},
    gives=probability(),
    domain={"k": K, "stats": TEACHER, "tolerance": log_reals(0.01, 1.0)},
    simulated={"k": FEW, "tolerance": log_reals(0.05, 0.5)},
    mutants={
        "one candidate more": lambda k, stats, tolerance: _failure(k + 1, stats, tolerance),
        "on one side only": lambda k, stats, tolerance: _failure(k, stats, tolerance / 2),
        "no error of the mean": lambda k, stats, tolerance: _failure(
            k, Statistics(stats.predictive_var, 0.0), tolerance
        ),
    },
)
def tolerance_failure(k: Numbers, stats: Statistics, tolerance: Numbers) -> jax.Array:
    r"""Chance that none of k candidates lies within a tolerance of the target: 1 - pass@k.

    $$E_c\,[1-\Phi(c+\epsilon/s)+\Phi(c-\epsilon/s)]^k,\quad c\sim N(0,\rho),\;\rho=\Delta/s^2$$

    Args:
      k: number of candidates, real, 1 to 1e300.
      stats: `Statistics`, of which predictive_var s^2 and mean_error Delta matter: there is no
        judge.
      tolerance: epsilon >= 0, in units of y; a candidate passes if |y - t| < epsilon.

    Arrays broadcast; differentiable in every argument. Returns a probability over inputs and
    candidates. Relative accuracy 1e-10 for rho up to 1e6; below 1e-308 the result is 0. A point
    takes 1 ms.

    Raises:
      InputError: k or tolerance out of range, or rho above 1e6.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics.from_rho(0.7)
    >>> print(f"{best_of_k.tolerance_failure(10**6, stats, 0.1):.8e}")
    1.68443114e-08
    """
    return _failure(k, stats, tolerance)


def _asymptotic_failure(k, stats, tolerance, finite=1.0, tail=1.0):
    k, rho, r = _reduced(k, stats, tolerance)
    safe = jnp.where(rho > 0, rho, jnp.nan)
    b = covered_offset(k)
    log_two_sinh = r * b + jnp.log(-jnp.expm1(-2 * r * b))
    log_missed = -(b**2 / 2 + finite * r**2 / 2 + log_two_sinh) / safe - tail * jnp.log(b)
    return 2 * density(0.0) / jnp.sqrt(safe) * jnp.exp(log_missed + gammaln(1 / safe))


@law(
    kind=Limit(
        of=tolerance_failure,
        argument="k",
        values=(1e20, 1e40, 1e70, 1e100),
        gap=lambda k, point: 1 / float(covered_offset(k)),
        compare="ratio",
    ),
    formula=r"\frac{2\,\Gamma(1/\rho)}{\sqrt{2\pi\rho}\,b_k}"
    r"\Big[\frac{e^{-(b_k^2 + \epsilon^2/s^2)/2}}{2\sinh(\epsilon b_k/s)}\Big]^{1/\rho}",
    source="derived here (section 9)",
    relative=1e-9,
    holds={"k": between(1, 1e300), "stats": instance(Statistics), "tolerance": positive()},
    jointly={
        "mean_error must be 0 or at least 1e-3 predictive_var": lambda stats: (
            (stats.mean_error >= 1e-3 * stats.predictive_var) | (stats.mean_error == 0)
        )
    },
    domain={
        "stats": built(Statistics.from_rho, rho=log_reals(0.5, 2.0), predictive_var=constant(1.0)),
        "tolerance": log_reals(0.1, 0.5),
    },
    mutants={
        "tolerance small against s": lambda k, stats, tolerance: _asymptotic_failure(
            k, stats, tolerance, finite=0.0
        ),
        "shifted power of ln k": lambda k, stats, tolerance: _asymptotic_failure(
            k, stats, tolerance, tail=0.0
        ),
    },
)
def asymptotic_tolerance_failure(k: Numbers, stats: Statistics, tolerance: Numbers) -> jax.Array:
    r"""Chance that none of k candidates lies within a tolerance of the target, at large k.

    $$\frac{2\,\Gamma(1/\rho)}{\sqrt{2\pi\rho}\,b_k}\Big[
      \frac{e^{-(b_k^2+\epsilon^2/s^2)/2}}{2\sinh(\epsilon b_k/s)}\Big]^{1/\rho},\quad
      k\varphi(b_k)=b_k$$

    A power law k^(-1/rho), up to powers of exp(sqrt(ln k)), for every rho = Delta / s^2: counting
    passes has no transition at rho = 1/2, since a candidate within the tolerance is as good as any.

    Args:
      k: number of candidates, real, 1 to 1e300 (an asymptotic law: k large).
      stats: `Statistics`, of which predictive_var s^2 and mean_error Delta matter.
      tolerance: epsilon > 0, in units of y.

    Arrays broadcast. Returns a probability, with relative corrections of order epsilon / (s b_k)
    and 1/ln k, and NaN at Delta = 0, where every input is covered; `tolerance_failure` is exact and
    costs 1 ms. The formula itself is computed to 1e-9, for rho from 1e-3.

    Raises:
      InputError: k < 1, tolerance <= 0, or 0 < rho < 1e-3.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics.from_rho(0.7)
    >>> law = best_of_k.asymptotic_tolerance_failure(1e6, stats, 0.1)
    >>> print(f"{best_of_k.tolerance_failure(1e6, stats, 0.1) / law:.3f}")
    1.015
    """
    return _asymptotic_failure(k, stats, tolerance)
