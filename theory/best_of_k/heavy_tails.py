"""Student-t predictive laws: error of the nearest candidate, and its law at large k."""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_at_least
from jtts.domain import choices, constant, log_integers, log_reals
from jtts.kinds import Exact, Limit
from jtts.laws import law
from jtts.regression import Statistics
from jtts.theory.best_of_k.domains import STATISTICS, K, judge_offset_var, statistics
from jtts.theory.best_of_k.nearest import density
from jtts.theory.best_of_k.nodes import half_trapezoid
from jtts.theory.best_of_k.selection import excess_error
from jtts.theory.best_of_k.student import AVERAGED_STUDENT, log_peak_density

NODES, WEIGHTS = half_trapezoid(257)
DOF = choices(3.0, 5.0, 8.0, 20.0)


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
    domain={"k": K, "stats": STATISTICS, "dof": DOF},
    # with fewer candidates the square of a Student-t error has no variance
    simulated={"k": log_integers(4, 64), "stats": statistics(log_reals(0.05, 1.0))},
    mutants={
        "Gaussian candidates": lambda k, stats, dof: _student_error(k, stats, jnp.inf),
        "flipped cross term": lambda k, stats, dof: _student_error(k, stats, dof, cross=-1.0),
        "unit variance": lambda k, stats, dof: (dof - 2) / dof * _student_error(k, stats, dof),
    },
)
def student_error(k, stats: Statistics, dof):
    r"""Error E (y* - t)^2 of the nearest of k Student-t candidates, averaged over inputs.

    Candidates y = m + s z with z Student-t, as where the noise variance was learned too;
    temperature 0. With $c\sim N(0,\rho_c)$ and the moments $\mu_2(c)=E(z^*-c)^2$,
    $h_1(c)=E(z^*-c)/c$ of the candidate nearest to c,

    $$\delta_k = q_{RR} + s^2 E\,\mu_2(\sqrt{\rho_c}\,g)
      + 2(q_{RR}-q_{RT})\,E[g^2 h_1(\sqrt{\rho_c}\,g)],\quad g\sim N(0,1).$$

    Args:
      k: number of candidates, real and at least 1.
      stats: `Statistics`; predictive_var is s^2, the square of the scale (the variance of a
        candidate is s^2 dof / (dof - 2)).
      dof: degrees of freedom nu, at least 1; infinity gives Gaussian candidates.

    Arrays broadcast; differentiable in every argument. Returns the error in squared units of y, to
    the noiseless teacher; infinity where k dof <= 2, as the mean square does not exist. Relative
    accuracy for rho_c up to 2 and k up to 1e9: 1e-7 for dof from 3 to 20, 3e-6 at 2 and at 100,
    1e-4 below 2. A point takes 40 ms; pass arrays and not `vmap` for large grids.

    Raises:
      InputError: k < 1 or dof < 1.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> error = best_of_k.student_error(100, best_of_k.Statistics.from_rho(0.8), 5.0)
    >>> print(f"{error * 101 * 102:.5f}")
    19.20729
    """
    require_at_least(1, k=k, dof=dof)
    return _student_error(k, stats, dof)


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
    # beyond its largest value the integrand falls at least as fast as a normal density
    peak = jnp.maximum(2 * (dof + 1) - dof / jnp.where(rho > 0, rho, 1.0), 0.0)
    reach = lax.stop_gradient(jnp.sqrt(peak) + 10.0)
    g = reach * NODES
    weight = reach * WEIGHTS * density(g)
    spread = 1 + rho * g**2 / dof
    square = spread ** (dof + power)
    toward = (dof + 1) / dof * g**2 * spread**dof
    coefficient = jnp.sum(weight * (square - 2 * gain / s2 * toward), -1)
    k, dof, s2 = k[..., 0], dof[..., 0], s2[..., 0]
    start = s2 * jnp.exp(-2 * log_peak_density(dof)) / (2 * (k + 1) * (k + 2))
    return stats.judge_error + start * coefficient


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
def asymptotic_student_error(k, stats: Statistics, dof):
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
      dof: degrees of freedom nu, from 1 to 1000.

    Arrays broadcast. Returns the error in squared units of y, to the noiseless teacher, with
    relative corrections of order k^-2 that set in later the larger rho and dof are: at rho = 0.8
    and dof = 5 it is 11 % high at k = 100 and 0.4 % at 1000. The average is good to 1e-12.

    Raises:
      InputError: k < 1 or dof < 1.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> law = best_of_k.asymptotic_student_error(1000, best_of_k.Statistics.from_rho(0.8), 5.0)
    >>> print(f"{law * 1001 * 1002:.9f}")
    21.311176076
    """
    require_at_least(1, k=k, dof=dof)
    return _asymptotic_student_error(k, stats, dof)
