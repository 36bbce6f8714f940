r"""Selection curves estimated from samples at hand, unbiased, for every k at once.

A question has m samples. Choosing k of them at random without replacement and selecting among these
has the expectation of selecting among k fresh samples: averaged over all subsets, that is the
estimate with the least variance that is unbiased whatever the law of the samples. It exists for
k <= m only. Each function returns one value per question and k; `over_questions` averages them.

From pairwise judgements: `strengths`, `map_strengths`, their standard errors, and `position_bias`.
"""

from jtts.estimators.best import best_by_proxy, expected_max
from jtts.estimators.questions import over_questions
from jtts.estimators.soft import soft_best_by_proxy
from jtts.estimators.strengths import (
    map_strengths,
    position_bias,
    strength_standard_errors,
    strengths,
)
from jtts.estimators.subsets import Sampled, rank_weights
from jtts.estimators.success import all_pass_at_k, pass_at_k
from jtts.estimators.votes import plurality_vote

__all__ = [
    "Sampled",
    "all_pass_at_k",
    "best_by_proxy",
    "expected_max",
    "map_strengths",
    "over_questions",
    "pass_at_k",
    "plurality_vote",
    "position_bias",
    "rank_weights",
    "soft_best_by_proxy",
    "strength_standard_errors",
    "strengths",
]
