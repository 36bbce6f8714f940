"""Stored training runs: complete, documented, and what the figures claim of them."""

import json

import numpy as np
import pytest
import xarray as xr

from jtts.arguments import InputError
from jtts.checks.datasets import judge, with_claims
from jtts.figures import in_context as figures
from jtts.figures.in_context import experiments, store
from jtts.in_context import crossover_step, read_curves
from jtts.pipeline import PRESETS, Preset

pytestmark = pytest.mark.long

QUICK = PRESETS["quick"]
NAMES = sorted(store.RECIPES)


@pytest.fixture(scope="module")
def stored():
    return {name: read_curves(store.FOLDER / f"{name}.json") for name in NAMES}


def test_every_recipe_is_stored_and_nothing_else():
    files = sorted(store.FOLDER.glob("*"))
    assert [path.stem for path in files] == NAMES
    assert all(path.stat().st_size < 300_000 for path in files)


@pytest.mark.parametrize("name", NAMES)
def test_stored_curves_say_how_they_were_made(stored, name):
    curves = stored[name]
    facts = {"command", "date", "device", "jax", "flax", "optax", "git commit"}
    assert facts <= curves.attrs.keys()
    assert name in curves.attrs["command"]
    if "configuration" in curves.attrs:  # of one architecture and one schedule
        settings = json.loads(curves.attrs["configuration"])
        assert settings["seeds"] == curves.seed.values.tolist()
        assert settings["steps"][-1] == curves.attrs.get("steps", curves.get("step", [0])[-1])
    quality = curves.excess if "excess" in curves else curves.accuracy
    assert bool(quality.notnull().all())
    if "stopped" in curves:
        assert bool((curves.stopped == -1).all())


def test_memorising_overtakes_in_nine_of_ten_seeds(stored):
    curves = stored["urns_transience"]
    assert curves.seed.values.tolist() == list(range(10))
    pool, fresh = (curves.sel(evaluation=name) for name in ("pool", "fresh"))
    crossed = np.isfinite(crossover_step(pool.position))
    assert int(crossed.sum()) >= 9
    # the same without the distances: worse on fresh urns than at its best, better on the pool
    worse = fresh.excess.isel(step=-1) > 1.05 * fresh.excess.min("step")
    best = fresh.excess.argmin("step")
    better = pool.excess.isel(step=-1) < pool.excess.isel(step=best)
    assert int((worse & better).sum()) >= 9


def test_transience_takes_longer_with_more_tasks(stored):
    curves = stored["urns_phase_diagram"].sel(evaluation="pool")
    place = curves.position.isel(step=-1).mean("seed").values
    assert place[0] > 0.8
    assert np.all(np.diff(place) < 0.05), "larger pools are memorised less"


@pytest.mark.parametrize(
    "name", ["learned_linear_attention", "strategy_phase_diagram", "task_diversity_threshold"]
)
def test_claims_of_stored_runs_hold(name):
    data = getattr(figures, name).compute(QUICK)
    verdicts = [judge(dataset) for dataset in data.values()]
    assert [v.status for v in verdicts if v.kind == "experiment"] == ["pass"]
    assert any(v.evidence.startswith("stored run of") for v in verdicts)


def test_a_claim_that_does_not_hold_fails():
    verdict = judge(with_claims(xr.Dataset(), "family.figure", "re-run", {"a": True, "b": False}))
    assert verdict.status == "fail"
    assert verdict.evidence == "re-run: a; NOT as it must be: b"


def test_retraining_is_labelled(monkeypatch):
    fresh = xr.Dataset({"loss": 1.0})
    assert store.curves_of(lambda preset: fresh, Preset("quick", retrain=True)).source == "re-run"
    assert store.curves_of(lambda preset: fresh, PRESETS["paper"]).source == "re-run"
    assert store.curves_of(experiments.learned_attention, QUICK).source.startswith("stored run of")


def test_unknown_recipes_are_refused():
    with pytest.raises(InputError, match="recipe must be one of"):
        store.main(["nothing"])
