"""Best-of-k and softmax selection with a linear judge (arXiv:2512.19905, restated and extended)."""

from jtts.regression import Statistics
from jtts.theory.best_of_k.advantage import sampling_advantage
from jtts.theory.best_of_k.asymptotics import asymptotic_error
from jtts.theory.best_of_k.budget import asymptotic_optimal_samples, optimal_samples
from jtts.theory.best_of_k.crossover import asymptotic_crossover_rho, crossover_rho
from jtts.theory.best_of_k.data_versus_samples import asymptotic_data_exponent, data_exponent
from jtts.theory.best_of_k.design import Design, Direction, Prices, design
from jtts.theory.best_of_k.divergence import kl_to_base
from jtts.theory.best_of_k.end_to_end import end_to_end_error
from jtts.theory.best_of_k.high_temperature import (
    high_temperature_error,
    pointwise_high_temperature_error,
)
from jtts.theory.best_of_k.inverse_k import inverse_k_error, pointwise_inverse_k_error
from jtts.theory.best_of_k.judges import (
    optimal_judge_strength,
    tied_judge_error,
    weighted_mean_error,
    weighted_mean_temperature,
)
from jtts.theory.best_of_k.large_k import pointwise_large_k_error
from jtts.theory.best_of_k.optima import local_exponent, optimal_k
from jtts.theory.best_of_k.optimal_temperature import optimal_temperature
from jtts.theory.best_of_k.pointwise import pointwise_error
from jtts.theory.best_of_k.published import (
    published_asymptotic_error,
    published_optimal_temperature,
    published_softmax_error,
    published_third_order_error,
    second_order_optimal_k,
)
from jtts.theory.best_of_k.selection import error, limit_error
from jtts.theory.best_of_k.verification import judge_break_even, limit_judge_break_even

__all__ = [
    "Design",
    "Direction",
    "Prices",
    "Statistics",
    "asymptotic_crossover_rho",
    "asymptotic_data_exponent",
    "asymptotic_error",
    "asymptotic_optimal_samples",
    "crossover_rho",
    "data_exponent",
    "design",
    "end_to_end_error",
    "error",
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
    "pointwise_error",
    "pointwise_high_temperature_error",
    "pointwise_inverse_k_error",
    "pointwise_large_k_error",
    "published_asymptotic_error",
    "published_optimal_temperature",
    "published_softmax_error",
    "published_third_order_error",
    "sampling_advantage",
    "second_order_optimal_k",
    "tied_judge_error",
    "weighted_mean_error",
    "weighted_mean_temperature",
]
