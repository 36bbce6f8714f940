"""What must hold for every closed form of the registry, at points of its own domain."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jtts import registry
from jtts.domain import draw_points
from jtts.kinds import Expansion, Fit, Limit

LAWS = registry.all_laws()
POINTS = 4


def argument_values(law):
    """Values of what a derived law is a function of, where its domain leaves it open."""
    if isinstance(law.kind, Limit | Expansion | Fit):
        return law.kind.values
    return (2.0, 3.0)


@functools.cache
def points(name):
    law = LAWS[name]
    drawn = draw_points(law.domain, POINTS, seed=7)
    missing = [parameter for parameter in law.parameters if parameter not in law.domain]
    values = argument_values(law)
    return [
        {p: v for p, v in point.items() if p in law.parameters}
        | {p: values[i % len(values)] for p in missing}
        for i, point in enumerate(drawn)
    ]


@functools.cache
def value(name, index):
    """The numbers of a law at one of its points, one call of the plain function."""
    return numbers(LAWS[name](**points(name)[index]))


def numbers(tree):
    return np.concatenate([np.ravel(np.asarray(leaf, float)) for leaf in jax.tree.leaves(tree)])


def batched(name):
    """Arguments that differ between the points as numbers, stacked; the others, fixed."""
    drawn = points(name)
    stacked, fixed = {}, {}
    for parameter in drawn[0]:
        values = [point[parameter] for point in drawn]
        if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
            stacked[parameter] = np.array(values, float)
        else:
            fixed[parameter] = values[0]
    return stacked, fixed


@pytest.mark.parametrize("name", LAWS)
def test_finite_inside_the_domain(name):
    for index in range(len(points(name))):
        found = value(name, index)
        assert not np.isnan(found).any(), points(name)[index]


@pytest.mark.parametrize("name", LAWS)
def test_broadcasting_is_looping(name):
    law = LAWS[name]
    stacked, fixed = batched(name)
    if not stacked:
        pytest.skip("no number varies")
    together = jax.tree.leaves(law(**stacked, **fixed))
    count = len(next(iter(stacked.values())))
    for index in range(count):
        alone = law(**{n: float(v[index]) for n, v in stacked.items()}, **fixed)
        for whole, one in zip(together, jax.tree.leaves(alone), strict=True):
            whole = np.broadcast_to(whole, (count, *np.shape(one)))
            np.testing.assert_allclose(whole[index], one, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", LAWS)
def test_compiled_is_plain(name):
    """Under `jit` and `vmap` together: one program."""
    law = LAWS[name]
    stacked, fixed = batched(name)
    if not stacked:
        pytest.skip("no number varies")
    compiled = jax.jit(jax.vmap(lambda given: law(**given, **fixed)))
    try:
        found = compiled({n: jnp.asarray(v) for n, v in stacked.items()})
    except jax.errors.ConcretizationTypeError as problem:
        pytest.skip(str(problem)[:60])
    for whole, plain in zip(
        jax.tree.leaves(found), jax.tree.leaves(law(**stacked, **fixed)), strict=True
    ):
        plain = np.broadcast_to(plain, whole.shape)
        np.testing.assert_allclose(whole, plain, rtol=1e-9, atol=1e-12)
