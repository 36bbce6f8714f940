"""What is installed is what lies in the checkout."""

import re
import tomllib
from importlib import resources
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))


def packages_in(folder):
    """Folders of the checkout with an __init__.py, by the name they are imported as."""
    for path in sorted((CHECKOUT / folder).rglob("__init__.py")):
        parts = path.relative_to(CHECKOUT).parent.parts
        yield ".".join(parts if folder == "jtts" else ("jtts", *parts))


def test_every_package_is_installed():
    found = {name for floor in ("jtts", "theory", "sims", "figures") for name in packages_in(floor)}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == found


def test_data_files_are_installed():
    data = [p.name for p in (CHECKOUT / "jtts").iterdir() if p.suffix not in (".py", "")]
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["jtts"]
    assert [name for name in data if not any(Path(name).match(p) for p in patterns)] == []
    assert resources.files("jtts").joinpath("report.html.j2").is_file()


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
