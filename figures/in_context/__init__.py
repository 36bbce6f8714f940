"""Figures of in-context learning."""

from jtts.figures.in_context.emergence import (
    abrupt_emergence,
    icl_against_iwl,
    minimal_induction_head,
)
from jtts.figures.in_context.induction import induction_ceiling_and_plateau, nested_logits
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
    "abrupt_emergence",
    "forgetting_keeps_structural_learning",
    "icl_against_iwl",
    "induction_ceiling_and_plateau",
    "knowledge_extraction",
    "learned_linear_attention",
    "linear_attention_double_descent",
    "minimal_induction_head",
    "nested_logits",
    "one_gradient_step",
    "posterior_odds",
    "ridge_at_finite_size",
    "strategy_phase_diagram",
    "superlinear_transience",
    "task_diversity_threshold",
    "transience_of_generalisation",
]
