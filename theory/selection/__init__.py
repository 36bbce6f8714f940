"""Best-of-n and its relatives: soft selection, over-optimisation, regularised and sequential rules,
staged pruning.

The reward of one sample follows a law of `jtts.rewards`. Everything is exact at any n unless its
docstring says otherwise; n may be real, and as large as 1e9.
"""

from jtts.theory.selection.atoms import best_of_n_kl, best_of_n_kl_limit, best_of_n_pmf
from jtts.theory.selection.divergences import best_of_n_divergences, renyi_divergence, win_rate
from jtts.theory.selection.empirical import (
    overoptimization_best_of_n,
    overoptimization_peak_best_of_n,
    overoptimization_peak_rl,
    overoptimization_rl,
)
from jtts.theory.selection.halving import halving_score
from jtts.theory.selection.order_statistics import expected_max, max_variance
from jtts.theory.selection.over_optimization import (
    gain_of_curved_truth,
    gain_under_error,
    optimal_n_under_error,
    variance_under_error,
)
from jtts.theory.selection.pruning import best_score, best_score_limit, survival
from jtts.theory.selection.regularised import (
    chi_square_selection,
    optimal_stopping_draws,
    optimal_stopping_value,
    reservation_level,
)
from jtts.theory.selection.soft import (
    iterated_curation,
    soft_best_of_n_divergences,
    soft_best_of_n_gain,
    soft_best_of_n_pmf,
    soft_best_of_n_success,
)
from jtts.theory.selection.soft_limits import (
    soft_best_of_n_approach,
    soft_best_of_n_kl_approach,
    soft_best_of_n_limit,
)
from jtts.theory.selection.splits import optimal_split
from jtts.theory.selection.tilting import best_of_n_gain_bound, gain_at_kl, tilted_moments

__all__ = [
    "best_of_n_divergences",
    "best_of_n_gain_bound",
    "best_of_n_kl",
    "best_of_n_kl_limit",
    "best_of_n_pmf",
    "best_score",
    "best_score_limit",
    "chi_square_selection",
    "expected_max",
    "gain_at_kl",
    "gain_of_curved_truth",
    "gain_under_error",
    "halving_score",
    "iterated_curation",
    "max_variance",
    "optimal_n_under_error",
    "optimal_split",
    "optimal_stopping_draws",
    "optimal_stopping_value",
    "overoptimization_best_of_n",
    "overoptimization_peak_best_of_n",
    "overoptimization_peak_rl",
    "overoptimization_rl",
    "renyi_divergence",
    "reservation_level",
    "soft_best_of_n_approach",
    "soft_best_of_n_divergences",
    "soft_best_of_n_gain",
    "soft_best_of_n_kl_approach",
    "soft_best_of_n_limit",
    "soft_best_of_n_pmf",
    "soft_best_of_n_success",
    "survival",
    "tilted_moments",
    "variance_under_error",
    "win_rate",
]
