"""The command whatever surrounds it: homes, folders, disks, pipes, files that end the program."""

import errno
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jtts.cli import NO_READER, UNEXPECTED, main
from jtts.commands import laws
from jtts.files import staged

COIN = str(Path(__file__).parents[1] / "data" / "coin.py") + "::all_fail"
SWEEP = ["sweep", COIN, "--k", "1,2", "--p", "0.1", "--theory-only"]


def run(words, environment=(), python=("-m", "jtts")):
    surroundings = {k: v for k, v in os.environ.items() if k != "XDG_CACHE_HOME"}
    return subprocess.run(
        [sys.executable, *python, *words],
        env=surroundings | dict(environment),
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.long
@pytest.mark.parametrize(
    "environment",
    [
        {"HOME": "/proc/nohome", "MPLCONFIGDIR": "/proc/nohome"},
        {"JAX_COMPILATION_CACHE_DIR": "/dev/null"},
        {"JAX_COMPILATION_CACHE_DIR": "/proc/nowhere"},
        {"XDG_CACHE_HOME": "/dev/null"},
        {"TMPDIR": "/nowhere", "MPLBACKEND": "nonsense"},
        {"PYTHONIOENCODING": "ascii", "COLUMNS": "0", "TERM": "nonsense"},
        {"PYTHONWARNINGS": "error", "PYTHONOPTIMIZE": "2", "JAX_ENABLE_X64": "0"},
    ],
    ids=str,
)
def test_commands_run_in_poor_surroundings(environment, tmp_path):
    simulated = [*SWEEP[:-1], "--trials", "10", "--plot", str(tmp_path / "plot.pdf")]
    for words in (["laws", "voting"], simulated):
        done = run(words, environment)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""


@pytest.mark.long
def test_a_jax_that_does_not_import_is_one_line():
    done = run(["laws"], {"JAX_ENABLE_X64": "maybe"})
    assert done.returncode == UNEXPECTED
    (line,) = done.stderr.splitlines()
    assert "JAX_ENABLE_X64" in line


class Full(io.StringIO):
    def write(self, text):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_streams_that_are_closed_or_full(monkeypatch, capsys):
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", None)
        assert main(["laws", "voting"]) == 0
        patched.setattr(sys, "stderr", None)
        assert main(["laws", "nope"]) == 2
        patched.setattr(sys, "stderr", Full())
        assert main(["laws", "nope"]) == 2
    assert capsys.readouterr().err == ""


def test_letters_that_a_stream_cannot_write(monkeypatch, tmp_path):
    written = io.BytesIO()
    rows = "".join(f"é{q},{s},{s % 2}\n" for q in range(3) for s in range(4))
    (tmp_path / "é.csv").write_text("question,score,correct\n" + rows, encoding="utf-8")
    with io.TextIOWrapper(written, "ascii") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        words = ["fit", str(tmp_path / "é.csv"), "--resamples", "10", "--out", str(tmp_path / "o")]
        assert main(words) == 0
        assert rb"\xe9.csv: 3 questions" in written.getvalue()


@pytest.mark.long
def test_a_full_disk_is_the_reason_that_is_said(tmp_path):
    """Where a library stumbles over it, and fails with an error of its own."""
    rows = "".join(f"{q},{s},{s % 2}\n" for q in range(3) for s in range(4))
    (tmp_path / "s.csv").write_text("question,score,correct\n" + rows)
    cache = {"JAX_ENABLE_COMPILATION_CACHE": "0", "HOME": str(tmp_path)}
    limited = "import resource, runpy; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); "
    limited += "runpy.run_module('jtts', run_name='__main__')"
    words = ["fit", str(tmp_path / "s.csv"), "--resamples", "10", "--out", str(tmp_path / "out")]
    done = run(words, cache, python=("-c", limited))
    assert done.returncode == UNEXPECTED
    assert "File too large" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.long
def test_the_users_cache_is_used(tmp_path):
    done = run(
        ["sweep", COIN, "--k", "1,2", "--p", "0.1", "--trials", "10"],
        {"JAX_COMPILATION_CACHE_DIR": str(tmp_path / "own"), "HOME": str(tmp_path / "home")},
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "own").is_dir()
    assert not (tmp_path / "home" / ".cache" / "jtts").exists()


@pytest.mark.long
@pytest.mark.parametrize("name", ["data.csv", "data.nc"])
def test_a_full_disk_leaves_nothing_behind(tmp_path, name):
    cache = {"JAX_ENABLE_COMPILATION_CACHE": "0", "HOME": str(tmp_path / "home")}
    words = [*SWEEP[:2], "--k", "1:200", "--p", "0.1", "--theory-only", "--out"]
    limited = "import resource, runpy; resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64)); "
    limited += "runpy.run_module('jtts', run_name='__main__')"
    done = run([*words, str(tmp_path / name)], cache, python=("-c", limited))
    assert done.returncode == UNEXPECTED, done.stderr
    said = done.stderr.strip().splitlines()
    assert len([line for line in said if "error" in line]) == 1
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == []


def test_a_folder_made_for_files_goes_with_them(tmp_path):
    def fail(folder):
        with staged(folder) as staging:
            (staging / "half").write_text("half")
            raise KeyError

    (tmp_path / "kept").mkdir()
    for folder in ("new/below", "kept"):
        with pytest.raises(KeyError):
            fail(tmp_path / folder)
    assert [path.name for path in tmp_path.rglob("*")] == ["kept"]


@pytest.mark.long
def test_a_reader_may_go():
    words = [sys.executable, "-m", "jtts", "laws"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == NO_READER
    assert said == b""


def test_a_law_file_that_ends_the_program_is_an_error(tmp_path, capsys):
    path = tmp_path / "ends.py"
    path.write_text("import sys\nsys.exit(0)\n")
    assert main(["check", f"{path}::law"]) == 2
    assert "ends the program" in capsys.readouterr().err


@pytest.mark.long
@pytest.mark.parametrize(("status", "code"), [(0, UNEXPECTED), (7, 7)])
def test_a_law_file_that_leaves_at_once_is_said(status, code, tmp_path):
    path = tmp_path / "leaves.py"
    path.write_text(f"import os\n\nos._exit({status})\n")
    found = subprocess.run(
        [sys.executable, "-m", "jtts", "check", f"{path}::law"], capture_output=True, text=True
    )
    assert found.returncode == code
    assert found.stderr == f"jtts: error: os._exit({status}) in {path}:3\n"


@pytest.mark.parametrize(
    "raised", ["SystemExit(0)", "GeneratorExit", "MemoryError", "RecursionError"]
)
def test_whatever_a_law_raises_is_one_line(raised, tmp_path, capsys):
    (tmp_path / "file.py").write_text(f"raise {raised}\n")
    law = MARKED.replace("return jnp", f"raise {raised}\n    return jnp")
    (tmp_path / "law.py").write_text(law)
    for name, code in (("file", 2), ("law", UNEXPECTED)):
        assert main(["check", f"{tmp_path / name}.py::chance"]) == code
        (line,) = capsys.readouterr().err.splitlines()
        assert raised.removesuffix("(0)") in line


def test_what_nobody_expected_has_a_code_of_its_own(monkeypatch, capsys):
    def fails(options, rest):
        raise RuntimeError("a reason\nin two lines")

    monkeypatch.setattr(laws, "run", fails)
    assert main(["laws"]) == UNEXPECTED
    assert capsys.readouterr().err == (
        "jtts: error: RuntimeError: a reason in two lines (JTTS_TRACEBACK=1 shows where)\n"
    )
    monkeypatch.setenv("JTTS_TRACEBACK", "1")
    with pytest.raises(RuntimeError):
        main(["laws"])


def test_an_error_without_a_word_says_where(monkeypatch, capsys):
    """As that of JAX for devices that are not here."""
    scope = {}
    code = "def fails(options, rest):\n    assert options is None"
    exec(compile(code, "/jax/_src/xla_bridge.py", "exec"), scope)
    monkeypatch.setattr(laws, "run", scope["fails"])
    monkeypatch.setenv("JAX_PLATFORMS", "cuda")
    assert main(["laws"]) == UNEXPECTED
    (line,) = capsys.readouterr().err.splitlines()
    assert "AssertionError: /jax/_src/xla_bridge.py:2; JAX_PLATFORMS=cuda asks for dev" in line


def test_names_are_whole_and_plain_in_a_pipe(capsys):
    assert main(["laws"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 200
    assert not any("…" in line.split()[0] or line.startswith(" ") for line in lines)


MARKED = '''
import jax.numpy as jnp
import jax
from jtts import Estimate, law, simulation
from jtts.domain import reals
from jtts.kinds import Exact

@law(kind=Exact(), formula="p", source="[/bold] :smile:", domain={"p": reals(0.2, 0.8)})
def chance(p):
    """A [bold]coin[/bold] [/red] :smile: :warning:."""
    return jnp.asarray(p) * 1.0

@chance.simulated_by
@simulation(chunk=4096)
def toss(key, trials, p):
    return Estimate.of(jax.random.uniform(key, (trials,)) < p)
'''


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("command", ["laws", "show", "check"])
@pytest.mark.parametrize("terminal", [True, False])
def test_words_of_the_user_are_no_markup(command, terminal, tmp_path, monkeypatch):
    path = tmp_path / "[bold] [red].py"
    path.write_text(MARKED)
    out = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", "dumb")
    assert main([command, f"{path}::chance"]) == 0
    said = out.getvalue()
    if command == "check":
        assert "[bold] [red]" in said
    else:
        assert "A [bold]coin[/bold] [/red] :smile: :warning:." in said


@pytest.mark.parametrize("columns", [80, 20])
def test_names_are_whole_on_a_narrow_terminal(columns, monkeypatch, capsys):
    assert main(["laws", "best_of_k", "--format", "json"]) == 0
    names = [law["law"] for law in json.loads(capsys.readouterr().out)]
    out = Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "dumb")
    assert main(["laws", "best_of_k"]) == 0
    shown = out.getvalue().splitlines()
    assert set(names) <= {line.split()[0] for line in shown if line.strip()}


def test_a_law_says_where_it_stands(capsys):
    assert main(["show", "voting.majority_accuracy"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"^code +theory/voting/majority\.py:[0-9]+$", said, re.MULTILINE)
    assert re.search(r"^played +sims/voting\.py:[0-9]+$", said, re.MULTILINE)
    assert re.search(r"^oracle +tests/oracles/voting/\w+\.py:[0-9]+$", said, re.MULTILINE)


@pytest.mark.long
def test_two_commands_share_a_cold_cache(tmp_path):
    words = [sys.executable, "-W", "error", "-m", "jtts", "check", COIN, "--points", "3"]
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path)}
    both = [
        subprocess.Popen(
            words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for process in both:
        out, said = process.communicate(timeout=300)
        assert (process.returncode, said) == (0, "")
        assert "pass" in out
    kept = [path.name for path in (tmp_path / "jtts" / "xla").iterdir()]
    assert kept
    assert not [name for name in kept if name.endswith(".part")]


def test_laws_and_show_as_data(capsys):
    assert main(["laws", "voting", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"law", "kind", "summary"} == set(listed[0])
    assert main(["show", "voting.majority_accuracy", "--format", "json"]) == 0
    (about,) = json.loads(capsys.readouterr().out)
    assert about["files"]["code"].startswith("theory/voting/majority.py:")
    assert about["files"]["played"].startswith("sims/voting.py:")


def test_verdicts_as_data(capsys):
    assert main(["check", COIN, "--points", "2", "--format", "json"]) == 0
    (verdict,) = json.loads(capsys.readouterr().out)
    assert verdict["status"] == "pass"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--k", "1:inf:log5", "--p", "0.1"], "a range needs two finite ends"),
        (["--k", "none:5", "--p", "0.1"], "a range needs two finite ends"),
        (["--k", "1", "--p", "0:1:lin10000000000"], "a range has 1 to 10000000 values"),
        (
            ["--k", "1:10000", "--p", "0.1:0.2:lin1000000", "--theory-only"],
            "at most 100000000 fit into memory",
        ),
        (["--k", "1", "--p", "0.1", "--trials", str(2**44)], "trials must be at most"),
    ],
)
def test_too_much_is_refused(words, message, capsys):
    assert main(["sweep", COIN, *words]) == 2
    assert message in capsys.readouterr().err


def test_more_memory_than_there_is_is_no_limit(capsys):
    words = ["sweep", COIN, "--k", "1", "--p", "0.1", "--trials", "10", "--memory", "1e300"]
    assert main(words) == 0
