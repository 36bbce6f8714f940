"""What more training data buys: local exponents of the error in the number of training samples."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import choices, constant, log_integers, log_reals
from jtts.kinds import Limit, LogSlope
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import probability
from jtts.regression import Judge, TrainedJudge
from jtts.theory import regression
from jtts.theory.best_of_k.asymptotics import approach
from jtts.theory.best_of_k.end_to_end import PROMISE, end_to_end_error
from jtts.theory.regression.domains import LEARNER, LEARNS, WEIGHTS

SPECTRA = choices(np.ones(1), np.array([2.0, 1.0, 0.5, 0.1]))


def _data_slope(log_error, aspect_ratio):
    """d log_error / d ln n at alpha = d/n."""
    alpha = jnp.asarray(aspect_ratio, jnp.result_type(float))
    return jax.jvp(log_error, (alpha,), (-alpha,))[1]


def _exact_slope(k, *, aspect_ratio, temperature=0.0, **model):
    def log_error(alpha):
        risk = end_to_end_error.function(k, aspect_ratio=alpha, temperature=temperature, **model)
        return jnp.log(risk)

    return _data_slope(log_error, aspect_ratio)


@law(
    kind=LogSlope(of=end_to_end_error, argument="aspect_ratio", power=-1.0),
    formula=r"\frac{d \ln \delta_k}{d \ln n}",
    source="derived here (section 7)",
    relative=1e-5,
    absolute=1e-6,
    holds=PROMISE,
    jointly=LEARNS,
    domain={
        "k": log_integers(1, 10**4),
        "spectrum": SPECTRA,
        "aspect_ratio": log_reals(0.02, 2.0),
        "noise_var": log_reals(0.05, 1.0),
        "prior_var": constant(1.0),
        "teacher": choices(None, np.full(1, 1.5), ndim=1),
        "judge": choices(None, None, TrainedJudge(0.5, 0.1, 1.0), ndim=1),
        "temperature": constant(0.0),
    },
    mutants={
        "twice the data": lambda k, *, aspect_ratio, **model: _exact_slope(
            k, aspect_ratio=aspect_ratio / 2, **model
        ),
        "flipped": lambda k, **model: -_exact_slope(k, **model),
    },
)
def data_exponent(
    k: Numbers,
    *,
    spectrum: Numbers,
    aspect_ratio: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
    teacher: Numbers | None = None,
    judge: Judge | None = None,
    temperature: Numbers = 0.0,
) -> jax.Array:
    r"""Local exponent d ln(error) / d ln(n) in the number n of training samples, at k candidates.

    $$\frac{d\ln\delta_k}{d\ln n} = -\frac{d\ln\delta_k}{d\ln\alpha},\quad \alpha = d/n.$$

    Compare with `local_exponent`, the one in k: the more negative of the two says whether one more
    e-fold of data or of candidates buys more.

    Args:
      k: number of candidates, real, from 1 to 1e15.
      spectrum: eigenvalues of the input covariance, [..., d].
      aspect_ratio: alpha = d/n > 0.
      noise_var, prior_var: sigma^2 and gamma^2, positive.
      teacher, judge: as in `regression.statistics`; the training set of a `TrainedJudge` is held.
      temperature: T >= 0, in units of y^2.

    Arrays broadcast. Returns the exponent (no units), by forward differentiation of
    `end_to_end_error` through the renormalized ridge; accurate to 1e-6 at T = 0, to 1e-5 above.

    Raises:
      InputError: as `error` and `regression.statistics` do.

    Source: derived here (docs, best-of-k section 7).

    >>> from jtts.theory import best_of_k
    >>> slope = best_of_k.data_exponent(
    ...     16, spectrum=[1.0], aspect_ratio=0.5, noise_var=0.25, prior_var=1.0)
    >>> print(f"{slope:.4f}")
    -1.1434
    """
    return _exact_slope(
        k,
        spectrum=spectrum,
        aspect_ratio=aspect_ratio,
        noise_var=noise_var,
        prior_var=prior_var,
        teacher=teacher,
        judge=judge,
        temperature=temperature,
    )


def _leading_slope(*, aspect_ratio, bias_only=False, scale=True, divergence=True, **model):
    """The last two arguments plant errors."""

    def log_error(alpha):
        stats = regression.statistics(aspect_ratio=alpha, bias_only=bias_only, **model)
        published = (jnp.asarray(bias_only) != 0) | (not scale)
        predictive_var = jnp.where(published, model["noise_var"], stats.predictive_var)
        inside = 1 - 2 * stats.mean_error / predictive_var
        inside = jnp.where(inside > 0, inside, jnp.nan)
        return jnp.log(predictive_var) - 0.5 * jnp.log(inside) * divergence

    return _data_slope(log_error, aspect_ratio)


def _approach_of(k, point):
    names = ("spectrum", "aspect_ratio", "noise_var", "prior_var", "teacher")
    return approach(k, {"stats": regression.statistics(**{name: point[name] for name in names})})


@law(
    kind=Limit(
        of=data_exponent,
        argument="k",
        values=(1e3, 1e4, 1e5, 1e6, 1e7),
        gap=_approach_of,
    ),
    formula=r"\frac{d}{d\ln n}\Big[\ln s^2 - \tfrac12\ln\Big(1-\frac{2\Delta}{s^2}\Big)\Big]",
    source="derived here (section 7); bias only: arXiv:2512.19905",
    relative=1e-9,
    absolute=1e-12,
    holds={**LEARNER, "teacher": WEIGHTS, "bias_only": probability()},
    jointly=LEARNS,
    # rho below 0.35: nearer to 1/2 the approach is too slow to be followed
    domain={
        "spectrum": SPECTRA,
        "aspect_ratio": log_reals(0.01, 0.3),
        "noise_var": log_reals(0.05, 1.0),
        "prior_var": constant(1.0),
        "teacher": choices(None, np.full(1, 0.8), ndim=1),
        "bias_only": constant(False),
    },
    mutants={
        "bias only": lambda **model: _leading_slope(**model | {"bias_only": True}),
        "s^2 held": lambda **model: _leading_slope(**model, scale=False),
        "no divergence at rho = 1/2": lambda **model: _leading_slope(**model, divergence=False),
    },
)
def asymptotic_data_exponent(
    *,
    spectrum: Numbers,
    aspect_ratio: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
    teacher: Numbers | None = None,
    bias_only: Numbers = False,
) -> jax.Array:
    r"""Local exponent in the number n of training samples at large k, teacher as judge.

    $$\frac{d\ln\delta_k}{d\ln n} \to
      \frac{d}{d\ln n}\Big[\ln s^2 - \tfrac12\ln\Big(1-\frac{2\Delta}{s^2}\Big)\Big],\quad
      \rho = \Delta/s^2 < \tfrac12,$$

    with kappa differentiated implicitly. For a teacher drawn from the prior this is
    $[1/(1-\rho) + 1/(1-2\rho)]\,d\rho/d\ln n$.

    Args:
      spectrum: eigenvalues of the input covariance, [..., d].
      aspect_ratio: alpha = d/n > 0.
      noise_var, prior_var: sigma^2 and gamma^2, positive.
      teacher: its weights in the eigenbasis, [..., d]; None for one drawn from the prior.
      bias_only: the bias for Delta and sigma^2 for s^2, as in arXiv:2512.19905. It drops the
        variance over training sets, which is what more data reduce: for unit eigenvalues the
        result is of order lambda^2 in place of 2 alpha.

    Arrays broadcast. Returns the exponent (no units), about -2 d/n for n >> d, to 1e-9 (1e-12 where
    it is smaller than 1e-3) for rho below 0.4999. NaN for rho >= 1/2, where the exponent grows
    with ln k: see `data_exponent`.

    Raises:
      InputError: as `regression.statistics` does.

    Source: derived here (docs, best-of-k section 7); the bias-only form is arXiv:2512.19905.

    >>> from jtts.theory import best_of_k
    >>> model = dict(
    ...     spectrum=[1.0], aspect_ratio=0.08, noise_var=1.0, prior_var=100.0, teacher=[1.0])
    >>> print(f"{best_of_k.asymptotic_data_exponent(**model):.6f}")
    -0.181632
    >>> print(f"{best_of_k.asymptotic_data_exponent(**model, bias_only=True):.3e}")
    -1.639e-06
    """
    return _leading_slope(
        spectrum=spectrum,
        aspect_ratio=aspect_ratio,
        noise_var=noise_var,
        prior_var=prior_var,
        teacher=teacher,
        bias_only=bias_only,
    )
