"""Pass@k with a tolerance: the chance that no candidate comes close enough to the target."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import gammaln

from jtts.arguments import require_at_least, require_positive
from jtts.domain import built, constant, log_reals
from jtts.kinds import Exact, Limit
from jtts.laws import law
from jtts.regression import Statistics
from jtts.theory.best_of_k.asymptotics import covered_offset
from jtts.theory.best_of_k.domains import FEW, K
from jtts.theory.best_of_k.moments import over_blocks
from jtts.theory.best_of_k.nearest import density, hit_and_miss, log_survival
from jtts.theory.best_of_k.nodes import half_trapezoid

NODES, WEIGHTS = half_trapezoid(257)  # of an even function, or one that has decayed at 0 too
SCAN = np.linspace(0.0, 1.0, 65) ** 2
HALVINGS = 40
DROPPED = 42.0  # integrands below exp(-DROPPED) of the largest are dropped
TEACHER = built(Statistics.from_rho, rho=log_reals(0.3, 2.0), predictive_var=log_reals(0.25, 4.0))


def _log_failure(k, rho, r):
    """ln E (1 - p(c, r))^k over c ~ N(0, rho); scalars, r > 0."""
    spread = jnp.sqrt(rho + 1e-13)  # finite gradients at rho = 0

    def log_integrand(g):
        return k * log_survival(*hit_and_miss(spread * g, r)) - g**2 / 2

    farthest = (r + 1 + jnp.sqrt(2 * jnp.log(k + 1))) / spread  # beyond, most inputs are missed
    peak, low, high = lax.stop_gradient(_window(log_integrand, farthest))
    highest = lax.stop_gradient(log_integrand(peak))
    inside = jnp.exp(log_integrand(low + (high - low) * NODES) - highest)
    return highest + jnp.log((high - low) * (inside @ WEIGHTS) * density(0.0))


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
    return jnp.exp(_log_failures(*_reduced(k, stats, tolerance)))


@law(
    kind=Exact(),
    formula=r"E_c\,[1 - \Phi(c + \epsilon/s) + \Phi(c - \epsilon/s)]^k,\; c \sim N(0, \rho)",
    source="derived here (section 9)",
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
def tolerance_failure(k, stats: Statistics, tolerance):
    r"""Chance that none of k candidates lies within a tolerance of the target: 1 - pass@k.

    $$E_c\,[1-\Phi(c+\epsilon/s)+\Phi(c-\epsilon/s)]^k,\quad c\sim N(0,\rho),\;\rho=\Delta/s^2$$

    Args:
      k: number of candidates, real and at least 1.
      stats: `Statistics`, of which predictive_var s^2 and mean_error Delta matter: there is no
        judge.
      tolerance: epsilon > 0, in units of y; a candidate passes if |y - t| < epsilon.

    Arrays broadcast; differentiable in every argument. Returns a probability over inputs and
    candidates. Relative accuracy 1e-10 for k up to 1e20, rho from 1e-3 to 4 and a tolerance from
    0.01 s to 4 s; below 1e-308 the result is 0. A point takes 1 ms.

    Raises:
      InputError: k < 1 or tolerance <= 0.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics.from_rho(0.7)
    >>> print(f"{best_of_k.tolerance_failure(10**6, stats, 0.1):.8e}")
    1.68443114e-08
    """
    require_at_least(1, k=k)
    require_positive(tolerance=tolerance)
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
def asymptotic_tolerance_failure(k, stats: Statistics, tolerance):
    r"""Chance that none of k candidates lies within a tolerance of the target, at large k.

    $$\frac{2\,\Gamma(1/\rho)}{\sqrt{2\pi\rho}\,b_k}\Big[
      \frac{e^{-(b_k^2+\epsilon^2/s^2)/2}}{2\sinh(\epsilon b_k/s)}\Big]^{1/\rho},\quad
      k\varphi(b_k)=b_k$$

    A power law k^(-1/rho), up to powers of exp(sqrt(ln k)), for every rho = Delta / s^2: counting
    passes has no transition at rho = 1/2, since a candidate within the tolerance is as good as any.

    Args:
      k: number of candidates, real and at least 1 (an asymptotic law: k large).
      stats: `Statistics`, of which predictive_var s^2 and mean_error Delta matter.
      tolerance: epsilon > 0, in units of y.

    Arrays broadcast. Returns a probability, with relative corrections of order epsilon / (s b_k)
    and 1/ln k, and NaN at Delta = 0, where every input is covered; `tolerance_failure` is exact and
    costs 1 ms.

    Raises:
      InputError: k < 1 or tolerance <= 0.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics.from_rho(0.7)
    >>> law = best_of_k.asymptotic_tolerance_failure(1e6, stats, 0.1)
    >>> print(f"{best_of_k.tolerance_failure(1e6, stats, 0.1) / law:.3f}")
    1.015
    """
    require_at_least(1, k=k)
    require_positive(tolerance=tolerance)
    return _asymptotic_failure(k, stats, tolerance)
