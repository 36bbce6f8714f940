"""The best of k samples by a score."""

from __future__ import annotations

from typing import Any

import numpy as np

from jtts.estimators.subsets import rank_weights, samples


def expected_max(scores: Any, k: Any) -> np.ndarray:
    r"""Expected largest of k samples.

    $$\sum_i \binom{i-1}{k-1} \Big/ \binom{m}{k}\; r_{(i)},\quad r_{(1)} \le \dots \le r_{(m)}$$

    Args:
      scores: samples of every question, [..., m]; finite.
      k: whole numbers from 1 to m.

    Returns values of shape (..., k...).

    Raises:
      InputError: k above m, or a score that is not finite.

    >>> expected_max([1.0, 2.0, 3.0], [1, 2, 3]).round(6).tolist()
    [2.0, 2.666667, 3.0]
    """
    scores = samples(scores=scores)
    weights = rank_weights(scores.shape[-1], k)
    return _weighted(np.sort(scores, -1), weights)


def best_by_proxy(proxy: Any, truth: Any, k: Any) -> np.ndarray:
    """Expected true score of the sample with the largest proxy score among k.

    Ties in the proxy are broken at random, each tied sample with the same chance.

    Args:
      proxy, truth: scores of the samples of every question, [..., m]; finite.
      k: whole numbers from 1 to m.

    Returns values of shape (..., k...), unbiased.

    Raises:
      InputError: k above m, unequal shapes, or a score that is not finite.

    >>> best_by_proxy([0.1, 0.7, 0.7], [0.0, 1.0, 0.0], [1, 2, 3]).round(6).tolist()
    [0.333333, 0.5, 0.5]
    """
    proxy, truth = samples(proxy=proxy, truth=truth)
    weights = rank_weights(proxy.shape[-1], k)
    order = np.argsort(proxy, -1)
    return _weighted(_shared_between_ties(proxy, truth, order), weights)


def _shared_between_ties(proxy: np.ndarray, truth: np.ndarray, order: np.ndarray) -> np.ndarray:
    """True scores in ascending order of the proxy, tied ones replaced by their mean."""
    ranked = np.take_along_axis(truth, order, -1)
    rises = np.diff(np.take_along_axis(proxy, order, -1), axis=-1) > 0
    if rises.all():
        return ranked
    starts = np.concatenate([np.ones((*rises.shape[:-1], 1), bool), rises], -1).ravel()
    group = np.cumsum(starts) - 1
    means = np.bincount(group, ranked.ravel()) / np.bincount(group)
    return means[group].reshape(ranked.shape)


def _weighted(ranked: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.tensordot(ranked, weights, 1)
