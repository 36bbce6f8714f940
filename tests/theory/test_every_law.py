"""What must hold for every closed form of the registry, at points of its own domain."""

import functools
import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from drawn import LAWS, POINTS, batched, points

from jtts.arguments import InputError

NAMES = list(LAWS)
SMALLEST = float(np.finfo(np.float32).tiny)
STEP = 1e-3  # relative, of a difference quotient
# what a law may answer to being compiled or differentiated; its documentation says which
UNTRACED = "known before tracing|gradient with respect to a and b|jvp.* to a custom_vjp"
pytestmark = pytest.mark.long


@functools.cache
def value(name, index):
    """What a law says at one of its points, by one call of the plain function."""
    return jax.tree.map(np.asarray, LAWS[name](**points(name)[index]))


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
