"""How to spend a budget on training, candidates and judging."""

from __future__ import annotations

import dataclasses
import itertools
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import InputError, require_at_least, require_nonnegative, require_positive
from jtts.parameters import parameters
from jtts.regression import TrainedJudge
from jtts.theory import regression
from jtts.theory.best_of_k.constrained import Minimum, Task, minimum_from, principal_directions
from jtts.theory.best_of_k.end_to_end import end_to_end_error

NAMES = ("num_samples", "num_candidates", "judge_samples", "temperature")
TEMPERATURES = (0.03, 0.3, 1.0, 3.0, 10.0, 100.0)  # to start from, over the noise variance
COLDEST, HOTTEST = 1e-3, 1e5  # the range searched, over the noise variance
NOTICEABLE = 0.01  # a relative rise of the error
SLIGHTLY = 1e-6  # relative slack of the search, within which a number counts as whole


@parameters
class Prices:
    """What things cost, all in one unit.

    Attributes:
      sample: one training sample of the generator; positive.
      candidate: generating one candidate for one prompt; positive.
      judging: judging one candidate.
      judge_sample: one training sample of the judge.

    Raises:
      InputError: a price out of range, naming it.
    """

    sample: Any
    candidate: Any
    judging: Any = 0.0
    judge_sample: Any = 0.0

    def __post_init__(self) -> None:
        require_positive(sample=self.sample, candidate=self.candidate)
        require_nonnegative(judging=self.judging, judge_sample=self.judge_sample)


@parameters
class Direction:
    """A way to leave the best design that costs nothing.

    Attributes:
      change: d ln of each quantity that is free and not at an end of its range; of unit length.
      curvature: second derivative of ln(error) along it.
      reach: the factor by which one can go along it before the error has risen by 1 %.
    """

    change: dict[str, float]
    curvature: float
    reach: float

    @property
    def flat(self) -> bool:
        """Whether a factor of 2 costs less than 1 %."""
        return self.reach > 2


@parameters
class WholeDesign:
    """A design in whole numbers.

    Attributes:
      num_samples, num_candidates, judge_samples: n, k and n_J, whole but where they were given.
      temperature: T.
      error: E (y* - t)^2 there.
      cost: what of the budget it spends.
    """

    num_samples: float
    num_candidates: float
    judge_samples: float
    temperature: float
    error: float
    cost: float


@parameters
class Design:
    """The best way to spend a budget.

    Attributes:
      num_samples, num_candidates, judge_samples, temperature: n, k, n_J and T; real numbers.
      error: E (y* - t)^2 there.
      cost: what of the budget it spends.
      whole: the best of the whole numbers around it that the budget allows, a `WholeDesign`.
      budget_exponent: d ln(error) / d ln(budget).
      directions: principal directions of ln(error) at constant cost, the flattest first.
    """

    num_samples: float
    num_candidates: float
    judge_samples: float
    temperature: float
    error: float
    cost: float
    whole: WholeDesign
    budget_exponent: float
    directions: tuple[Direction, ...]


def design(
    *,
    budget,
    prices: Prices,
    dim,
    prompts=1,
    noise_var,
    prior_var,
    spectrum=(1.0,),
    teacher=None,
    judge_noise_var=None,
    num_samples=None,
    num_candidates=None,
    judge_samples=None,
    temperature=None,
):
    r"""The training set, number of candidates, judge and temperature that a budget buys best.

    Minimises `end_to_end_error` over n, k, n_J and T under

    $$c_n n + m (c_k + c_j)\,k + c_J n_J \le C.$$

    The judge is a `TrainedJudge` with n_J samples of its own: n_J is its strength. The search
    follows the gradients of the closed forms in ln n, ln k, ln n_J and ln T from several starts, at
    T = 0 and above.

    Args:
      budget: C > 0, in the unit of the prices.
      prices: `Prices` c_n, c_k, c_j, c_J.
      dim: number d of input dimensions; n samples make the aspect ratio d/n.
      prompts: m, to be answered after training, positive; each has k candidates of its own.
      noise_var, prior_var: sigma^2 and gamma^2, positive.
      spectrum: eigenvalues of the input covariance, [d], or [1] for equal ones.
      teacher: its weights in the eigenbasis, like the spectrum; None for one drawn from the prior.
      judge_noise_var: sigma^2 of the judge's training data; None for the generator's.
      num_samples, num_candidates, judge_samples, temperature: a number holds the quantity at that
        value, paid like any other; None leaves it free. judge_samples = inf is the teacher as
        judge, free of charge.

    Returns `Design`, the lowest of the local minima found. Its numbers are real and at least 1,
    those of its `whole` are whole. Part of the budget is left where more candidates would
    over-optimise the judge. Its `directions` say how firmly it is fixed: along a flat one much
    else does as well. The closed forms are for large d and n, see `end_to_end_error`. A search
    takes about a second.

    Raises:
      InputError: an argument out of range; a budget too small for one of each and what is held; a
        judge that is free to grow at no price; nothing to choose.

    Source: derived here (docs, best-of-k section 10); the model is arXiv:2512.19905.

    >>> from jtts.theory import best_of_k
    >>> best = best_of_k.design(
    ...     budget=1000.0, prices=best_of_k.Prices(sample=1.0, candidate=1.0), dim=20,
    ...     noise_var=0.25, prior_var=1.0, judge_samples=float("inf"))
    >>> print(f"n = {best.whole.num_samples}, k = {best.whole.num_candidates}")
    n = 141, k = 859
    """
    require_positive(
        budget=budget, dim=dim, prompts=prompts, noise_var=noise_var, prior_var=prior_var
    )
    judge_noise_var = noise_var if judge_noise_var is None else judge_noise_var
    require_positive(judge_noise_var=judge_noise_var)
    learning: dict[str, Any] = {
        "spectrum": jnp.asarray(spectrum, float),
        "noise_var": float(noise_var),
        "prior_var": float(prior_var),
        "teacher": None if teacher is None else jnp.asarray(teacher, float),
    }
    regression.statistics(aspect_ratio=1.0, **learning)  # says what is wrong with any of these
    given = zip(NAMES, (num_samples, num_candidates, judge_samples, temperature), strict=True)
    held = {name: float(value) for name, value in given if value is not None}
    require_at_least(1, **{name: value for name, value in held.items() if name != "temperature"})
    require_nonnegative(temperature=held.get("temperature", 0.0))
    teacher_judges = held.get("judge_samples") == np.inf
    if teacher_judges:
        prices = dataclasses.replace(prices, judge_sample=0.0)
        held["judge_samples"] = 1.0
    if len(held) == len(NAMES):
        raise InputError("nothing is left to choose: every quantity is given")
    if prices.judge_sample == 0 and "judge_samples" not in held:
        raise InputError("prices.judge_sample must be positive unless judge_samples is given")

    def task(cold):
        def log_error(x):
            value, slope = _log_error(
                x,
                learning,
                float(dim),
                float(judge_noise_var),
                cold=cold,
                teacher_judges=teacher_judges,
            )
            return float(value), np.asarray(slope)

        return _task(log_error, prices, float(prompts), float(budget), held, noise_var, cold)

    found = []
    if held.get("temperature", 0.0) == 0:
        cold = task(cold=True)
        found.append((_least(cold, cold.starts()), cold))
    if held.get("temperature") != 0:
        hot = task(cold=False)
        starts = [hot.starts()[0], *(minimum.x for minimum, _ in found)]
        found.append((_least(hot, [_warmed(hot, x, noise_var) for x in starts]), hot))
    minimum, chosen = min(found, key=lambda pair: pair[0].value)
    return _described(minimum, chosen, held, teacher_judges)


def _whole_numbers(
    minimum: Minimum, task: Task, held: dict[str, float], teacher_judges: bool
) -> WholeDesign:
    """The least error among whole numbers near a minimum that are within the budget.

    Each quantity is rounded down and up, and each in turn takes what the others leave.
    """
    real = np.exp(minimum.x)
    costs = task.costs[:3]
    around = [
        {held[name]}
        if name in held
        else {max(1.0, np.floor(x + SLIGHTLY)), max(1.0, np.ceil(x - SLIGHTLY))}
        for name, x in zip(NAMES[:3], real[:3], strict=True)
    ]
    tried = set(itertools.product(*around))
    for i, name in enumerate(NAMES[:3]):
        if name in held or costs[i] == 0:
            continue
        for numbers in list(tried):
            left = task.budget - float(np.delete(costs, i) @ np.delete(numbers, i))
            most = max(1.0, np.floor(left / costs[i] + SLIGHTLY))
            tried.add((*numbers[:i], most, *numbers[i + 1 :]))
    found = []
    for numbers in tried:
        cost = float(costs @ numbers)
        if cost <= task.budget * (1 + SLIGHTLY):
            x = np.append(np.log(numbers), minimum.x[3])
            found.append((task.function(x)[0], cost, numbers))
    error, cost, numbers = min(found, key=lambda one: one[:2])
    n, k, judge_samples = (int(x) if x == int(x) else float(x) for x in numbers)
    return WholeDesign(
        num_samples=n,
        num_candidates=k,
        judge_samples=np.inf if teacher_judges else judge_samples,
        temperature=held.get("temperature", float(real[3])),
        error=float(np.exp(error)),
        cost=cost,
    )


@partial(jax.jit, static_argnames=("cold", "teacher_judges"))
def _log_error(x, learning, dim, judge_noise_var, *, cold, teacher_judges):
    """ln(error) and its gradient at x = (ln n, ln k, ln n_J, ln T)."""

    def log_error(x):
        num_samples, k, judge_samples, temperature = jnp.exp(x)
        judge = TrainedJudge(dim / judge_samples, judge_noise_var, learning["prior_var"])
        risk = end_to_end_error.function(
            k,
            aspect_ratio=dim / num_samples,
            judge=None if teacher_judges else judge,
            temperature=0.0 if cold else temperature,
            **learning,
        )
        return jnp.log(risk)

    return jax.value_and_grad(log_error)(x)


def _task(log_error, prices, prompts, budget, held, noise_var, cold) -> Task:
    answering = prompts * (prices.candidate + prices.judging)
    costs = np.array([prices.sample, answering, prices.judge_sample, 0.0], float)
    low = np.array([1.0, 1.0, 1.0, COLDEST * noise_var])
    high = np.append(np.full(3, budget) / np.maximum(costs[:3], 1e-300), HOTTEST * noise_var)
    for name, value in (held | {"temperature": 0.0} if cold else held).items():
        low[NAMES.index(name)] = high[NAMES.index(name)] = value
    least = float(costs @ low)
    if not least < budget:
        raise InputError(
            f"budget must be above {least:g}, the price of what is held and one of each, "
            f"got {budget:g}"
        )
    with np.errstate(divide="ignore"):  # the logarithm of temperature 0
        return Task(log_error, costs, budget, np.log(low), np.log(high))


def _least(task: Task, starts: list[np.ndarray]) -> Minimum:
    return min((minimum_from(task, x) for x in starts), key=lambda minimum: minimum.value)


def _warmed(task: Task, x: np.ndarray, noise_var: float) -> np.ndarray:
    """`x` at the best of a few temperatures, within the bounds."""
    tried = [np.clip([*x[:3], np.log(t * noise_var)], task.low, task.high) for t in TEMPERATURES]
    return min(tried, key=lambda x: task.function(x)[0])


def _described(
    minimum: Minimum, task: Task, held: dict[str, float], teacher_judges: bool
) -> Design:
    directions = []
    for curvature, vector in principal_directions(task, minimum):
        change = {n: float(v) for n, v in zip(NAMES, vector, strict=True) if v != 0}
        reach = np.exp(np.sqrt(2 * np.log1p(NOTICEABLE) / max(curvature, 1e-6)))
        directions.append(Direction(change, curvature, float(reach)))
    num_samples, num_candidates, judge_samples, temperature = np.exp(minimum.x).tolist()
    return Design(
        num_samples=num_samples,
        num_candidates=num_candidates,
        judge_samples=np.inf if teacher_judges else judge_samples,
        temperature=temperature,
        error=float(np.exp(minimum.value)),
        cost=float(task.costs @ np.exp(minimum.x)),
        whole=_whole_numbers(minimum, task, held, teacher_judges),
        budget_exponent=minimum.response,
        directions=tuple(directions),
    )
