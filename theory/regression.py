r"""Bayesian linear regression in the proportional limit: what generator and judge learn.

Inputs x ~ N(0, Sigma) in R^d, features phi = x/sqrt(d), targets y = w_T.phi + N(0, sigma^2), n
samples, prior w ~ N(0, gamma^2). As d, n -> inf at fixed alpha = d/n, every average here depends on
the training set through one number, the renormalized ridge kappa: a learner keeps the share
l/(l + kappa) of the teacher along an eigenvector of eigenvalue l. All vectors are in the eigenbasis
of Sigma; "mean" is over its d eigenvalues. Errors are in squared units of y.

At finite d the laws are off by O(1/d): `kind.finite_size` of each says by how much.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import require_positive
from jtts.domain import choices, constant, log_reals
from jtts.kinds import Asymptotic, Root
from jtts.laws import law
from jtts.regression import Statistics, TiedJudge, TrainedJudge
from jtts.spectra import power_law_spectrum, require_spectrum

__all__ = [
    "Statistics",
    "TiedJudge",
    "TrainedJudge",
    "degrees_of_freedom",
    "degrees_of_freedom_2",
    "power_law_spectrum",
    "predictive_mean",
    "predictive_variance",
    "renormalized_ridge",
    "statistics",
]

SOURCE = "arXiv:2512.19905"
STEPS = 24  # see _renormalize; 1e-300 < ridge < 1e300 needs 20

# The gap was measured at dim = 16, 32 and 64 in the corners of the domains below: it is c/dim, c
# constant within errors. Each finite_size declared is twice the largest |c|.
in_proportional_limit = partial(Asymptotic, size="dim", sizes=(8, 16, 32, 64))

SPECTRA = choices(np.ones(4), np.array([2.0, 1.0, 0.5, 0.1]))
DOMAIN = {
    "spectrum": SPECTRA,
    "aspect_ratio": choices(0.5, 2.0),
    "noise_var": log_reals(0.05, 1.0),
    "prior_var": log_reals(0.3, 3.0),
}
INPUT = constant(np.array([1.5, 1.0, -0.5, 1.0]))
TEACHER = constant(np.array([1.0, 0.5, -0.5, 1.5]))


def _shares(spectrum, kappa):
    """Shares l/(l + kappa) that a learner keeps of the teacher, and shares that it loses."""
    total = spectrum + kappa[..., None]
    return spectrum / total, kappa[..., None] / total


@jax.custom_jvp
def _solve(spectrum, aspect_ratio, ridge):
    """Root kappa of kappa (1 - alpha df1(kappa)) = ridge; spectrum [..., d], the others [...]."""

    def unused_and_slack(kappa):
        """1 - alpha df1, in whichever form cancels less, and alpha (df1 - df2)."""
        kept, lost = _shares(spectrum, kappa)
        few = 1 - rank + aspect_ratio * jnp.mean(jnp.where(spectrum > 0, lost, 0.0), -1)
        many = 1 - aspect_ratio * jnp.mean(kept, -1)
        return jnp.where(rank < 2, few, many), aspect_ratio * jnp.mean(kept * lost, -1)

    def step(_, bracket):
        low, high = bracket
        # halve the bracket of ln kappa ...
        middle = jnp.sqrt(low) * jnp.sqrt(high)
        above = middle * unused_and_slack(middle)[0] > ridge
        low, high = jnp.where(above, low, middle), jnp.where(above, middle, high)
        # ... until Newton's method, safe from above (the excess is convex), is fast
        unused, slack = unused_and_slack(high)
        return low, jnp.clip((ridge + high * slack) / (unused + slack), low, high)

    rank = aspect_ratio * jnp.mean(spectrum > 0, -1)  # directions with input per sample
    high = ridge + aspect_ratio * jnp.mean(spectrum, -1)
    kappa = lax.fori_loop(0, STEPS, step, (jnp.broadcast_to(ridge, high.shape), high))[1]
    valid = (ridge > 0) & (aspect_ratio > 0) & jnp.all(spectrum >= 0, -1)
    return jnp.where(valid, kappa, jnp.nan)


@_solve.defjvp
def _(primals, tangents):
    """Implicit derivative: exact to every order, in forward and in reverse mode."""
    spectrum, aspect_ratio, ridge = primals
    d_spectrum, d_aspect_ratio, d_ridge = tangents
    kappa = _solve(*primals)
    kept, lost = _shares(spectrum, kappa)
    push = d_ridge + d_aspect_ratio * kappa * jnp.mean(kept, -1)
    push += aspect_ratio * jnp.mean(d_spectrum * lost**2, -1)
    return kappa, push / (ridge / kappa + aspect_ratio * jnp.mean(kept * lost, -1))


_renormalize = jax.jit(_solve)


def _floats(*values):
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
    domain={
        "spectrum": choices(np.ones(1), np.array([2.0, 1.0, 0.5, 0.1]), np.arange(1, 101) ** -1.5),
        "aspect_ratio": log_reals(0.05, 20.0),
        "ridge": log_reals(1e-4, 10.0),
    },
    mutants={
        "isotropic": lambda spectrum, aspect_ratio, ridge: _renormalize(
            *_floats(np.mean(spectrum, keepdims=True), aspect_ratio, ridge)
        ),
        "ridge plus trace": lambda spectrum, aspect_ratio, ridge: (
            ridge + aspect_ratio * np.mean(spectrum)
        ),
    },
)
def renormalized_ridge(spectrum, aspect_ratio, ridge):
    r"""Effective ridge kappa that a finite training set leaves of a bare ridge.

    The unique positive root of

    $$\kappa\,\big(1 - \alpha\,\mathrm{df}_1(\kappa)\big) = \lambda,\quad
      \mathrm{df}_1(\kappa) = \frac1d\sum_j \frac{l_j}{l_j+\kappa},$$

    which lies in $[\lambda, \lambda + \alpha\,\frac1d\sum_j l_j]$.

    Args:
      spectrum: eigenvalues of Sigma, [..., d], non-negative and not all zero; isotropic: [S^2].
      aspect_ratio: alpha = d/n, positive; may exceed 1.
      ridge: lambda, positive, in units of the spectrum; the Bayesian learner's is
        alpha sigma^2/gamma^2.

    Scalars broadcast against the leading axes of `spectrum`. Returns kappa, in units of the
    spectrum; relative accuracy 1e-13 for ridges from 1e-300 to 1e300 unless alpha times the number
    of positive eigenvalues is within rounding of d. Differentiable to every order, forward and
    reverse. NaN for traced arguments out of range.

    Raises:
      InputError: an argument out of range, where it is known before tracing.

    Source: arXiv:2512.19905.

    >>> from jtts.theory import regression
    >>> print(f"{regression.renormalized_ridge([1.0], 0.5, 0.125):.12f}")
    0.212695264840
    """
    require_spectrum(spectrum)
    require_positive(aspect_ratio=aspect_ratio, ridge=ridge)
    return _renormalize(*_floats(spectrum, aspect_ratio, ridge))


@law(
    kind=in_proportional_limit(finite_size=0.6),
    formula=r"\frac1d\sum_j \frac{l_j}{l_j+\kappa}",
    source=SOURCE,
    domain={
        "spectrum": SPECTRA,
        "aspect_ratio": choices(0.5, 2.0),
        "ridge": log_reals(0.02, 2.0),
    },
    mutants={
        "bare ridge": lambda spectrum, aspect_ratio, ridge: np.mean(spectrum / (spectrum + ridge)),
        "degrees_of_freedom_2": lambda *args, **kwargs: degrees_of_freedom_2(*args, **kwargs),
    },
)
def degrees_of_freedom(spectrum, aspect_ratio, ridge):
    r"""Effective number of parameters per dimension: the share of directions that data determine.

    $$\mathrm{df}_1 = \frac1d\sum_j\frac{l_j}{l_j+\kappa}
      \simeq \frac1d\,\mathrm{tr}\,\hat\Sigma(\hat\Sigma+\lambda)^{-1},\quad \hat\Sigma = X^TX/n$$

    with kappa the `renormalized_ridge`. alpha df1 is the number of parameters per sample; for a
    teacher drawn from the prior it equals rho = Delta/s^2 of `statistics`.

    Args:
      spectrum: eigenvalues of Sigma, [..., d], non-negative and not all zero; isotropic: [S^2].
      aspect_ratio: alpha = d/n, positive.
      ridge: lambda, positive; alpha sigma^2/gamma^2 for the Bayesian learner.

    Scalars broadcast against the leading axes of `spectrum`. Returns a number between 0 and
    min(1, 1/alpha).

    Raises:
      InputError: an argument out of range, where it is known before tracing.

    Source: arXiv:2512.19905.

    >>> from jtts.theory import regression
    >>> print(f"{regression.degrees_of_freedom([1.0], 0.5, 0.125):.6f}")
    0.824609
    """
    kappa = renormalized_ridge(spectrum, aspect_ratio, ridge)
    return jnp.mean(_shares(*_floats(spectrum, kappa))[0], -1)


def degrees_of_freedom_2(spectrum, aspect_ratio, ridge):
    """df2, the mean of (l/(l + kappa))^2; arguments as `degrees_of_freedom`.

    >>> from jtts.theory import regression
    >>> print(f"{regression.degrees_of_freedom_2([1.0], 0.5, 0.125):.6f}")
    0.679981
    """
    kappa = renormalized_ridge(spectrum, aspect_ratio, ridge)
    return jnp.mean(_shares(*_floats(spectrum, kappa))[0] ** 2, -1)


class _Learner(NamedTuple):
    """A Bayesian learner through its deterministic equivalent; `kept` and `lost` are [..., d]."""

    aspect_ratio: Any
    noise_var: Any
    prior_var: Any
    ridge: Any
    kappa: Any
    kept: Any
    lost: Any

    @classmethod
    def of(cls, spectrum, aspect_ratio, noise_var, prior_var, renormalize=_renormalize):
        spectrum, alpha, noise_var, prior_var = _floats(
            spectrum, aspect_ratio, noise_var, prior_var
        )
        ridge = alpha * noise_var / prior_var
        kappa = renormalize(spectrum, alpha, ridge)
        return cls(alpha, noise_var, prior_var, ridge, kappa, *_shares(spectrum, kappa))

    def mean_error(self, teacher_square, *, bias_only=False, amplified=True):
        """Delta for a teacher with the squared weights given, [..., d]."""
        bias = self.kappa * jnp.mean(teacher_square * self.kept * self.lost, -1)
        variance = self.noise_var * self.aspect_ratio * jnp.mean(self.kept**2, -1)
        # 1 - alpha df2 as a sum of positive terms
        unused = self.ridge / self.kappa + self.aspect_ratio * jnp.mean(self.kept * self.lost, -1)
        full = (bias + variance) / (unused if amplified else 1.0)
        return jnp.where(jnp.asarray(bias_only), bias, full)


@law(
    kind=in_proportional_limit(finite_size=0.6, floor=0.05),
    formula=r"\phi^T \Sigma(\Sigma+\kappa)^{-1} w_T",
    source=SOURCE,
    domain={"input": INPUT, **DOMAIN, "teacher": TEACHER},
    mutants={
        "bare ridge": lambda **point: _predictive_mean(**point, renormalize=_bare),
        "nothing lost": lambda **point: _predictive_mean(**point | {"noise_var": 1e-9}),
    },
)
def predictive_mean(input, *, spectrum, aspect_ratio, noise_var, prior_var, teacher):
    r"""Mean of the posterior predictive at one input, averaged over training sets.

    $$E\,m(x) = \phi^T\Sigma(\Sigma+\kappa)^{-1}w_T,\quad \phi = x/\sqrt d,\quad
      \lambda = \alpha\sigma^2/\gamma^2$$

    with kappa the `renormalized_ridge`. A single training set differs from it by O(1).

    Args:
      input: x in the eigenbasis, [..., d].
      spectrum: eigenvalues of Sigma, [..., d], non-negative and not all zero; isotropic: [S^2].
      aspect_ratio, noise_var, prior_var: alpha = d/n, sigma^2, gamma^2; positive.
      teacher: weights w_T in the eigenbasis, [..., d].

    A vector of length 1 stands for d equal entries; leading axes and scalars broadcast. Returns a
    value in units of y.

    Raises:
      InputError: an argument out of range or vectors of different length.

    Source: arXiv:2512.19905.

    >>> from jtts.theory import regression
    >>> bayes = dict(spectrum=[1.0], aspect_ratio=0.5, noise_var=0.25, prior_var=1.0)
    >>> mean = regression.predictive_mean([1.0, 2.0, 0.0, 1.0], teacher=[1.0, 1, 1, 1], **bayes)
    >>> print(f"{mean:.6f}")
    1.649219
    """
    require_spectrum(spectrum, input=input, teacher=teacher)
    require_positive(aspect_ratio=aspect_ratio, noise_var=noise_var, prior_var=prior_var)
    return _predictive_mean(input, spectrum, aspect_ratio, noise_var, prior_var, teacher)


def _bare(spectrum, aspect_ratio, ridge):
    """What the renormalized ridge is not (for the mutants)."""
    return ridge


def _predictive_mean(
    input, spectrum, aspect_ratio, noise_var, prior_var, teacher, renormalize=_renormalize
):
    input, teacher = _floats(input, teacher)
    learner = _Learner.of(spectrum, aspect_ratio, noise_var, prior_var, renormalize)
    products = input * learner.kept * teacher
    return jnp.sum(products, -1) / np.sqrt(products.shape[-1])


@law(
    kind=in_proportional_limit(finite_size=1.2),
    formula=r"\sigma^2 + \gamma^2\kappa\,\phi^T(\Sigma+\kappa)^{-1}\phi",
    source=SOURCE,
    domain={"input": INPUT, **DOMAIN},
    mutants={
        "bare ridge": lambda **point: _predictive_variance(**point, renormalize=_bare),
        "no noise": lambda **point: _predictive_variance(**point) - point["noise_var"],
    },
)
def predictive_variance(input, *, spectrum, aspect_ratio, noise_var, prior_var):
    r"""Variance of the posterior predictive at one input, noise of y included.

    $$s^2(x) = \sigma^2 + \gamma^2\kappa\,\phi^T(\Sigma+\kappa)^{-1}\phi,
      \quad \phi = x/\sqrt d,\quad \lambda = \alpha\sigma^2/\gamma^2$$

    with kappa the `renormalized_ridge`; the same for every training set up to O(1/sqrt(d)).

    Args:
      input: x in the eigenbasis, [..., d].
      spectrum: eigenvalues of Sigma, [..., d], non-negative and not all zero; isotropic: [S^2].
      aspect_ratio, noise_var, prior_var: alpha = d/n, sigma^2, gamma^2; positive.

    A vector of length 1 stands for d equal entries; leading axes and scalars broadcast. Returns a
    value in squared units of y.

    Raises:
      InputError: an argument out of range or vectors of different length.

    Source: arXiv:2512.19905.

    >>> from jtts.theory import regression
    >>> bayes = dict(spectrum=[1.0], aspect_ratio=0.5, noise_var=0.25, prior_var=1.0)
    >>> print(f"{regression.predictive_variance([1.0, -1.0], **bayes):.6f}")
    0.425391
    """
    require_spectrum(spectrum, input=input)
    require_positive(aspect_ratio=aspect_ratio, noise_var=noise_var, prior_var=prior_var)
    return _predictive_variance(input, spectrum, aspect_ratio, noise_var, prior_var)


def _predictive_variance(
    input, spectrum, aspect_ratio, noise_var, prior_var, renormalize=_renormalize
):
    learner = _Learner.of(spectrum, aspect_ratio, noise_var, prior_var, renormalize)
    (input,) = _floats(input)
    return learner.noise_var + learner.prior_var * jnp.mean(input**2 * learner.lost, -1)


@law(
    kind=in_proportional_limit(finite_size=2.0, floor=0.1),
    formula=r"s^2 = \sigma^2 + \gamma^2\kappa\,\mathrm{df}_1,\;"
    r"\Delta = \frac{\kappa^2\frac1d\sum w_j^2 l_j/(l_j+\kappa)^2 + \sigma^2\alpha\,\mathrm{df}_2}"
    r"{1-\alpha\,\mathrm{df}_2},\; q_{RR},\; q_{RT}",
    source="derived here (section 2); s^2 and the bias in Delta: arXiv:2512.19905",
    domain={
        **DOMAIN,
        "teacher": constant(None, ndim=1),
        "judge": choices(None, TrainedJudge(1.0, 0.2, 1.0), TiedJudge(0.5), ndim=1),
        "bias_only": constant(False),
    },
    mutants={
        "bias only": lambda **point: _statistics(**point | {"bias_only": True}),
        "bare ridge": lambda **point: _statistics(**point, renormalize=_bare),
        "no amplification": lambda **point: _statistics(**point, amplified=False),
        "flipped judge_cross": lambda **point: _statistics(**point, cross=-1.0),
    },
)
def statistics(
    *,
    spectrum,
    aspect_ratio,
    noise_var,
    prior_var,
    teacher=None,
    judge: jax.Array | TrainedJudge | TiedJudge | None = None,
    bias_only=False,
):
    r"""The four numbers through which training set, spectrum and judge act on selection.

    With kappa the `renormalized_ridge` at $\lambda = \alpha\sigma^2/\gamma^2$ and
    $\mathrm{df}_2 = \frac1d\sum_j l_j^2/(l_j+\kappa)^2$,

    $$s^2 = \sigma^2 + \gamma^2\kappa\,\mathrm{df}_1 = \sigma^2\kappa/\lambda,\quad
      \Delta = \frac{\kappa^2\frac1d\sum_j w_j^2 l_j/(l_j+\kappa)^2
        + \sigma^2\alpha\,\mathrm{df}_2}{1-\alpha\,\mathrm{df}_2}.$$

    The judge's error q_RR and its covariance q_RT with the generator's are

    - for fixed weights w_R: $\frac1d\sum_j l_j(w_R-w)_j^2$ and
      $-\kappa\frac1d\sum_j \frac{l_j}{l_j+\kappa}\,w_j(w_R-w)_j$;
    - for another learner: its Delta_J and
      $\kappa\kappa_J\frac1d\sum_j w_j^2\frac{l_j}{(l_j+\kappa)(l_j+\kappa_J)}$;
    - for a judge tied to the generator, r = t - c(m - t): c^2 Delta and -c Delta.

    A teacher drawn from the prior N(0, gamma^2) is averaged over (w_j^2 -> gamma^2, w_j -> 0); then
    Delta = s^2 - sigma^2 and rho = Delta/s^2 = alpha df1 = df_eff/n.

    Args:
      spectrum: eigenvalues of Sigma, [..., d], non-negative and not all zero; isotropic: [S^2].
      aspect_ratio, noise_var, prior_var: alpha = d/n, sigma^2, gamma^2; positive.
      teacher: weights w in the eigenbasis, [..., d]; None draws it from the generator's prior.
      judge: weights w_R, [..., d]; `TrainedJudge`; `TiedJudge`; or None for the teacher itself.
      bias_only: keep the first term of Delta (and Delta_J) alone, without its denominator. This
        replaces m(x) by its mean over training sets, as arXiv:2512.19905 does for its figures; good
        only for alpha << 1 and a bias far above alpha sigma^2.

    A vector of length 1 stands for d equal entries; leading axes and scalars broadcast. Returns
    `Statistics`, in squared units of y, errors to the noiseless teacher.

    Raises:
      InputError: an argument out of range or vectors of different length.

    Source: derived here (docs, best-of-k section 2); s^2 and the bias are in arXiv:2512.19905.

    >>> from jtts.theory import regression
    >>> stats = regression.statistics(
    ...     spectrum=[1.0], aspect_ratio=0.5, noise_var=0.25, prior_var=1.0)
    >>> print(f"{stats.predictive_var:.8f} {stats.mean_error:.8f}")
    0.42539053 0.17539053
    """
    weights = None if isinstance(judge, TrainedJudge | TiedJudge) else judge
    require_spectrum(spectrum, teacher=teacher, judge=weights)
    require_positive(aspect_ratio=aspect_ratio, noise_var=noise_var, prior_var=prior_var)
    return _statistics(
        spectrum=spectrum,
        aspect_ratio=aspect_ratio,
        noise_var=noise_var,
        prior_var=prior_var,
        teacher=teacher,
        judge=judge,
        bias_only=bias_only,
    )


def _statistics(
    *,
    spectrum,
    aspect_ratio,
    noise_var,
    prior_var,
    teacher=None,
    judge=None,
    bias_only=False,
    renormalize=_renormalize,
    amplified=True,
    cross=1.0,
):
    """The above; the last three arguments plant errors."""
    (spectrum,) = _floats(spectrum)
    learner = _Learner.of(spectrum, aspect_ratio, noise_var, prior_var, renormalize)
    kept, lost = learner.kept, learner.lost
    if teacher is None:
        teacher, teacher_square = 0.0, learner.prior_var[..., None]
    else:
        (teacher,) = _floats(teacher)
        teacher_square = teacher**2
    error_of = partial(
        _Learner.mean_error,
        teacher_square=teacher_square,
        bias_only=bias_only,
        amplified=amplified,
    )
    predictive_var = learner.noise_var + learner.prior_var * learner.kappa * jnp.mean(kept, -1)
    mean_error = error_of(learner)
    if judge is None:
        return Statistics(predictive_var, mean_error)
    if isinstance(judge, TiedJudge):
        (strength,) = _floats(judge.strength)
        judge_error, judge_cross = strength**2 * mean_error, -strength * mean_error
    elif isinstance(judge, TrainedJudge):
        other = _Learner.of(
            spectrum, judge.aspect_ratio, judge.noise_var, judge.prior_var, renormalize
        )
        judge_error = error_of(other)
        judge_cross = jnp.mean(teacher_square * spectrum * lost * other.lost, -1)
    else:
        (judge,) = _floats(judge)
        square = judge**2 - 2 * judge * teacher + teacher_square
        judge_error = jnp.mean(spectrum * square, -1)
        judge_cross = jnp.mean(spectrum * lost * (teacher_square - teacher * judge), -1)
    return Statistics(predictive_var, mean_error, judge_error, cross * judge_cross)
