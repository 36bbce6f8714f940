"""Models trained on their own answers, every answer drawn."""

from jtts.sims.self_training.collapse.accumulated import (
    accumulated_variance,
    resampling_diversity,
)
from jtts.sims.self_training.collapse.curated import (
    curated_fixed_point,
    curated_success_fixed_point,
)
from jtts.sims.self_training.collapse.gaussian import (
    self_fit_deviation,
    self_fit_kl,
    self_fit_log_variance,
    self_fit_variance,
)
from jtts.sims.self_training.collapse.real_data import (
    fixed_data_loop,
    fresh_data_loop,
    truncated_variance_factor,
)
from jtts.sims.self_training.collapse.regression import (
    accumulated_regression_error,
    replaced_regression_error,
)
from jtts.sims.self_training.lock_in.beliefs import (
    belief_variance,
    claimed_precision,
    overconfidence,
)

__all__ = [
    "accumulated_regression_error",
    "accumulated_variance",
    "belief_variance",
    "claimed_precision",
    "curated_fixed_point",
    "curated_success_fixed_point",
    "fixed_data_loop",
    "fresh_data_loop",
    "overconfidence",
    "replaced_regression_error",
    "resampling_diversity",
    "self_fit_deviation",
    "self_fit_kl",
    "self_fit_log_variance",
    "self_fit_variance",
    "truncated_variance_factor",
]
