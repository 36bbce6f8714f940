"""What is installed is what lies in the checkout, and comes by one name."""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
FLOORS = ("theory", "sims", "figures")


def files_of_the_package():
    """What jtts/ holds, with the floors that its links lead to: one package, files and data."""
    for floor, path in [("jtts", "jtts"), *((floor, f"jtts/{floor}") for floor in FLOORS)]:
        folder = CHECKOUT / floor
        for file in folder.rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                yield f"{path}/{file.relative_to(folder)}"


def test_floors_are_subpackages_through_relative_links():
    for floor in FLOORS:
        link = CHECKOUT / "jtts" / floor
        assert link.is_symlink()
        assert link.readlink() == Path("..") / floor


def built(target, source, folder):
    """A distribution of the sources in a folder, made as an installer makes it."""
    words = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    subprocess.run(words, cwd=source, check=True, capture_output=True)
    (made,) = [path for path in folder.iterdir() if path.is_file()]
    return made


def test_a_wheel_made_from_the_source_distribution_holds_the_checkout(tmp_path):
    with tarfile.open(built("sdist", CHECKOUT, tmp_path / "sdist")) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (source,) = (tmp_path / "unpacked").iterdir()
    assert not any((source / floor).exists() for floor in FLOORS)
    assert (source / "tests" / Path(__file__).name).is_file()
    with zipfile.ZipFile(built("wheel", source, tmp_path / "wheel")) as archive:
        names = {name for name in archive.namelist() if not name.startswith("jtts-")}
    assert names == set(files_of_the_package())
    assert {"jtts/py.typed", "jtts/report.html.j2", "jtts/theory/voting/majority.py"} <= names


def run_elsewhere(folder, program):
    """A user's program in a folder of its own, the checkout on the path as when it is installed."""
    script = folder / "program.py"
    script.write_text(program)
    words = [sys.executable, str(script)]
    surroundings = {"PYTHONPATH": str(CHECKOUT), "JAX_PLATFORMS": "cpu"}
    return subprocess.run(words, env=surroundings, cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize("files", [["plots.py"], ["plots.py", "__init__.py"]])
@pytest.mark.parametrize("floor", FLOORS)
def test_a_program_elsewhere_gets_its_own_folders(tmp_path, floor, files):
    (tmp_path / floor).mkdir()
    for file in files:
        (tmp_path / floor / file).write_text("mine = 'mine'\n")
    done = run_elsewhere(
        tmp_path,
        f"import {floor}, {floor}.plots\nfrom {floor} import plots\n"
        f"from jtts import {floor} as its\n"
        f"print(plots.mine, {floor}.__name__, its.__name__)",
    )
    assert done.stdout.split() == ["mine", floor, f"jtts.{floor}"], done.stderr


WITHOUT_POSIX = """
import os, sys
sys.modules["fcntl"] = sys.modules["resource"] = None  # an import of them fails, as on Windows
del os.sysconf
from jtts import application
application.prepare()
"""


def test_laws_need_no_posix_system(tmp_path):
    done = run_elsewhere(
        tmp_path,
        WITHOUT_POSIX + "from jtts import check, registry, sweep\n"
        "from jtts.machine import peak_memory\n"
        "laws = registry.all_laws()\n"
        "law = laws['voting.majority_accuracy']\n"
        "print(round(float(law(1, 0.25)), 9), peak_memory() != 0, check(law, points=2).points)\n"
        "sweep(law, {'n': [1, 3], 'p': 0.6}, trials=100, store='kept')",
    )
    assert done.stdout.split() == ["0.25", "True", "2"], done.stderr
    said = "stores need the file locks of a POSIX system (Linux, macOS)"
    assert done.stderr.splitlines()[-1].endswith(said)
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_has_one_name(tmp_path, floor):
    for statement in (f"import {floor}", f"import {floor}.voting"):
        done = run_elsewhere(tmp_path, statement)
        assert f"of jtts it is `from jtts import {floor}`" in done.stderr
    done = run_elsewhere(
        tmp_path, f"import sys\nfrom jtts import {floor}\nprint({floor!r} in sys.modules)"
    )
    assert done.stdout == "False\n", done.stderr


def test_constraints_pin_every_requirement():
    lines = (CHECKOUT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+(; .+)?", pin) for pin in pins), "names and versions"
    pinned = {normal(pin) for pin in pins}
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    required = project["dependencies"] + extras["dev"] + extras["docs"]
    assert {normal(requirement) for requirement in required} <= pinned


def normal(requirement):
    return re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")
