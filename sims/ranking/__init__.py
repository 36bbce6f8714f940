"""Pairwise judgements, called one by one."""

from jtts.sims.ranking.existence import (
    finite_fit_probability,
)
from jtts.sims.ranking.pairs import (
    half_win_gap,
    lead_calls,
    lead_error,
    pair_error,
)
from jtts.sims.ranking.swaps import (
    swap_accuracy,
    swap_consistent,
    swap_first_first,
    swap_flip,
    swap_second_second,
    swap_single,
    threshold_judge_accuracy,
    threshold_judge_flip,
)
from jtts.sims.ranking.tournaments import (
    knockout_strength,
    lead_knockout,
    round_robin_gain,
    scan_accuracy,
    slippage_accuracy,
    top_agreement,
)

__all__ = [
    "finite_fit_probability",
    "half_win_gap",
    "knockout_strength",
    "lead_calls",
    "lead_error",
    "lead_knockout",
    "pair_error",
    "round_robin_gain",
    "scan_accuracy",
    "slippage_accuracy",
    "swap_accuracy",
    "swap_consistent",
    "swap_first_first",
    "swap_flip",
    "swap_second_second",
    "swap_single",
    "threshold_judge_accuracy",
    "threshold_judge_flip",
    "top_agreement",
]
