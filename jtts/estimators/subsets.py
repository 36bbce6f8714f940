"""Subsets of k of m samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from jtts.arguments import InputError, require_finite, require_whole
from jtts.special import log_beta_ratios


def rank_weights(num_samples: int, k: Any) -> np.ndarray:
    """Probability that the sample of rank i = 1..m is the best of k chosen from m; [m, k...].

    >>> rank_weights(3, 2).round(6).tolist()
    [0.0, 0.333333, 0.666667]
    """
    require_whole(num_samples=num_samples)
    num_samples = int(num_samples)
    k = require_k(k, num_samples)
    ranks = np.arange(1, num_samples + 1).reshape(-1, *[1] * k.ndim)
    # C(i-1, k-1) / C(m, k) = k/m C(i-1, k-1) / C(m-1, k-1)
    return k / num_samples * np.exp(log_ratio(ranks - 1, num_samples - 1, k - 1))


def log_ratio(few: Any, many: Any, k: Any) -> np.ndarray:
    """ln of C(few, k) / C(many, k), to all digits; -infinity where few < k."""
    few, many, k = (np.asarray(x, float) for x in (few, many, k))
    possible = few >= k
    few = np.where(possible, few, many)
    value = log_beta_ratios(k, many - few, few - k + 1)
    return np.where(possible, value, -np.inf)


def require_k(k: Any, num_samples: int) -> np.ndarray:
    """k as whole numbers that a sample of this size admits."""
    require_whole(1, k=k)
    k = np.asarray(k)
    if np.any(k > num_samples):
        raise InputError(
            f"k must be at most the number of samples, {num_samples}, got {k.max():g}: no estimate "
            "without bias exists beyond it"
        )
    return k.astype(np.int64)


def samples(**scores: Any) -> Any:
    """Scores as float arrays [..., m] of one shape; the array itself where there is one."""
    require_finite(**scores)
    arrays = [np.asarray(values, float) for values in scores.values()]
    for name, array in zip(scores, arrays, strict=True):
        if array.ndim == 0 or array.shape != arrays[0].shape:
            raise InputError(
                f"{name} must have shape [..., samples], the same for all, got {array.shape}"
                f" against {arrays[0].shape}"
            )
    return arrays[0] if len(arrays) == 1 else arrays


class Sampled(NamedTuple):
    """Values, and the standard error of each that comes from having drawn subsets at random.

    The error is 0 where all subsets were counted.
    """

    value: np.ndarray
    stderr: np.ndarray


def random_orders(num_samples: int, count: int, seed: int) -> np.ndarray:
    """Random orders of the samples, [count, m]: the first k of each are a random subset."""
    orders = np.tile(np.arange(num_samples), (count, 1))
    return np.random.default_rng(seed).permuted(orders, axis=1)


def mean_over_orders(values: Callable[[np.ndarray], np.ndarray], orders: np.ndarray) -> Sampled:
    """Mean of `values(order)` over the orders, and its standard error."""
    first = values(orders[0])
    total, squares = np.zeros_like(first), np.zeros_like(first)
    for order in orders:
        deviation = values(order) - first
        total += deviation
        squares += deviation**2
    mean = total / len(orders)
    variance = np.maximum(squares / len(orders) - mean**2, 0.0)
    return Sampled(first + mean, np.sqrt(variance / (len(orders) - 1)))
