"""Figures of in-context learning."""

from jtts.figures.in_context.linear_attention import linear_attention_double_descent
from jtts.figures.in_context.memory import (
    forgetting_keeps_structural_learning,
    knowledge_extraction,
)
from jtts.figures.in_context.regression import one_gradient_step, ridge_at_finite_size
from jtts.figures.in_context.strategies import posterior_odds, superlinear_transience
from jtts.figures.in_context.training import (
    learned_linear_attention,
    strategy_phase_diagram,
    task_diversity_threshold,
    transience_of_generalisation,
)

__all__ = [
    "forgetting_keeps_structural_learning",
    "knowledge_extraction",
    "learned_linear_attention",
    "linear_attention_double_descent",
    "one_gradient_step",
    "posterior_odds",
    "ridge_at_finite_size",
    "strategy_phase_diagram",
    "superlinear_transience",
    "task_diversity_threshold",
    "transience_of_generalisation",
]
