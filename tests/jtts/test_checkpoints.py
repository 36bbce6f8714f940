"""Checkpoints of trainings: whatever is damaged, resume goes on from what is whole, or says why."""

import errno
import os
import shutil
import subprocess
import sys

import damage
import numpy as np
import pytest
from damage import of

from jtts.arguments import InputError
from jtts.in_context import checkpoints, saved_steps
from jtts.in_context.checkpoints import Checkpoints, networks_in

STATE = {"w": np.arange(12, dtype=np.float32).reshape(3, 4), "b": np.arange(3, dtype=np.int32)}
CONFIGURATION = {"a": 1, "steps": [2, 5, 7]}
LINES = of((damage.dangling, damage.loop, damage.fifo, damage.file, damage.removed))


def opened(folder, keep=None, **changes):
    return Checkpoints(folder, CONFIGURATION | changes, keep=keep)


def save(store, step):
    state = {name: values + step for name, values in STATE.items()}
    store.save(step, state, {"loss": np.full((step, 3), step / 3)})


def newest(store):
    """The newest step whose numbers are those that were written; 0 where there is none."""
    found = store.latest(STATE)
    if found is None:
        return 0
    step, state, history = found
    for name, values in STATE.items():
        np.testing.assert_array_equal(state[name], values + step, strict=True)
    np.testing.assert_array_equal(history["loss"], np.full((step, 3), step / 3))
    return step


@pytest.fixture(scope="module")
def master(tmp_path_factory):
    folder = tmp_path_factory.mktemp("master") / "run"
    with opened(folder) as store:
        save(store, 2)
        save(store, 5)
    return folder


@pytest.fixture
def run(master, tmp_path):
    shutil.copytree(master, tmp_path / "run")
    return tmp_path / "run"


NO_DICT = {
    "a list": damage.text("[]"),
    "null": damage.text("null"),
    "deep": damage.text("[" * 100_000),
    "no text": lambda path: path.write_bytes(b"\xff\xfe\x00"),
}
SCENARIOS = {
    f"{path}: {name}": (path, harm)
    for path, harms in {
        "digests.json": of(damage.BYTES + damage.KINDS) | NO_DICT,
        "arrays/_METADATA": of(damage.BYTES + damage.KINDS),
        "arrays/manifest.ocdbt": of(damage.BYTES),
        "arrays/*/d/*": of(damage.BYTES + damage.KINDS),
        "arrays/d": LINES,
        "arrays": LINES,
    }.items()
    for name, harm in harms.items()
} | {
    "another step": ("digests.json", damage.edited(step=3)),
    "no files": ("digests.json", damage.edited(files={})),
    "files a list": ("digests.json", damage.edited(files=[1])),
    "a file more": ("arrays", lambda path: (path / "notes.txt").write_text("somebody's")),
    "nothing left": (".", lambda path: (shutil.rmtree(path), path.mkdir())),
}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_damaged_step_is_written_again(scenario, run):
    pattern, harm = SCENARIOS[scenario]
    step = run / "steps" / "5"
    harm(step if pattern == "." else min(step.glob(pattern)))
    with opened(run) as store:
        with pytest.warns(UserWarning, match=r"damaged: 5; training goes on from step 2$"):
            assert newest(store) == 2
        save(store, 5)
        assert newest(store) == 5
    assert list(run.rglob("*.partial*")) == []


@pytest.mark.parametrize("name", [*of(damage.BYTES), *NO_DICT])
def test_a_damaged_manifest_is_written_again(name, run):
    manifest = run / checkpoints.MANIFEST
    before = manifest.read_bytes()
    (of(damage.BYTES) | NO_DICT)[name](manifest)
    with opened(run) as store:
        assert newest(store) == 5
    assert manifest.read_bytes() == before
    manifest.unlink()
    with pytest.raises(InputError, match="'run' are of another configuration: give another folder"):
        opened(run, a=2)
    assert not manifest.exists()


@pytest.mark.parametrize("harm", [h for h in LINES.values() if h is not damage.removed])
@pytest.mark.parametrize("place", [".", "steps", "steps/5", checkpoints.MANIFEST])
def test_what_stands_in_the_place_of_a_folder_is_named(place, harm, run):
    if place == checkpoints.MANIFEST and harm is damage.file:
        harm = damage.full_directory
    harm(run / place)
    with pytest.raises(InputError) as caught, opened(run) as store:
        newest(store)
    said = str(caught.value)
    assert repr(str(run / place)) in said
    assert "\n" not in said
    assert said.endswith(": delete it") or place == "."
    if place != ".":
        damage.removed(run / place)
        with opened(run) as store:
            assert newest(store) == {"steps": 0, "steps/5": 2, checkpoints.MANIFEST: 5}[place]


def test_where_no_step_is_whole_training_begins_anew(run):
    for step in ("2", "5"):
        damage.empty(run / "steps" / step / "digests.json")
    with opened(run, keep=1) as store:
        with pytest.warns(UserWarning, match=r"damaged: 5, 2; training goes on from its beginning"):
            assert newest(store) == 0
        save(store, 2)
        save(store, 5)
        assert saved_steps.steps_in(run / "steps") == [5]
        assert newest(store) == 5


def test_a_whole_step_of_another_run_is_refused(run, tmp_path):
    with opened(tmp_path / "other", a=2) as other:
        save(other, 7)
    shutil.copytree(tmp_path / "other" / "steps" / "7", run / "steps" / "7")
    with pytest.raises(InputError, match="of another configuration"), opened(run) as store:
        store.latest(STATE)


def test_what_the_system_cannot_read_may_be_whole(run, monkeypatch):
    def refuse(path):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES), path)

    with monkeypatch.context() as patched, opened(run) as store:
        patched.setattr(saved_steps, "_digest", refuse)
        with pytest.raises(InputError, match=r"5' cannot be read: Permission denied; mend that"):
            store.latest(STATE)
    with opened(run) as store:
        assert newest(store) == 5


@pytest.mark.parametrize(
    "like",
    [
        {"w": STATE["w"]},
        STATE | {"c": STATE["b"]},
        STATE | {"w": STATE["w"].T},
        STATE | {"b": STATE["w"], "w": STATE["b"]},
        STATE | {"b": STATE["b"].astype(np.int16)},
    ],
)
def test_other_arrays_than_training_needs_are_refused(like, run):
    with opened(run) as store, pytest.raises(InputError, match="holds other arrays than"):
        store.latest(like)


def test_networks_are_taken_from_a_whole_step_alone(run):
    state = networks_in(run)
    np.testing.assert_array_equal(state[0], STATE["b"] + 5)
    damage.truncated(run / "steps" / "5" / "digests.json")
    with pytest.raises(InputError, match=r"steps/5' is damaged: delete it to start from an older"):
        networks_in(run)
    shutil.rmtree(run / "steps" / "5")
    np.testing.assert_array_equal(networks_in(run)[0], STATE["b"] + 2)


def test_a_kill_while_a_step_is_written_leaves_the_one_before(run, monkeypatch):
    class KilledError(BaseException):
        pass

    def dying(path, content):
        raise KilledError

    with monkeypatch.context() as patched, opened(run) as store:
        patched.setattr(saved_steps, "write_whole", dying)
        patched.setattr(saved_steps.shutil, "rmtree", lambda *_, **__: None)  # nobody tidies up
        with pytest.raises(KilledError):
            save(store, 7)
    assert len(list((run / "steps").glob(".7-*"))) == 1
    with opened(run) as store:
        assert newest(store) == 5
    assert list((run / "steps").glob(".*")) == []


def test_one_run_trains_in_a_folder_at_a_time(run, monkeypatch):
    monkeypatch.setattr(checkpoints, "PATIENCE", 0.1)
    with opened(run) as first:
        with pytest.raises(
            InputError, match="folder 'run' of checkpoints is in use by another run"
        ):
            opened(run)
        save(first, 7)
    with opened(run) as second:
        assert newest(second) == 7
        second.leave()
        with opened(run) as third:
            assert newest(third) == 7


def test_what_is_finished_is_read_where_nothing_can_be_written(run, monkeypatch):
    system_open = os.open

    def refusing(path, flags, *rest, **options):
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)
        return system_open(path, flags, *rest, **options)

    monkeypatch.setattr(os, "open", refusing)
    with opened(run) as store:
        assert newest(store) == 5
        with pytest.raises(InputError, match="is not writable: Read-only file system"):
            store.require_writable()


FULL = """
import resource, sys, numpy as np
from jtts.arguments import InputError
from jtts.in_context.checkpoints import Checkpoints
with Checkpoints(sys.argv[1], {}) as store:
    store.save(1, np.arange(4.0), {})
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
    try:
        store.save(2, np.random.default_rng(0).random(100_000), {})
    except InputError as problem:
        print(problem)
    print(store.latest(np.arange(4.0))[0])
"""


@pytest.mark.long
def test_a_full_disk_leaves_the_step_before(tmp_path):
    words = [sys.executable, "-c", FULL, str(tmp_path / "run")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300)
    said, step = done.stdout.splitlines()
    assert said.endswith("cannot be written: File too large"), done.stderr
    assert done.stderr == ""
    assert step == "1"
    assert [path.name for path in (tmp_path / "run" / "steps").iterdir()] == ["1"]
