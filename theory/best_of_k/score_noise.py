"""Judges whose score carries additive noise, Gumbel or Gaussian."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.domain import log_integers, log_reals, reals
from jtts.kinds import Exact, Limit
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, instance, nonnegative, positive
from jtts.regression import Judge, Statistics
from jtts.theory.best_of_k.asymptotics import covered_offset
from jtts.theory.best_of_k.domains import (
    FEW,
    NEAR,
    NEAR_PLACES,
    PLACES,
    SIMULATED_STATISTICS,
    STATISTICS,
    TAKES,
    K,
    few_or_cold,
    judge_offset_var,
    teacher_judge,
)
from jtts.theory.best_of_k.noisy_scores import AVERAGED_NOISE, POINTWISE_NOISE
from jtts.theory.best_of_k.pointwise import selected_error
from jtts.theory.best_of_k.selection import error, excess_error, limit_error

NOISE_SCALE = log_reals(0.05, 5.0)
LIKELY_K = between(1, 1e250)


def _resolved(noise_scale, stats):
    """Between weak noise and none the winner's distance changes faster than nodes follow."""
    return (noise_scale == 0) | (noise_scale >= 1e-6 * stats.predictive_var)


def _near_and_noisy(k, stats, noise_scale):
    noisy = noise_scale >= 0.01 * stats.predictive_var
    return (k <= 1e15) | (noisy & (judge_offset_var(stats) <= 30 * stats.predictive_var))


GUMBEL = {
    "k above 1e15 needs noise_scale 0, or infinite k": lambda k, noise_scale: few_or_cold(
        k, noise_scale
    ),
    "noise_scale must be 0 or at least 1e-9 predictive_var": lambda noise_scale, stats: (
        (noise_scale == 0) | (noise_scale >= 1e-9 * stats.predictive_var)
    ),
}
NOISY = {
    "noise_scale must be 0 or at least 1e-6 predictive_var": _resolved,
    "k above 1e15 needs noise_scale of 0.01 predictive_var and rho_c up to 30": _near_and_noisy,
}


@law(
    kind=Exact(),
    formula=r"\delta_k(T = \nu)",
    source="derived here (section 9)",
    relative=5e-6,
    holds={"k": TAKES["k"], "stats": TAKES["stats"], "noise_scale": nonnegative()},
    jointly=NEAR | GUMBEL,
    domain={"k": log_integers(1, 10**4), "stats": STATISTICS, "noise_scale": NOISE_SCALE},
    simulated={"k": FEW, "stats": SIMULATED_STATISTICS},
    mutants={
        "T = 2 nu": lambda k, stats, noise_scale: error(k, stats, 2 * noise_scale),
        "Gaussian noise": lambda k, stats, noise_scale: _gaussian(k, stats, noise_scale),
    },
)
def gumbel_score_noise_error(k: Numbers, stats: Statistics, noise_scale: Numbers) -> jax.Array:
    r"""Error of the best of k by a score with additive Gumbel noise, averaged over inputs.

    The candidate with the largest -(y_i - r)^2 + nu g_i is selected, g_i standard Gumbel. That is
    softmax selection at temperature nu:

    $$\delta = \delta_k(T=\nu).$$

    Args:
      k: number of candidates, real and at least 1.
      stats: `Statistics` of generator and judge, any judge.
      noise_scale: nu >= 0, in squared units of y.

    Arrays broadcast. Returns the error in squared units of y, to the noiseless teacher; it stays
    above a floor, `limit_error(stats, noise_scale)`, whatever k. Exact, and as accurate as `error`.

    Raises:
      InputError: k < 1, noise_scale < 0, or a judge beyond rho_c = 1e6.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 0.3)
    >>> print(f"{best_of_k.gumbel_score_noise_error(16, stats, 0.5):.6f}")
    0.225519
    """
    return error.function(k, stats, noise_scale)


# The kernels' reduced temperature T / (2 s^2) stands for nu / s^2 here, hence T = 2 nu.


@law(
    kind=Exact(),
    formula=r"k \int dv\, E[(y-t)^2 \varphi(v + (y-r)^2/\nu)]\, (E\,\Phi(v + (y-r)^2/\nu))^{k-1}",
    source="derived here (section 9)",
    relative=2e-6,
    holds=PLACES | {"k": LIKELY_K, "noise_scale": nonnegative()},
    jointly=NEAR_PLACES,
    domain={
        "k": K,
        "mean": reals(-1.0, 1.0),
        "predictive_var": log_reals(0.25, 4.0),
        "target": reals(-1.0, 1.0),
        "judge": reals(-1.0, 1.0),
        "noise_scale": NOISE_SCALE,
    },
    simulated={"k": FEW},
    mutants={
        "Gumbel noise": lambda k, noise_scale, **places: selected_error(
            k, temperature=noise_scale, **places
        ),
        "one candidate more": lambda k, noise_scale, **places: selected_error(
            k + 1, temperature=2 * noise_scale, kernels=POINTWISE_NOISE, **places
        ),
    },
)
def pointwise_gaussian_score_noise_error(
    k: Numbers,
    *,
    mean: Numbers,
    predictive_var: Numbers,
    target: Numbers,
    judge: Judge,
    noise_scale: Numbers,
) -> jax.Array:
    r"""Error at one input of the best of k by a score with additive Gaussian noise.

    Candidates y_i ~ N(mean, predictive_var); the one with the largest
    -(y_i - judge)^2 + nu g_i is selected, g_i standard normal:

    $$\delta_k = k\int dv\,E[(y-t)^2\,\varphi(v+(y-r)^2/\nu)]\,
      \big(E\,\Phi(v+(y-r)^2/\nu)\big)^{k-1}.$$

    Args:
      k: number of candidates, real and at least 1.
      mean, predictive_var: m(x), and s^2(x) > 0.
      target: noiseless teacher t(x).
      judge: judge's value r(x).
      noise_scale: nu >= 0, in squared units of y.

    All broadcast; differentiable in every argument. Returns the error in squared units of y, to
    the noiseless target. Relative accuracy 2e-6 for k up to 1e250, every nu, and |judge - mean| up
    to 1000 s.

    Raises:
      InputError: k < 1, predictive_var <= 0, noise_scale < 0, or a judge beyond 1000 s.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> error = best_of_k.pointwise_gaussian_score_noise_error(
    ...     16, mean=0.3, predictive_var=1.0, target=0.0, judge=0.0, noise_scale=0.5
    ... )
    >>> print(f"{error:.6f}")
    0.129859
    """
    return selected_error(
        k, mean, predictive_var, target, judge, 2 * noise_scale, kernels=POINTWISE_NOISE
    )


def _gaussian(k, stats, noise_scale, cross=1.0):
    excess = excess_error(k, stats, 2 * noise_scale, cross=cross, kernels=AVERAGED_NOISE)
    return stats.judge_error + excess


@law(
    kind=Exact(),
    formula=r"E_x\, k \int dv\, E[(y-t)^2 \varphi(v + (y-r)^2/\nu)]\,"
    r" (E\,\Phi(v + (y-r)^2/\nu))^{k-1}",
    source="derived here (section 9)",
    relative=2e-6,
    holds={"k": LIKELY_K, "stats": TAKES["stats"], "noise_scale": nonnegative()},
    jointly=NEAR | NOISY,
    domain={"k": K, "stats": STATISTICS, "noise_scale": NOISE_SCALE},
    simulated={"k": FEW, "stats": SIMULATED_STATISTICS},
    mutants={
        "Gumbel noise": lambda k, stats, noise_scale: error(k, stats, noise_scale),
        "flipped cross term": lambda k, stats, noise_scale: _gaussian(
            k, stats, noise_scale, cross=-1.0
        ),
        "twice the noise": lambda k, stats, noise_scale: _gaussian(k, stats, 2 * noise_scale),
    },
)
def gaussian_score_noise_error(k: Numbers, stats: Statistics, noise_scale: Numbers) -> jax.Array:
    r"""Error of the best of k by a score with additive Gaussian noise, averaged over inputs.

    The candidate with the largest -(y_i - r)^2 + nu g_i is selected, g_i standard normal. The
    average over inputs of `pointwise_gaussian_score_noise_error`,

    $$\delta_k = E_x\,k\int dv\,E[(y-t)^2\,\varphi(v+(y-r)^2/\nu)]\,
      \big(E\,\Phi(v+(y-r)^2/\nu)\big)^{k-1}.$$

    Args:
      k: number of candidates, real and at least 1.
      stats: `Statistics` of generator and judge, any judge.
      noise_scale: nu, in squared units of y: 0, or at least 1e-6 s^2.

    Arrays broadcast; differentiable in every argument. Returns the error in squared units of y, to
    the noiseless teacher. Relative accuracy 2e-6 for k up to 1e15 and rho_c up to 1e6, and for k up
    to 1e250 where nu is at least 0.01 s^2 and rho_c at most 30; a point takes 20 ms. Pass arrays
    and not `vmap` for large grids.

    Raises:
      InputError: k < 1, noise_scale or rho_c beyond these.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 0.3)
    >>> print(f"{best_of_k.gaussian_score_noise_error(16, stats, 0.5):.6f}")
    0.137526
    """
    return _gaussian(k, stats, noise_scale)


def _asymptotic(k, stats, noise_scale, power=1.0, factor=1.0):
    k = jnp.asarray(k, jnp.result_type(float))
    return limit_error.function(stats, factor * noise_scale / covered_offset(k) ** power)


@law(
    kind=Limit(
        of=gaussian_score_noise_error,
        argument="k",
        values=(1e40, 1e80, 1e160, 1e250),
        gap=lambda k, point: float(covered_offset(k)) ** -2,
        compare="ratio",
    ),
    formula=r"\delta_\infty(T = \nu / b_k) \simeq \frac{\nu}{2\sqrt{2 \ln k}}",
    source="derived here (section 9)",
    relative=1e-12,
    holds={"k": between(1, 1e300), "stats": instance(Statistics), "noise_scale": positive()},
    domain={"stats": teacher_judge(log_reals(0.05, 1.0)), "noise_scale": log_reals(0.1, 2.0)},
    mutants={
        "as Gumbel noise": lambda k, stats, noise_scale: _asymptotic(
            k, stats, noise_scale, power=0.0
        ),
        "T = 2 nu / b": lambda k, stats, noise_scale: _asymptotic(
            k, stats, noise_scale, factor=2.0
        ),
    },
)
def asymptotic_gaussian_score_noise_error(
    k: Numbers, stats: Statistics, noise_scale: Numbers
) -> jax.Array:
    r"""Error of the best of k by a score with Gaussian noise, at large k, averaged over inputs.

    The best of k normal deviates lies near $b_k$, $k\varphi(b_k)=b_k$, where the tail of the noise
    is exponential of rate $b_k$ like that of Gumbel noise: the selection is softmax at temperature
    $\nu/b_k$ among infinitely many candidates,

    $$\delta \sim \delta_\infty(T=\nu/b_k),$$

    for the teacher as judge $\nu/(2\sqrt{2\ln k})$ to leading order: more candidates hardly help.

    Args:
      k: number of candidates, real, 1 to 1e300 (an asymptotic law: k large).
      stats: `Statistics` of generator and judge, any judge.
      noise_scale: nu > 0, in squared units of y.

    Arrays broadcast. Returns the error in squared units of y, to the noiseless teacher. Relative
    corrections are of order ln(b_k) / b_k^2: at rho = 0.6 and k = 100, 1 % for nu = s^2 / 2, but
    -5 % for 5 s^2 and 30 % for 0.05 s^2, and larger for larger rho. The leading order alone is 10
    to 25 % off at k = 1e4. The formula itself is computed to 1e-12.

    Raises:
      InputError: k < 1 or noise_scale <= 0.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 0.6)
    >>> law = best_of_k.asymptotic_gaussian_score_noise_error(10**4, stats, 0.5)
    >>> print(f"{best_of_k.gaussian_score_noise_error(10**4, stats, 0.5) / law:.3f}")
    0.996
    """
    return _asymptotic(k, stats, noise_scale)
