"""The score as a proxy of the truth: offset of the question + slope * truth + error.

In a question the truth is normal; the error is normal or Student-t, whichever has the smaller AIC.
What is fitted lies within questions: offsets of the judge between questions do not select.
"""

from __future__ import annotations

import numpy as np

from jtts.fitting import contrasts
from jtts.fitting.curves import BEST, Key, sign
from jtts.fitting.models import Model
from jtts.fitting.samples import Samples
from jtts.theory import selection

EXACT = 1e-9  # share of the score that is no error at all
WIDEST = 1e12  # error in deviations of the truth; more is no proxy either
DOFS = (0.5, 1e6)  # degrees of freedom that the theory takes
HEAVIEST_NORMAL = 100.0  # degrees of freedom from which a t error is a normal one
MEAN, LOG_WIDTH, SLOPE, LOG_SCALE, LOG_DOF = range(5)


def fit_proxy(
    samples: Samples, outcome: str, data: np.ndarray, temperatures: np.ndarray, seed: int
) -> tuple[Model | None, list[str]]:
    """A model of selection by the score; for the outcome `error` the truth is its negative."""
    truth = sign(outcome) * data
    x, y = samples.centred(truth), samples.centred(samples.score)
    freedom = int((samples.counts - 1).sum())
    if not samples.vary(truth).any() or not samples.vary(samples.score).any():
        flat = "score" if samples.vary(truth).any() else outcome
        return None, [f"proxy: not fitted, the {flat} does not vary within questions"]
    slope = x @ y / (x @ x)
    residual = y - slope * x
    if residual @ residual < EXACT * (y @ y):
        return None, [f"proxy: not fitted, the score is a straight line in the {outcome}"]
    base = _location(samples, truth, x, freedom)
    normal = _normal(samples, x, residual, slope, freedom)
    student, kept = contrasts.fit_student(samples, truth, seed)
    aic = _aic(samples, student, kept, x, y)
    heavy = student.inside and np.exp(student.theta[2]) < HEAVIEST_NORMAL
    heavy = heavy and aic["Student-t"] < aic["normal"]
    theta, influence = (student.theta, student.influence) if heavy else normal
    notes = []
    if heavy and not kept.all():
        notes.append(f"proxy: error law from {int(kept.sum())} questions at random")
    if theta[0] < 0:
        notes.append("proxy: the score falls with the truth; selection by it does harm")
    return (
        Model(
            name="proxy",
            theta=np.concatenate([base[0], theta]),
            influence=np.concatenate([base[1], influence], -1),
            quantities=_quantities(heavy),
            curves=_curves(outcome, heavy, temperatures),
            facts={"law": "Student-t error" if heavy else "normal error", "AIC": aic},
            notes=tuple(notes),
        ),
        [],
    )


def _location(samples, truth, x, freedom):
    """Mean truth, and ln of its deviation within questions."""
    means = samples.means(truth)
    squares = samples.sums(x**2)
    variance = squares.sum() / freedom
    off = (squares - (samples.counts - 1) * variance) / (2 * freedom * variance)
    influence = np.stack([(means - means.mean()) / len(means), off], -1)
    return np.array([means.mean(), np.log(variance) / 2]), influence


def _normal(samples, x, residual, slope, freedom):
    """Slope and ln scale of a normal error."""
    squares = samples.sums(residual**2)
    expected = (samples.counts - 1) / freedom * squares.sum()
    influence = np.stack(
        [samples.sums(x * residual) / (x @ x), (squares - expected) / (2 * squares.sum())], -1
    )
    return np.array([slope, np.log(squares.sum() / (freedom - 1)) / 2]), influence


def _aic(samples, student, kept, x, y):
    """Of both errors, on the questions that the t error was fitted to."""
    rows = kept[samples.question]
    x, y = x[rows], y[rows]
    residual = y - x @ y / (x @ x) * x
    normal = contrasts.normal_log_likelihood(samples.counts[kept], float(residual @ residual))
    return {"normal": 2 * 2 - 2 * normal, "Student-t": 2 * 3 - 2 * student.loglik}


def _scale(theta):
    """Of the error in deviations of the truth, once the slope is divided out."""
    ratio = np.exp(theta[LOG_SCALE] - theta[LOG_WIDTH])
    return ratio / np.maximum(np.abs(theta[SLOPE]), ratio / WIDEST)


def _correlation(theta):
    return np.sign(theta[SLOPE]) / np.sqrt(1 + _scale(theta) ** 2)


def _quantities(heavy):
    found = {
        "truth deviation": ("positive", lambda theta: np.exp(theta[LOG_WIDTH])),
        "slope": ("any", lambda theta: theta[SLOPE]),
        "error scale": ("positive", _scale),
    }
    if heavy:
        return {**found, "dof": ("positive", lambda theta: np.exp(theta[LOG_DOF]))}
    return {**found, "correlation": ("any", _correlation)}


def _curves(outcome, heavy, temperatures):
    def cold(theta, k):
        dof = np.clip(np.exp(theta[LOG_DOF]), *DOFS) if heavy else None
        gain = np.asarray(selection.gain_under_error(k, scale=_scale(theta), dof=dof))
        return _truth(theta, np.sign(theta[SLOPE]) * gain)

    def hot(temperature):
        def curve(theta, k):
            width = np.hypot(theta[SLOPE] * np.exp(theta[LOG_WIDTH]), np.exp(theta[LOG_SCALE]))
            gain = np.asarray(selection.soft_best_of_n_gain(k, width / temperature))
            return _truth(theta, _correlation(theta) * gain)

        return curve

    def _truth(theta, gain):
        return sign(outcome) * (theta[MEAN] + np.exp(theta[LOG_WIDTH]) * gain)

    curves = {Key(outcome, BEST): cold}
    if not heavy:
        curves |= {Key(outcome, BEST, float(t)): hot(t) for t in temperatures if t > 0}
    return curves
