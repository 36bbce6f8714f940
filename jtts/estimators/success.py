"""Success among k samples, from counts of correct ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from jtts.arguments import InputError, require_broadcast, require_whole
from jtts.estimators.subsets import log_ratio, require_k


def pass_at_k(num_samples: Any, num_correct: Any, k: Any) -> np.ndarray:
    r"""Probability that at least one of k samples is correct.

    $$1 - \binom{m-c}{k} \Big/ \binom{m}{k}$$

    Args:
      num_samples, num_correct: m and c of every question, whole numbers; they broadcast.
      k: whole numbers, at least 1 and at most the smallest m.

    Returns values of shape (questions..., k...), unbiased for 1 - E(1 - p)^k; relative accuracy
    1e-12 to m = 1e9, exactly 0 at c = 0 and 1 where k samples cannot all be wrong.

    Raises:
      InputError: k above the number of samples, or c above m.

    Source: arXiv:2107.03374.

    >>> print(f"{pass_at_k(20, 3, 5):.10f}")
    0.6008771930
    """
    total, correct, k = _counts(num_samples, num_correct, k)
    return 0.0 - np.expm1(log_ratio(total - correct, total, k))


def all_pass_at_k(num_samples: Any, num_correct: Any, k: Any) -> np.ndarray:
    r"""Probability that all of k samples are correct (pass^k), unbiased for E p^k.

    $$\binom{c}{k} \Big/ \binom{m}{k}$$

    Arguments, shapes, accuracy and errors are those of `pass_at_k`; exactly 1 at c = m.

    >>> print(f"{all_pass_at_k(20, 10, 2):.6f}")
    0.236842
    """
    total, correct, k = _counts(num_samples, num_correct, k)
    return np.exp(log_ratio(correct, total, k))


def _counts(num_samples: Any, num_correct: Any, k: Any) -> tuple[np.ndarray, ...]:
    """m and c with axes added for k, and k, all checked."""
    require_whole(1, num_samples=num_samples)
    require_whole(0, num_correct=num_correct)
    require_broadcast(num_samples=np.shape(num_samples), num_correct=np.shape(num_correct))
    total, correct = np.broadcast_arrays(
        *(np.asarray(count, float) for count in (num_samples, num_correct))
    )
    if np.any(correct > total):
        worst = np.flatnonzero(np.ravel(correct > total))[0]
        raise InputError(
            f"num_correct must be at most num_samples, got {np.ravel(correct)[worst]:g} of "
            f"{np.ravel(total)[worst]:g}"
        )
    k = require_k(k, int(total.min()) if total.size else 0)
    axes = (..., *[None] * k.ndim)
    return total[axes], correct[axes], k
