"""From training data to the error of the selected answer."""

from __future__ import annotations

import jax
import numpy as np

from jtts.domain import choices, constant, log_integers, log_reals
from jtts.kinds import Asymptotic
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative
from jtts.regression import Judge
from jtts.theory import regression
from jtts.theory.best_of_k.selection import error
from jtts.theory.regression.domains import JUDGE, LEARNER, LEARNS, WEIGHTS


def _end_to_end(
    k,
    *,
    spectrum,
    aspect_ratio,
    noise_var,
    prior_var,
    teacher=None,
    judge=None,
    temperature=0.0,
    bias_only=False,
):
    stats = regression.statistics(
        spectrum=spectrum,
        aspect_ratio=aspect_ratio,
        noise_var=noise_var,
        prior_var=prior_var,
        teacher=teacher,
        judge=judge,
        bias_only=bias_only,
    )
    return error(k, stats, temperature)


def _twice_the_data(k, *, aspect_ratio, **others):
    return _end_to_end(k, aspect_ratio=aspect_ratio / 2, **others)


PROMISE = {
    "k": between(1, 1e15),
    **LEARNER,
    "teacher": WEIGHTS,
    "judge": JUDGE,
    "temperature": nonnegative(),
}


@law(
    kind=Asymptotic(
        size="dim",
        sizes=(8, 16, 32, 64),
        # gap 6 / n: twice the largest one measured, at 10 and 20 dimensions and k up to 16
        finite_size=lambda point: 6 * point["aspect_ratio"],
    ),
    formula=r"\delta_k(T;\, s^2, \Delta, q_{RR}, q_{RT})",
    source="derived here (sections 2, 3 and 6), arXiv:2512.19905",
    relative=2e-6,
    holds=PROMISE,
    jointly=LEARNS,
    domain={
        "k": log_integers(1, 16),
        "spectrum": constant(np.ones(1)),
        "aspect_ratio": choices(0.25, 0.5),
        "noise_var": log_reals(0.1, 1.0),
        "prior_var": constant(1.0),
        "teacher": constant(None, ndim=1),
        "judge": constant(None, ndim=1),
        "temperature": choices(0.0, 0.5),
    },
    mutants={
        "bias only": lambda k, **others: _end_to_end(k, bias_only=True, **others),
        "twice the data": _twice_the_data,
    },
)
def end_to_end_error(
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
    r"""Error of the candidate selected among k by a learner trained on n samples.

    `error` at the statistics that `jtts.theory.regression.statistics` gives for large n and d:

    $$\delta_k(T;\, s^2, \Delta, q_{RR}, q_{RT}).$$

    Args:
      k: number of candidates, real, from 1 to 1e15.
      spectrum: eigenvalues of the input covariance, shape (..., d).
      aspect_ratio: alpha = d/n > 0, n the number of training samples.
      noise_var, prior_var: sigma^2 and gamma^2, positive.
      teacher: teacher's components in the eigenbasis, shape (..., d); None for one drawn from the
        prior.
      judge: as in `regression.statistics`; None for the teacher.
      temperature: T >= 0, in units of y^2.

    Returns the error in squared units of y, to the noiseless teacher, accurate as `error` (1e-8 at
    T = 0, 2e-6 above). Corrections at finite d are of order 1/d.

    Raises:
      InputError: as `error` and `regression.statistics` do.

    Source: derived here (docs, best-of-k sections 2, 3 and 6); the model is arXiv:2512.19905, which
    keeps the bias only.

    >>> import numpy as np
    >>> from jtts.theory import best_of_k
    >>> risk = best_of_k.end_to_end_error(
    ...     4, spectrum=np.ones(1), aspect_ratio=0.5, noise_var=0.25, prior_var=1.0
    ... )
    >>> print(f"{risk:.6f}")
    0.084246
    """
    return _end_to_end(
        k,
        spectrum=spectrum,
        aspect_ratio=aspect_ratio,
        noise_var=noise_var,
        prior_var=prior_var,
        teacher=teacher,
        judge=judge,
        temperature=temperature,
    )
