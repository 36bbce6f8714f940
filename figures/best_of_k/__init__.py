"""Figures of selection among k candidates by a linear judge (arXiv:2512.19905)."""

from jtts.figures.best_of_k.extensions import (
    divergence_frontier,
    heavy_tails,
    pass_at_k_with_tolerance,
)
from jtts.figures.best_of_k.noise import correlated_candidates, noisy_judges
from jtts.figures.best_of_k.optima import finite_optimal_k, optimal_temperature
from jtts.figures.best_of_k.published import paper_positive_temperature, paper_zero_temperature
from jtts.figures.best_of_k.transition import (
    both_sides_of_the_transition,
    local_exponent_phase_diagram,
)

__all__ = [
    "both_sides_of_the_transition",
    "correlated_candidates",
    "divergence_frontier",
    "finite_optimal_k",
    "heavy_tails",
    "local_exponent_phase_diagram",
    "noisy_judges",
    "optimal_temperature",
    "paper_positive_temperature",
    "paper_zero_temperature",
    "pass_at_k_with_tolerance",
]
