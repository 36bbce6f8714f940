import subprocess
import sys
from pathlib import Path

import pytest
import xarray as xr

from jtts.cli import main

COIN = str(Path(__file__).parent.parent / "data" / "coin.py") + "::all_fail"


def test_help_loads_no_numerical_library():
    code = "import sys; from jtts.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    code += "print([m for m in ('jax', 'numpy', 'scipy', 'xarray') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "reproduce" in shown.stdout
    assert shown.stdout.endswith("[]\n")


def test_a_law_in_a_users_file_is_checked(capsys):
    assert main(["check", COIN]) == 0
    assert "pass" in capsys.readouterr().out


def test_a_wrong_law_exits_with_one(tmp_path, capsys):
    source = Path(COIN.partition("::")[0]).read_text()
    wrong = tmp_path / "wrong_coin.py"
    wrong.write_text(source.replace("** k\n", "** k * 1.02\n"))
    assert main(["check", f"{wrong}::all_fail"]) == 1
    assert "fail" in capsys.readouterr().out


def test_sweep_writes_what_was_asked(tmp_path, capsys):
    out, plot = tmp_path / "new" / "data.nc", tmp_path / "plot.pdf"
    arguments = ["sweep", COIN, "--k", "1:3", "--p=0.1,0.2", "--trials", "5000"]
    assert main([*arguments, "--out", str(out), "--plot", str(plot)]) == 0
    data = xr.load_dataset(out)
    assert dict(data.sizes) == {"k": 3, "p": 2}
    assert "simulation" in data
    assert plot.read_bytes().startswith(b"%PDF")
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["data.nc", "new", "plot.pdf"]
    assert "theory" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "some", "others"),
    [
        (["majority"], "voting.majority_accuracy", "best_of_k.error"),
        (["best_of_k", "noise"], "best_of_k.prompt_noise_error", "holdout.query_budget"),
        (["Mean", "bound"], "selection.best_of_n_gain_bound", "selection.expected_max"),
        (["voting", "regression"], "regression.statistics", "best_of_k.error"),
    ],
)
def test_laws_are_searched(words, some, others, capsys):
    assert main(["laws", *words]) == 0
    shown = capsys.readouterr().out
    assert some in shown
    assert others not in shown


def test_names_may_have_dashes(capsys):
    words = "associative_memory.recall_error --num-pairs 24 --dim 16 --age 0 --theory-only"
    assert main(["sweep", *words.split()]) == 0
    assert "1.4375" in capsys.readouterr().out


def test_show_and_laws(capsys):
    assert main(["show", COIN]) == 0
    assert "(1 - p)^k" in capsys.readouterr().out
    assert main(["laws"]) == 0
    assert "best_of_k.error" in capsys.readouterr().out


BAD = [
    (["check", "best_of_k.eror"], "unknown law 'best_of_k.eror'; did you mean best_of_k.error"),
    (["check", "nowhere.py::f"], "no file 'nowhere.py'"),
    (["check", COIN + "x"], "has no law 'all_failx'; it has: all_fail"),
    (["check", COIN, "--points", "0"], "points must be a whole number, at least 1, got 0"),
    (["reproduce", "no_such_figure"], "unknown figure 'no_such_figure'"),
    (["sweep", "best_of_k", "--k", "1"], "give one"),
    (["sweep", COIN, "--k", "1:x", "--p", "0.1"], "'x' is not a number"),
    (["sweep", COIN, "--k", "1.5", "--p", "0.1"], "whole numbers"),
    (["sweep", COIN, "--k", "1"], "needs a value for p"),
    (["sweep", COIN, "--k", "1", "--p"], "--name value"),
    (["sweep", COIN, "--k", "1", "--k", "2", "--p", "0.1"], "--k is given twice"),
    (["sweep", COIN, "--k", "1", "--p", "0.1", "--out", "data.txt"], "must end in .nc or .csv"),
    (["sweep", COIN, "--k", "1", "--p", "0.1", "--route", "x"], "has no simulation 'x'"),
    (["sweep", "best_of_k.error", "--k", "1:1e6:log5", "--rho", "0.2"], "beyond what simulation"),
    (["sweep", "best_of_k.error", "--k", "0", "--rho", "0.2"], "k must be at least 1, got 0"),
    (["sweep", "best_of_k.error", "--k", "5", "--rho", "-0.2"], "rho"),
    (["sweep", "best_of_k.error", "--k", "5", "--rhu", "0.2"], "'rhu'"),
    (
        ["sweep", "best_of_k.error", "--k", "5", "--stats.predictive_var", "-1",
         "--stats.mean_error", "1"],
        "predictive_var must be positive and finite, got -1",
    ),
    (
        ["sweep", "regression.renormalized_ridge", "--spectrum", "1,-2", "--aspect_ratio", "1",
         "--ridge", "1"],
        "spectrum",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=lambda value: str(value)[:40])
def test_bad_usage_is_one_line_and_leaves_nothing(
    arguments, message, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    error = capsys.readouterr().err.strip()
    assert message in error
    assert error.startswith("jtts: error: ")
    assert "\n" not in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command", [["reproduce", "--out"], ["sweep", COIN, "--k=1", "--p=.1", "--out"]]
)
def test_unwritable_folder(command, tmp_path, capsys):
    blocker = tmp_path / "file"
    blocker.write_text("in the way")
    assert main([*command, str(blocker / "data.nc")]) == 2
    assert "not writable" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_unknown_command_or_option_exits_with_two(capsys):
    for arguments in (["bogus"], ["check", "--bogus"]):
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 2
    assert "bogus" in capsys.readouterr().err
