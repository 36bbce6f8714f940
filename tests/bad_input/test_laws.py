"""Every argument of every law refuses what is no number, and no object or word of its kind."""

import contextlib
import inspect

import jax
import numpy as np
import pytest
from refusals import refuses

from jtts import registry
from jtts.arguments import InputError
from jtts.domain import draw_points

LAWS = registry.all_laws()
STRANGE = {
    "text": "abc",
    "nothing": None,
    "words": ["a", "b"],
    "array of words": np.array(["a", "b"]),
    "complex": 1 + 2j,
    "ragged": [[1.0, 2.0], [3.0]],
    "a set": {1, 2},
}


def a_point(law):
    point = draw_points(law.domain | law.simulated, 1, seed=0)[0]
    if getattr(law.kind, "argument", None) in set(law.parameters) - set(point):
        point[law.kind.argument] = law.kind.values[-1]
    return {name: point[name] for name in law.parameters}


@pytest.mark.parametrize("name", LAWS)
def test_strange_arguments_are_named(name):
    law = LAWS[name]
    point = a_point(law)
    for argument in point:
        for strange in STRANGE.values():
            if (
                strange is None
                and inspect.signature(law.function).parameters[argument].default is None
            ):
                continue
            refuses(lambda a=argument, s=strange: law(**point | {a: s}), argument)


@pytest.mark.parametrize("name", LAWS)
def test_nan_is_refused_or_comes_back(name):
    """Never a finite number for an argument that is not one."""
    law = LAWS[name]
    for argument, value in (point := a_point(law)).items():
        if np.ndim(value) or not isinstance(value, int | float) or isinstance(value, bool):
            continue
        found = [np.nan]
        with contextlib.suppress(InputError):
            found = jax.tree.leaves(law(**point | {argument: np.nan}))
        assert any(np.isnan(number).any() for number in found), argument
