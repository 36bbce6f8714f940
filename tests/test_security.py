"""Files of a user are data: nothing in them is run, and nothing is unpacked to where they say."""

import ast
import json
import pickle
import shutil
from pathlib import Path

import pytest

from jtts import registry, sweep
from jtts.arguments import InputError
from jtts.fitting.reading import read

CHECKOUT = Path(__file__).parents[1]
FLOORS = ("jtts", "theory", "sims", "figures")
# what runs code found in a file, or unpacks an archive to where the archive says
REFUSED = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "yaml"}
REFUSED |= {"zipfile", "tarfile", "read_pickle", "to_pickle", "extractall", "unpack_archive"}
REFUSED |= {"eval", "exec", "allow_pickle", "object_codec"}

# the one file that reads an archive: member by member, in memory, within bounds
ARCHIVES = ("jtts/fitting/packed.py", "zipfile")


def refused(source):
    """Names in a module that are refused, with their lines."""
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [(node.module or "").partition(".")[0], *(a.name for a in node.names)]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            names = [node.func.id]
        elif isinstance(node, ast.Attribute):
            names = [node.attr]
        elif isinstance(node, ast.keyword) and node.arg:
            names = [node.arg]
        yield from ((name, getattr(node, "lineno", 0)) for name in names if name in REFUSED)


def test_nothing_unpickles_or_unpacks():
    found = [
        f"{path.relative_to(CHECKOUT)}:{line}: {name}"
        for floor in FLOORS
        for path in sorted((CHECKOUT / floor).rglob("*.py"))
        for name, line in refused(path.read_text(encoding="utf-8"))
        if (path.relative_to(CHECKOUT).as_posix(), name) != ARCHIVES
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "from pandas import read_pickle",
        "np.load(path, allow_pickle=True)",
        "archive.extractall(folder)",
        "eval(text)",
        "import zipfile",
    ],
)
def test_what_would_be_found(line):
    assert list(refused(line))


class Planted:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_a_pickle_under_another_name_is_not_run(tmp_path, ending):
    planted, path = tmp_path / "planted", tmp_path / f"samples{ending}"
    path.write_bytes(pickle.dumps(Planted(planted)))
    with pytest.raises((InputError, UnicodeDecodeError)):
        read(path)
    assert not planted.exists()


def test_the_planted_pickle_would_have_run(tmp_path):
    planted = tmp_path / "planted"
    pickle.loads(pickle.dumps(Planted(planted)))
    assert planted.exists()


def test_a_pickle_in_a_store_is_not_run(tmp_path):
    """Format 2 of zarr has a codec that unpickles: such an array is no part of a store."""
    (law,) = registry.find_laws(["voting.majority_accuracy"])
    planted, store = tmp_path / "planted", tmp_path / "store"
    grid = {"n": [1, 3], "p": 0.6}
    meant = sweep(law, grid, store=store)
    shutil.rmtree(store / "theory")
    (store / "theory").mkdir()
    metadata = {
        "zarr_format": 2,
        "shape": [2, 1],
        "chunks": [2, 1],
        "dtype": "|O",
        "filters": [{"id": "pickle", "protocol": 5}],
        "compressor": None,
        "fill_value": None,
        "order": "C",
    }
    (store / "theory" / ".zarray").write_text(json.dumps(metadata), encoding="utf-8")
    (store / "theory" / "0.0").write_bytes(pickle.dumps(Planted(planted)))
    found = sweep(law, grid, store=store, resume=True)
    assert not planted.exists()
    assert found.theory.equals(meant.theory)  # computed again


def test_a_store_of_format_2_is_refused(tmp_path):
    (law,) = registry.find_laws(["voting.majority_accuracy"])
    store = tmp_path / "store"
    store.mkdir()
    (store / ".zgroup").write_text('{"zarr_format": 2}', encoding="utf-8")
    (store / "zarr.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError):
        sweep(law, {"n": [1, 3], "p": 0.6}, store=store, resume=True)
