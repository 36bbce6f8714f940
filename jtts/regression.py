"""Parameter objects of Bayesian linear regression with a judge (arXiv:2512.19905)."""

from __future__ import annotations

from typing import Any, ClassVar

import jax
import numpy as np

from jtts.arguments import (
    InputError,
    concrete,
    require_between,
    require_broadcast,
    require_nonnegative,
    require_positive,
)
from jtts.numeric import Numbers
from jtts.parameters import parameters
from jtts.promises import Accepted, finite, nonnegative, positive


@parameters
class Statistics:
    """The four numbers through which training set, spectrum and judge act on selection.

    With generator mean m(x), teacher t(x) and judge r(x), averages over inputs x:

    Attributes:
      predictive_var: s^2, variance of one candidate around m(x); positive.
      mean_error: Delta = E (m - t)^2; non-negative.
      judge_error: q_RR = E (r - t)^2; non-negative.
      judge_cross: q_RT = E (m - t)(r - t); at most sqrt(Delta q_RR) in size.

    All are in squared units of y; array fields broadcast against each other.

    Raises:
      InputError: a field outside its range, naming it.

    >>> from jtts.regression import Statistics
    >>> Statistics.from_rho(0.4).mean_error
    0.4
    """

    predictive_var: Numbers
    mean_error: Numbers
    judge_error: Numbers = 0.0
    judge_cross: Numbers = 0.0
    holds: ClassVar[dict[str, Accepted]] = {
        "predictive_var": positive(),
        "mean_error": nonnegative(),
        "judge_error": nonnegative(),
        "judge_cross": finite(),
    }

    def __post_init__(self) -> None:
        require_broadcast(
            predictive_var=np.shape(self.predictive_var),
            mean_error=np.shape(self.mean_error),
            judge_error=np.shape(self.judge_error),
            judge_cross=np.shape(self.judge_cross),
        )
        mean_error, judge_error = concrete(self.mean_error), concrete(self.judge_error)
        cross = concrete(self.judge_cross)
        if mean_error is not None and judge_error is not None and cross is not None:
            # the roots apart: their product must not underflow
            allowed = np.sqrt(mean_error) * np.sqrt(judge_error) * (1 + 1e-6)
            if np.any(np.abs(cross) > allowed):
                raise InputError(
                    "judge_cross must not exceed sqrt(mean_error * judge_error) in size, "
                    f"got {np.ravel(cross)[0]:g} against {np.ravel(allowed)[0]:g}"
                )

    @classmethod
    def from_rho(
        cls, rho: Any, predictive_var: Any = 1.0, judge_ratio: Any = 0.0, cosine: Any = 0.0
    ) -> Statistics:
        """The statistics by ratios; as they stand, with the teacher as judge.

        Args:
          rho: Delta / s^2, zero or positive.
          predictive_var: s^2, positive.
          judge_ratio: q_RR / Delta, zero or positive.
          cosine: q_RT / sqrt(Delta q_RR), from -1 to 1.

        >>> Statistics.from_rho(0.5, 2.0, judge_ratio=4.0, cosine=0.25)
        Statistics(predictive_var=2.0, mean_error=1.0, judge_error=4.0, judge_cross=0.5)
        """
        require_nonnegative(rho=rho, judge_ratio=judge_ratio)
        require_positive(predictive_var=predictive_var)
        require_between(-1, 1, cosine=cosine)
        rho, judge_ratio, cosine = (
            np.asarray(given) if isinstance(given, list | tuple) else given
            for given in (rho, judge_ratio, cosine)
        )
        mean_error = rho * predictive_var
        judge_cross = cosine * judge_ratio**0.5 * mean_error
        return cls(predictive_var, mean_error, judge_ratio * mean_error, judge_cross)


@parameters
class TrainedJudge:
    """A judge that is the posterior mean of another learner, trained on independent data.

    Attributes:
      aspect_ratio: d / n_J of the judge's own training set; positive.
      noise_var, prior_var: its noise and prior variance; positive.
    """

    aspect_ratio: Numbers
    noise_var: Numbers
    prior_var: Numbers
    holds: ClassVar[dict[str, Accepted]] = {
        "aspect_ratio": positive(),
        "noise_var": positive(),
        "prior_var": positive(),
    }


@parameters
class TiedJudge:
    """The judge of the paper's figures, tied to the generator: r = t - strength (m - t)."""

    strength: Numbers
    holds: ClassVar[dict[str, Accepted]] = {"strength": finite()}


Judge = jax.Array | TrainedJudge | TiedJudge  # weights, or one of these
