"""The examples in docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import jtts


def modules():
    for found in pkgutil.walk_packages(jtts.__path__, "jtts."):
        if not found.name.endswith("__main__"):
            yield found.name


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


@pytest.mark.parametrize("name", list(modules()))
def test_examples(name):
    for test in examples(importlib.import_module(name)):
        result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
        assert result.failed == 0, test.name
