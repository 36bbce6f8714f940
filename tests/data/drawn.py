"""Points of a law's own domain, and the arguments that vary with them."""

import functools

import jax
import numpy as np

from jtts import registry
from jtts.domain import draw_points
from jtts.kinds import Expansion, Fit, Limit

LAWS = registry.all_laws()
POINTS = 4
# by their documentation: one number, or one for each of a vector
ONE_NUMBER = {
    "selection.iterated_curation": ["rounds"],
    "repeated_sampling.solved_share": ["attempts"],
}


def argument_values(law):
    """Values of what a derived law is a function of, where its domain leaves it open."""
    if isinstance(law.kind, Limit | Expansion | Fit):
        return law.kind.values
    return (2.0, 3.0)


@functools.cache
def points(name):
    law = LAWS[name]
    missing = [parameter for parameter in law.parameters if parameter not in law.domain]
    values = argument_values(law)
    return [
        {p: v for p, v in point.items() if p in law.parameters}
        | {p: values[i % len(values)] for p in missing}
        for i, point in enumerate(draw_points(law.domain, POINTS, seed=7))
    ]


def is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


@functools.cache
def batched(name):
    """Arguments whose values at the points are numbers or objects of numbers, stacked; the others,
    as they are at the first point."""
    drawn = points(name)
    stacked, fixed = {}, {}
    for parameter in drawn[0]:
        values = [point[parameter] for point in drawn]
        trees = {jax.tree.structure(v) for v in values}
        vectors = isinstance(values[0], list | tuple) or parameter in ONE_NUMBER.get(name, ())
        numbers = all(is_number(v) for v in jax.tree.leaves(values))
        if len(trees) == 1 and numbers and not vectors:
            stacked[parameter] = jax.tree.map(lambda *v: np.array(v, float), *values)
        else:
            fixed[parameter] = values[0]
    return stacked, fixed
