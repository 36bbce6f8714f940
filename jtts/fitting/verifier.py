"""A verifier of few grades, binary ones above all: what selection by it reaches.

Right samples have grades of one law, wrong ones of another, the same for all questions; the chance
of a right sample follows the fitted law of difficulty. Grades given correctness, and correctness
given difficulty, are fitted apart: their errors are independent.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import eigh_tridiagonal

from jtts.fitting.curves import BEST, Key
from jtts.fitting.difficulty import unsolvable_share
from jtts.fitting.models import Model
from jtts.fitting.samples import Samples
from jtts.rewards import Discrete
from jtts.theory import verifiers

MOST_GRADES = 10
NODES = 96  # of the chance of a right sample
NONE_SEEN = 3.0  # events that would have shown with a chance of 95 %


def fit_verifier(samples: Samples, difficulty: Model | None) -> tuple[Model | None, list[str]]:
    """The model, or the reason why there is none."""
    grades = np.unique(samples.score)
    if len(grades) > MOST_GRADES:
        return None, [
            f"verifier: not fitted, the score has more than {MOST_GRADES} values; the slope of the "
            "ROC curve at its origin, which decides the limit, cannot be read off finite samples"
        ]
    if len(grades) < 2:
        return None, ["verifier: not fitted, all scores are equal"]
    if difficulty is None:
        return None, ["verifier: not fitted, there is no law of difficulty"]
    laws = [_shares(samples, grades, side) for side in (1.0, 0.0)]
    shapes = len(difficulty.theta)
    influence = np.concatenate([difficulty.influence, *(law[1] for law in laws)], -1)
    covariance = np.zeros((influence.shape[1],) * 2)
    covariance[:shapes, :shapes] = difficulty.covariance
    within = influence[:, shapes:]
    count = len(within)
    covariance[shapes:, shapes:] = within.T @ within * count / (count - 1)
    grading = _Grading(grades, shapes)
    top = laws[1][0][-1]
    notes = []
    if top == 0:
        wrong = float((1 - samples.correct).sum())
        least = laws[0][0][-1] * wrong / NONE_SEEN
        notes.append(
            f"verifier: no wrong sample has the top grade; the slope at the origin is above "
            f"{least:.3g} (95 %)"
        )
    binary = len(grades) == 2
    quantities = {
        "true_positive": ("share", lambda theta: grading.laws(theta)[0][-1]),
        "false_positive": ("share", lambda theta: grading.laws(theta)[1][-1]),
        "roc_slope": ("positive", grading.slope),
        "limit_accuracy": ("share", grading.limit),
        "auc": ("share", grading.auc),
    }
    return (
        Model(
            name="verifier",
            theta=np.concatenate([difficulty.theta, *(law[0][1:] for law in laws)]),
            influence=influence,
            covariance=covariance,
            quantities=quantities,
            curves={Key("accuracy", BEST): grading.accuracy},
            facts={
                "law": "binary" if binary else f"{len(grades)} grades",
                "grades": grades.tolist(),
            },
            notes=tuple(notes),
        ),
        [],
    )


def beta_rule(a: float, b: float) -> tuple[np.ndarray, np.ndarray]:
    """Gauss rule of the Beta(a, b) law on [0, 1], weights that add up to 1.

    From the recurrence of its orthonormal polynomials, which has no large factors at any shapes.
    """
    n, size = np.arange(1.0, NODES), a + b
    centre = np.r_[a / size, (2 * n * (n + size - 1) + a * (size - 2)) / (2 * n + size - 2)]
    centre[1:] /= 2 * n + size
    first = a * b / (size**2 * (size + 1))  # the variance
    n = n[1:]
    later = n / (2 * n + size - 2) * (n + size - 2) / (2 * n + size - 2)
    later *= (n + a - 1) / (2 * n + size - 3) * (n + b - 1) / (2 * n + size - 1)
    nodes, vectors = eigh_tridiagonal(centre, np.sqrt(np.r_[first, later]))
    return np.clip(nodes, 0.0, 1.0), vectors[0] ** 2


def _shares(samples: Samples, grades: np.ndarray, side: float) -> tuple[np.ndarray, np.ndarray]:
    """Shares of the grades among right (1) or wrong (0) samples; influence of all but the first."""
    among = samples.correct == side
    given = (samples.score[:, None] == grades) & among[:, None]
    shares = given.sum(0) / among.sum()
    each = np.add.reduceat(given.astype(float), samples.starts, axis=0)
    off = each - shares * samples.sums(among.astype(float))[:, None]
    return shares, off[:, 1:] / among.sum()


class _Grading:
    """Reads theta: that of the difficulty, then the shares of all grades but the lowest, twice."""

    def __init__(self, grades: np.ndarray, shapes: int) -> None:
        self.grades, self.shapes = grades, shapes

    def laws(self, theta: np.ndarray) -> list[np.ndarray]:
        found = []
        for shares in np.split(theta[self.shapes :], 2):
            shares = np.clip(np.concatenate([[1 - shares.sum()], shares]), 0.0, None)
            found.append(shares / shares.sum())
        return found

    def over_difficulty(self, theta: np.ndarray, function: Any) -> Any:
        """Average of `function(p)` [..., p] over questions; 0 on those that are unsolvable."""
        a, b = np.exp(theta[:2])
        p, weights = beta_rule(a, b)
        solvable = 1 - unsolvable_share(theta[: self.shapes])
        return solvable * np.asarray(function(p)) @ weights

    def accuracy(self, theta: np.ndarray, k: Any) -> np.ndarray:
        right, wrong = (Discrete(shares, self.grades) for shares in self.laws(theta))
        return self.over_difficulty(
            theta,
            lambda p: verifiers.best_of_n_accuracy(
                np.asarray(k, float)[..., None], p, right, wrong
            ),
        )

    def slope(self, theta: np.ndarray) -> float:
        right, wrong = self.laws(theta)
        return right[-1] / wrong[-1] if wrong[-1] > 0 else np.inf

    def limit(self, theta: np.ndarray) -> float:
        slope = self.slope(theta)
        return float(self.over_difficulty(theta, lambda p: verifiers.roc_limit_accuracy(p, slope)))

    def auc(self, theta: np.ndarray) -> float:
        right, wrong = (Discrete(shares, self.grades) for shares in self.laws(theta))
        return float(verifiers.auc(right, wrong))
