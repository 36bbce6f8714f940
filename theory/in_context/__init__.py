"""In-context learning: what a network would predict that has memorised its tasks, or learned to
learn them; the errors of both, in closed form; and which of the two it becomes."""

import jtts.theory.in_context.item_predictors
import jtts.theory.in_context.symbol_predictors  # noqa: F401
from jtts.in_context import (
    BallsAndUrns,
    LabelledItems,
    LinearRegression,
    MarkovMixture,
    Sequences,
    balls_and_urns,
    labelled_items,
    linear_regression,
    markov_mixture,
    sample,
    unigrams,
)
from jtts.theory.in_context.chain_limits import (
    limit_chain_error,
    limit_flow_error,
    optimal_flow_error,
    optimal_flow_time,
)
from jtts.theory.in_context.chains import chain_error, clipped_chain_error, flow_error
from jtts.theory.in_context.distances import (
    interpolation_threshold,
    mixture_weights,
    relative_distance,
    strategy_distance,
)
from jtts.theory.in_context.early_stopping import (
    early_stopping_bound,
    finite_optimal_flow_error,
    finite_optimal_flow_time,
)
from jtts.theory.in_context.extraction import (
    extraction_error,
    fit_extraction_error,
    uncovered_probability,
)
from jtts.theory.in_context.fitting import Conditions, StrategyFit, fit_strategies
from jtts.theory.in_context.gradient_step import gradient_step_error, optimal_gradient_step
from jtts.theory.in_context.induction import (
    induction_ceiling,
    plateau_accuracy,
    plateau_loss,
)
from jtts.theory.in_context.linear_attention import (
    linear_attention_error,
    linear_attention_errors,
)
from jtts.theory.in_context.nested_logits import (
    NestedLogits,
    classifier_drive,
    nested_logit_flow,
    nested_logit_loss,
    nested_logit_transition,
    saddle_escape_time,
)
from jtts.theory.in_context.phases import (
    loss_gap,
    phase_diagram,
    stored_numbers,
    strategy_conditions,
)
from jtts.theory.in_context.predictors import (
    excess_loss,
    generalizing_predictor,
    memorizing_predictor,
)
from jtts.theory.in_context.pretrained_chains import (
    pretrained_chain_long_context,
    pretraining_threshold,
    shifted_chain_error,
    steps_for_error,
)
from jtts.theory.in_context.rank_one import formation_time
from jtts.theory.in_context.regression_predictors import predictive_variance
from jtts.theory.in_context.ridge import large_size_ridge_error, ridge_error
from jtts.theory.in_context.strategies import (
    compressed_complexity,
    log_posterior_odds,
    strategy_complexity,
    transience_time,
)
from jtts.theory.in_context.urns import dirichlet_kl, dirichlet_redundancy, memorizing_advantage

__all__ = [
    "BallsAndUrns",
    "Conditions",
    "LabelledItems",
    "LinearRegression",
    "MarkovMixture",
    "NestedLogits",
    "Sequences",
    "StrategyFit",
    "balls_and_urns",
    "chain_error",
    "classifier_drive",
    "clipped_chain_error",
    "compressed_complexity",
    "dirichlet_kl",
    "dirichlet_redundancy",
    "early_stopping_bound",
    "excess_loss",
    "extraction_error",
    "finite_optimal_flow_error",
    "finite_optimal_flow_time",
    "fit_extraction_error",
    "fit_strategies",
    "flow_error",
    "formation_time",
    "generalizing_predictor",
    "gradient_step_error",
    "induction_ceiling",
    "interpolation_threshold",
    "labelled_items",
    "large_size_ridge_error",
    "limit_chain_error",
    "limit_flow_error",
    "linear_attention_error",
    "linear_attention_errors",
    "linear_regression",
    "log_posterior_odds",
    "loss_gap",
    "markov_mixture",
    "memorizing_advantage",
    "memorizing_predictor",
    "mixture_weights",
    "nested_logit_flow",
    "nested_logit_loss",
    "nested_logit_transition",
    "optimal_flow_error",
    "optimal_flow_time",
    "optimal_gradient_step",
    "phase_diagram",
    "plateau_accuracy",
    "plateau_loss",
    "predictive_variance",
    "pretrained_chain_long_context",
    "pretraining_threshold",
    "relative_distance",
    "ridge_error",
    "saddle_escape_time",
    "sample",
    "shifted_chain_error",
    "steps_for_error",
    "stored_numbers",
    "strategy_complexity",
    "strategy_conditions",
    "strategy_distance",
    "transience_time",
    "uncovered_probability",
    "unigrams",
]
