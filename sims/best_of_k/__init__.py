"""Best-of-k and softmax selection among sampled candidates, played out (arXiv:2512.19905).

A candidate is y = m + s eps with eps standard normal; the judge, whose own guess is r, picks one of
k with probability proportional to exp(-(y - r)^2 / temperature), the nearest at temperature 0. The
error is (y - t)^2 against the noiseless target t, in squared units of y. Candidates are float64.

`k` may be an array anywhere here: one set of candidates serves the whole curve, and the value at
one k does not depend on which others are asked for. Where a traced k is no whole number >= 1, or a
traced temperature negative or infinite, the result is NaN; known ones raise InputError.
"""

from jtts.sims.best_of_k.candidates import error, kl_to_base, pointwise_error, tied_judge_error
from jtts.sims.best_of_k.correlated import correlated_error
from jtts.sims.best_of_k.divergence import pointwise_softmax_kl_to_base, softmax_kl_to_base
from jtts.sims.best_of_k.end_to_end import end_to_end_error
from jtts.sims.best_of_k.heavy_tails import student_error
from jtts.sims.best_of_k.noisy_judges import perception_noise_error, prompt_noise_error
from jtts.sims.best_of_k.order_statistics import error_by_order_statistics
from jtts.sims.best_of_k.score_noise import (
    gaussian_score_noise_error,
    gumbel_score_noise_error,
    pointwise_gaussian_score_noise_error,
)
from jtts.sims.best_of_k.tolerance import tolerance_failure
from jtts.sims.best_of_k.weights import error_by_probabilities, weighted_mean_error

__all__ = [
    "correlated_error",
    "end_to_end_error",
    "error",
    "error_by_order_statistics",
    "error_by_probabilities",
    "gaussian_score_noise_error",
    "gumbel_score_noise_error",
    "kl_to_base",
    "perception_noise_error",
    "pointwise_error",
    "pointwise_gaussian_score_noise_error",
    "pointwise_softmax_kl_to_base",
    "prompt_noise_error",
    "softmax_kl_to_base",
    "student_error",
    "tied_judge_error",
    "tolerance_failure",
    "weighted_mean_error",
]
