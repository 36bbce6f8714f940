"""Best-of-k and softmax selection with a linear judge (arXiv:2512.19905, restated and extended)."""

from jtts.regression import Statistics
from jtts.theory.best_of_k.advantage import sampling_advantage
from jtts.theory.best_of_k.asymptotics import asymptotic_error
from jtts.theory.best_of_k.budget import (
    asymptotic_optimal_samples,
    optimal_samples,
)
from jtts.theory.best_of_k.correlated import (
    correlated_error,
    correlation_threshold,
)
from jtts.theory.best_of_k.crossover import (
    asymptotic_crossover_rho,
    crossover_rho,
)
from jtts.theory.best_of_k.data_versus_samples import (
    asymptotic_data_exponent,
    data_exponent,
)
from jtts.theory.best_of_k.design import (
    Design,
    Direction,
    Prices,
    design,
)
from jtts.theory.best_of_k.divergence import (
    kl_to_base,
    pointwise_softmax_kl_to_base,
    softmax_kl_to_base,
)
from jtts.theory.best_of_k.end_to_end import end_to_end_error
from jtts.theory.best_of_k.frontier import (
    frontier_limit,
    frontier_ratio,
)
from jtts.theory.best_of_k.heavy_tails import (
    asymptotic_student_error,
    student_error,
)
from jtts.theory.best_of_k.high_temperature import (
    high_temperature_error,
    pointwise_high_temperature_error,
)
from jtts.theory.best_of_k.inverse_k import (
    inverse_k_error,
    pointwise_inverse_k_error,
)
from jtts.theory.best_of_k.judges import (
    optimal_judge_strength,
    tied_judge_error,
    weighted_mean_error,
    weighted_mean_temperature,
)
from jtts.theory.best_of_k.large_k import pointwise_large_k_error
from jtts.theory.best_of_k.noisy_judges import (
    perception_noise_error,
    perception_noise_limit,
    prompt_noise_error,
)
from jtts.theory.best_of_k.optima import (
    local_exponent,
    optimal_k,
)
from jtts.theory.best_of_k.optimal_temperature import optimal_temperature
from jtts.theory.best_of_k.pointwise import pointwise_error
from jtts.theory.best_of_k.published import (
    published_asymptotic_error,
    published_optimal_temperature,
    published_softmax_error,
    published_third_order_error,
    second_order_optimal_k,
)
from jtts.theory.best_of_k.score_noise import (
    asymptotic_gaussian_score_noise_error,
    gaussian_score_noise_error,
    gumbel_score_noise_error,
    pointwise_gaussian_score_noise_error,
)
from jtts.theory.best_of_k.selection import (
    error,
    limit_error,
)
from jtts.theory.best_of_k.tolerance import (
    asymptotic_tolerance_failure,
    tolerance_failure,
)
from jtts.theory.best_of_k.verification import (
    judge_break_even,
    limit_judge_break_even,
)

__all__ = [
    "Design",
    "Direction",
    "Prices",
    "Statistics",
    "asymptotic_crossover_rho",
    "asymptotic_data_exponent",
    "asymptotic_error",
    "asymptotic_gaussian_score_noise_error",
    "asymptotic_optimal_samples",
    "asymptotic_student_error",
    "asymptotic_tolerance_failure",
    "correlated_error",
    "correlation_threshold",
    "crossover_rho",
    "data_exponent",
    "design",
    "end_to_end_error",
    "error",
    "frontier_limit",
    "frontier_ratio",
    "gaussian_score_noise_error",
    "gumbel_score_noise_error",
    "high_temperature_error",
    "inverse_k_error",
    "judge_break_even",
    "kl_to_base",
    "limit_error",
    "limit_judge_break_even",
    "local_exponent",
    "optimal_judge_strength",
    "optimal_k",
    "optimal_samples",
    "optimal_temperature",
    "perception_noise_error",
    "perception_noise_limit",
    "pointwise_error",
    "pointwise_gaussian_score_noise_error",
    "pointwise_high_temperature_error",
    "pointwise_inverse_k_error",
    "pointwise_large_k_error",
    "pointwise_softmax_kl_to_base",
    "prompt_noise_error",
    "published_asymptotic_error",
    "published_optimal_temperature",
    "published_softmax_error",
    "published_third_order_error",
    "sampling_advantage",
    "second_order_optimal_k",
    "softmax_kl_to_base",
    "student_error",
    "tied_judge_error",
    "tolerance_failure",
    "weighted_mean_error",
    "weighted_mean_temperature",
]
