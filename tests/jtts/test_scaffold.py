"""The files of a new law: written whole, and a law that holds."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jtts.arguments import InputError
from jtts.scaffold import new_law

CHECKOUT = Path(__file__).parents[2]
COPIED = (
    "jtts",
    "theory",
    "sims",
    "figures",
    "docs",
    "tests",
    ".ci",
    "pyproject.toml",
    "README.md",
)
LAWS = ("voting.all_wrong", "best_of_k.all_wrong", "gambling.ruin")  # file, folder, new family


def copy_to(folder):
    """The checkout, without what is no part of it."""
    for name in COPIED:
        if (CHECKOUT / name).is_file():
            shutil.copy(CHECKOUT / name, folder / name)
        else:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(CHECKOUT / name, folder / name, symlinks=True, ignore=ignored)
    return folder


@pytest.fixture
def copy(tmp_path):
    return copy_to(tmp_path)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """A copy into which no test succeeds in writing."""
    return copy_to(tmp_path_factory.mktemp("checkout"))


def run(copy, *words, code=0):
    done = subprocess.run(
        [sys.executable, *words],
        cwd=copy,
        env={
            "PYTHONPATH": str(copy),
            "PATH": os.environ["PATH"],
            "HOME": str(copy),
            "JAX_PLATFORMS": "cpu",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.long
def test_stubs_are_laws_that_hold(copy):
    for name in LAWS:
        written = run(copy, "-m", "jtts", "new", name)
        assert f"theory/{name.replace('.', '/')}.py" in written
    run(copy, "-m", "ruff", "check", ".")
    run(copy, "-m", "ruff", "format", "--check", ".")
    run(copy, ".ci/import_rule.py")
    parts = ["voting/all_wrong", "best_of_k/all_wrong", "gambling"]
    run(copy, "tests/oracles", *parts)
    own = [f"tests/theory/test_{name.replace('.', '_')}.py" for name in LAWS]
    words = ["tests/test_corners.py", "tests/test_laws.py", "tests/bad_input/test_laws.py", *own]
    words += ["tests/test_docs.py", "-k", "all_wrong or ruin or tutorial", "-m", "not long"]
    assert " passed" in run(copy, "-m", "pytest", *words)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("voting", "a law is named family.name"),
        ("voting.Majority", "a law is named family.name"),
        ("../x.y", "a law is named family.name"),
        ("voting.majority_accuracy", "voting has a majority_accuracy already"),
        ("best_of_k.limit_error", "best_of_k has a limit_error already"),
        ("best_of_k.asymptotics", "theory/best_of_k/asymptotics.py is there already"),
    ],
)
def test_bad_names_are_refused_and_nothing_is_written(untouched, name, message):
    before = {path: path.stat().st_mtime_ns for path in untouched.rglob("*")}
    with pytest.raises(InputError, match=message):
        new_law(name, untouched)
    assert {path: path.stat().st_mtime_ns for path in untouched.rglob("*")} == before


def test_elsewhere_is_no_checkout(tmp_path):
    with pytest.raises(InputError, match="is no checkout of jtts"):
        new_law("voting.all_wrong", tmp_path)


@pytest.mark.long
def test_what_is_not_found_is_named(copy):
    """A law that its family does not export, and a simulation whose name is misspelt."""
    run(copy, "-m", "jtts", "new", "gambling.ruin")
    init = copy / "theory" / "gambling" / "__init__.py"
    exported = init.read_text(encoding="utf-8")
    init.write_text('"""Nothing yet."""\n', encoding="utf-8")
    said = run(copy, "-m", "jtts", "check", "gambling.ruin", code=2)
    where = "jtts.theory.gambling.ruin and not imported by jtts.theory.gambling"
    assert f"law 'gambling.ruin' is declared in {where}" in said
    init.write_text(exported, encoding="utf-8")
    for file in (copy / "sims" / "gambling").glob("*.py"):
        file.write_text(
            file.read_text(encoding="utf-8")
            .replace("ruin(", "ruins(")
            .replace("import ruin", "import ruins"),
            encoding="utf-8",
        )
    said = run(copy, "-m", "jtts", "check", "gambling.ruin", code=2)
    assert "has no simulation 'ruin'; jtts.sims.gambling has ruins" in said
