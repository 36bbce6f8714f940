"""Best-of-k and softmax selection with a linear judge (arXiv:2512.19905, restated and extended)."""

from jtts.regression import Statistics
from jtts.theory.best_of_k.asymptotics import asymptotic_error
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

__all__ = [
    "Design",
    "Direction",
    "Prices",
    "Statistics",
    "asymptotic_error",
    "design",
    "end_to_end_error",
    "error",
    "high_temperature_error",
    "inverse_k_error",
    "kl_to_base",
    "limit_error",
    "local_exponent",
    "optimal_judge_strength",
    "optimal_k",
    "optimal_temperature",
    "pointwise_error",
    "pointwise_high_temperature_error",
    "pointwise_inverse_k_error",
    "pointwise_large_k_error",
    "published_asymptotic_error",
    "published_optimal_temperature",
    "published_softmax_error",
    "published_third_order_error",
    "second_order_optimal_k",
    "tied_judge_error",
    "weighted_mean_error",
    "weighted_mean_temperature",
]
