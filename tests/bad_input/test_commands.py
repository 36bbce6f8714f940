"""The command refuses in one line, with exit code 2, and leaves nothing behind."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from jtts.cli import main

COIN = str(Path(__file__).parents[1] / "data" / "coin.py") + "::all_fail"
POINT = ["sweep", COIN, "--k", "1", "--p", "0.1"]

BAD = [
    (["check", ""], "unknown law ''"),
    (["check", "best_of_k.error", "nope"], "unknown law 'nope'"),
    (["check", "best_of_k.error", "--points", "-3"], "points must be"),
    (["check", "best_of_k.error", "--max-trials", "0"], "max_trials must be"),
    (["check", "best_of_k.error", "--seed", "-1"], "seed must be"),
    (["check", "broken.py::law"], "no file 'broken.py'"),
    (["check", "."], "unknown law '.'"),
    (["show", "nope"], "unknown law 'nope'"),
    (["laws", "nope"], "unknown law 'nope'"),
    (["reproduce", "nope"], "unknown figure 'nope'"),
    (["reproduce", "voting", "--seed", "-1"], "seed must be"),
    ([*POINT, "--seed", "-1"], "seed must be a whole number, at least 0, got -1"),
    ([*POINT, "--seed", str(2**32)], "seed must be at most 4294967295"),
    ([*POINT, "--trials", "-1"], "trials must be a whole number, at least 0, got -1"),
    ([*POINT, "--target-stderr", "0"], "target_stderr must be positive and finite, got 0"),
    ([*POINT, "--target-stderr", "nan"], "target_stderr must be positive and finite, got nan"),
    ([*POINT, "--block", "0"], "block must be a whole number, at least 1, got 0"),
    ([*POINT, "--memory", "-1"], "memory must be"),
    ([*POINT, "--memory", "nan"], "memory must be"),
    ([*POINT, "--resume"], "resume needs a store"),
    ([*POINT, "--distributed"], "--distributed needs --store"),
    ([*POINT, "--process", "1"], "need --distributed"),
    ([*POINT, "--wait", "5"], "need --distributed"),
    ([*POINT, "--q", "3"], "has no parameter 'q'"),
    ([*POINT[:4], "--p", ""], "'' is not a number"),
    ([*POINT[:4], "--p", "1:2:log"], "is not a range"),
    ([*POINT[:4], "--p", "0:1:log3"], "a logarithmic range needs positive ends"),
    ([*POINT[:4], "--p", "2:1"], "the end must not lie below the start"),
    ([*POINT[:4], "--p", "none"], "p must be a number or an array, got None"),
    ([*POINT[:4], "--p", "nan"], "'nan' is not a number"),
    ([*POINT[:4], "--p", "1.5"], "--p up to 1.5 is beyond what simulation resolves"),
    ([*POINT[:4], "--p", "1_0"], "'1_0' is not a number"),
    ([*POINT, "--trials", "1" + "0" * 40], "trials must be a whole number, at least 0, in 64 bits"),
    ([*POINT, "--block", "1" + "0" * 40], "block must be a whole number, at least 1, in 64 bits"),
    ([*POINT, "--out", "a" * 300 + ".csv"], "is not writable: File name too long"),
    ([*POINT, "--plot", "a" * 300 + ".pdf"], "is not writable: File name too long"),
    ([*POINT, "--store", "a" * 300], "cannot be written: File name too long"),
    (["reproduce", "voting", "--out", "a" * 300], "is not writable: File name too long"),
    (["check", COIN, "--points", "2147483648"], "points must be at most 1000000"),
    (["check", COIN, "--points", str(2**63)], "points must be at most 1000000"),
    (["check", "a" * 5000 + ".py::f"], "there is no file 'aaa"),
    (["show", "a" * 5000], "unknown law 'aaa"),
    (["fit", "--example", "new", "--seed", "-1"], "seed must be a whole number"),
    ([*POINT, "--plot", "plot.jpg"], "'plot.jpg' must end in .pdf or .png"),
    ([*POINT, "--out", "."], "must end in .nc or .csv"),
    (["sweep", "--k", "1"], "unknown law '1'"),
    (["sweep"], "LAW"),
    (["sweep", COIN, "k", "1"], "parameters are given as --name value"),
    (["sweep", "voting.plurality_accuracy", "--probabilities", "0.5,x"], "'x' is not a number"),
    (["check", "--points", "many"], "invalid int value: 'many'"),
    (["check", "--points", "1.5"], "invalid int value: '1.5'"),
    (["reproduce", "--preset", "huge"], "invalid choice: 'huge'"),
    ([*POINT, "--trials", "10", "--theory-only"], "not allowed with argument"),
    (["fit", "none.csv"], "no file 'none.csv'"),
    (["fit", "."], "must end in"),
    (["fit", "none.csv", "--resamples", "x"], "invalid int value: 'x'"),
    (["fit", "--example", "new", "none.csv"], "give no file with it"),
    (["nonsense"], "invalid choice: 'nonsense'"),
    (["laws", "--nonsense"], "unknown argument '--nonsense'"),
]


def exit_code(words):
    try:
        return main(words)
    except SystemExit as stop:  # of the parser
        return stop.code


@pytest.mark.parametrize(("words", "message"), BAD, ids=lambda value: str(value)[:60])
def test_refusal(words, message, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert exit_code(words) == 2
    error = capsys.readouterr().err.strip()
    assert message in error
    assert "Traceback" not in error
    said = [line for line in error.splitlines() if "error: " in line]
    assert error.splitlines()[-1:] == said  # usage may come before it
    assert list(tmp_path.iterdir()) == []


def test_what_is_given_beside_a_file_of_samples(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{q},{s},{s % 2}\n" for q in range(4) for s in range(3))
    (tmp_path / "s.csv").write_text("question,score,correct\n" + rows)
    (tmp_path / "old" / "fit.pdf").mkdir(parents=True)
    for words, message in [
        (["--resamples", "100000000000000"], "resamples must be at most 134217728 for 4 questions"),
        (["--resamples", str(2**63)], "resamples must be at most 134217728 for 4 questions"),
        (["--k", "1e300"], "k = 1e+300 is above the number of samples: question '0' has 3"),
        (["--out", "old"], "output 'old/fit.pdf' is not writable: Is a directory"),
        (["--out", "a" * 300], "is not writable: File name too long"),
        (["--out", "s.csv/x"], "is not writable: Not a directory"),
    ]:
        assert main(["fit", "s.csv", *words]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert message in line
        assert sorted(path.name for path in tmp_path.iterdir()) == ["old", "s.csv"]


FILES = {
    "binary.csv": bytes(range(256)) * 8,
    "latin.csv": "question,score,truth\na,1,é\n".encode("latin-1"),
    "nul.csv": b"question,score,truth\na,\x001,2\n",
    "binary.jsonl": b"\x80\x04\x95" * 100,
    "truncated.jsonl": b'{"question": "a", "score": 1, "truth": 2}\n{"question": "a", "sco',
    "array.jsonl": b"[]",
    "numbers.jsonl": b"1\n2\n",
    "empty.jsonl": b"",
    "binary.parquet": b"PAR1 and nothing else",
    "empty.parquet": b"",
    "huge.csv": b"question,score,truth\na,1e999,1\na,2,1\nb,1,1\nb,2,2\n",
    "text.csv": b"question,score,truth\na,high,1\na,2,1\nb,1,1\nb,2,2\n",
    "mixed.jsonl": b'{"question": "a", "score": 1, "truth": 2}\n{"question": 1, "score": "x"}\n',
    "header.csv": b"question,score,truth",
    "semicolons.csv": b"question;score;truth\na;1;2\n",
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_hold_no_samples(name, tmp_path, capsys):
    (tmp_path / name).write_bytes(FILES[name])
    assert main(["fit", str(tmp_path / name), "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err.strip()
    assert name in error
    assert len(error.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_broken_law_files(tmp_path, capsys):
    for name, text, message in [
        ("syntax.py", "def law(:\n", "syntax.py"),
        ("raises.py", "1 / 0\n", "division by zero"),
        ("empty.py", "", "has no law"),
    ]:
        (tmp_path / name).write_text(text)
        assert main(["check", f"{tmp_path / name}::f"]) == 2
        error = capsys.readouterr().err.strip()
        assert message in error
        assert len(error.splitlines()) == 1


DECLARED = """
from jtts import law
from jtts.domain import reals
from jtts.kinds import Exact

@law(**(dict(kind=Exact(), formula="p", source="own", domain={{"p": reals(0.2, 0.8)}}) | {changes}))
def f(p):
    return p
"""


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ('dict(kind="exact")', "f: kind must be one of Exact(), "),
        ("dict(kind=Exact)", "f: kind must be one of Exact(), "),
        ("dict(formula=3)", "f: formula must be text, got 3"),
        ("dict(source=None)", "f: source must be text, got None"),
        ("dict(domain=[1])", "f: domain must be a dictionary, got [1]"),
        ('dict(domain={"p": (0, 1)})', "f: domain of p must be a range of jtts.domain, got (0, 1)"),
        ('dict(simulated={"p": 1})', "f: simulated of p must be a range of jtts.domain, got 1"),
        ('dict(domain={"q": reals(0, 1)})', "f draws ['q'], which it does not take"),
    ],
)
@pytest.mark.parametrize("command", ["laws", "check"])
def test_laws_that_are_declared_wrongly(command, changes, message, tmp_path, capsys):
    (tmp_path / "own.py").write_text(DECLARED.format(changes=changes))
    assert main([command, f"{tmp_path / 'own.py'}::f"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "own.py does not import: " in line
    assert message in line


@pytest.mark.parametrize(
    "words", [["check", "nope"], ["sweep", COIN, "--k", "x", "--p", "1"], ["fit", "none.csv"]]
)
def test_a_real_process_exits_with_two_and_no_traceback(words, tmp_path):
    command = [sys.executable, "-m", "jtts", *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("jtts: error: ")
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_store_with_a_damaged_manifest(tmp_path, capsys):
    store = tmp_path / "s"
    words = [*POINT, "--theory-only", "--store", str(store)]
    assert main(words) == 0
    manifest = json.loads((store / "zarr.json").read_text())
    for text in ("", "{", "[]", json.dumps(manifest | {"attributes": {}})):
        (store / "zarr.json").write_text(text)
        assert main([*words, "--resume"]) == 2
        error = capsys.readouterr().err.strip().splitlines()[-1]
        assert "is not a store of jtts sweep" in error
