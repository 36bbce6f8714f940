"""Best-of-n and its relatives, played with explicit candidates.

Rewards are drawn from the laws of `jtts.rewards`, float64, one candidate of all trials at a time.
"""

from jtts.sims.selection.best import (
    best_of_n_divergences,
    best_of_n_gain_bound,
    best_of_n_kl,
    best_of_n_pmf,
    expected_max,
    max_variance,
    renyi_divergence,
    win_rate,
)
from jtts.sims.selection.proxies import (
    gain_of_curved_truth,
    gain_under_error,
    variance_under_error,
)
from jtts.sims.selection.pruning import best_score, halving_score, survival
from jtts.sims.selection.regularised import (
    chi_square_selection,
    gain_at_kl,
    optimal_stopping_draws,
    optimal_stopping_value,
    tilted_moments,
)
from jtts.sims.selection.soft import (
    iterated_curation,
    soft_best_of_n_divergences,
    soft_best_of_n_gain,
    soft_best_of_n_pmf,
    soft_best_of_n_success,
)

__all__ = [
    "best_of_n_divergences",
    "best_of_n_gain_bound",
    "best_of_n_kl",
    "best_of_n_pmf",
    "best_score",
    "chi_square_selection",
    "expected_max",
    "gain_at_kl",
    "gain_of_curved_truth",
    "gain_under_error",
    "halving_score",
    "iterated_curation",
    "max_variance",
    "optimal_stopping_draws",
    "optimal_stopping_value",
    "renyi_divergence",
    "soft_best_of_n_divergences",
    "soft_best_of_n_gain",
    "soft_best_of_n_pmf",
    "soft_best_of_n_success",
    "survival",
    "tilted_moments",
    "variance_under_error",
    "win_rate",
]
