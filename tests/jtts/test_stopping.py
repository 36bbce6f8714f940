"""Ctrl-C, sent to real processes: answered within two seconds, with 130 and one line."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from signals import sigint

WITHIN = 2.0  # seconds
SAID = "jtts: stopped\n"
COIN = (Path(__file__).parents[1] / "data" / "coin.py").read_text()

# what a law's file does when the signal comes; each would go on for minutes
BUSY = {
    "compiling": """
def chain(x):
    for i in range(400):
        x = jnp.sort(jnp.cumsum(jnp.sin(x * i)) @ jnp.ones((64, 64)))
    return x
lowered = jax.jit(chain).lower(jnp.ones(64))
print("now", flush=True)
lowered.compile()
""",
    "running": """
long = jax.jit(lambda x: jax.lax.fori_loop(0, 10**12, lambda i, x: jnp.sin(x + i), x))
compiled = long.lower(1.0).compile()
print("now", flush=True)
compiled(1.0).block_until_ready()
""",
    "swallowing": """
import time
print("now", flush=True)
while True:
    try:
        time.sleep(100)
    except BaseException:
        pass
""",
    "waiting for threads": """
import time
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(2) as pool:
    pool.map(time.sleep, [100, 100])
    print("now", flush=True)
""",
    "writing": """
import time
from pathlib import Path
from jtts.files import staged, whole
with staged(Path("out")) as folder, whole(Path("data.csv")) as part:
    (folder / "half").write_text("half")
    part.write_text("half")
    print("now", flush=True)
    time.sleep(100)
""",
    "processes": """
import multiprocessing, time
context = multiprocessing.get_context("{method}")
children = [context.Process(target=time.sleep, args=(100,)) for _ in range(2)]
for child in children:
    child.start()
print("now", *(child.pid for child in children), flush=True)
time.sleep(100)
""",
}


def start(words, folder, **environment):
    with sigint(signal.SIG_DFL):
        return subprocess.Popen(
            [sys.executable, "-m", "jtts", *map(str, words)],
            cwd=folder,
            env=os.environ | {"XDG_CACHE_HOME": str(folder / "cache")} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def stop(process):
    """Send the signal; what the process wrote to stderr before it ended."""
    process.send_signal(signal.SIGINT)
    began = time.perf_counter()
    try:
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert time.perf_counter() - began < WITHIN
    assert process.returncode == 130, said
    return said


def busy(code, folder):
    """A command that runs a law file, once the file has said that it is busy, and what it said."""
    (folder / "busy.py").write_text(COIN + code)
    process = start(["check", "busy.py::all_fail"], folder)
    line = process.stdout.readline()
    assert line.startswith("now"), process.communicate()
    time.sleep(0.3)
    return process, line


@pytest.mark.parametrize(
    "moment",
    ["compiling", *(pytest.param(m, marks=pytest.mark.long) for m in list(BUSY)[1:-1])],
)
def test_whatever_runs(moment, tmp_path):
    process, _ = busy(BUSY[moment], tmp_path)
    assert stop(process) == SAID
    left = {path.name for path in tmp_path.rglob("*") if "cache" not in str(path)}
    assert left <= {"busy.py", "out"}


@pytest.mark.long
@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_no_process_is_left_behind(method, tmp_path):
    process, line = busy(BUSY["processes"].format(method=method), tmp_path)
    assert stop(process) == SAID
    time.sleep(0.5)
    for child in line.split()[1:]:
        status = Path(f"/proc/{child}/status")
        assert not status.exists() or "zombie" in status.read_text()


@pytest.mark.parametrize(
    "module",
    ["argparse", *(pytest.param(m, marks=pytest.mark.long) for m in ("numpy", "jax", "jtts.laws"))],
)
def test_while_starting(module, tmp_path):
    """Python says which module it has imported; the signal comes after this one."""
    process = start(["laws"], tmp_path, PYTHONPROFILEIMPORTTIME="1")
    for line in process.stderr:
        if line.split("|")[-1].strip() == module:
            break
    said = stop(process).splitlines(keepends=True)
    assert [line for line in said if not line.startswith("import time:")] == [SAID]


@pytest.mark.long
@pytest.mark.parametrize("seconds", [2, 4, 8])
def test_commands_at_work(seconds, tmp_path):
    process = start(
        ["reproduce", "best_of_k.both_sides_of_the_transition", "--out", "out"], tmp_path
    )
    time.sleep(seconds)
    assert process.poll() is None, process.communicate()
    assert stop(process) == SAID
    assert not list(tmp_path.rglob(".unfinished*"))


@pytest.mark.long
def test_an_ignored_signal_stays_ignored(tmp_path):
    """As in the background of a shell, or under nohup."""
    words = [sys.executable, "-m", "jtts", "laws", "voting"]
    with sigint(signal.SIG_IGN):
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    with process:
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        shown, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "voting.majority_accuracy" in shown
