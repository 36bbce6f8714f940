"""Measured curves against k and temperature, each with its value on every question."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from jtts import estimators
from jtts.fitting.records import silent
from jtts.fitting.samples import RIGHT, Samples

BEST, ANY, ALL, VOTE, ORACLE = "best by score", "any of k", "all of k", "vote", "best of k"
WIDTHS = (0.5, 1.0, 2.0)  # temperatures tried, in deviations of the score in a question
WORK = 2e8  # samples passed over by random subsets
DRAWS = 1  # stream of the random subsets


class Key(NamedTuple):
    """What is measured (truth, accuracy, error), of which choice among k samples."""

    outcome: str
    rule: str
    temperature: float = 0.0

    def __str__(self) -> str:
        hot = f", T = {degrees(self.temperature)}" if self.temperature else ""
        return f"{self.outcome}, {self.rule}{hot}"


@dataclasses.dataclass(frozen=True)
class Curve:
    """A quantity measured at every `k`, on every question: values [Q, K]."""

    key: Key
    k: np.ndarray
    values: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        return self.values.mean(0)

    @property
    def stderr(self) -> np.ndarray:
        return np.asarray(estimators.over_questions(self.values).stderr)


def outcomes(samples: Samples) -> dict[str, np.ndarray]:
    """What selection is judged by: larger is better, but for `error`."""
    found = {
        "truth": samples.truth,
        "error": samples.squared_error,
        "accuracy": samples.correct,
    }
    return {name: data for name, data in found.items() if data is not None}


def degrees(temperature: float | None) -> str:
    """A temperature in words; in JSON, an infinite one is null."""
    infinite = temperature is None or temperature == np.inf
    return "infinite" if infinite else f"{temperature:.3g}"


def sign(outcome: str) -> int:
    return -1 if outcome == "error" else 1


def measure(
    samples: Samples,
    k: np.ndarray,
    temperatures: np.ndarray,
    seed: int,
    progress: Callable[[str, float], None] = silent,
) -> dict[Key, Curve]:
    """All curves that the samples allow: unbiased for k fresh samples."""
    planned: dict[Key, Callable[[np.ndarray], np.ndarray]] = {}
    for name, data in outcomes(samples).items():
        planned |= _of_outcome(samples, name, data, k, temperatures, seed)
    if samples.answer is not None:
        planned[Key("accuracy", VOTE)] = _vote(samples, k, seed)
    return dict(_measured(samples, k, planned, progress))


def _measured(samples, k, planned, progress):
    for done, (key, estimate) in enumerate(planned.items()):

        def share(part, key=key, done=done):
            progress(f"measuring {key}", (done + part) / len(planned))

        yield key, Curve(key, k, samples.per_question(estimate, share))


def _of_outcome(samples, name, data, k, temperatures, seed):
    planned = {}
    if samples.score is not None:
        for temperature in temperatures:
            key = Key(name, BEST, float(temperature))
            planned[key] = _selected(samples, data, k, temperature, seed)
    if name == "accuracy":
        for rule, estimate in ((ANY, estimators.pass_at_k), (ALL, estimators.all_pass_at_k)):

            def of(rows, estimate=estimate):
                return estimate(rows.shape[1], data[rows].sum(1).astype(int), k)

            planned[Key(name, rule)] = of
    else:

        def best(rows):
            return sign(name) * estimators.expected_max(sign(name) * data[rows], k)

        planned[Key(name, ORACLE)] = best
    return planned


def _selected(samples, data, k, temperature, seed):
    subsets = _subsets(samples, k)

    def chosen(rows):
        return estimators.soft_best_by_proxy(
            samples.score[rows], data[rows], k, temperature, subsets=subsets, seed=seed + DRAWS
        ).value

    return chosen


def _subsets(samples, k):
    """Random subsets that the work allows, 10 to 100."""
    return int(np.clip(WORK / (len(samples.counts) * k.max()), 10, 100))


def _vote(samples, k, seed):
    subsets = _subsets(samples, k)

    def voted(rows):
        right = np.full(len(rows), RIGHT)
        return estimators.plurality_vote(
            samples.answer[rows], right, k, subsets=subsets, seed=seed + DRAWS
        ).value

    return voted


def default_k(fewest: int) -> np.ndarray:
    """1, 2, 3, 4, 6, 8, 11, 16, ... to the smallest number of samples, and its half.

    >>> default_k(12).tolist()
    [1, 2, 3, 4, 6, 8, 11, 12]
    """
    steps = np.round(2 ** (np.arange(0, 2 * np.log2(fewest) + 1) / 2)).astype(int)
    return np.unique(np.append(steps[steps <= fewest], [fewest // 2, fewest]))


def default_temperatures(samples: Samples) -> np.ndarray:
    """0 and multiples of the deviation of the score within a question, to two digits."""
    if samples.score is None:
        return np.zeros(1)
    width = score_deviation(samples)
    return np.unique([0.0, *(float(f"{factor * width:.2g}") for factor in WIDTHS)])


def score_deviation(samples: Samples) -> float:
    within = samples.centred(samples.score)
    return float(np.sqrt(within @ within / (samples.counts - 1).sum()))
