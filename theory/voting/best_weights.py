"""The weights of several models with which endless votes answer most questions rightly.

A question is answered rightly where some linear functions of the weights are positive, one for each
wrong answer. Their zeros cut the weights into cells in which nothing changes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jtts.arguments import InputError
from jtts.laws import closed_form
from jtts.numeric import Numbers
from jtts.promises import static
from jtts.theory.voting.ensembles import ANSWERED, ANSWERS

MODELS = 4  # up to which all cells are looked at
CUTS = {1: 10**6, 2: 10**5, 3: 600, 4: 80}  # as long as no more functions than this change sign
NARROW = 1e-9  # cells narrower than this are not seen
ROUNDS = 100
BLOCK = 2**22  # numbers held at once


def _questions(probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Leads of the right answer, [questions, wrong answers, models], where weights decide.

    And the questions that are right, or drawn by lot, whatever the weights.
    """
    p = probabilities / probabilities.max(-1, keepdims=True)  # their sum may overflow
    p = p / p.sum(-1, keepdims=True)
    leads = p[..., :1] - p[..., 1:]  # [questions, models, wrong answers]
    leads = np.swapaxes(leads, -1, -2)
    never = np.any(np.all(leads <= 0, -1) & np.any(leads < 0, -1), -1)
    tied = np.all(leads == 0, -1)
    always = np.all(np.all(leads >= 0, -1), -1)
    share = 1 / (1 + tied.sum(-1))  # of a question whose other wrong answers are beaten
    decided = always | never
    return leads[~decided], share[~decided], float(np.sum(share[always & ~never]))


def _right(weights: np.ndarray, leads: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Questions that weights [points, models] answer rightly, by chance counted in part."""
    found = np.zeros(len(weights))
    step = max(1, BLOCK // max(leads[..., 0].size, 1))
    known = np.all(leads == 0, -1)
    for start in range(0, len(weights), step):
        some = weights[start : start + step]
        above = (np.einsum("pm,qam->pqa", some, leads) > 0) | known
        found[start : start + step] = above.all(-1) @ share
    return found


def _midpoints(functions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """On many lines at once: points between the zeros of functions a + b x, [lines, functions, 2].

    Returns the number of the line and x, of every interval that is wide enough.
    """
    a, b = functions[..., 0], functions[..., 1]
    moves = np.abs(b) > 1e-14
    zeros = np.where(moves, -a / np.where(moves, b, 1.0), np.inf)
    zeros = np.sort(zeros, -1)
    with np.errstate(invalid="ignore"):
        wide = (np.diff(zeros, axis=-1) > NARROW) & np.isfinite(zeros[:, 1:])
    line, place = np.nonzero(wide)
    return line, (zeros[line, place] + zeros[line, place + 1]) / 2


def _plane(functions: np.ndarray, one: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A point where one function a + b x vanishes, the directions along which it does, and b."""
    a, b = functions[one, 0], functions[one, 1:]
    size = b @ b
    along = np.linalg.svd(b[None])[2][1:].T  # [dimensions, dimensions - 1]
    return -a * b / size, along, b / np.sqrt(size)


def _points(functions: np.ndarray, edges: int) -> np.ndarray:
    """A point in every cell that functions a + b x cut out of where the first `edges` are positive.

    Every such cell has a side on the zeros of some function, which is a cell there: from a point
    in it, half the way to the next zero on either side leads into the cells beside it.
    """
    dimensions = functions.shape[1] - 1
    if dimensions == 1:
        found = _midpoints(functions[None])[1][:, None]
        return found[_inside(found, functions, edges)]
    cells = []
    for one in range(len(functions)):
        if functions[one, 1:] @ functions[one, 1:] < 1e-24:
            continue
        start, along, normal = _plane(functions, one)
        others = np.delete(functions, one, 0)
        here = np.c_[others[:, 0] + others[:, 1:] @ start, others[:, 1:] @ along]
        kept = np.abs(here).max(-1) > 1e-13  # the same zeros again cut nothing
        below = edges - (one < edges)
        sides = _points(here[kept], int(np.sum(kept[:below])))
        if not len(sides):
            continue
        sides = start + sides @ along.T
        values = functions[:, 0] + sides @ functions[:, 1:].T
        slopes = functions[:, 1:] @ normal
        meets = (np.abs(values) > 1e-13) & (np.abs(slopes) > 1e-14)
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = np.where(meets, np.abs(values / slopes), np.inf)
        step = np.minimum(reach.min(-1), 1.0)[:, None] / 2 * normal
        cells += [sides + step, sides - step]
    if not cells:
        return np.zeros((0, dimensions))
    found = np.concatenate(cells)
    return found[_inside(found, functions, edges)]


def _inside(points: np.ndarray, functions: np.ndarray, edges: int) -> np.ndarray:
    values = functions[:edges, 0] + points @ functions[:edges, 1:].T
    return np.all(values > 0, -1)


def _all_cells(leads: np.ndarray, models: int) -> np.ndarray:
    """Weights in every cell, [points, models]."""
    if models == 1:
        return np.ones((1, 1))
    rows = np.concatenate([np.eye(models), leads.reshape(-1, models)])
    # the last weight is what the others leave
    functions = np.c_[rows[:, -1], rows[:, :-1] - rows[:, -1:]]
    size = np.abs(functions).max(-1, keepdims=True)
    functions = functions / np.where(size > 0, size, 1.0)
    found = _points(functions, models)
    return np.c_[found, 1 - found.sum(-1)]


def _along(weights: np.ndarray, direction: np.ndarray, leads: np.ndarray) -> np.ndarray:
    """Weights in every cell that a line through the weights meets."""
    rows = np.concatenate([np.eye(len(weights)), leads.reshape(-1, len(weights))])
    functions = np.stack([rows @ weights, rows @ direction], -1)
    x = _midpoints(functions[None])[1]
    found = weights + x[:, None] * direction
    return found[np.all(found > 0, -1)]


def _searched(leads: np.ndarray, share: np.ndarray, models: int) -> np.ndarray:
    """Weights that no change of one of them, or exchange between two, makes better."""
    best, most = None, -1.0
    one = np.eye(models)
    for start in [np.full(models, 1 / models), *(0.9 * one + 0.1 / models)]:
        weights, right = start, float(_right(start[None], leads, share)[0])
        for _ in range(ROUNDS):
            before = right
            directions = [one[i] - weights for i in range(models)]
            directions += [one[i] - one[j] for i in range(models) for j in range(i)]
            for direction in directions:
                found = _along(weights, direction, leads)
                if not len(found):
                    continue
                values = _right(found, leads, share)
                if values.max() > right:
                    weights, right = found[np.argmax(values)], float(values.max())
            if right == before:
                break
        if right > most:
            best, most = weights, right
    return np.asarray(best)


def _centred(weights: np.ndarray, leads: np.ndarray) -> np.ndarray:
    """Of the weights that answer the same questions rightly, those with the largest lead."""
    from scipy.optimize import linprog

    models = len(weights)
    values = np.einsum("m,qam->qa", weights, leads)
    right = np.all((values > 0) | np.all(leads == 0, -1), -1)
    rows = leads[right].reshape(-1, models)
    rows = rows[np.any(rows != 0, -1)]
    if not len(rows):
        return weights
    found = linprog(
        np.r_[np.zeros(models), -1.0],
        A_ub=np.c_[-rows, np.ones(len(rows))],
        b_ub=np.zeros(len(rows)),
        A_eq=np.r_[np.ones(models), 0.0][None],
        b_eq=[1.0],
        bounds=[(0, 1)] * models + [(None, None)],
    )
    centre = np.clip(found.x[:-1], 0, None) if found.success else weights
    return centre / centre.sum()


@closed_form(holds={"probabilities": static(ANSWERS)}, jointly=ANSWERED, relative=1e-9)
def best_vote_weights(probabilities: Numbers) -> dict[str, Any]:
    """Weights of the models with which endless votes answer most questions rightly.

    `weighted_plurality_limit` is constant in cells of weights, which are cut by planes where the
    right answer of a question ties with another. For up to 4 models a point of every cell is found
    by ordering the crossings along each line in which planes meet: the accuracy is the best there
    is. For more models, or more than 100000, 600 or 80 planes among 2, 3 or 4 models, single
    weights and exchanges between two are searched from several starts until none is better: the
    accuracy is a lower bound, and `exhaustive` is false.

    Args:
      probabilities: [questions, models, answers], the first answer being the right one.

    Returns a mapping: `weights` of the models, which sum to 1, with the largest lead among those
    that answer the same questions; the `accuracy` with them; and `exhaustive`, whether no weights
    are better. Weights at which answers tie that others would tell apart are not considered, nor
    cells narrower than 1e-9. No derivatives.

    Raises:
      InputError: probabilities that are negative or all zero, or not of three axes.

    Source: derived here (docs, voting section 4); arXiv:2509.21091 solves the same problem as a
    mixed-integer linear program.

    >>> from jtts.theory import voting
    >>> found = voting.best_vote_weights([[[0.4, 0.1, 0.5], [0.4, 0.5, 0.1]]])
    >>> print(found["weights"], found["accuracy"], found["exhaustive"])
    [0.5 0.5] 1.0 True
    """
    if np.ndim(probabilities) != 3:
        raise InputError(
            f"probabilities must be [questions, models, answers], got {np.ndim(probabilities)} axes"
        )
    leads, share, sure = _questions(np.asarray(probabilities, float))
    questions, models, _ = np.shape(probabilities)
    cuts = leads.shape[0] * leads.shape[1]
    exhaustive = models <= MODELS and cuts <= CUTS[models]
    weights = np.full(models, 1 / models)
    if cuts:
        found = _all_cells(leads, models) if exhaustive else _searched(leads, share, models)[None]
        found = np.vstack([weights, found])
        best = np.argmax(_right(found, leads, share))  # equal weights where none are better
        weights = _centred(found[best], leads)
    accuracy = (float(_right(weights[None], leads, share)[0]) + sure) / questions
    return {"weights": weights, "accuracy": accuracy, "exhaustive": exhaustive}
