"""The comparison with stored numbers finds what it must; the same seed gives the same bits."""

import copy
import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from coin import all_fail

from jtts import check, registry, sweep
from jtts.files import write_data
from jtts.pipeline import PRESETS

SCRIPT = Path(__file__).parents[1] / ".ci" / "reference.py"


@pytest.fixture(scope="module")
def reference():
    spec = importlib.util.spec_from_file_location("reference", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reproduced") / "coin"
    folder.mkdir()
    data = sweep(all_fail, {"k": [1, 2, 3], "p": [0.1, 0.2]}, trials=4096)
    write_data(data, folder / "all_fail.nc")
    return folder.parent


def test_the_same_numbers_agree_and_others_do_not(reference, folder):
    found = reference.numbers(folder)
    assert reference.compare(found, found) == ([], 1)
    theory = copy.deepcopy(found)
    theory["coin/all_fail"]["theory"][3] *= 1 + 1e-8
    assert "theory" in reference.compare(theory, found)[0][0]
    simulated = copy.deepcopy(found)
    simulated["coin/all_fail"]["simulation"][2] += 10 * found["coin/all_fail"]["stderr"][2]
    assert "simulation differs" in reference.compare(simulated, found)[0][0]
    simulated["coin/all_fail"]["simulation"][2] -= 9 * found["coin/all_fail"]["stderr"][2]
    assert reference.compare(simulated, found) == ([], 1)
    del theory["coin/all_fail"]["simulation"]
    assert "other variables" in reference.compare(theory, found)[0][0]
    bars = {"coin/experiment": {"stderr": [1, 0.1]}}  # of what was fitted, say
    assert reference.compare(bars, bars) == ([], 1)


def test_the_stored_numbers_are_whole(reference):
    stored = json.loads(reference.STORED.read_text())
    assert stored
    assert all({"theory", "simulation"} & kept.keys() for kept in stored.values())


def test_the_same_seed_gives_the_same_bits():
    grid = {"k": [1, 4], "p": [0.1, 0.3]}
    first, again, other = (sweep(all_fail, grid, trials=4096, seed=s) for s in (3, 3, 4))
    for name in ("theory", "simulation", "stderr"):
        assert first[name].values.tobytes() == again[name].values.tobytes()
    assert np.all(first.simulation != other.simulation)
    verdicts = [check(all_fail, seed=s, points=4) for s in (3, 3, 4)]
    assert verdicts[0].worst_z == verdicts[1].worst_z != verdicts[2].worst_z


def test_a_figure_has_the_same_bits_twice():
    figure = registry.find_figures(["best_of_k.local_exponent_phase_diagram"])[0]
    first, again = (figure.compute(PRESETS["quick"]) for _ in range(2))
    for name, data in first.items():
        for variable in data.data_vars:
            assert data[variable].values.tobytes() == again[name][variable].values.tobytes()
