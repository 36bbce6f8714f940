"""What the pages show runs, and is not more than they need."""

import re
from pathlib import Path

import pytest

from jtts import checks, registry, sweep

DOCS = Path(__file__).parents[1] / "docs"
LARGEST_PICTURE = 61_440  # bytes


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    page = (DOCS / "adding_a_law.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
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
