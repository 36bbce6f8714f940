"""Softmax selection among k samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from jtts.arguments import InputError, require_at_least, require_whole
from jtts.estimators.best import best_by_proxy
from jtts.estimators.subsets import (
    Sampled,
    mean_over_orders,
    random_orders,
    require_k,
    samples,
)

EXACT_UP_TO = 64  # samples
STEP = 0.3  # of the trapezoid rule in ln t: relative error exp(-pi^2 / STEP)
NUMBERS = 2**22  # held at once


def soft_best_by_proxy(
    proxy: Any, truth: Any, k: Any, temperature: float, *, subsets: int = 1000, seed: int = 0
) -> Sampled:
    r"""Expected true score of the sample that a softmax of the proxy selects among k.

    Of k samples chosen at random, sample i is selected with probability proportional to
    $w_i = e^{s_i/T}$:

    $$E_S \frac{\sum_{i \in S} w_i g_i}{\sum_{i \in S} w_i}.$$

    Args:
      proxy, truth: scores s and g of the samples of every question, [..., m]; finite.
      k: whole numbers from 1 to m.
      temperature: T >= 0, in units of the proxy; 0 selects the largest, infinity any.
      subsets: random orders of the samples, for m > 64; the first k of each are one subset.
      seed: of these orders.

    Returns `Sampled` values of shape (..., k...), unbiased. Up to 64 samples all subsets count:

    $$E_S \frac{\sum w g}{\sum w} = \int_0^\infty \frac{d}{d\epsilon}
      E_S \prod_{i \in S} (1 + \epsilon w_i g_i) e^{-w_i t}\,dt,$$

    whose average over subsets is a symmetric polynomial.

    Raises:
      InputError: k above m, unequal shapes, a score that is not finite, or a negative temperature.

    Source: arXiv:2505.03156, arXiv:2507.05913; the estimator is derived here.

    >>> soft_best_by_proxy([0.0, 1.0], [0.0, 1.0], [1, 2], 1.0).value.round(6).tolist()
    [0.5, 0.731059]
    """
    require_at_least(0, temperature=temperature)
    if np.ndim(temperature):
        raise InputError(f"temperature must be one number, got shape {np.shape(temperature)}")
    require_whole(2, subsets=subsets)
    require_whole(0, seed=seed)
    proxy, truth = samples(proxy=proxy, truth=truth)
    k = require_k(k, proxy.shape[-1])
    if temperature == 0:
        value = best_by_proxy(proxy, truth, k)
        return Sampled(value, np.zeros_like(value))
    log_weights = (proxy - proxy.max(-1, keepdims=True)) / temperature
    flat = (log_weights.reshape(-1, proxy.shape[-1]), truth.reshape(-1, proxy.shape[-1]))
    if proxy.shape[-1] <= EXACT_UP_TO:
        value = _all_subsets_in_blocks(*flat, k.ravel())
        stderr = np.zeros_like(value)
    else:
        orders = random_orders(proxy.shape[-1], subsets, seed)
        value, stderr = mean_over_orders(lambda order: _along(order, *flat, k.ravel()), orders)
    shape = (*proxy.shape[:-1], *k.shape)
    return Sampled(value.reshape(shape), stderr.reshape(shape))


def _all_subsets_in_blocks(log_weights, truth, k):
    block = max(1, NUMBERS // (_log_times(log_weights).size * (k.max() + 1)))
    starts = range(0, len(truth), block)
    parts = [_all_subsets(log_weights[i : i + block], truth[i : i + block], k) for i in starts]
    return np.concatenate(parts)


def _log_times(log_weights):
    """Nodes of ln t: from where no weight has acted to where all have."""
    return np.arange(-37.0, 4.0 - log_weights.min(), STEP)


def _all_subsets(log_weights, truth, k):
    log_t = _log_times(log_weights)
    largest = k.max()
    shape = (len(truth), log_t.size, largest + 1)
    survival, selected = np.zeros(shape), np.zeros(shape)  # averages over subsets of 0..largest
    survival[..., 0] = 1.0
    for i in range(truth.shape[1]):
        rate = np.exp(np.minimum(log_weights[:, i, None] + log_t, 7.0))[..., None]
        alive = np.exp(-rate)
        chosen = np.minimum(np.arange(1, largest + 1) / (i + 1), 1.0)
        moved = selected[..., :-1] + truth[:, i, None, None] * rate * survival[..., :-1]
        selected[..., 1:] = (1 - chosen) * selected[..., 1:] + chosen * alive * moved
        survival[..., 1:] = (1 - chosen) * survival[..., 1:] + chosen * alive * survival[..., :-1]
    return STEP * selected[..., k].sum(1)


def _along(order, log_weights, truth, k):
    """Selection among the first k samples in this order."""
    order = order[: k.max()]
    log_weights, lowest = log_weights[:, order], truth.min(-1, keepdims=True)
    with np.errstate(divide="ignore"):
        log_gain = np.log(truth[:, order] - lowest)
    total = np.logaddexp.accumulate(log_weights, -1)
    gain = np.logaddexp.accumulate(log_weights + log_gain, -1)
    return lowest + np.exp(gain - total)[:, k - 1]
