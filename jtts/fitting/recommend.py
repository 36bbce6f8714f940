"""Which k and temperature to use, and how sure the samples make that."""

from __future__ import annotations

from typing import Any

import numpy as np

from jtts.fitting.curves import BEST, VOTE, Curve, Key, sign
from jtts.fitting.judge import statistics
from jtts.fitting.models import Model
from jtts.fitting.proxy import DOFS, WIDEST
from jtts.theory import best_of_k, selection

STREAM = 3  # of the resampled questions
SEARCHED = 32  # resamples for an optimum that takes a second each
ENDS = (0.025, 0.975)


def bootstrap(num_questions: int, resamples: int, seed: int) -> np.ndarray:
    """How often each question is drawn, [B, Q]."""
    generator = np.random.default_rng((seed, STREAM))
    even = np.full(num_questions, 1 / num_questions)
    return generator.multinomial(num_questions, even, size=resamples).astype(float)


def recommend(
    curves: dict[Key, Curve], weights: np.ndarray, price: float = 0.0
) -> dict[str, Any] | None:
    """The best of the measured choices, by the outcome that comes first.

    `price` is that of a sample, in units of the outcome: what is best is the outcome less k times
    it. Every other rule is compared at its own best k, question by question. The same search on
    resampled questions says how sure k and temperature are; what it finds is worth is taken from
    the questions that a resample left out.
    """
    chosen = [curve for curve in curves.values() if curve.key.rule in (BEST, VOTE)]
    if not chosen:
        return None
    outcome = chosen[0].key.outcome
    chosen = [curve for curve in chosen if curve.key.outcome == outcome]
    k = chosen[0].k
    paid = np.tile(price * k, len(chosen))
    values = sign(outcome) * np.concatenate([curve.values for curve in chosen], 1) - paid
    single = values[:, [0]]  # k = 1
    rises = values - single
    means = weights @ values / len(values)
    picked = means.argmax(1)
    absent = weights == 0
    some = absent.any(1)  # with few questions a resample may leave out none
    left_out = absent[some] @ rises / absent[some].sum(1, keepdims=True)
    left_out = left_out[np.arange(some.sum()), picked[some]]
    best = int(values.mean(0).argmax())
    curve, index = chosen[best // len(k)], best % len(k)
    tie = values[:, best // len(k) * len(k) :][:, : len(k)]
    deficit = tie[:, [index]] - tie
    small = deficit.mean(0) <= deficit.std(0, ddof=1) / np.sqrt(len(values))
    others = [
        _against(c, values[:, i * len(k) : (i + 1) * len(k)], values[:, best], sign(outcome))
        for i, c in enumerate(chosen)
        if c is not curve
    ]
    shares = np.bincount(picked // len(k), minlength=len(chosen)) / len(picked)
    low, high = np.quantile(k[picked % len(k)], ENDS, method="inverted_cdf")
    return {
        "outcome": outcome,
        "rule": curve.key.rule,
        "temperature": curve.key.temperature,
        "k": int(k[index]),
        "k_low": int(low),
        "k_high": int(high),
        "at_largest_k": bool(index == len(k) - 1),
        "enough_k": int(k[np.argmax(small)]),
        "value": float(curve.mean[index]),
        "stderr": float(curve.stderr[index]),
        "price": price,
        "others": others,
        "gain_over_one_sample": sign(outcome) * float(rises[:, best].mean()),
        "gain_stderr": float(rises[:, best].std(ddof=1) / np.sqrt(len(values))),
        "gain_on_questions_left_out": sign(outcome) * float(left_out.sum() / max(some.sum(), 1)),
        "chosen_in_resamples": [
            {"rule": c.key.rule, "temperature": c.key.temperature, "share": float(share)}
            for c, share in zip(chosen, shares, strict=True)
        ],
    }


def _against(curve: Curve, values: np.ndarray, best: np.ndarray, side: int) -> dict[str, Any]:
    """What the best gains over another rule at that rule's own best k, with its paired error."""
    own = int(values.mean(0).argmax())
    gain = best - values[:, own]
    return {
        "rule": curve.key.rule,
        "temperature": curve.key.temperature,
        "k": int(curve.k[own]),
        "gain": side * float(gain.mean()),
        "stderr": float(gain.std(ddof=1) / np.sqrt(len(gain))),
    }


def recommended_by(model: Model, weights: np.ndarray, largest: int) -> dict[str, Any] | None:
    """What a fitted model says of k and temperature beyond the measured ones."""
    if model.name == "judge":
        return _by_judge(model, weights, largest)
    if model.name == "proxy":
        return _by_proxy(model, weights)
    return None


def _interval(value: Any, draws: Any) -> dict[str, float]:
    low, high = np.quantile(np.asarray(draws), ENDS, method="inverted_cdf")
    return {"value": float(value), "low": float(low), "high": float(high)}


def _by_judge(model, weights, largest):
    stats, draws = statistics(model.theta), model.draws(weights)
    sharpness = model.facts["sharpness"]

    def endless(theta):
        return sharpness * best_of_k.optimal_temperature(statistics(theta))

    draws_of_k = best_of_k.optimal_k(statistics(draws[:SEARCHED]))
    at_most = best_of_k.optimal_temperature(stats, float(largest))
    return {
        "k_at_temperature_0": _interval(best_of_k.optimal_k(stats), draws_of_k),
        "temperature_of_endless_k": _interval(endless(model.theta), endless(draws)),
        "temperature_at_largest_k": {"value": float(sharpness * at_most)},
    }


def _by_proxy(model, weights):
    if len(model.theta) == 4 or model.theta[2] <= 0:
        return None
    draws = np.concatenate([model.theta[None], model.draws(weights[:SEARCHED])])
    ratio = np.exp(draws[:, 3] - draws[:, 1])
    scale = ratio / np.maximum(draws[:, 2], ratio / WIDEST)
    dof = np.clip(np.exp(draws[:, 4]), *DOFS)  # the influence may move it beyond
    best = np.asarray(selection.optimal_n_under_error(scale, dof))
    return {"k_at_temperature_0": _interval(best[0], best[1:])}
