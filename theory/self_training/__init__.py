"""Learning from one's own answers: self-training and loops that consume their own output."""

from jtts.theory.self_training.collapse.accumulated import (
    accumulated_variance,
    resampling_diversity,
    resampling_diversity_limit,
)
from jtts.theory.self_training.collapse.curated import (
    amplification_threshold,
    curated_fixed_point,
    curated_success_fixed_point,
)
from jtts.theory.self_training.collapse.gaussian import (
    self_fit_deviation,
    self_fit_kl,
    self_fit_log_variance,
    self_fit_variance,
)
from jtts.theory.self_training.collapse.real_data import (
    best_real_weight,
    fixed_data_loop,
    fresh_data_loop,
    truncated_variance_factor,
)
from jtts.theory.self_training.collapse.regression import (
    accumulated_regression_error,
    accumulated_regression_limit,
    replaced_regression_error,
)
from jtts.theory.self_training.lock_in.beliefs import (
    belief_variance,
    claimed_precision,
    locked_variance,
    overconfidence,
)
from jtts.theory.self_training.lock_in.star import lock_in_threshold, star_locked_variance

__all__ = [
    "accumulated_regression_error",
    "accumulated_regression_limit",
    "accumulated_variance",
    "amplification_threshold",
    "belief_variance",
    "best_real_weight",
    "claimed_precision",
    "curated_fixed_point",
    "curated_success_fixed_point",
    "fixed_data_loop",
    "fresh_data_loop",
    "lock_in_threshold",
    "locked_variance",
    "overconfidence",
    "replaced_regression_error",
    "resampling_diversity",
    "resampling_diversity_limit",
    "self_fit_deviation",
    "self_fit_kl",
    "self_fit_log_variance",
    "self_fit_variance",
    "star_locked_variance",
    "truncated_variance_factor",
]
