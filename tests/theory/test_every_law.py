"""What must hold for every closed form of the registry, at points of its own domain.

A third of the laws, another one every day.
"""

import functools
import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from third import third

from jtts import registry
from jtts.arguments import InputError
from jtts.domain import draw_points
from jtts.kinds import Expansion, Fit, Limit

LAWS = registry.all_laws()
NAMES = third(LAWS)
POINTS = 4
SMALLEST = float(np.finfo(np.float32).tiny)
STEP = 1e-3  # relative, of a difference quotient
# by their documentation: one number, or one for each of a vector
ONE_NUMBER = {
    "selection.iterated_curation": ["rounds"],
    "repeated_sampling.solved_share": ["attempts"],
}
# what a law may answer to being compiled or differentiated; its documentation says which
UNTRACED = "known before tracing|gradient with respect to a and b|jvp.* to a custom_vjp"


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


@functools.cache
def value(name, index):
    """What a law says at one of its points, by one call of the plain function."""
    return jax.tree.map(np.asarray, LAWS[name](**points(name)[index]))


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


@functools.cache
def together(name):
    """What a law says of all points in one call."""
    stacked, fixed = batched(name)
    if not jax.tree.leaves(stacked):
        pytest.skip("no number varies")
    return jax.tree.map(np.asarray, LAWS[name](**stacked, **fixed))


def close(found, expected, **tolerance):
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(one, np.broadcast_to(other, np.shape(one)), **tolerance)


@pytest.mark.parametrize("name", NAMES)
def test_finite_inside_the_domain(name):
    for index, point in enumerate(points(name)):
        assert not any(np.isnan(leaf).any() for leaf in jax.tree.leaves(value(name, index))), point


@pytest.mark.parametrize("name", NAMES)
def test_broadcasting_is_looping(name):
    stacked, fixed = batched(name)
    whole = together(name)
    for index in range(len(points(name))):
        alone = LAWS[name](**jax.tree.map(lambda v: float(v[index]), stacked), **fixed)  # noqa: B023
        rows = jax.tree.map(
            lambda a, b: np.broadcast_to(a, (POINTS, *np.shape(b)))[index],  # noqa: B023
            whole,
            alone,
        )
        close(rows, alone, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_compiled_and_differentiated(name):
    """Under `jit`, `vmap` and `jvp` together: the plain values, and their difference quotients."""
    law = LAWS[name]
    stacked, fixed = batched(name)
    plain = together(name)
    moved = {
        p: values if is_real(law, p) else jax.tree.map(np.zeros_like, values)
        for p, values in stacked.items()
    }
    compiled = jax.jit(
        jax.vmap(lambda at, to: jax.jvp(lambda given: law(**given, **fixed), (at,), (to,)))
    )
    try:
        found, slope = compiled(*jax.tree.map(jnp.asarray, (stacked, moved)))
    except (InputError, TypeError, ValueError) as problem:
        if re.search(UNTRACED, str(problem)):
            pytest.skip(str(problem)[:60])
        raise
    close(found, plain, rtol=1e-9, atol=1e-12)
    if not any(np.any(leaf) for leaf in jax.tree.leaves(moved)):
        return
    near, nearer = (quotient(law, stacked, moved, fixed, step) for step in (STEP, STEP / 2))
    for whole, d, a, b in zip(
        *(jax.tree.leaves(t) for t in (plain, slope, near, nearer)), strict=True
    ):
        whole, a, b = (np.broadcast_to(leaf, d.shape) for leaf in (whole, a, b))
        inside = np.isfinite(whole) & np.isfinite(a) & np.isfinite(b)
        # the quotient knows its own error: what halving the step changes, and rounding
        tolerance = 3 * np.abs(a - b) + 1e-4 * np.abs(b) + 1e-6
        assert np.all(np.abs(d - b)[inside] <= tolerance[inside]), (d, b)


@pytest.mark.parametrize("name", NAMES)
def test_32_bit_mode_rounds_and_no_more(name):
    for index, point in enumerate(points(name)):
        with jax.enable_x64(False):
            found = LAWS[name](**point)
        for one, other in zip(*map(jax.tree.leaves, (found, value(name, index))), strict=True):
            with np.errstate(over="ignore", under="ignore"):
                rounded = np.asarray(other, np.float32)
            np.testing.assert_allclose(one, rounded, rtol=3e-7, atol=SMALLEST)


def is_real(law, parameter):
    """Whether a parameter is drawn from an interval, so that its neighbours are in the domain."""
    drawn_from = law.domain.get(parameter)
    return drawn_from is not None and drawn_from.bounds is not None and not drawn_from.whole


def quotient(law, at, to, fixed, step):
    """Of the change along `to`, a relative step."""
    ahead, behind = (
        law(**jax.tree.map(lambda v, d: v + s * d, at, to), **fixed)  # noqa: B023
        for s in (step, -step)
    )
    return jax.tree.map(lambda a, b: (np.asarray(a) - np.asarray(b)) / (2 * step), ahead, behind)
