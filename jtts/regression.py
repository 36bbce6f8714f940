"""Parameter objects of Bayesian linear regression with a judge (arXiv:2512.19905)."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from jtts.arguments import (
    InputError,
    concrete,
    require_broadcast,
    require_finite,
    require_nonnegative,
    require_positive,
)
from jtts.parameters import parameters


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

    predictive_var: Any
    mean_error: Any
    judge_error: Any = 0.0
    judge_cross: Any = 0.0

    def __post_init__(self) -> None:
        require_positive(predictive_var=self.predictive_var)
        require_nonnegative(mean_error=self.mean_error, judge_error=self.judge_error)
        require_finite(judge_cross=self.judge_cross)
        require_broadcast(
            predictive_var=np.shape(self.predictive_var),
            mean_error=np.shape(self.mean_error),
            judge_error=np.shape(self.judge_error),
            judge_cross=np.shape(self.judge_cross),
        )
        mean_error, judge_error = concrete(self.mean_error), concrete(self.judge_error)
        cross = concrete(self.judge_cross)
        if mean_error is not None and judge_error is not None and cross is not None:
            allowed = np.sqrt(mean_error * judge_error) * (1 + 1e-6)
            if np.any(np.abs(cross) > allowed + 1e-300):
                raise InputError(
                    "judge_cross must not exceed sqrt(mean_error * judge_error) in size, "
                    f"got {np.ravel(cross)[0]:g} against {np.ravel(allowed)[0]:g}"
                )

    @classmethod
    def from_rho(cls, rho: Any, predictive_var: Any = 1.0) -> Statistics:
        """Teacher as judge, at rho = mean_error / predictive_var."""
        require_nonnegative(rho=rho)
        require_positive(predictive_var=predictive_var)
        rho = np.asarray(rho) if isinstance(rho, list | tuple) else rho
        return cls(predictive_var, rho * predictive_var)


@parameters
class TrainedJudge:
    """A judge that is the posterior mean of another learner, trained on independent data.

    Attributes:
      aspect_ratio: d / n_J of the judge's own training set; positive.
      noise_var, prior_var: its noise and prior variance; positive.
    """

    aspect_ratio: Any
    noise_var: Any
    prior_var: Any

    def __post_init__(self) -> None:
        require_positive(
            aspect_ratio=self.aspect_ratio, noise_var=self.noise_var, prior_var=self.prior_var
        )


@parameters
class TiedJudge:
    """The judge of the paper's figures, tied to the generator: r = t - strength (m - t)."""

    strength: Any

    def __post_init__(self) -> None:
        require_finite(strength=self.strength)


Judge = jax.Array | TrainedJudge | TiedJudge  # weights, or one of these
