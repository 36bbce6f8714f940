import errno
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import zarr
from coin import all_fail
from damage import SCENARIOS

from jtts import store_files, stores, sweep
from jtts.arguments import InputError
from jtts.cli import main
from jtts.rewards import Discrete
from jtts.stores import Store
from jtts.theory.selection import expected_max

COIN = f"{Path(__file__).parents[1] / 'data' / 'coin.py'}::all_fail"
GRID = {"k": list(range(1, 9)), "p": [0.1, 0.2, 0.3]}
OPTIONS = {"trials": 4096, "seed": 3, "block": 4}


def equal_bits(one, other):
    return all(one[name].values.tobytes() == other[name].values.tobytes() for name in one)


def test_a_store_returns_what_a_sweep_returns(tmp_path):
    plain = sweep(all_fail, GRID, trials=4096, seed=3)
    kept = sweep(all_fail, GRID, store=tmp_path / "s", **OPTIONS)
    again = sweep(all_fail, GRID, store=tmp_path / "s", resume=True, **OPTIONS)
    assert equal_bits(plain, kept)
    assert equal_bits(plain, again)
    assert kept.attrs == plain.attrs


def test_what_was_interrupted_goes_on(tmp_path, monkeypatch):
    """An exception after two blocks; the rest is computed, the two blocks are not."""
    whole = sweep(all_fail, GRID, **OPTIONS)
    write, written = Store.write, []

    def stop_after_two(self, places, arrays):
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(places)
        write(self, places, arrays)

    monkeypatch.setattr(Store, "write", stop_after_two)
    with pytest.raises(KeyboardInterrupt):
        sweep(all_fail, GRID, store=tmp_path / "s", **OPTIONS)
    monkeypatch.setattr(Store, "write", write)
    seen = []
    resumed = sweep(
        all_fail,
        GRID,
        store=tmp_path / "s",
        resume=True,
        progress=lambda done, total: seen.append((done, total)),
        **OPTIONS,
    )
    assert equal_bits(whole, resumed)
    assert seen == [(8, 24), (12, 24), (16, 24), (20, 24), (24, 24)]


def test_a_damaged_block_is_computed_again(tmp_path):
    whole = sweep(all_fail, GRID, store=tmp_path / "s", **OPTIONS)
    zarr.open_group(tmp_path / "s")["simulation"][5, 0] = 0.5
    assert equal_bits(whole, sweep(all_fail, GRID, store=tmp_path / "s", resume=True, **OPTIONS))


def ring(*_):
    raise TimeoutError("the store was waited for")


@pytest.fixture(scope="module")
def undamaged(tmp_path_factory):
    path = tmp_path_factory.mktemp("stores") / "whole"
    return path, sweep(all_fail, GRID, store=path, **OPTIONS)


@pytest.mark.long
@pytest.mark.parametrize("shared", [False, True], ids=["alone", "shared"])
@pytest.mark.parametrize(("path", "damage"), SCENARIOS.values(), ids=SCENARIOS)
def test_damage_is_computed_again_or_named(tmp_path, undamaged, path, damage, shared):
    """Never a traceback, a wrong number, a wait or a point that is left to nobody."""
    origin, whole = undamaged
    shutil.copytree(origin, tmp_path / "s")
    damage(tmp_path / "s" / path)
    shares = [(0, 2), (1, 2)] if shared else [(0, 1)]
    found, said = None, ""
    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(60)
    try:
        for share in shares:
            options = OPTIONS | {"share": share, "resume": True}
            found = sweep(all_fail, GRID, store=tmp_path / "s", **options)
    except InputError as problem:
        said = str(problem)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    if said:
        assert re.search("delete '.*', and resume|or delete this one", said)
        assert "\n" not in said
    else:
        assert equal_bits(whole, found)
        assert found.attrs["unfinished"] == 0


FEW = ["simulation/c/1/0: truncated", "finished/c/1: fifo", "finished/zarr.json: shorter shape"]


@pytest.mark.parametrize("name", FEW)
def test_some_damage(tmp_path, undamaged, name):
    test_damage_is_computed_again_or_named(tmp_path, undamaged, *SCENARIOS[name], False)


def test_files_are_on_the_disk_before_they_take_their_names(tmp_path, monkeypatch):
    flushed, named, fsync, replace = [], [], os.fsync, Path.replace

    def watched_fsync(descriptor):
        flushed.append(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    def watched_replace(self, target):
        named.append(self.stat().st_ino)
        assert named[-1] == flushed[-1]
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(Path, "replace", watched_replace)
    sweep(all_fail, GRID, store=tmp_path / "s", **OPTIONS)
    files = {path.stat().st_ino for path in (tmp_path / "s").rglob("*") if path.is_file()}
    assert files <= set(named)


def unwritable(monkeypatch):
    """A file system that is mounted for reading, as far as a process can see."""
    system_open = os.open

    def refusing(path, flags, *rest, **options):
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)
        return system_open(path, flags, *rest, **options)

    def refuse(path, *_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)

    monkeypatch.setattr(os, "open", refusing)
    monkeypatch.setattr(Path, "unlink", refuse)
    monkeypatch.setattr(store_files, "write_whole", refuse)
    monkeypatch.setattr(stores, "write_whole", refuse)


def test_a_finished_store_is_read_where_nothing_can_be_written(tmp_path, undamaged, monkeypatch):
    path, whole = undamaged
    shutil.copytree(path, tmp_path / "s")
    with monkeypatch.context() as patched:
        unwritable(patched)
        for _ in range(2):
            again = sweep(all_fail, GRID, store=tmp_path / "s", resume=True, **OPTIONS)
            assert equal_bits(whole, again)
    (tmp_path / "s" / "simulation" / "c" / "1" / "0").write_bytes(b"")
    unwritable(monkeypatch)
    with pytest.raises(InputError, match="cannot be written, and 4 of its points are not finished"):
        sweep(all_fail, GRID, store=tmp_path / "s", resume=True, **OPTIONS)
    (tmp_path / "s" / "simulation" / "zarr.json").write_bytes(b"")
    with pytest.raises(
        InputError, match=r"is damaged and cannot be written: simulation/zarr\.json"
    ):
        sweep(all_fail, GRID, store=tmp_path / "s", resume=True, **OPTIONS)


def test_shares_complete_one_store(tmp_path):
    whole = sweep(all_fail, GRID, **OPTIONS)
    first = sweep(all_fail, GRID, store=tmp_path / "s", share=(0, 2), **OPTIONS)
    assert first.attrs["unfinished"] == 12
    assert np.isnan(first.theory).sum() == 12
    second = sweep(all_fail, GRID, store=tmp_path / "s", resume=True, share=(1, 2), **OPTIONS)
    assert second.attrs["unfinished"] == 0
    assert equal_bits(whole, second)


OTHERS = [
    ({"seed": 4}, GRID, "seed is 3 there and 4 here"),
    ({"trials": 8192}, GRID, "trials is 4096 there and 8192 here"),
    ({}, {"k": [1, 2], "p": [0.1]}, r"parameter k is \(8,\) 1 ... 8 .* there and \[1, 2\] here"),
    ({}, {"p": GRID["p"], "k": GRID["k"]}, "order of the parameters is k, p there and p, k here"),
    ({"split_trials": True}, GRID, "split of trials is False there and True here"),
]


@pytest.mark.parametrize(("options", "grid", "message"), OTHERS)
def test_a_store_of_another_sweep_is_refused(tmp_path, options, grid, message):
    sweep(all_fail, GRID, store=tmp_path / "s", **OPTIONS)
    with pytest.raises(InputError, match=message):
        sweep(all_fail, grid, store=tmp_path / "s", resume=True, **(OPTIONS | options))


def test_an_edited_law_is_another_law(tmp_path, capsys):
    """Also with an edit that keeps the length, within the second, which Python overlooks."""
    text = Path(COIN.partition("::")[0]).read_text("utf-8")
    file = tmp_path / "edited_coin.py"
    words = ["sweep", f"{file}::all_fail", "--k", "2", "--p", "0.5", "--trials", "4096"]
    words += ["--store", str(tmp_path / "s"), "--resume"]
    file.write_text(text, "utf-8")
    assert main(words) == 0
    assert main(words) == 0
    for old, new, part in (("(1 - p)", "(2 - p)", "law"), ("< p", "> p", "simulation")):
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")
        assert main(words) == 2
        assert f"code of the {part} is " in capsys.readouterr().err
    file.write_text(f"# a remark\n{text}", "utf-8")
    assert main(words) == 0


QUANTILE = """
import sys
from jtts.application import prepare; prepare()
import jax.numpy as jnp
from jtts import sweep
from jtts.rewards import Quantile
from jtts.theory import selection
rate = float(sys.argv[2])
law = Quantile(lambda p: -jnp.log1p(-p) / rate)
data = sweep(selection.expected_max, {"n": [2, 4], "law": law}, store=sys.argv[1], resume=True)
print(data.theory.values.tolist())
"""


@pytest.mark.xdist_group("processes")
@pytest.mark.long
def test_a_law_by_its_quantiles_resumes_in_another_process(tmp_path):
    (tmp_path / "quantile.py").write_text(QUANTILE)

    def run(rate):
        command = [sys.executable, tmp_path / "quantile.py", tmp_path / "s", rate]
        return subprocess.run(command, capture_output=True, text=True)

    first, again, other = run("1.0"), run("1.0"), run("2.0")
    assert first.returncode == 0, first.stderr
    assert again.stdout == first.stdout
    assert "holds another sweep: parameter law is Quantile (" in other.stderr


def test_values_that_print_alike_are_told_apart(tmp_path):
    shares = np.full(2000, 1 / 2000)
    near = np.arange(2000.0) + 1e-9 * (np.arange(2000) == 1000)
    options = {"store": tmp_path / "s", "resume": True}
    sweep(expected_max, {"n": 4, "law": Discrete(shares, np.arange(2000.0))}, **options)
    with pytest.raises(InputError, match=r"parameter law is Discrete \("):
        sweep(expected_max, {"n": 4, "law": Discrete(shares, near)}, **options)


def test_other_versions_are_refused(tmp_path):
    sweep(all_fail, GRID, store=tmp_path / "s", **OPTIONS)
    manifest = tmp_path / "s" / "zarr.json"
    held = json.loads(manifest.read_text())
    held["attributes"][stores.IDENTITY]["jax"] = "0.1"
    manifest.write_text(json.dumps(held))
    with pytest.raises(InputError, match=r"jax is 0\.1 there"):
        sweep(all_fail, GRID, store=tmp_path / "s", resume=True, **OPTIONS)


def test_what_is_no_store_is_refused(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("text")
    for name in ("folder", "file"):
        with pytest.raises(InputError, match="is not a store of jtts sweep"):
            sweep(all_fail, GRID, store=tmp_path / name, resume=True, **OPTIONS)
    sweep(all_fail, GRID, store=tmp_path / "s", **OPTIONS)
    with pytest.raises(InputError, match="exists; add resume"):
        sweep(all_fail, GRID, store=tmp_path / "s", **OPTIONS)


def test_a_store_in_use_is_refused(tmp_path):
    sweep(all_fail, GRID, store=tmp_path / "s", **OPTIONS)
    lock, _ = stores._locked(tmp_path / "s", shared=False)
    try:
        for share in ((0, 1), (0, 2)):
            with pytest.raises(InputError, match="is in use by another run"):
                sweep(all_fail, GRID, store=tmp_path / "s", resume=True, share=share, **OPTIONS)
    finally:
        os.close(lock)


def test_a_full_disk_ends_with_one_line_and_a_store_that_resumes(tmp_path, monkeypatch, capsys):
    words = ["sweep", COIN, "--k", "1:8", "--p", "0.1,0.2", "--trials", "4096", "--block", "4"]
    words += ["--store", str(tmp_path / "s"), "--resume"]
    write, written = store_files.write_whole, []

    def full(path, content):
        written.append(path)
        if len(written) > 12:
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(store_files, "write_whole", full)
    assert main(words) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert "No space left on device; what is finished stays" in error
    monkeypatch.setattr(store_files, "write_whole", write)
    assert main(words) == 0
    assert "0 left" not in capsys.readouterr().out


def test_an_unwritable_folder_is_named(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    words = ["sweep", COIN, "--k", "2", "--p", "0.1", "--store", str(tmp_path / "file" / "s")]
    assert main(words) == 2
    assert "cannot be written: File exists" in capsys.readouterr().err


LONG = ["--k", "1:40", "--p", "0.1,0.2,0.3", "--trials", "200000", "--block", "6", "--seed", "1"]


def started(*options, environment=()):
    command = [sys.executable, "-m", "jtts", "sweep", COIN, *LONG, *options]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"} | dict(environment),
    )


def finished_blocks(path):
    try:
        return int(np.count_nonzero(zarr.open_group(path, mode="r")[stores.FINISHED][:]))
    except FileNotFoundError:
        return 0


def wait_for_blocks(path, count, *processes):
    until = time.monotonic() + 120
    while finished_blocks(path) < count:
        assert time.monotonic() < until, "no progress"
        assert any(process.poll() is None for process in processes), "ended early"
        time.sleep(0.02)


def bits(path):
    group = zarr.open_group(path, mode="r")
    return {name: group[name][:].tobytes() for name in group.array_keys()}


def ended(process):
    """The output of a process that ends well."""
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    return output


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.communicate()


@pytest.mark.xdist_group("processes")
@pytest.mark.long
def test_killed_runs_resume_to_the_same_bits(tmp_path):
    ended(started("--store", tmp_path / "whole"))
    killed = started("--store", tmp_path / "killed")
    wait_for_blocks(tmp_path / "killed", 2, killed)
    kill(killed)
    assert finished_blocks(tmp_path / "killed") < 20
    ended(started("--store", tmp_path / "killed", "--resume"))
    assert bits(tmp_path / "whole") == bits(tmp_path / "killed")


@pytest.mark.xdist_group("processes")
@pytest.mark.long
def test_two_processes_share_a_store_and_survive_a_kill(tmp_path):
    def pair():
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        own = ["--store", tmp_path / "both", "--resume", "--distributed"]
        own += ["--coordinator", f"127.0.0.1:{port}", "--processes", "2"]
        return [started(*own, "--process", str(i)) for i in range(2)]

    first, second = pair()
    wait_for_blocks(tmp_path / "both", 2, first, second)
    kill(first)  # the one that coordinates
    assert "points are left to other processes" in ended(second)
    assert finished_blocks(tmp_path / "both") < 20
    for process in pair():
        ended(process)
    assert finished_blocks(tmp_path / "both") == 20
    ended(started("--store", tmp_path / "alone"))
    assert bits(tmp_path / "both") == bits(tmp_path / "alone")


DEVICES = """
from jtts.application import prepare; prepare()
import jax, numpy as np
from coin import all_fail
from jtts import sweep
grid = {"k": list(range(1, 12)), "p": [0.1, 0.2, 0.3]}
for split in (False, True):
    seen = {
        n: sweep(all_fail, grid, trials=2**16, devices=jax.devices()[:n], split_trials=split)
        for n in (1, 2, 4, 8)
    }
    for n in (2, 4, 8):
        for name in ("simulation", "stderr", "count"):
            assert seen[n][name].values.tobytes() == seen[1][name].values.tobytes(), (n, split)
    if split:
        np.testing.assert_allclose(seen[1].simulation, points.simulation, rtol=1e-12)
    points = seen[1]
print("same bits on", len(jax.devices()), "devices")
"""


@pytest.mark.xdist_group("processes")
@pytest.mark.long
def test_results_do_not_depend_on_the_number_of_devices():
    done = subprocess.run(
        [sys.executable, "-c", DEVICES],
        capture_output=True,
        text=True,
        env=os.environ
        | {
            "XLA_FLAGS": "--xla_force_host_platform_device_count=8",
            "PYTHONPATH": str(Path(__file__).parents[1] / "data"),
        },
    )
    assert done.stdout.strip() == "same bits on 8 devices", done.stderr
