"""Softmax selection among k samples."""

from __future__ import annotations

import math
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
HELD = 2**15  # numbers of an array, which stay in the cache
LIGHTEST = -500.0  # ln of a weight whose products with others are numbers
WIDEST = 50.0  # nats between neighbouring weights: exp(-WIDEST) is no share


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

    whose average over subsets is a symmetric polynomial; to 1e-12 of the largest true score.

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
    log_weights = _log_weights(proxy, temperature)
    flat = (log_weights.reshape(-1, proxy.shape[-1]), truth.reshape(-1, proxy.shape[-1]))
    if proxy.shape[-1] <= EXACT_UP_TO:
        value = _all_subsets_in_blocks(*flat, k.ravel())
        stderr = np.zeros_like(value)
    else:
        orders = random_orders(proxy.shape[-1], subsets, seed)
        light = log_weights.min(initial=0.0) < LIGHTEST
        along = _in_logs(*flat, k.ravel()) if light else _in_sums(*flat, k.ravel())
        value, stderr = mean_over_orders(along, orders)
    shape = (*proxy.shape[:-1], *k.shape)
    return Sampled(value.reshape(shape), stderr.reshape(shape))


def _log_weights(proxy, temperature):
    """s / T below the largest; steps of more than WIDEST, across which nothing is shared, cut."""
    with np.errstate(over="ignore"):
        log_weights = (proxy - proxy.max(-1, keepdims=True)) / temperature
        order = np.argsort(proxy, -1)
        steps = np.diff(np.take_along_axis(proxy, order, -1), axis=-1) / temperature
    if not np.any(steps > WIDEST):
        return log_weights
    below = np.cumsum(np.minimum(steps, WIDEST)[..., ::-1], -1)[..., ::-1]
    ranked = np.concatenate([-below, np.zeros((*proxy.shape[:-1], 1))], -1)
    np.put_along_axis(log_weights, order, ranked, -1)
    return log_weights


def _all_subsets_in_blocks(log_weights, truth, k):
    block = max(1, HELD // (_log_times(log_weights).size * (k.max() + 1)))
    starts = range(0, len(truth), block)
    parts = [_all_subsets(log_weights[i : i + block], truth[i : i + block], k) for i in starts]
    return np.concatenate(parts)


def _log_times(log_weights):
    """Nodes of ln t: from where no weight has acted to where all have."""
    return np.arange(-37.0, 4.0 - log_weights.min(), STEP)


def _all_subsets(log_weights, truth, k):
    lowest = truth.min(-1, keepdims=True)  # what all share needs no integral
    span = truth.max(-1, keepdims=True) - lowest
    return lowest + span * _above(log_weights, (truth - lowest) / np.where(span > 0, span, 1.0), k)


def _above(log_weights, truth, k):
    log_t = _log_times(log_weights)
    size, largest = log_weights.shape[1], int(k.max())
    rates = np.exp(np.minimum(log_weights.T[..., None] + log_t, 7.0))  # [samples, questions, t]
    alive = np.exp(-rates)
    rates *= alive
    rates *= truth.T[..., None]
    # sums over subsets of 0 .. largest samples of what is seen so far; no term is negative
    survival, selected = np.zeros((2, largest + 1, *rates.shape[1:]))
    survival[0] = 1.0
    moved = np.empty_like(survival[1:])
    for i in range(size):
        top = min(i + 1, largest)
        fewer, more, part = slice(0, top), slice(1, top + 1), moved[:top]
        selected[more] += np.multiply(selected[fewer], alive[i], out=part)
        selected[more] += np.multiply(survival[fewer], rates[i], out=part)
        survival[more] += np.multiply(survival[fewer], alive[i], out=part)
    subsets = np.array([float(math.comb(size, one)) for one in k.tolist()])
    return STEP * (selected[k].sum(-1) / subsets[:, None]).T


def _in_sums(log_weights, truth, k):
    """Selection among the first k samples in an order; no product of weights may vanish."""
    lowest = truth.min(-1, keepdims=True)
    span = truth.max(-1, keepdims=True) - lowest
    weights = np.exp(log_weights)
    gains = weights * ((truth - lowest) / np.where(span > 0, span, 1.0))

    def along(order):
        order = order[: k.max()]
        total, gain = (np.cumsum(each[:, order], -1)[:, k - 1] for each in (weights, gains))
        return lowest + span * (gain / total)

    return along


def _in_logs(log_weights, truth, k):
    """The same at any weights."""
    lowest = truth.min(-1, keepdims=True)
    with np.errstate(divide="ignore"):
        log_gains = log_weights + np.log(truth - lowest)

    def along(order):
        order = order[: k.max()]
        total = np.logaddexp.accumulate(log_weights[:, order], -1)
        gain = np.logaddexp.accumulate(log_gains[:, order], -1)
        return lowest + np.exp(gain - total)[:, k - 1]

    return along
