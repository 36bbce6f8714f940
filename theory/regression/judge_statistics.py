"""The four numbers through which a training set and a judge act on selection."""

from __future__ import annotations

from functools import partial

import jax.numpy as jnp

from jtts.domain import choices, constant
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import probability
from jtts.regression import Judge, Statistics, TiedJudge, TrainedJudge
from jtts.spectra import require_spectrum
from jtts.theory.regression.domains import (
    DOMAIN,
    JUDGE,
    LEARNER,
    LEARNS,
    WEIGHTS,
    in_proportional_limit,
)
from jtts.theory.regression.learner import Learner, bare_ridge
from jtts.theory.regression.ridge import as_floats, renormalize


@law(
    kind=in_proportional_limit(finite_size=2.0, floor=0.1),
    formula=r"s^2 = \sigma^2 + \gamma^2\kappa\,\mathrm{df}_1,\;"
    r"\Delta = \frac{\kappa^2\frac1d\sum w_j^2 l_j/(l_j+\kappa)^2 + \sigma^2\alpha\,\mathrm{df}_2}"
    r"{1-\alpha\,\mathrm{df}_2},\; q_{RR},\; q_{RT}",
    source="derived here (section 2); s^2 and the bias in Delta: arXiv:2512.19905",
    relative=1e-12,
    holds={
        **LEARNER,
        "teacher": WEIGHTS,
        "judge": JUDGE,
        "bias_only": probability(),
    },
    jointly=LEARNS,
    domain={
        **DOMAIN,
        "teacher": constant(None, ndim=1),
        "judge": choices(TiedJudge(0.0), TrainedJudge(1.0, 0.2, 1.0), TiedJudge(0.5), ndim=1),
        "bias_only": constant(False),
    },
    mutants={
        "bias only": lambda **point: _statistics(**point | {"bias_only": True}),
        "bare ridge": lambda **point: _statistics(**point, renormalize=bare_ridge),
        "no amplification": lambda **point: _statistics(**point, amplified=False),
        "flipped judge_cross": lambda **point: _statistics(**point, cross=-1.0),
    },
)
def statistics(
    *,
    spectrum: Numbers,
    aspect_ratio: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
    teacher: Numbers | None = None,
    judge: Judge | None = None,
    bias_only: Numbers = False,
) -> Statistics:
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
    `Statistics`, in squared units of y, errors to the noiseless teacher; relative accuracy 1e-12
    for lambda from 1e-300 to 1e300 (q_RT of weights of both signs: of the sum of their sizes).

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
    renormalize=renormalize,
    amplified=True,
    cross=1.0,
):
    """The above; the last three arguments plant errors."""
    (spectrum,) = as_floats(spectrum)
    learner = Learner.of(spectrum, aspect_ratio, noise_var, prior_var, renormalize)
    lost = learner.lost
    if teacher is None:
        teacher = jnp.zeros(())
        teacher_square = drawn = learner.prior_var[..., None]
    else:
        (teacher,) = as_floats(teacher)
        teacher_square, drawn = teacher**2, 0.0
    error_of = partial(
        Learner.mean_error,
        teacher_square=teacher_square,
        bias_only=bias_only,
        amplified=amplified,
    )
    predictive_var = learner.noise_var + learner.prior_var * jnp.mean(spectrum * lost, -1)
    mean_error = error_of(learner)
    if judge is None:
        return Statistics(predictive_var, mean_error)
    if isinstance(judge, TiedJudge):
        (strength,) = as_floats(judge.strength)
        judge_error, judge_cross = strength**2 * mean_error, -strength * mean_error
    elif isinstance(judge, TrainedJudge):
        other = Learner.of(
            spectrum, judge.aspect_ratio, judge.noise_var, judge.prior_var, renormalize
        )
        judge_error = error_of(other)
        judge_cross = jnp.mean(teacher_square * spectrum * lost * other.lost, -1)
    else:
        (judge,) = as_floats(judge)
        # a teacher drawn from the prior is 0 on average, and prior_var in the square
        away = judge - teacher
        judge_error = jnp.mean(spectrum * (away**2 + drawn), -1)
        judge_cross = jnp.mean(spectrum * lost * (drawn - teacher * away), -1)
    return Statistics(predictive_var, mean_error, judge_error, cross * judge_cross)
