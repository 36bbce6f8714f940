"""The examples in docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import jtts

LONG = tuple(f"jtts.{floor}." for floor in ("theory", "sims", "figures"))  # many, and long


def modules():
    found = (module.name for module in pkgutil.walk_packages(jtts.__path__, "jtts."))
    return sorted(name for name in found if not name.endswith("__main__"))


def examples(module):
    finder = doctest.DocTestFinder(exclude_empty=True)
    names = {}
    for name, value in vars(module).items():
        function = getattr(value, "function", getattr(value, "chunk_function", value))
        if getattr(function, "__module__", None) == module.__name__ and callable(function):
            names[name] = function
    tests = [
        t for name, f in names.items() for t in finder.find(f, name, module, vars(module).copy())
    ]
    return [test for test in tests if test.examples]


def of_floors(names):
    return [
        pytest.param(name, marks=pytest.mark.long) if name.startswith(LONG) else name
        for name in names
    ]


@pytest.mark.parametrize("name", of_floors(modules()))
def test_examples(name):
    for test in examples(importlib.import_module(name)):
        result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
        assert result.failed == 0, test.name


def test_examples_are_found_on_every_floor():
    found = {name.split(".")[1] for name in modules() if examples(importlib.import_module(name))}
    assert {"theory", "sims", "sweeps"} <= found
