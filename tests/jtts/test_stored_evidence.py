"""Stored evidence: what goes in comes out, and nothing stale counts."""

import json

import numpy as np
import pytest

from jtts import check, registry
from jtts.arguments import InputError
from jtts.checks import gather, routes, stored, weigh
from jtts.checks.simulated import points_of
from jtts.keys import parameter_digest

LAWS = registry.all_laws()
LAW = LAWS["verifiers.knockout_accuracy"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty store."""
    monkeypatch.setattr(stored, "folder", lambda: tmp_path)
    stored._file.cache_clear()
    yield tmp_path
    stored._file.cache_clear()


@pytest.fixture(scope="module")
def evidence():
    return gather(LAW, points=4)


def keep(evidence, law=LAW):
    digest = stored.simulation_digest(law, None)
    stored.write(law.family, {law.name: (evidence, digest, 0)})


@pytest.mark.parametrize("name", [name for name, law in LAWS.items() if law.simulation()])
def test_points_survive(name):
    law = LAWS[name]
    for route in routes(law):
        for point in points_of(law, route, 12, 0):
            text = json.dumps({n: stored._written(v) for n, v in point.items()})
            again = {n: stored._value(v) for n, v in json.loads(text).items()}
            assert parameter_digest(again) == parameter_digest(point)


def test_evidence_survives(folder, evidence):
    keep(evidence)
    record = stored.fresh_record(LAW, None)
    np.testing.assert_array_equal(record.evidence.mean, evidence.mean)
    np.testing.assert_array_equal(record.evidence.stderr, evidence.stderr)
    np.testing.assert_array_equal(record.evidence.count, evidence.count)
    assert weigh(LAW, record.evidence) == weigh(LAW, evidence)
    assert [path.name for path in folder.iterdir()] == ["verifiers.json"]


def test_a_check_says_that_it_is_stored(folder, evidence):
    keep(evidence)
    assert check(LAW).evidence.startswith("stored, 20")
    assert not check(LAW, points=4, seed=1).evidence.startswith("stored")


@pytest.mark.parametrize("what", ["code", "engine"])
def test_nothing_stale_counts(folder, evidence, monkeypatch, what):
    keep(evidence)
    if what == "code":
        monkeypatch.setattr(stored, "simulation_digest", lambda law, route: "other")
    else:
        monkeypatch.setattr(stored, "ENGINE_VERSION", stored.ENGINE_VERSION + 1)
    assert stored.record_of(LAW, None) is not None
    assert stored.fresh_record(LAW, None) is None


def test_what_is_no_more_is_forgotten(folder, evidence):
    keep(evidence)
    stored.forget(LAW.family, ["another"])
    assert stored.record_of(LAW, None) is None


@pytest.mark.parametrize("address", ["os:system", "subprocess:Popen", "jaxx:run"])
def test_only_what_belongs_here_is_named(address):
    with pytest.raises(InputError, match="not of this package"):
        stored._value({"object": address, "fields": {}})


def test_a_damaged_file_is_one_line(folder):
    (folder / "verifiers.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read; delete it"):
        stored.record_of(LAW, None)
