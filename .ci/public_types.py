"""How much of what the package shows has a type, as an editor sees it.

    python .ci/public_types.py     # exit 1 if a public name has none, or the share has fallen

Public are the names of `jtts.__all__`, every law, closed form and simulation, and the parameter
objects with their fields. The share is of all that a module shows, engine rooms included.
"""

import dataclasses
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
from pathlib import Path

import jtts
from jtts.laws import ClosedForm
from jtts.simulations import Simulation

SHARE = 0.84  # raised when it has grown, never lowered


def report():
    """What the type checker says of every symbol that the installed package shows."""
    with tempfile.TemporaryDirectory() as elsewhere:  # not from the checkout: as it is installed
        folder = Path(sys.executable).parent
        words = [folder / "basedpyright", "--verifytypes", "jtts", "--ignoreexternal"]
        path = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(
            [*words, "--outputjson"],
            cwd=elsewhere,
            env=os.environ | path,
            capture_output=True,
            text=True,
        )
    return json.loads(done.stdout)["typeCompleteness"]


def public_names():
    """Full names, as the type checker has them."""
    yield from (f"jtts.{name}" for name in jtts.__all__ if not name.startswith("__"))
    modules = [
        importlib.import_module(f"jtts.{name}") for name in ("rewards", "difficulty", "regression")
    ]
    for floor in (jtts.theory, jtts.sims, jtts.in_context):
        for found in pkgutil.walk_packages(floor.__path__, f"{floor.__name__}."):
            modules.append(importlib.import_module(found.name))
    for module in modules:
        for name, value in vars(module).items():
            if name.startswith("_") or home(value) != module.__name__:
                continue
            if isinstance(value, ClosedForm | Simulation):
                yield f"{module.__name__}.{name}"
            elif isinstance(value, type) and dataclasses.is_dataclass(value):
                yield f"{module.__name__}.{name}"
                yield from (f"{module.__name__}.{name}.{f.name}" for f in dataclasses.fields(value))


def home(value):
    """The module that a value was written in."""
    value = getattr(value, "function", getattr(value, "chunk_function", value))
    return getattr(value, "__module__", None)


def main():
    found = report()
    known = {s["name"] for s in found["symbols"] if s["isTypeKnown"] and not s["isTypeAmbiguous"]}
    seen = {s["name"] for s in found["symbols"]}
    public = set(public_names()) & seen
    bare = sorted(public - known)
    for name in bare:
        print(f"no type: {name}")
    share = found["completenessScore"]
    print(f"{len(public) - len(bare)} of {len(public)} public names have a type", end="; ")
    print(f"{share:.1%} of the {len(seen)} symbols that modules show, {SHARE:.0%} asked")
    return bool(bare) or share < SHARE


if __name__ == "__main__":
    sys.exit(main())
