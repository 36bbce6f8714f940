"""Where the laws of this family hold, and where a simulation can resolve them."""

from __future__ import annotations

import numpy as np

from jtts.domain import built, choices, constant, log_integers, log_reals, reals, weighted
from jtts.promises import at_least, finite, instance, nonnegative, positive
from jtts.regression import Statistics

K = log_integers(1, 10**6)
SIMULATED_K = log_integers(1, 256)
FEW = log_integers(1, 64)
TEMPERATURE = weighted({0.0: 2, 0.05: 1, 0.5: 1, 2.0: 1, 20.0: 1})

FARTHEST = 1e6  # of rho_c: what quadratures over the candidates resolve
TAKES = {"k": at_least(1), "stats": instance(Statistics), "temperature": nonnegative()}
PLACES = {"mean": finite(), "predictive_var": positive(), "target": finite(), "judge": finite()}


def statistics(rho, *, judge_ratio=None, cosine=None, predictive_var=None):
    """A range of statistics with free scale and judge, the teacher among the judges."""
    return built(
        Statistics.from_rho,
        predictive_var=predictive_var or log_reals(0.25, 4.0),
        rho=rho,
        judge_ratio=judge_ratio or choices(0.0, 0.1, 0.5, 2.0),
        cosine=cosine or reals(-0.95, 0.95),
    )


STATISTICS = statistics(log_reals(0.01, 2.0))
SIMULATED_STATISTICS = statistics(log_reals(0.02, 0.3))


def teacher_judge(rho):
    """Statistics whose judge is the teacher; powers of two keep rho exact where it matters."""
    return statistics(
        rho,
        judge_ratio=constant(0.0),
        cosine=constant(0.0),
        predictive_var=choices(0.25, 0.5, 1.0, 2.0, 4.0),
    )


def judge_offset_var(stats):
    """Delta_b = E (m - r)^2."""
    return stats.mean_error - 2 * stats.judge_cross + stats.judge_error


def near(stats):
    """Whether the judge is near enough to the candidates for the quadratures."""
    return judge_offset_var(stats) <= FARTHEST * stats.predictive_var


NEAR = {"mean_error - 2 judge_cross + judge_error must be at most 1e6 predictive_var": near}
NEAR_PLACES = {
    "judge must lie within 1000 standard deviations of mean": lambda mean, predictive_var, judge: (
        (judge - mean) ** 2 <= FARTHEST * predictive_var
    )
}


def few_or_cold(k, temperature):
    return (temperature == 0) | (k <= 1e15) | (k == np.inf)


# Between a faint temperature and none, and among more candidates than that, the winner's distance
# changes faster with the input than nodes follow.
FEW_OR_COLD = {"k above 1e15 needs temperature 0, or infinite k": few_or_cold}
FAINT = "temperature must be 0 or at least 1e-9 predictive_var"
HOT = FEW_OR_COLD | {
    FAINT: lambda temperature, stats: (
        (temperature == 0) | (temperature >= 1e-9 * stats.predictive_var)
    )
}
HOT_PLACES = FEW_OR_COLD | {
    FAINT: lambda temperature, predictive_var: (
        (temperature == 0) | (temperature >= 1e-9 * predictive_var)
    )
}
