"""How much data a trained judge needs before selecting by it beats averaging the candidates."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import choices, constant, log_reals
from jtts.kinds import Limit, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, positive
from jtts.regression import TrainedJudge
from jtts.spectra import require_spectrum
from jtts.theory import regression
from jtts.theory.best_of_k.selection import error
from jtts.theory.regression.domains import LEARNER, LEARNS, WEIGHTS

LOG_RANGE = (np.log(1e-6), np.log(1e6))  # of n_J / n
BISECTIONS = 40


def _deficit(log_ratio, k, *, aspect_ratio, judge_noise_var, prior_var, **model):
    """Error of best-of-k by the judge minus that of the average candidate; k may be infinite."""
    alpha = aspect_ratio / jnp.exp(log_ratio)
    stats = regression.statistics(
        aspect_ratio=aspect_ratio,
        prior_var=prior_var,
        judge=TrainedJudge(alpha, judge_noise_var, prior_var),
        **model,
    )
    endless = jnp.isinf(k)
    selected = error.function(jnp.where(endless, 1.0, k), stats)
    averaged = stats.mean_error + stats.predictive_var / k
    return jnp.where(endless, stats.judge_error, selected) - averaged


@jax.jit
def _checked(log_ratio, k, model):
    return _deficit(log_ratio, k, **model)


@jax.jit
def _solve(k, model):
    """ln(n_J / n) at which the deficit vanishes; it falls with n_J."""

    def deficit(x):
        return _deficit(x, k, **model)

    def halve(_, bracket):
        low, high = bracket
        middle = (low + high) / 2
        above = deficit(middle) > 0
        return jnp.where(above, middle, low), jnp.where(above, high, middle)

    low, high = (jnp.full_like(k, end) for end in LOG_RANGE)
    low, high = lax.stop_gradient(lax.fori_loop(0, BISECTIONS, halve, (low, high)))
    x = (low + high) / 2
    value, slope = jax.jvp(deficit, (x,), (jnp.ones_like(x),))
    inside = (x > LOG_RANGE[0] + 1e-6) & (x < LOG_RANGE[1] - 1e-6)
    slope = lax.stop_gradient(jnp.where(inside, slope, 1.0))
    x = x - jnp.where(inside, value, 0.0) / slope  # carries the implicit derivative
    return jnp.where(inside, jnp.exp(x), jnp.where(x < 0, 0.0, jnp.inf))


def _break_even(k, *, spectrum, aspect_ratio, noise_var, prior_var, judge_noise_var, teacher=None):
    k, aspect_ratio, noise_var, prior_var, judge_noise_var = jnp.broadcast_arrays(
        *(
            jnp.asarray(x, jnp.result_type(float))
            for x in (k, aspect_ratio, noise_var, prior_var, judge_noise_var)
        )
    )
    model = {
        "spectrum": jnp.asarray(spectrum, jnp.result_type(float)),
        "aspect_ratio": aspect_ratio,
        "noise_var": noise_var,
        "prior_var": prior_var,
        "judge_noise_var": judge_noise_var,
        "teacher": teacher,
    }
    return _solve(k, model)


MODEL = {
    "spectrum": constant(np.array([2.0, 1.0, 0.5, 0.1])),
    "aspect_ratio": log_reals(0.05, 1.5),
    "noise_var": log_reals(0.1, 1.0),
    "prior_var": constant(1.0),
    "judge_noise_var": log_reals(0.02, 2.0),
}


@law(
    kind=Root(
        residual=lambda ratio, k, **model: float(_checked(np.log(ratio), float(k), model)),
        bracket=lambda k, **model: (1e-4, 1e4),
    ),
    formula=r"\frac{n_J}{n}:\; \delta_k(\mathrm{judge}) = \Delta + \frac{s^2}{k}",
    source="derived here (section 7)",
    relative=1e-6,
    holds={"k": at_least(2), **LEARNER, "judge_noise_var": positive(), "teacher": WEIGHTS},
    jointly=LEARNS,
    gives=at_least(0),
    domain={
        "k": choices(4, 16, 64, 1000, np.inf),
        **MODEL,
        "teacher": constant(None, ndim=1),
    },
    mutants={
        "at k = infinity": lambda k, **model: _break_even(np.inf, **model),
        "noise of the generator": lambda k, **model: _break_even(
            k, **model | {"judge_noise_var": model["noise_var"]}
        ),
    },
)
def judge_break_even(
    k: Numbers,
    *,
    spectrum: Numbers,
    aspect_ratio: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
    judge_noise_var: Numbers,
    teacher: Numbers | None = None,
) -> jax.Array:
    r"""Data of a trained judge, relative to the generator's, above which selecting by it pays.

    The ratio n_J/n at which best-of-k by a judge trained on n_J samples of its own is as good as
    the average of the k candidates:

    $$\delta_k\big(q_{RR}(n_J), q_{RT}(n_J)\big) = \Delta + \frac{s^2}{k}.$$

    At k = infinity it is where verification becomes easier than generation, q_RR = Delta.

    Args:
      k: number of candidates, real and at least 2, or infinity.
      spectrum: eigenvalues of the input covariance, [d].
      aspect_ratio: d/n of the generator, positive.
      noise_var, prior_var: sigma^2 of the generator's data, gamma^2 of both learners; positive.
      judge_noise_var: noise of the judge's data, positive.
      teacher: its weights in the eigenbasis, [d]; None for one drawn from the prior.

    Scalars broadcast. Returns n_J/n, to 1e-6; 0 where any judge will do (few candidates and a
    generator that knows little), both to within the range 1e-6 to 1e6. One value: the judge's error
    falls with n_J if the teacher is drawn from the prior. Differentiable.

    Raises:
      InputError: k < 2, or an argument out of range.

    Source: derived here (docs, best-of-k section 7); the model is arXiv:2512.19905.

    >>> from jtts.theory import best_of_k
    >>> model = dict(spectrum=[1.0], aspect_ratio=0.1, noise_var=1.0, prior_var=1.0)
    >>> ratio = best_of_k.judge_break_even([4, 64], **model, judge_noise_var=1.0)
    >>> print(ratio.round(4))
    [0.2986 0.8544]
    """
    require_spectrum(spectrum, teacher=teacher)
    return _break_even(
        k,
        spectrum=spectrum,
        aspect_ratio=aspect_ratio,
        noise_var=noise_var,
        prior_var=prior_var,
        judge_noise_var=judge_noise_var,
        teacher=teacher,
    )


def _limit(*, noise_var, judge_noise_var, own=1.0, **model):
    stats = regression.statistics(noise_var=noise_var, **model)
    return (judge_noise_var + own * stats.mean_error) / stats.predictive_var


@law(
    kind=Limit(
        of=judge_break_even,
        argument="k",
        values=(128, 512, 2048, 8192),
        gap=lambda k, point: 1 / k,
    ),
    formula=r"\frac{n_J}{n} = \frac{\sigma_J^2 + \Delta}{\sigma^2 + \Delta}",
    source="derived here (section 7)",
    relative=1e-12,
    holds={**LEARNER, "judge_noise_var": positive()},
    jointly=LEARNS,
    domain=MODEL,
    mutants={
        "noise alone": lambda **model: _limit(**model, own=0.0),
        "one": lambda *, judge_noise_var, noise_var, **model: jnp.ones(()),
    },
)
def limit_judge_break_even(
    *,
    spectrum: Numbers,
    aspect_ratio: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
    judge_noise_var: Numbers,
) -> jax.Array:
    r"""Data of a trained judge, relative to the generator's, at which q_RR = Delta.

    $$\frac{n_J}{n} = \frac{\sigma_J^2+\Delta}{\sigma^2+\Delta},$$

    for a teacher drawn from the prior of both learners. Learners of equal error have equal kappa,
    and n kappa = s^2/gamma^2 = (sigma^2 + Delta)/gamma^2. With data of the same noise the judge
    needs as many as the generator; with noiseless ones rho n, the effective number of
    parameters.

    Args:
      spectrum: eigenvalues of the input covariance, [..., d].
      aspect_ratio: d/n of the generator, positive.
      noise_var, prior_var: sigma^2 of the generator's data, gamma^2 of both learners; positive.
      judge_noise_var: sigma_J^2 of the judge's data, positive.

    Arrays broadcast. Returns n_J/n, to 1e-12: above it best-of-k by the judge beats averaging as
    k grows. It is the limit of `judge_break_even`, which is smaller, by terms of order 1/k.

    Raises:
      InputError: an argument out of range.

    Source: derived here (docs, best-of-k section 7).

    >>> from jtts.theory import best_of_k
    >>> ratio = best_of_k.limit_judge_break_even(
    ...     spectrum=[1.0], aspect_ratio=0.5, noise_var=0.25, prior_var=1.0, judge_noise_var=0.01)
    >>> print(f"{ratio:.4f}")
    0.4358
    """
    return _limit(
        spectrum=spectrum,
        aspect_ratio=aspect_ratio,
        noise_var=noise_var,
        prior_var=prior_var,
        judge_noise_var=judge_noise_var,
    )
