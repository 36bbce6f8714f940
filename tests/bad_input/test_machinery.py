"""Sweeps, checks, verdicts and names refuse what they cannot use."""

import tempfile

import numpy as np
import pytest
import xarray as xr
from refusals import calls, refuses

from jtts import check, fitting, registry, sweep
from jtts.checks.datasets import judge
from jtts.theory import best_of_k

error = best_of_k.error

BAD = [
    (lambda: sweep("best_of_k.error", {"k": [1]}), "law must be Law, got 'best_of_k.error'"),
    (
        lambda: sweep(error, {}),
        "best_of_k.error needs a value for k, stats (rho or stats.predictive_var and stats.mean_er",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2, "x": 1}),
        "best_of_k.error has no parameter 'x'; it takes k, stats, temperature, rho, predictive_va",
    ),
    (lambda: sweep(error, {"k": [], "rho": 0.2}), "k is an empty list; give at least one value"),
    (lambda: sweep(error, {"k": "x", "rho": 0.2}), "k must be a number or an array, got 'x'"),
    (lambda: sweep(error, {"k": None, "rho": 0.2}), "k must be a number or an array, got None"),
    (lambda: sweep(error, {"k": [0], "rho": 0.2}), "k must be at least 1, got 0"),
    (
        lambda: sweep(error, {"k": [1, "a"], "rho": 0.2}),
        "k must be a number or an array, got 'a'",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": -0.2}),
        "rho must be zero or positive, and finite, got -0.2",
    ),
    (lambda: sweep(error, {"k": [1], "stats": 3}), "stats must be Statistics, got array([3])"),
    (
        lambda: sweep(error, {"k": [1], "stats": best_of_k.Statistics(1, 1), "rho": 1}),
        "stats is given both whole and by rho",
    ),
    (
        lambda: sweep(error, {"k": [1], "stats.mean_error": 1}),
        "mean_error do not make a Statistics for stats",
    ),
    (
        lambda: sweep(error, {"k": [1], "stats.nope": 1}),
        "best_of_k.error has no parameter 'stats.nope'; it takes stats.mean_error, stats.predicti",
    ),
    (
        lambda: sweep(error, {"k": np.ones((2, 2)), "rho": 0.2}),
        "a swept value has 2 dimensions; give one list per parameter",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, trials=-1),
        "trials must be a whole number, at least 0, got -1",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, trials=1.5),
        "trials must be a whole number, at least 0, got 1.5",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, trials="x"),
        "trials must be a whole number, at least 0, got 'x'",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, seed=-1),
        "seed must be a whole number, at least 0, got -1",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, seed=2**32),
        "seed must be at most 4294967295, got 4294967296",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, seed=0.5),
        "seed must be a whole number, at least 0, got 0.5",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, target_stderr=0),
        "target_stderr must be positive and finite, got 0",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, target_stderr=np.nan),
        "target_stderr must be positive and finite, got nan",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, max_trials=0),
        "max_trials must be a whole number, at least 1, got 0",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, route="nope"),
        "best_of_k.error has no simulation 'nope'",
    ),
    (
        lambda: sweep(error, {"k": [1, 2], "rho": [0.2]}, zipped=True),
        "zipped values need equal lengths, got {'k': 2, 'rho': 1}",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, block=0),
        "block must be a whole number, at least 1, got 0",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, block=1.5),
        "block must be a whole number, at least 1, got 1.5",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, share=(2, 2)),
        "share must be (i, n) with 0 <= i < n, got (2, 2)",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, share=(0, 0)),
        "share must be (i, n) with 0 <= i < n, got (0, 0)",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, share=3),
        "share must be (i, n) with 0 <= i < n, got 3",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, memory=0),
        "memory must be a whole number, at least 1, got 0",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, memory=-5, trials=10),
        "memory must be a whole number, at least 1, got -5",
    ),
    (
        lambda: sweep(error, {"k": [1], "rho": 0.2}, resume=True),
        "resume needs a store to go on with",
    ),
    (
        lambda: sweep(best_of_k.local_exponent, {"k": [1], "rho": 0.2}, trials=10),
        "best_of_k.local_exponent has no simulation: it is a derived law",
    ),
    (lambda: sweep(error, [1, 2]), "grid must be Mapping, got [1, 2]"),
    (lambda: check("best_of_k.error"), "law must be Law, got 'best_of_k.error'"),
    (lambda: check(error, points=0), "points must be a whole number, at least 1, got 0"),
    (lambda: check(error, points=1.5), "points must be a whole number, at least 1, got 1.5"),
    (lambda: check(error, trials=0), "trials must be a whole number, at least 1, got 0"),
    (
        lambda: check(error, max_trials=-1),
        "max_trials must be a whole number, at least 1, got -1",
    ),
    (lambda: check(error, seed=-1), "seed must be a whole number, at least 0, got -1"),
    (lambda: check(error, seed=0.5), "seed must be a whole number, at least 0, got 0.5"),
    (lambda: check(error, route="nope"), "best_of_k.error has no simulation 'nope'"),
    (lambda: check(error, points="x"), "points must be a whole number, at least 1, got 'x'"),
    (
        lambda: judge(xr.Dataset()),
        "data must be of a sweep or an experiment, got none that has 'law'",
    ),
    (
        lambda: judge(xr.Dataset({"a": ("x", [1.0])}, attrs={"law": "x", "kind": "exact"})),
        "data must be of a sweep or an experiment, got none that has 'theory'",
    ),
    (lambda: judge(3), "data must be Dataset, got 3"),
    (
        lambda: registry.find_laws(["xyzzy"]),
        "unknown law 'xyzzy'; there are",
    ),
    (
        lambda: registry.find_laws(["a.b.c"]),
        "unknown law 'a.b.c'; there are",
    ),
    (
        lambda: registry.find_laws([""]),
        "unknown law ''; there are",
    ),
    (
        lambda: registry.find_figures([""]),
        "unknown figure ''; there are",
    ),
]


@calls(BAD)
def test_refusal(call, message):
    refuses(call, message)


def test_files_and_folders(tmp_path):
    (tmp_path / "file").write_text("text")
    refuses(lambda: fitting.read(tmp_path / "none.csv"), "no file")
    refuses(lambda: fitting.read(tmp_path), "must end in")
    refuses(lambda: fitting.read(tmp_path / "file"), "must end in")
    (tmp_path / "folder.csv").mkdir()
    refuses(lambda: fitting.read(tmp_path / "folder.csv"), "folder.csv")
    refuses(
        lambda: sweep(error, {"k": [1], "rho": 0.2}, store=tmp_path / "file", resume=True),
        "is not a store",
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.csv"]


def test_a_read_only_folder_takes_no_store(tmp_path):
    """Access rights do not bind the superuser: the file system's answer is put in its place."""

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "mkdtemp", refused)
        refuses(
            lambda: sweep(error, {"k": [1], "rho": 0.2}, store=tmp_path / "s"),
            "cannot be written: Permission denied",
        )
    assert list(tmp_path.iterdir()) == []
