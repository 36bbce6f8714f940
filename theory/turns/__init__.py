"""Thinking in turns: answers revised, judged, voted on, and budgets counted in episodes."""

from jtts.theory.turns.chains import best_num_turns, ever_right, turn_accuracy
from jtts.theory.turns.drift import (
    drift_before_reminder,
    drift_variance_before_reminder,
    drift_variance_random,
    mean_drift_periodic,
    mean_drift_random,
)
from jtts.theory.turns.gates import best_gate, best_gate_accuracy, gated_turn_accuracy
from jtts.theory.turns.refinement import verified_refinement_accuracy, verified_refinement_calls
from jtts.theory.turns.regret import (
    constant_hazard_regret,
    difficulty_regret_sum,
    memory_regret,
    stuck_regret,
)
from jtts.theory.turns.splits import best_split_turns, best_vote_split, chain_failure
from jtts.theory.turns.switches import (
    outcome_switch_budget,
    quick_regret,
    regret_switch_budget,
    slow_start_regret,
)

__all__ = [
    "best_gate",
    "best_gate_accuracy",
    "best_num_turns",
    "best_split_turns",
    "best_vote_split",
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
    "outcome_switch_budget",
    "quick_regret",
    "regret_switch_budget",
    "slow_start_regret",
    "stuck_regret",
    "turn_accuracy",
    "verified_refinement_accuracy",
    "verified_refinement_calls",
]
