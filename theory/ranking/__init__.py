"""Pairwise judgements: what a judge with a place it likes says, how many calls separate two
candidates, what tournaments gain, and when and how fast strengths can be fitted."""

from jtts.theory.ranking.brackets import (
    knockout_strength,
    lead_knockout,
)
from jtts.theory.ranking.champions import (
    scan_accuracy,
    top_agreement,
)
from jtts.theory.ranking.existence import (
    finite_fit_probability,
)
from jtts.theory.ranking.flips import (
    swap_first_first,
    swap_second_second,
)
from jtts.theory.ranking.pairs import (
    half_win_gap,
    lead_calls,
    lead_error,
    pair_error,
)
from jtts.theory.ranking.round_robin import (
    needed_calls,
    round_robin_gain,
    slippage_accuracy,
)
from jtts.theory.ranking.swaps import (
    swap_accuracy,
    swap_consistent,
    swap_flip,
    swap_single,
)
from jtts.theory.ranking.threshold_judge import (
    threshold_judge_accuracy,
    threshold_judge_flip,
)

__all__ = [
    "finite_fit_probability",
    "half_win_gap",
    "knockout_strength",
    "lead_calls",
    "lead_error",
    "lead_knockout",
    "needed_calls",
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
