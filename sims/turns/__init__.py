"""Turns played out: revisions, judges, verifiers, chains that get stuck, episodes, drift."""

from jtts.sims.turns.chains import chain_failure, ever_right, gated_turn_accuracy, turn_accuracy
from jtts.sims.turns.drift import (
    drift_before_reminder,
    drift_variance_before_reminder,
    drift_variance_random,
    mean_drift_periodic,
    mean_drift_random,
)
from jtts.sims.turns.refinement import verified_refinement_accuracy, verified_refinement_calls
from jtts.sims.turns.regret import (
    constant_hazard_regret,
    difficulty_regret_sum,
    memory_regret,
    quick_regret,
    slow_start_regret,
    stuck_regret,
)

__all__ = [
    "chain_failure",
    "constant_hazard_regret",
    "difficulty_regret_sum",
    "drift_before_reminder",
    "drift_variance_before_reminder",
    "drift_variance_random",
    "ever_right",
    "gated_turn_accuracy",
    "mean_drift_periodic",
    "mean_drift_random",
    "memory_regret",
    "quick_regret",
    "slow_start_regret",
    "stuck_regret",
    "turn_accuracy",
    "verified_refinement_accuracy",
    "verified_refinement_calls",
]
