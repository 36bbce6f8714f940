"""How processes meet: process 0 listens, the others knock, and all go on when all are there.

A line of text each way and nothing else. Whoever waits knows for whom; whoever stops waiting says
so to those it keeps waiting.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import re
import selectors
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from jtts.arguments import InputError

EVERY = 10.0  # seconds from one line about the waiting to the next
GLANCE = 0.5  # seconds between two looks at the clock
LONGEST = 300  # bytes of a line that is read
MET, WAITING, REFUSED = "met", "waiting", "refused"
ADDRESS = "HOST:PORT, such as host0:9876 or [::1]:9876"
Place = tuple[str, int]


def address(text: str, name: str = "coordinator") -> Place:
    """Host and port of `HOST:PORT`.

    Raises:
      InputError: no such pair, a port outside 1 ... 65535, or a host that nobody knows.

    >>> address("127.0.0.1:9876")
    ('127.0.0.1', 9876)
    """
    found = re.fullmatch(r"(?:\[([^\[\]]+)\]|([^\[\]:/\s]+)):([0-9]{1,9})", text)
    if found is None:
        raise InputError(f"{name} must be {ADDRESS}, got {text!r}")
    host, port = found[1] or found[2], int(found[3])
    if not 1 <= port <= 65535:
        raise InputError(f"{name} {text!r}: a port lies in 1 ... 65535")
    _resolved(host, port, f"{name} {text!r}")
    return host, port


def meet(
    place: Place, processes: int, process: int, *, wait: float, say: Callable[[str], None]
) -> None:
    """Return when all processes of 0 ... processes - 1 are there.

    Every ten seconds `say` is told for whom this one waits.

    Raises:
      InputError: somebody did not come within `wait` seconds, or two have the same number.
    """
    patience = _Patience(wait, say)
    if processes > 1:
        (_gather if process == 0 else _report)(place, processes, process, patience)


@dataclass
class _Patience:
    """How long to wait still, and when to say so next."""

    wait: float
    say: Callable[[str], None]
    began: float = field(default_factory=time.monotonic)
    said: int = 0

    def look(self, whom: str) -> float:
        """Seconds until the next look; says what is due; InputError when time is over."""
        passed = time.monotonic() - self.began
        if passed >= self.wait:
            raise InputError(
                f"gave up after {self.wait:g} s of waiting for {whom}; --wait sets how long"
            )
        if passed >= (self.said + 1) * EVERY:
            self.said = int(passed / EVERY)
            self.say(f"waiting for {whom}, {passed:.0f} s of {self.wait:g} s")
        return min(GLANCE, self.wait - passed)


def _gather(place: Place, processes: int, _: int, patience: _Patience) -> None:
    """Wait, as process 0, until every other process has come; then tell them all."""
    here: dict[int, socket.socket] = {}
    with _listening(place) as server, selectors.DefaultSelector() as events:
        events.register(server, selectors.EVENT_READ)
        told = patience.said
        try:
            while len(here) < processes - 1:
                whom = _named(sorted({*range(1, processes)} - here.keys()), processes)
                seconds = patience.look(whom)
                if told != patience.said:
                    told = patience.said
                    _tell(here.values(), f"{WAITING} {whom}")
                for key, _mask in events.select(seconds):
                    if key.fileobj is server:
                        if guest := _let_in(server):
                            events.register(guest, selectors.EVENT_READ, bytearray())
                    elif not _heard(key, here, processes, whom):
                        events.unregister(key.fileobj)
                        _leave(key.fileobj, here)
            _tell(here.values(), MET)
        except InputError as problem:
            _tell(here.values(), f"{REFUSED} process 0 {problem}")
            raise
        finally:
            for key in list(events.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]


def _let_in(server: socket.socket) -> socket.socket | None:
    try:
        guest, _ = server.accept()
    except OSError as problem:
        if problem.errno in (errno.EMFILE, errno.ENFILE):
            raise InputError(f"process 0 has no room for more: {problem.strerror}") from problem
        return None  # gone before it was let in
    guest.setblocking(False)
    return guest


def _heard(
    key: selectors.SelectorKey, here: dict[int, socket.socket], processes: int, whom: str
) -> bool:
    """Read what a guest says; whether it may stay."""
    guest, words = key.fileobj, key.data
    assert isinstance(guest, socket.socket)
    try:
        came = guest.recv(LONGEST)
    except OSError:
        return False
    words += came
    if not came or len(words) > LONGEST:
        return False
    if not words.endswith(b"\n"):
        return True
    hello = re.fullmatch(rb"jtts ([0-9]{1,9}) ([0-9]{1,9})\n", bytes(words))
    if hello is None:  # no process of ours
        return False
    process, total = map(int, hello.groups())
    if total != processes:
        _tell([guest], f"{REFUSED} process 0 is one of {processes} processes, this one of {total}")
        return False
    if process in here or not 1 <= process < processes:
        _tell([guest], f"{REFUSED} another process is process {process}")
        return False
    here[process] = guest
    _tell([guest], f"{WAITING} {whom}")
    return True


def _leave(guest: object, here: dict[int, socket.socket]) -> None:
    for process in [process for process, held in here.items() if held is guest]:
        del here[process]
    assert isinstance(guest, socket.socket)
    guest.close()


def _report(place: Place, processes: int, process: int, patience: _Patience) -> None:
    """Knock at process 0 until it answers, and wait with it for the others."""
    host, port = place
    zero = f"process 0 at {host}:{port}"
    while True:
        seconds = patience.look(zero)
        try:
            with socket.create_connection(place, timeout=max(seconds, 2 * GLANCE)) as door:
                door.sendall(f"jtts {process} {processes}\n".encode())
                if _answered(door, zero, patience):
                    return
        except OSError:  # not there yet, or gone
            pass
        time.sleep(min(GLANCE, patience.look(zero)))


def _answered(door: socket.socket, whom: str, patience: _Patience) -> bool:
    """Whether all have met; False where process 0 went away."""
    words = b""
    while True:
        door.settimeout(patience.look(whom))
        try:
            came = door.recv(LONGEST)
        except TimeoutError:
            continue
        words += came
        if not came or len(words) > 10 * LONGEST:
            return False
        *lines, words = words.split(b"\n")
        for line in lines:
            word, _, text = line.decode("ascii", "replace").partition(" ")
            text = "".join(filter(str.isprintable, text))
            if word == MET:
                return True
            if word == REFUSED:
                raise InputError(text)
            if word == WAITING:
                whom = text


def _tell(guests: Iterable[socket.socket], line: str) -> None:
    for guest in guests:
        with suppress(OSError):  # gone: it no longer needs to know
            guest.sendall(f"{line}\n".encode()[:LONGEST])


def _named(missing: list[int], processes: int) -> str:
    """
    >>> _named([1], 2), _named([*range(3, 12)], 16)
    ('process 1 of 2', 'processes 3, 4, 5, 6, 7, 8 and 3 more of 16')
    """
    first, more = missing[:6], len(missing[6:])
    names = ", ".join(map(str, first)) + (f" and {more} more" if more else "")
    return f"process{'es' if len(missing) > 1 else ''} {names} of {processes}"


def _listening(place: Place) -> socket.socket:
    """A server at this port: of the host itself if it is a loop, else of all of them."""
    host, port = place
    found = _resolved(host, port, f"coordinator {host}:{port}")
    loop = all(ipaddress.ip_address(where[0].partition("%")[0]).is_loopback for _, where in found)
    tries: list[tuple[socket.AddressFamily, tuple, bool]]
    if loop:
        tries = [(family, where, False) for family, where in found]
    else:
        tries = [(socket.AF_INET, ("", port), False)]
        if socket.has_dualstack_ipv6():
            tries.insert(0, (socket.AF_INET6, ("", port), True))
    problem: OSError | None = None
    for family, where, both in tries:
        try:
            return socket.create_server(where, family=family, backlog=128, dualstack_ipv6=both)
        except OSError as caught:
            problem = caught
            if caught.errno == errno.EADDRINUSE:
                break
    reason = os.strerror(problem.errno) if problem and problem.errno else str(problem)
    raise InputError(f"process 0 cannot listen at port {port}: {reason}") from problem


def _resolved(host: str, port: int, named: str) -> list[tuple[socket.AddressFamily, tuple]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "no name of a host"
        raise InputError(f"{named}: host {host!r} is not known: {reason}") from problem
    return [(family, where) for family, _, _, _, where in found]
