"""What commands and families import: looking a law up costs little more than importing JAX."""

import ast
import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

import jtts
from jtts import registry

HEAVY = ["flax", "jinja2", "matplotlib", "optax", "orbax", "pandas", "pyarrow", "rich"]
HEAVY += ["scipy.integrate", "scipy.optimize", "scipy.stats", "xarray", "zarr"]
COMMAND = "from jtts.cli import main; assert main({}) == 0"
SHOW_ONE = COMMAND.format(["show", "best_of_k.error"])


def modules_after(code):
    """Modules that a fresh process has loaded once it has run the code."""
    code += "\nimport json, sys; print(); print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def processor_time(code):
    """Seconds that fresh processes need for the code, the least of three."""
    spent = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return min(spent)


def test_showing_a_law_imports_no_more_than_its_family():
    loaded = modules_after(SHOW_ONE)
    families = {name.split(".")[2] for name in loaded if name.startswith("jtts.theory.")}
    assert families == {"best_of_k", "regression"}  # the first is built on the second
    assert sorted(loaded & set(HEAVY)) == []
    assert not any(name.startswith("jtts.figures") for name in loaded)


def at_once(tree):
    """Modules that a file imports when it is imported; `import scipy` loads no part of it."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("floor", ["theory", "sims"])
def test_no_file_of_a_law_imports_a_heavy_library(floor):
    files = sorted((Path(jtts.__file__).parent / floor).rglob("*.py"))
    assert len(files) > 20
    for path in files:
        found = [n for n in at_once(ast.parse(path.read_text())) if n.startswith(tuple(HEAVY))]
        assert found == [], path


@pytest.mark.long
@pytest.mark.parametrize(
    "code",
    [
        COMMAND.format(["laws"]),
        *(f"from jtts.theory import {family}" for family in registry.families("theory")),
    ],
)
def test_laws_import_no_heavy_library(code):
    assert sorted(modules_after(code) & set(HEAVY)) == []


@pytest.mark.long
@pytest.mark.parametrize(("code", "most"), [(SHOW_ONE, 1.5), (COMMAND.format(["laws"]), 2.5)])
def test_processor_time_in_units_of_importing_jax(code, most):
    assert processor_time(code) < most * processor_time("import jax")
