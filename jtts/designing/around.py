"""The best design of a question, designs held away from it, and those of other budgets."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from jtts.theory.best_of_k import Prices, design

FACTORS = (1 / 4, 1 / 2, 1 / 1.4, 1.4, 2.0, 4.0)  # of a quantity, around its best
BUDGETS = (1 / 4, 1 / 2, 2.0, 4.0)
PRICED = {"num_samples": "sample", "num_candidates": "candidate", "judge_samples": "judge_sample"}
Heard = Callable[[str, float], None]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What `design` is asked: its arguments, by their names there."""

    budget: float
    prices: Prices
    prompts: float = 1
    dim: float = 20
    noise_var: float = 0.25
    prior_var: float = 1.0
    judge_noise_var: float | None = None
    num_samples: float | None = None
    num_candidates: float | None = None
    judge_samples: float | None = None
    temperature: float | None = None

    def price(self, quantity: str) -> float:
        """Of one more of it."""
        if quantity == "num_candidates":
            return float(self.prompts * (self.prices.candidate + self.prices.judging))
        if quantity == "judge_samples" and self.judge_samples == np.inf:
            return 0.0  # the judge that knows the truth
        return float(getattr(self.prices, PRICED[quantity]))

    def free(self) -> list[str]:
        return [name for name in PRICED if getattr(self, name) is None]

    def least(self, *, without: str | None = None) -> float:
        """What is spent at least: on what is given, and on one of everything else."""
        counted = [name for name in PRICED if name != without and self.price(name) > 0]
        return sum(self.price(name) * (getattr(self, name) or 1.0) for name in counted)

    def most(self, quantity: str) -> float:
        """That the budget leaves for it."""
        return (self.budget - self.least(without=quantity)) / self.price(quantity)


def asked(question: Question, **changed: Any) -> Any:
    """The `Design` of a question, some of it changed."""
    return design(**vars(dataclasses.replace(question, **changed)))


def answered(question: Question, progress: Heard = lambda text, share: None) -> dict[str, Any]:
    """The best design, the errors around it and those of other budgets, as numbers.

    Around it one quantity is held at multiples of its best value and the others are chosen anew;
    where fewer than two are free there is nothing to choose, and no such curve.

    Raises:
      InputError: what `design` refuses.
    """
    best = asked(question)
    free = question.free()
    runs = [*free, "budget"] if len(free) > 1 else ["budget"]
    around: dict[str, Any] = {}
    for done, name in enumerate(runs):
        progress(f"around the best {name}", done / len(runs))
        middle = getattr(best if name != "budget" else question, name)
        values = [factor * middle for factor in (FACTORS if name != "budget" else BUDGETS)]
        if name == "budget":
            values = [value for value in values if value > question.least() * 1.01]
        else:
            values = [value for value in values if 1 <= value < question.most(name) * 0.999]
        errors = {value: asked(question, **{name: value}).error for value in values}
        errors[middle] = best.error
        around[name] = {"values": sorted(errors), "errors": [errors[x] for x in sorted(errors)]}
    return {
        "question": _numbers(question),
        "best": _numbers(best, without=("whole", "directions")),
        "whole": _numbers(best.whole),
        "shares": _shares(question, best.whole),
        "loosest": _numbers(best.directions[0]) if best.directions else None,
        "around": around,
    }


def _shares(question: Question, whole: Any) -> dict[str, float]:
    """Of what is spent, the part of each quantity that costs something."""
    costs = {n: question.price(n) * getattr(whole, n) for n in PRICED if question.price(n) > 0}
    return {name: float(cost / sum(costs.values())) for name, cost in costs.items()}


def _numbers(found: Any, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Fields as a dictionary, objects in them too; infinity as text: JSON has no number for it."""
    numbers = {}
    for field in dataclasses.fields(found):
        value = getattr(found, field.name)
        if field.name in without:
            continue
        if dataclasses.is_dataclass(value):
            value = _numbers(value)
        elif isinstance(value, float) and np.isinf(value):
            value = "inf"
        numbers[field.name] = value
    return numbers
