"""The examples in docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

FLOORS = ("", ".theory", ".sims", ".figures")  # an editable install maps them from elsewhere


def modules():
    names = set()
    for floor in FLOORS:
        package = importlib.import_module("jtts" + floor)
        names |= {m.name for m in pkgutil.walk_packages(package.__path__, f"jtts{floor}.")}
    return sorted(name for name in names if not name.endswith("__main__"))


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


@pytest.mark.parametrize("name", modules())
def test_examples(name):
    for test in examples(importlib.import_module(name)):
        result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
        assert result.failed == 0, test.name


def test_examples_are_found_on_every_floor():
    found = {name.split(".")[1] for name in modules() if examples(importlib.import_module(name))}
    assert {"theory", "sims", "sweeps"} <= found
