"""Figures of selection among k candidates by a linear judge (arXiv:2512.19905)."""

from jtts.figures.best_of_k.data_versus_samples import (
    budget_split,
    exponents_in_data_and_candidates,
    worth_of_data_and_candidates,
)
from jtts.figures.best_of_k.design import (
    best_design,
    flat_directions,
)
from jtts.figures.best_of_k.expansions import (
    best_judge_and_weighted_mean,
    best_temperature_among_k,
    orders_of_expansions,
)
from jtts.figures.best_of_k.explorers import (
    explore_temperature,
    explore_transition,
)
from jtts.figures.best_of_k.extensions import (
    divergence_frontier,
    heavy_tails,
    pass_at_k_with_tolerance,
)
from jtts.figures.best_of_k.noise import (
    correlated_candidates,
    noisy_judges,
)
from jtts.figures.best_of_k.optima import (
    finite_optimal_k,
    optimal_temperature,
)
from jtts.figures.best_of_k.published import (
    paper_positive_temperature,
    paper_zero_temperature,
)
from jtts.figures.best_of_k.transition import (
    both_sides_of_the_transition,
    local_exponent_phase_diagram,
)
from jtts.figures.best_of_k.verification import when_verification_pays

__all__ = [
    "best_design",
    "best_judge_and_weighted_mean",
    "best_temperature_among_k",
    "both_sides_of_the_transition",
    "budget_split",
    "correlated_candidates",
    "divergence_frontier",
    "explore_temperature",
    "explore_transition",
    "exponents_in_data_and_candidates",
    "finite_optimal_k",
    "flat_directions",
    "heavy_tails",
    "local_exponent_phase_diagram",
    "noisy_judges",
    "optimal_temperature",
    "orders_of_expansions",
    "paper_positive_temperature",
    "paper_zero_temperature",
    "pass_at_k_with_tolerance",
    "when_verification_pays",
    "worth_of_data_and_candidates",
]
