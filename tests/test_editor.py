"""What an editor and a type checker make of a user's file, outside of the checkout."""

import json
import pydoc
import re
import subprocess
import sys
from pathlib import Path

import pytest

import jtts
from jtts.theory import best_of_k

USERS = """
import jax
import jtts
from jtts import check
from jtts.rewards import Normal
from jtts.sims import best_of_k as played
from jtts.theory import associative_memory, best_of_k

key = jax.random.key(0)
stats = best_of_k.Statistics(1.0, 0.3, 0.1, 0.05)
reveal_type(best_of_k.error)
reveal_type(best_of_k.error([1, 10], stats, temperature=0.5))
reveal_type(played.error(key, 1000, 10, stats))
jtts.theory.best_of_k.error(10, stats)
best_of_k.error(10, stats, temprature=0.5)
best_of_k.error(10, 0.3)
best_of_k.error("ten", stats)
played.error(key, 1000, 10, stats, temprature=0.5)
associative_memory.bit_error(3, 100, keys="sphere")
associative_memory.bit_error(3, 100, keys="spere")
check(best_of_k.error, points=4)
check(best_of_k.error, point=4)
Normal(mean=0.0, scael=1.0)
"""
MISTAKES = ("temprature", "10, 0.3", "ten", "spere", "point=4", "scael")


def remarks(folder, text):
    """Line of a user's file -> the types that the checker reveals and the mistakes it finds."""
    (folder / "mine.py").write_text(text, encoding="utf-8")
    words = [Path(sys.executable).with_name("basedpyright"), "mine.py", "--outputjson"]
    words += ["--pythonpath", sys.executable]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    found = {}
    for remark in json.loads(done.stdout)["generalDiagnostics"]:
        if remark["severity"] in ("error", "information"):
            line = text.splitlines()[remark["range"]["start"]["line"]]
            found.setdefault(line, []).append(remark["message"])
    return found


def test_an_editor_shows_types_and_finds_mistakes(tmp_path):
    found = remarks(tmp_path, USERS)
    shown = [message for line in found if "reveal_type" in line for message in found[line]]
    law, *values = [message.split(" is ", 1)[1].strip('"') for message in shown]
    assert re.fullmatch(r"Law\[\(k: .+, stats: Statistics, temperature: .+ = 0\), Array\]", law)
    assert values == ["Array", "Estimate"]
    mistaken = {line for line in found if "reveal_type" not in line}
    assert mistaken == {line for line in USERS.splitlines() if any(m in line for m in MISTAKES)}


def test_help_shows_the_signature():
    assert "error(k: 'Numbers', stats: 'Statistics'" in pydoc.plain(
        pydoc.render_doc(best_of_k.error)
    )


@pytest.mark.parametrize("floor", ["theory", "sims", "figures"])
def test_a_floor_lists_its_families(floor):
    folder = Path(jtts.__file__).parent / floor
    there = {file.stem for file in folder.iterdir() if file.stem[0] != "_"} - {"evidence"}
    assert set(dir(getattr(jtts, floor))) == there
    assert getattr(jtts, floor).voting.__name__ == f"jtts.{floor}.voting"


def test_the_package_lists_what_is_public():
    assert dir(jtts) == sorted(jtts.__all__)
    for name in jtts.__all__:
        assert getattr(jtts, name) is not None
    assert not hasattr(jtts, "pipelines")
