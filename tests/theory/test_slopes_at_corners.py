"""First derivatives at every corner row, which stand at the ends of a promise and on either side of
each branch of the code, against one-sided differences of the values themselves."""

import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import rows
from drawn import is_number
from slopes import SCALES, STEPS, UNTRACED, differences

from jtts.arguments import InputError

WITHOUT = {  # where a slope is not told, and why
    "associative_memory.least_squares_error": "halved at the kink N = d, an end of both",
    "associative_memory.least_squares_heads_error": "halved at the kink N = d, an end of both",
    "in_context.linear_attention_errors": "lost where ratios of 1e-30 meet a noise of 1e30",
    "best_of_k.optimal_samples": "minutes a row; its numbers are those of a search",
    "selection.optimal_split": "minutes; its numbers are those of a search",
    "repeated_sampling.all_pass_at_k": "NaN where shapes are 1e300 and 1e-250",
}
SEARCHES = ("best_of_k.judge_break_even", "best_of_k.optimal_temperature")  # a minute a row
LAYERS = {  # rows that lie in a layer narrower than the steps of the differences
    "turns.turn_accuracy": lambda row: 1 - row["correction_rate"] < 1e-6,
}
ALL, EACH = 4, 3  # so many rows of a law first, then one of so many: minutes in all, not an hour
JOBS = [
    (part, name)
    for part in rows.parts()
    for name in rows.load(part).CORNERS
    if getattr(rows.function(part, name), "holds", None)
    and f"{part.split('/')[0]}.{name}" not in WITHOUT
]


def beside(law, point, parameter, way):
    """The value of a parameter and numbers next to it that the law takes, with the scale."""
    accepted, value = law.holds[parameter], float(point[parameter])
    if not np.isfinite(value):
        return None
    scale = abs(value) or 1.0
    near = value + way * scale * np.array([0.0, *(SCALES[:, None] * STEPS).ravel()])
    try:
        if not np.all(accepted.contains(near)):
            return None
        law._door.admit((), point | {parameter: near})
    except InputError:
        return None
    return near, way * scale


def rowed(y, shape):
    """A row of numbers for each value of the parameter, also of what does not depend on it."""
    if jnp.shape(y)[: len(shape)] != shape:
        y = jnp.broadcast_to(y, shape + jnp.shape(y))
    return jnp.reshape(y, (*shape, -1))


@pytest.mark.long
@pytest.mark.parametrize(("part", "name"), JOBS)
def test_slopes_at_corners(part, name):
    law = rows.function(part, name)
    inside = LAYERS.get(f"{part.split('/')[0]}.{name}", lambda row: False)
    corners = [row for row in rows.load(part).CORNERS[name] if not inside(row)]
    searched = f"{part.split('/')[0]}.{name}" in SEARCHES
    for point in corners[:1] if searched else corners[:ALL] + corners[ALL::EACH]:
        for parameter, given in point.items():
            accepted = law.holds[parameter]
            if accepted.whole or accepted.static or accepted.words or not is_number(given):
                continue

            def value(x, point=point, parameter=parameter):
                leaves = jax.tree.leaves(law(**point | {parameter: x}))
                return jnp.concatenate([rowed(y, jnp.shape(x)) for y in leaves], -1)

            sides = [beside(law, point, parameter, way) for way in (1, -1)]
            sides = [side for side in sides if side is not None]
            if not sides:
                continue
            try:
                y, slope = jax.jvp(value, (float(given),), (1.0,))
            except (InputError, TypeError, ValueError) as problem:
                if re.search(UNTRACED, str(problem)):
                    continue  # no derivative by this parameter
                raise
            y, low, high = np.asarray(y), np.inf, -np.inf
            for near, scale in sides:
                others = np.asarray(value(near))[1:].reshape(len(SCALES), len(STEPS), -1)
                with np.errstate(all="ignore"):  # values may be infinite there
                    right, enough = differences(law, y, others, scale)
                    low, high = np.minimum(low, right - enough), np.maximum(high, right + enough)
            # at a kink any slope between those of its sides; NaN where they have not converged
            with np.errstate(invalid="ignore"):
                off = np.isfinite(low) & np.isfinite(y) & ~((slope >= low) & (slope <= high))
            assert not np.any(off), (
                f"{parameter} at {rows.shown(point)}: {slope}, not from {low} to {high}"
            )
