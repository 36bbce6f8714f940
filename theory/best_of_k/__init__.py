"""Best-of-k and softmax selection with a linear judge (arXiv:2512.19905, restated and extended)."""

from jtts.regression import Statistics
from jtts.theory.best_of_k.asymptotics import asymptotic_error
from jtts.theory.best_of_k.correlated import correlated_error, correlation_threshold
from jtts.theory.best_of_k.divergence import (
    kl_to_base,
    pointwise_softmax_kl_to_base,
    softmax_kl_to_base,
)
from jtts.theory.best_of_k.end_to_end import end_to_end_error
from jtts.theory.best_of_k.frontier import frontier_limit, frontier_ratio
from jtts.theory.best_of_k.heavy_tails import asymptotic_student_error, student_error
from jtts.theory.best_of_k.noisy_judges import (
    perception_noise_error,
    perception_noise_limit,
    prompt_noise_error,
)
from jtts.theory.best_of_k.optima import local_exponent, optimal_k, optimal_temperature
from jtts.theory.best_of_k.pointwise import pointwise_error
from jtts.theory.best_of_k.published import published_asymptotic_error, published_softmax_error
from jtts.theory.best_of_k.score_noise import (
    asymptotic_gaussian_score_noise_error,
    gaussian_score_noise_error,
    gumbel_score_noise_error,
    pointwise_gaussian_score_noise_error,
)
from jtts.theory.best_of_k.selection import error, limit_error
from jtts.theory.best_of_k.tolerance import asymptotic_tolerance_failure, tolerance_failure

__all__ = [
    "Statistics",
    "asymptotic_error",
    "asymptotic_gaussian_score_noise_error",
    "asymptotic_student_error",
    "asymptotic_tolerance_failure",
    "correlated_error",
    "correlation_threshold",
    "end_to_end_error",
    "error",
    "frontier_limit",
    "frontier_ratio",
    "gaussian_score_noise_error",
    "gumbel_score_noise_error",
    "kl_to_base",
    "limit_error",
    "local_exponent",
    "optimal_k",
    "optimal_temperature",
    "perception_noise_error",
    "perception_noise_limit",
    "pointwise_error",
    "pointwise_gaussian_score_noise_error",
    "pointwise_softmax_kl_to_base",
    "prompt_noise_error",
    "published_asymptotic_error",
    "published_softmax_error",
    "softmax_kl_to_base",
    "student_error",
    "tolerance_failure",
]
