"""What the pages show runs, and is not more than they need."""

import os
import re
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

from jtts import checks, registry, sweep

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BLOCKS = [
    pytest.param(code, id=f"{page.stem}-{i}")
    for page in (DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md")))
    for i, code in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")))
]
LARGEST_PICTURE = 61_440  # bytes


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    page = (DOCS / "adding_a_law.md").read_text(encoding="utf-8")
    (code,) = BLOCK.findall(page)
    path = tmp_path_factory.mktemp("docs") / "all_solved.py"
    path.write_text(code, encoding="utf-8")
    (law,) = registry.find_laws([f"{path}::all_solved"])
    return law


def test_the_example_of_a_law_passes_and_finds_its_planted_errors(example):
    evidence = checks.gather(example)
    assert checks.weigh(example, evidence).status == "pass"
    assert len(example.mutants) == 2
    for name, mutant in example.mutants.items():
        assert checks.weigh(example, evidence, theory=mutant).status == "fail", name


def test_the_example_of_a_law_can_be_swept(example):
    data = sweep(example, {"m": [1, 4, 8], "p": [0.6, 0.9]}, trials=4096)
    assert abs(data.z).max() < 5
    assert float(data.theory.sel(m=4, p=0.6)) == pytest.approx(0.1296)


@pytest.mark.parametrize("path", sorted((DOCS / "images").iterdir()), ids=lambda path: path.name)
def test_pictures_are_small_and_shown(path):
    assert path.stat().st_size <= LARGEST_PICTURE
    figures = {item.name for item in registry.all_figures().values()}
    assert path.stem in figures  # the gallery shows it


def test_every_family_has_a_tutorial():
    tutorials = {path.stem for path in (DOCS / "tutorials").glob("*.md")}
    assert tutorials == {law.family for law in registry.all_laws().values()}


def test_notebooks_are_stored_without_output():
    for path in (DOCS / "notebooks").glob("*.ipynb"):
        assert '"output_type"' not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.long
@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("code", BLOCKS)
def test_every_block_runs_in_a_process_of_its_own(code, bits):
    environment = os.environ | {"JAX_ENABLE_X64": str(int(bits == 64))}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "nan" not in ran.stdout.lower(), ran.stdout


WHICH = (DOCS / "which_law.md").read_text(encoding="utf-8")
ANSWERS = re.findall(r"^\| .* \| `(.*)` \|$", WHICH, re.MULTILINE)


def test_every_family_answers_a_question():
    asked = {call.partition(".")[0] for call in ANSWERS}
    assert asked == {law.family for law in registry.all_laws().values()}
    assert len(ANSWERS) == WHICH.count("\n| ") - WHICH.count("\n| Question") >= 40


@pytest.mark.long
@pytest.mark.parametrize("call", ANSWERS)
def test_every_question_is_answered(call):
    (start,) = BLOCK.findall(WHICH)
    names = {}
    exec(start, names)
    for leaf in jax.tree.leaves(eval(call, names)):
        assert np.all(np.isfinite(leaf))
