"""Strengths, the share of ties and a bias for the place, fitted together.

A judgement is won, lost or tied with weights e^{h}, e^{-h}, nu, 2h = t_i - t_j + b if i is shown
first (Davidson's model; Bradley and Terry's where nothing ties). The likelihood is concave in t, b
and ln nu.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from scipy import sparse, special
from scipy.sparse import csgraph

from jtts.arguments import InputError
from jtts.judging.comparisons import Comparisons

STEPS = 200
CLOSE = 1e-12
LARGEST_STEP = 2.0
ALONE = 1e-10  # curvature, relative, below which the data do not say
FEW = 10  # questions, below which they give no standard errors


@dataclasses.dataclass(frozen=True)
class Strengths:
    """What was fitted: `t` [candidates]; bias and ties are NaN where they have no say."""

    t: np.ndarray
    covariance: np.ndarray  # of t, and of the bias and ln ties that were fitted
    bias: float
    bias_stderr: float
    ties: float
    over_questions: bool  # whether errors are those of questions

    @property
    def stderr(self) -> np.ndarray:
        return np.sqrt(np.diag(self.covariance)[: len(self.t)])

    def gap_stderr(self) -> np.ndarray:
        """Of all differences of strengths, [candidates, candidates]."""
        k = len(self.t)
        own = np.diag(self.covariance)[:k]
        variance = own[:, None] + own - 2 * self.covariance[:k, :k]
        return np.sqrt(np.maximum(variance, 0.0))


def parts_without_loss(found: Comparisons) -> list[str]:
    """A group that no other candidate ever beat or tied with; empty if a finite fit exists."""
    linked = found.wins() + found.ties() > 0
    count, part = csgraph.connected_components(linked, connection="strong")
    if count == 1:
        return []
    inside = part[:, None] == part
    beaten = np.bincount(part[np.nonzero(linked & ~inside)[1]], minlength=count)
    top = int(np.argmax(beaten == 0))
    return [found.names[i] for i in np.flatnonzero(part == top)]


def fit_strengths(found: Comparisons, prior: float) -> Strengths:
    """The maximum of the likelihood, or with logistic priors of the strengths and the bias.

    A bias that the strengths can play as well (each candidate always in its own place) is left out.

    Args:
      prior: 0, or 1 for a prior worth one win and one loss against strength 0.

    Raises:
      InputError: nothing but ties, or no maximum.
    """
    if np.all(found.score == 0.5):
        raise InputError(f"{found.source}: every judgement is a tie")
    rows = _Rows(found)
    theta = np.zeros(rows.size)
    if rows.ordered:
        curved = np.linalg.eigvalsh(rows.information(theta, 0.0))
        if curved[0] < ALONE * curved[-1]:
            return fit_strengths(dataclasses.replace(found, ahead=None), prior)
    for _ in range(STEPS):
        slope, information = rows.slope(theta, prior), rows.information(theta, prior)
        step = np.linalg.solve(information, slope)
        theta = theta + step * min(1.0, LARGEST_STEP / max(float(np.abs(step).max()), 1e-300))
        if not prior:
            theta[: rows.k] -= theta[: rows.k].mean()
        if np.abs(step).max() <= CLOSE * (1 + np.abs(theta).max()):
            break
    else:
        raise InputError(f"{found.source}: no maximum of the likelihood found in {STEPS} steps")
    inverse = np.linalg.inv(rows.information(theta, prior))
    if not prior:
        inverse[: rows.k, : rows.k] -= 1 / rows.k
    covariance, over_questions = rows.robust(theta, inverse)
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    return Strengths(
        t=theta[: rows.k],
        covariance=covariance,
        bias=float(theta[rows.k]) if rows.ordered else np.nan,
        bias_stderr=float(errors[rows.k]) if rows.ordered else np.nan,
        ties=float(np.exp(theta[-1])) if rows.tied else np.nan,
        over_questions=over_questions,
    )


class _Rows:
    """Judgements, equal ones counted together."""

    def __init__(self, found: Comparisons) -> None:
        self.k = len(found.names)
        self.ordered = found.ahead is not None
        self.tied = bool(np.any(found.score == 0.5))
        self.size = self.k + self.ordered + self.tied
        columns = [found.one, found.other, np.round(2 * found.score).astype(int)]
        if self.ordered:
            columns.append(found.ahead.astype(int))
        # a judgement as one number, so that equal ones are found quickly
        code = columns[0].astype(np.int64)
        for column, size in zip(columns[1:], (self.k, 3, 2), strict=False):
            code = code * size + column
        code, self.place, counts = np.unique(code, return_inverse=True, return_counts=True)
        self.place = self.place.ravel()
        self.counts = counts.astype(float)
        self.ahead = np.zeros(len(code))
        if self.ordered:
            code, first = np.divmod(code, 2)
            self.ahead = 2.0 * first - 1
        code, outcome = np.divmod(code, 3)
        self.one, self.other = np.divmod(code, self.k)
        self.score = outcome / 2
        self.question = found.question

    def shares(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Mean of (won - lost) / 2, chance of a tie, variance of the former."""
        gap = theta[self.one] - theta[self.other]
        if self.ordered:
            gap = gap + theta[self.k] * self.ahead
        small = np.exp(-np.abs(gap))
        share = np.exp(theta[-1] - np.abs(gap) / 2) if self.tied else 0.0
        total = 1 + small + share
        lead = np.sign(gap) * (1 - small) / (2 * total)
        return lead, share / total * np.ones_like(gap), (1 + small) / (4 * total) - lead**2

    def scores(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Slope of the logarithm of each judgement's chance in its gap, and in ln ties."""
        lead, tie, _ = self.shares(theta)
        return self.score - 0.5 - lead, (self.score == 0.5) - tie

    def slope(self, theta: np.ndarray, prior: float) -> np.ndarray:
        of_gap, of_ties = (self.counts * part for part in self.scores(theta))
        slope = np.zeros(self.size)
        k = self.k
        slope[:k] = np.bincount(self.one, of_gap, k) - np.bincount(self.other, of_gap, k)
        slope[:k] += prior * (special.expit(-theta[:k]) - special.expit(theta[:k]))
        if self.ordered:
            slope[k] = of_gap @ self.ahead - prior * np.tanh(theta[k] / 2)
        if self.tied:
            slope[-1] = of_ties.sum()
        return slope

    def information(self, theta: np.ndarray, prior: float) -> np.ndarray:
        """Curvature of minus the logarithm; without a prior the level is fixed as well."""
        k = self.k
        lead, tie, variance = self.shares(theta)
        weight = self.counts * variance
        found = np.zeros((self.size, self.size))
        pairs = np.bincount(self.one * k + self.other, weight, k * k).reshape(k, k)
        pairs = pairs + pairs.T
        found[:k, :k] = np.diag(pairs.sum(1)) - pairs
        chance = special.expit(theta[:k])
        found[:k, :k] += np.diag(2 * prior * chance * (1 - chance)) if prior else 1 / k
        if self.ordered:
            tilt = weight * self.ahead
            found[k, :k] = np.bincount(self.one, tilt, k) - np.bincount(self.other, tilt, k)
            found[:k, k] = found[k, :k]
            found[k, k] = weight.sum() + prior / (2 * np.cosh(theta[k] / 2) ** 2)
        if self.tied:
            cross = -self.counts * lead * tie
            found[-1, :k] = np.bincount(self.one, cross, k) - np.bincount(self.other, cross, k)
            if self.ordered:
                found[-1, k] = found[k, -1] = cross @ self.ahead
            found[:k, -1] = found[-1, :k]
            found[-1, -1] = self.counts @ (tie * (1 - tie))
        return found

    def robust(self, theta: np.ndarray, inverse: np.ndarray) -> tuple[np.ndarray, bool]:
        """Covariance, with the judgements of a question taken together where there are enough."""
        if self.question is None or len(np.unique(self.question)) < FEW:
            return inverse, False
        of_gap, of_ties = self.scores(theta)
        entries: list[tuple[Any, Any, Any]] = [(self.one, 1.0, of_gap), (self.other, -1.0, of_gap)]
        if self.ordered:
            entries.append((np.full(len(self.counts), self.k), self.ahead, of_gap))
        if self.tied:
            entries.append((np.full(len(self.counts), self.size - 1), 1.0, of_ties))
        data = np.concatenate([(sign * part)[self.place] for _, sign, part in entries])
        column = np.concatenate([place[self.place] for place, _, _ in entries])
        row = np.tile(self.question, len(entries))
        scores = sparse.coo_matrix((data, (row, column)), (row.max() + 1, self.size)).tocsr()
        count = len(np.unique(self.question))
        meat = (scores.T @ scores).toarray() * count / (count - 1)
        return inverse @ meat @ inverse, True


def expected(found: Comparisons, fitted: Strengths) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of the points of each against each, [candidates, candidates]."""
    rows = _Rows(found)
    theta: Any = [*fitted.t]
    if rows.ordered:
        theta.append(fitted.bias)
    if rows.tied:
        theta.append(np.log(fitted.ties))
    lead, _, variance = rows.shares(np.array(theta))
    k = rows.k
    place, back = rows.one * k + rows.other, rows.other * k + rows.one

    def summed(of_one: np.ndarray, of_other: np.ndarray) -> np.ndarray:
        there = np.bincount(place, rows.counts * of_one, k * k)
        return (there + np.bincount(back, rows.counts * of_other, k * k)).reshape(k, k)

    return summed(0.5 + lead, 0.5 - lead), summed(variance, variance)
