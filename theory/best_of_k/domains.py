"""Where the laws of this family hold, and where a simulation can resolve them."""

from __future__ import annotations

import numpy as np

from jtts.domain import built, choices, constant, log_integers, log_reals, reals
from jtts.regression import Statistics

K = log_integers(1, 10**6)
SIMULATED_K = log_integers(1, 256)
FEW = log_integers(1, 64)
TEMPERATURE = choices(0.0, 0.0, 0.05, 0.5, 2.0, 20.0)


def statistics_from(predictive_var, rho, judge_ratio, cosine):
    """Admissible statistics: judge_ratio = q_RR / Delta, cosine = q_RT / sqrt(Delta q_RR)."""
    mean_error = rho * predictive_var
    judge_cross = cosine * np.sqrt(judge_ratio) * mean_error
    return Statistics(predictive_var, mean_error, judge_ratio * mean_error, judge_cross)


def statistics(rho, *, judge_ratio=None, cosine=None, predictive_var=None):
    """A range of statistics with free scale and judge, the teacher among the judges."""
    return built(
        statistics_from,
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
