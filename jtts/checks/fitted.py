"""Evidence for empirical forms: the parameters behind synthetic data are recovered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from jtts.checks.verdicts import Agreement, compare, family_wise
from jtts.domain import draw_points
from jtts.kinds import Fit
from jtts.laws import Law

DATA_SETS = 64  # at every point, to begin with


@dataclass(frozen=True)
class FittedEvidence:
    """Points of the domain and the noise of the data sets at each, [points, sets, values]."""

    points: list[dict[str, Any]]
    noise: np.ndarray


def gather(law: Law[..., Any], *, points: int, seed: int) -> FittedEvidence:
    """Points and noise; what is measured under the noise is the theory on trial."""
    kind = law.kind
    assert isinstance(kind, Fit)
    drawn = draw_points(law.domain, points, seed)
    shape = (len(drawn), DATA_SETS, len(kind.values))
    noise = kind.noise * np.random.default_rng((seed, 1)).standard_normal(shape)
    return FittedEvidence(drawn, noise)


def weigh(law: Law[..., Any], evidence: FittedEvidence, theory: Callable[..., Any]) -> Agreement:
    """Are the parameters recovered without bias, and do the intervals cover?"""
    kind = law.kind
    assert isinstance(kind, Fit)
    values = np.array(kind.values, float)
    means, stderrs, truths = [], [], []
    covered = np.zeros(len(kind.parameters), int)
    for point, noise in zip(evidence.points, evidence.noise, strict=True):
        curve = np.asarray(theory(**law.converted(point | {kind.argument: values})))
        fits = [kind.fitted(values, curve + row, kind.noise, point) for row in noise]
        found, errors = (np.array([fit[i] for fit in fits]) for i in (0, 1))
        truth = np.array([float(point[name]) for name in kind.parameters])
        means.append(found.mean(0))
        stderrs.append(found.std(0, ddof=1) / np.sqrt(len(found)))
        truths.append(truth)
        covered += np.sum(np.abs(found - truth) < 2 * errors, 0)
    truth = np.array(truths)
    agreement = compare(
        np.array(means), truth, np.array(stderrs), np.array(len(noise)), np.abs(truth)
    )
    tries = len(evidence.points) * DATA_SETS
    share = float(stats.norm.cdf(2) - stats.norm.cdf(-2))
    coverage = [stats.binomtest(int(hits), tries, share).pvalue for hits in covered]
    p_value = family_wise(np.array([agreement.p_value, family_wise(np.array(coverage))]))
    return Agreement(agreement.worst_z, p_value, agreement.detects, agreement.unresolved)
