"""Student-t predictive laws: error of the nearest candidate, and its law at large k."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import choices, constant, log_integers, log_reals
from jtts.kinds import Exact, Limit
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, instance
from jtts.regression import Statistics
from jtts.theory.best_of_k.domains import STATISTICS, K, judge_offset_var, statistics
from jtts.theory.best_of_k.nodes import half_trapezoid
from jtts.theory.best_of_k.selection import excess_error
from jtts.theory.best_of_k.student import AVERAGED_STUDENT, log_peak_density

NODES, WEIGHTS = half_trapezoid(257)  # for an integrand that is even, or gone, at either end
DROPPED = 45.0  # weights below exp(-DROPPED) of the largest are dropped
BISECTIONS = 40
DOF = choices(3.0, 5.0, 8.0, 20.0)


def _within_reach(stats):
    return judge_offset_var(stats) <= 20 * stats.predictive_var


def _student_error(k, stats, dof, cross=1.0):
    inverse = 1 / jnp.asarray(dof, jnp.result_type(float))
    # the kernels' reduced temperature T / (2 s^2) stands for 1 / dof
    temperature = 2 * stats.predictive_var * inverse
    excess = excess_error(k, stats, temperature, cross=cross, kernels=AVERAGED_STUDENT)
    return stats.judge_error + excess


@law(
    kind=Exact(),
    formula=r"q_{RR} + s^2 E_c\,\mu_2(c) + 2 (q_{RR}-q_{RT})\, E_g[g^2 h_1(\sqrt{\rho_c}\, g)],\;"
    r" z \sim t_\nu",
    source="derived here (section 9)",
    relative=1e-6,
    holds={"k": between(1, 1e9), "stats": instance(Statistics), "dof": at_least(1)},
    jointly={"stats must have a judge with rho_c at most 20": _within_reach},
    domain={"k": K, "stats": STATISTICS, "dof": DOF},
    # with fewer candidates the square of a Student-t error has no variance
    simulated={"k": log_integers(4, 64), "stats": statistics(log_reals(0.05, 1.0))},
    mutants={
        "Gaussian candidates": lambda k, stats, dof: _student_error(k, stats, jnp.inf),
        "flipped cross term": lambda k, stats, dof: _student_error(k, stats, dof, cross=-1.0),
        "unit variance": lambda k, stats, dof: (dof - 2) / dof * _student_error(k, stats, dof),
    },
)
def student_error(k: Numbers, stats: Statistics, dof: Numbers) -> jax.Array:
    r"""Error E (y* - t)^2 of the nearest of k Student-t candidates, averaged over inputs.

    Candidates y = m + s z with z Student-t, as where the noise variance was learned too;
    temperature 0. With $c\sim N(0,\rho_c)$ and the moments $\mu_2(c)=E(z^*-c)^2$,
    $h_1(c)=E(z^*-c)/c$ of the candidate nearest to c,

    $$\delta_k = q_{RR} + s^2 E\,\mu_2(\sqrt{\rho_c}\,g)
      + 2(q_{RR}-q_{RT})\,E[g^2 h_1(\sqrt{\rho_c}\,g)],\quad g\sim N(0,1).$$

    Args:
      k: number of candidates, real, from 1 to 1e9.
      stats: `Statistics`, rho_c up to 20; predictive_var is s^2, the square of the scale (the
        variance of a candidate is s^2 dof / (dof - 2)).
      dof: degrees of freedom nu, at least 1; infinity gives Gaussian candidates.

    Arrays broadcast; differentiable in every argument. Returns the error in squared units of y, to
    the noiseless teacher; infinity where k dof <= 2, as the mean square does not exist. Relative
    accuracy 1e-6, and 1e-8 for rho_c up to 2, for any k dof above 2. A point takes 70 ms; pass
    arrays and not `vmap` for large grids.

    Raises:
      InputError: an argument out of range.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> error = best_of_k.student_error(100, best_of_k.Statistics.from_rho(0.8), 5.0)
    >>> print(f"{error * 101 * 102:.5f}")
    19.20729
    """
    return _student_error(k, stats, dof)


def _reach(log_weight, peak, far):
    """Ends of the interval of g >= 0 on which a weight that is log-concave in g^2 counts."""
    least = log_weight(peak) - DROPPED

    def halve(_, ends):
        outside, inside = ends
        middle = (outside + inside) / 2
        counts = log_weight(middle) > least
        return jnp.where(counts, outside, middle), jnp.where(counts, middle, inside)

    low, _ = lax.fori_loop(0, BISECTIONS, halve, (jnp.zeros_like(peak), peak))
    high, _ = lax.fori_loop(0, BISECTIONS, halve, (far, peak))
    return jnp.sqrt(low), jnp.sqrt(high)


@functools.partial(jax.jit, static_argnames="power")
def _asymptotic_student_error(k, stats, dof, power=1.0):
    k, dof, s2, rho, gain = jnp.broadcast_arrays(
        *(
            jnp.asarray(x, jnp.result_type(float))[..., None]
            for x in (
                k,
                dof,
                stats.predictive_var,
                judge_offset_var(stats) / stats.predictive_var,
                stats.judge_error - stats.judge_cross,
            )
        )
    )

    def log_weight(square):
        return (dof + power) * jnp.log1p(rho * square / dof) - square / 2

    peak = jnp.maximum(2 * (dof + power) - dof / jnp.where(rho > 0, rho, 1e-300), 0.0)
    low, high = lax.stop_gradient(_reach(log_weight, peak, 2 * peak + 1000 * jnp.sqrt(dof + 1)))
    square = (low + (high - low) * NODES) ** 2
    exponent = log_weight(square)
    highest = lax.stop_gradient(jnp.max(exponent, -1, keepdims=True))
    # the square, and the product with the judge's offset, which has one power less
    inside = 1 - 2 * gain / s2 * (dof + 1) * square / (dof + rho * square)
    total = jnp.sum((high - low) * WEIGHTS * jnp.exp(exponent - highest) * inside, -1)
    k, dof, s2 = k[..., 0], dof[..., 0], s2[..., 0]
    log_scale = highest[..., 0] - 2 * log_peak_density(dof) - np.log(2 * np.pi) / 2
    scale = s2 * jnp.exp(log_scale - jnp.log(2 * (k + 1)) - jnp.log(k + 2))
    return stats.judge_error + scale * total


@law(
    kind=Limit(
        of=student_error,
        argument="k",
        values=(1e5, 1e6, 1e7),
        gap=lambda k, point: float(k) ** -2,
        compare="ratio",
    ),
    formula=r"\frac{s^2}{2 C_\nu^2 (k+1)(k+2)}\, E\Big(1 + \frac{\rho g^2}{\nu}\Big)^{\nu+1}",
    source="derived here (section 9)",
    relative=1e-12,
    holds={"k": at_least(1), "stats": instance(Statistics), "dof": between(1, 1e6)},
    domain={
        "stats": statistics(log_reals(0.05, 1.5), judge_ratio=constant(0.0), cosine=constant(0.0)),
        "dof": choices(3.0, 5.0, 8.0),
    },
    mutants={
        "nu for nu + 1": lambda k, stats, dof: _asymptotic_student_error(k, stats, dof, power=0.0),
        "one degree of freedom more": lambda k, stats, dof: _asymptotic_student_error(
            k, stats, dof + 1
        ),
    },
)
def asymptotic_student_error(k: Numbers, stats: Statistics, dof: Numbers) -> jax.Array:
    r"""Error of the nearest of k Student-t candidates at large k, averaged over inputs.

    $$\delta \sim \frac{s^2}{2C_\nu^2(k+1)(k+2)}\,E\Big(1+\frac{\rho g^2}{\nu}\Big)^{\nu+1},\quad
      C_\nu=\frac{\Gamma(\frac{\nu+1}2)}{\sqrt{\pi\nu}\,\Gamma(\frac\nu2)},\; g\sim N(0,1)$$

    for the teacher as judge. The average, $\sqrt{\nu/2\rho}\;U(\tfrac12,\nu+\tfrac52,\nu/2\rho)$
    in Tricomi's function, is finite for every rho: candidates with heavy tails come near any judge,
    and the transition of Gaussian candidates at rho = 1/2 is gone. Any other judge adds

    $$q_{RR} - \frac{q_{RR}-q_{RT}}{C_\nu^2(k+1)(k+2)}\,\frac{\nu+1}{\nu}\,
      E\,g^2\Big(1+\frac{\rho_c g^2}{\nu}\Big)^{\nu},\quad\rho\to\rho_c.$$

    Args:
      k: number of candidates, real and at least 1 (an asymptotic law: k large).
      stats: `Statistics`; predictive_var is s^2, the square of the scale.
      dof: degrees of freedom nu, from 1 to 1e6.

    Arrays broadcast. Returns the error in squared units of y, to the noiseless teacher, with
    relative corrections of order k^-2 that set in later the larger rho and dof are: at rho = 0.8
    and dof = 5 it is 11 % high at k = 100 and 0.4 % at 1000. The formula itself is good to 1e-12
    of the larger of its two terms, infinity where it overflows.

    Raises:
      InputError: an argument out of range.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> law = best_of_k.asymptotic_student_error(1000, best_of_k.Statistics.from_rho(0.8), 5.0)
    >>> print(f"{law * 1001 * 1002:.9f}")
    21.311176076
    """
    return _asymptotic_student_error(k, stats, dof)
