"""Processes that wait for each other: they say for whom, and end in one line if nobody comes."""

import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from signals import sigint

from jtts import meeting, processes
from jtts.arguments import InputError
from jtts.cli import main

COIN = str(Path(__file__).parents[1] / "data" / "coin.py") + "::all_fail"
SWEEP = ["sweep", COIN, "--k", "1,2", "--p", "0.1", "--theory-only", "--distributed"]


@pytest.fixture
def place():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return "127.0.0.1", free.getsockname()[1]


@pytest.fixture(autouse=True)
def often(monkeypatch):
    monkeypatch.setattr(meeting, "EVERY", 0.3)
    monkeypatch.setattr(meeting, "GLANCE", 0.05)


class Met(ThreadPoolExecutor):
    """Processes of one place, each a thread; what each said."""

    def __init__(self, place, total):
        super().__init__(8)
        self.place, self.total, self.said = place, total, {}

    def come(self, number, *, wait=10.0, total=None):
        said = self.said.setdefault(number, [])
        total = total or self.total
        return self.submit(meeting.meet, self.place, total, number, wait=wait, say=said.append)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_all_go_on_when_all_are_there(order, place):
    with Met(place, 4) as met:
        coming = []
        for number in order:
            time.sleep(0.1)
            assert not any(one.done() for one in coming)
            coming.append(met.come(number))
        for one in coming:
            one.result(timeout=5)


def test_who_waits_says_for_whom(place):
    with Met(place, 4) as met:
        coming = [met.come(1)]
        time.sleep(0.4)
        coming.append(met.come(0))
        time.sleep(0.8)
        coming += [met.come(2), met.come(3)]
        for one in coming:
            one.result(timeout=5)
    host, port = place
    assert met.said[1][0].startswith(f"waiting for process 0 at {host}:{port}, 0 s of 10 s")
    assert "waiting for processes 2, 3 of 4, " in met.said[1][-1]
    assert met.said[0]
    assert all(line.startswith("waiting for processes 2, 3 of 4, ") for line in met.said[0])


def test_process_0_gives_up_and_the_others_hear_why(place):
    with Met(place, 4) as met:
        first, second = met.come(0, wait=0.7), met.come(2, wait=60)
        why = "gave up after 0.7 s of waiting for processes 1, 3 of 4"
        with pytest.raises(InputError, match=why):
            first.result(timeout=5)
        with pytest.raises(InputError, match=f"process 0 {why}"):
            second.result(timeout=5)


def test_without_process_0_the_others_give_up(place):
    with Met(place, 2) as met:
        alone = met.come(1, wait=0.5)
        with pytest.raises(
            InputError, match=r"gave up after 0.5 s of waiting for process 0 at 127"
        ):
            alone.result(timeout=5)


@pytest.mark.parametrize(
    ("number", "total", "why"),
    [(1, 3, "another process is process 1"), (2, 5, "one of 3 processes, this one of 5")],
)
def test_who_does_not_belong_hears_why(number, total, why, place):
    with Met(place, 3) as met:
        zero, one = met.come(0), met.come(1)
        while not any("process 2 of 3" in line for line in met.said[1]):
            time.sleep(0.05)
        with pytest.raises(InputError, match=why):
            met.come(number, total=total).result(timeout=5)
        two = met.come(2)
        for others in (zero, one, two):
            others.result(timeout=5)


def test_who_has_come_and_died_may_come_again(place):
    with Met(place, 3) as met:
        zero = met.come(0)
        time.sleep(0.2)
        with socket.create_connection(place) as died:
            died.sendall(b"jtts 1 3\n")
            time.sleep(0.2)
        two = met.come(2)
        time.sleep(0.3)
        assert not zero.done()
        assert not two.done()
        for one in (met.come(1), two, zero):
            one.result(timeout=5)


def test_process_0_may_die_and_come_again(place):
    with Met(place, 2) as met:
        with socket.create_server(place) as server:
            one = met.come(1)
            guest, _ = server.accept()
            guest.close()
        met.come(0).result(timeout=5)
        one.result(timeout=5)


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"jtts 1\n",
        b"jtts -1 2\n",
        b"jtts 99999999999 2\n",
        b"jtts 1 2",
        b"\x16\x03\x01" + bytes(range(256)),
        b"a" * 100_000,
    ],
    ids=lambda words: repr(words[:12]),
)
def test_strangers_change_nothing(words, place):
    with Met(place, 2) as met:
        zero = met.come(0)
        time.sleep(0.2)
        with socket.create_connection(place) as stranger, suppress(ConnectionError):
            stranger.sendall(words)
            time.sleep(0.1)
            assert not zero.done()
            met.come(1).result(timeout=5)
            zero.result(timeout=5)


def test_another_service_at_the_place(place):
    with Met(place, 2) as met, socket.create_server(place) as server:
        one = met.come(1, wait=0.6)
        guest, _ = server.accept()
        guest.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\x1b[31mwaiting\n" + b"a" * 10_000)
        with pytest.raises(InputError, match=r"gave up after 0\.6 s of waiting for process 0 "):
            one.result(timeout=5)
        guest.close()


def test_what_others_say_is_printable(place):
    with Met(place, 2) as met, socket.create_server(place) as server:
        one = met.come(1)
        guest, _ = server.accept()
        guest.sendall(b"refused \x1b[31m\x07red\n")
        with pytest.raises(InputError) as caught:
            one.result(timeout=5)
        assert str(caught.value) == "[31mred"
        guest.close()


def test_a_port_that_is_taken(place):
    with socket.create_server(place), pytest.raises(InputError, match="cannot listen at port"):
        meeting.meet(place, 2, 0, wait=5, say=print)


BAD = [
    ("localhost", "must be HOST:PORT"),
    ("localhost:abc", "must be HOST:PORT"),
    ("localhost:-1", "must be HOST:PORT"),
    ("localhost:", "must be HOST:PORT"),
    ("localhost:1.5", "must be HOST:PORT"),
    ("localhost:٣", "must be HOST:PORT"),
    ("localhost:0", "a port lies in 1 ... 65535"),
    ("localhost:70000", "a port lies in 1 ... 65535"),
    ("localhost:99999999999999999999", "must be HOST:PORT"),
    ("", "must be HOST:PORT"),
    (":9876", "must be HOST:PORT"),
    ("9876", "must be HOST:PORT"),
    ("http://localhost:9876", "must be HOST:PORT"),
    ("::1:9876", "must be HOST:PORT"),
    ("[::1:9876", "must be HOST:PORT"),
    ("local host:9876", "must be HOST:PORT"),
    ("no.such.host.invalid:9876", "is not known: "),
    ("a..b:9876", "is not known: "),
    (f"{'a' * 300}:9876", "is not known: "),
    ("nul\0:9876", "is not known: "),
    ("[no.such.address]:9876", "is not known: "),
]


@pytest.mark.parametrize("process", ["0", "1"])
@pytest.mark.parametrize(("address", "why"), BAD, ids=lambda value: value[:30])
def test_addresses_that_are_none(address, why, process, tmp_path, capsys):
    store = tmp_path / "store"
    words = ["--store", str(store), f"--coordinator={address}", "--processes=2"]
    assert main([*SWEEP, *words, "--process", process]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert why in line
    assert not store.exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "no cluster was found here, and --coordinator is not given"),
        (["--coordinator", "localhost:9876", "--processes", "2"], "--process is not given"),
        (["--coordinator", "localhost:9876", "--process", "1"], "--processes is not given"),
        (["--processes", "2", "--process", "2"], "--coordinator is not given"),
        (
            ["--coordinator", "localhost:9876", "--processes", "2", "--process", "2"],
            "process must lie in 0 ... 1, got 2",
        ),
        (
            ["--coordinator", "localhost:9876", "--processes", "2", "--process", "-1"],
            "process must lie in 0 ... 1, got -1",
        ),
        (["--processes", "0"], "processes must be"),
        (["--wait", "0"], "wait must be positive and finite"),
        (["--wait", "inf"], "wait must be positive and finite"),
        (["--wait", "nan"], "wait must be positive and finite"),
    ],
)
def test_places_that_are_none(words, why, tmp_path, capsys):
    assert main([*SWEEP, "--store", str(tmp_path / "store"), *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert why in line
    assert list(tmp_path.iterdir()) == []


def test_under_slurm_nothing_is_given(monkeypatch, tmp_path):
    for name, value in {
        "SLURM_JOB_ID": "77",
        "SLURM_STEP_NODELIST": "localhost",
        "SLURM_NTASKS": "2",
        "SLURM_PROCID": "1",
        "SLURM_LOCALID": "0",
        "SLURM_STEP_NUM_NODES": "1",
    }.items():
        monkeypatch.setenv(name, value)
    place = "127.0.0.1", 61440 + 77
    with ThreadPoolExecutor(1) as other:
        zero = other.submit(meeting.meet, place, 2, 0, wait=10, say=print)
        assert processes.join(None, None, None, wait=10) == (1, 2)
        zero.result(timeout=5)
    monkeypatch.setenv("SLURM_NTASKS", "two")
    with pytest.raises(InputError, match="were not found"):
        processes.join(None, None, None)


def started(place, store, process, *words, processes=2):
    own = ["--store", store, "--resume", "--coordinator", f"{place[0]}:{place[1]}"]
    own += ["--processes", processes, "--process", process, *words]
    with sigint(signal.SIG_DFL):
        return subprocess.Popen(
            [sys.executable, "-m", "jtts", *SWEEP, *map(str, own)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.mark.parametrize("process", [0, pytest.param(1, marks=pytest.mark.long)])
def test_a_command_gives_up_in_one_line(process, place, tmp_path):
    alone = started(place, tmp_path / "store", process, "--wait", "1")
    out, said = alone.communicate(timeout=60)
    assert alone.returncode == 2
    (line,) = said.splitlines()
    assert line.startswith("jtts: error: gave up after 1 s of waiting for process ")
    assert out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
@pytest.mark.xdist_group("processes")
def test_commands_wait_say_so_and_go_on(place, tmp_path):
    """Process 0 is killed while process 1 waits with it for process 2, and comes again."""
    zero, one, *_ = running = [started(place, tmp_path / "store", i, processes=3) for i in (0, 1)]
    try:
        said_by(one, "jtts: waiting for process 2 of 3, ")
        zero.kill()
        zero.communicate()
        said_by(one, f"jtts: waiting for process 0 at {place[0]}:{place[1]}, ")
        running = [one] + [started(place, tmp_path / "store", i, processes=3) for i in (0, 2)]
        for process in running:
            _, said = process.communicate(timeout=300)
            assert process.returncode == 0, said
    finally:
        for process in running:
            process.kill()
            process.communicate()


def said_by(process, beginning):
    """Read lines until one begins so."""
    lines = []

    def read():
        for line in process.stderr:
            lines.append(line)
            if line.startswith(beginning):
                return

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    reading.join(120)
    assert "".join(lines[-1:]).startswith(beginning), lines


@pytest.mark.long
def test_who_waits_can_be_stopped(place, tmp_path):
    alone = started(place, tmp_path / "store", 1)
    time.sleep(8)
    alone.send_signal(signal.SIGINT)
    began = time.perf_counter()
    _, said = alone.communicate(timeout=60)
    assert time.perf_counter() - began < 2
    assert (alone.returncode, said) == (130, "jtts: stopped\n")
