"""Ctrl-C, answered at once whatever the process does.

Python's own answer waits until the main thread runs Python again, which compiling keeps it from
for minutes, and is lost where the exception is raised in a callback. So a thread waits for the
signal and ends the process. Nothing needs to be unwound: stores survive any end, and what is
unfinished is listed here.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

LEAVE = os._exit  # of this module; what others call says so first
STOPPED = 130  # exit code, as of a shell
PATIENCE = 1.0  # seconds that tidying up may take
MESSAGE = b"jtts: stopped\n"
SUDDEN = 3  # exit code, as of any unexpected error
SHOW_CURSOR = b"\x1b[?25h\n"  # a progress bar hides it

_unfinished: set[Path] = set()


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A file or folder that is removed if the process is stopped within the block."""
    _unfinished.add(path)
    try:
        yield path
    finally:
        _unfinished.discard(path)


def watch() -> None:
    """From now on SIGINT ends this process with exit code 130. Call in the main thread.

    Nothing changes where SIGINT is ignored, as under `nohup`, or has another handler.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return
    arrived, announced = os.pipe()
    os.set_blocking(announced, False)  # the signal's C handler must not wait
    try:
        threading.Thread(target=_wait, args=(arrived,), name="stopping", daemon=True).start()
    except RuntimeError:  # no room for a thread: Python's own answer has to do
        return
    signal.set_wakeup_fd(announced, warn_on_full_buffer=False)
    signal.signal(signal.SIGINT, _freeze)
    os.register_at_fork(after_in_child=_unwatch)


def _unwatch() -> None:
    """In a forked child, which has no thread that waits."""
    if signal.getsignal(signal.SIGINT) is _freeze:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _freeze(*_: object) -> None:
    """Keep the main thread, if it runs Python, from writing what is being removed."""
    time.sleep(PATIENCE)
    LEAVE(STOPPED)  # as the process ends by itself, no other thread runs any more


def _wait(arrived: int) -> None:
    while signal.SIGINT not in os.read(arrived, 1):
        pass  # other signals with a Python handler are announced as well
    with suppress(RuntimeError):  # no room for another thread
        late = threading.Timer(PATIENCE, LEAVE, (STOPPED,))
        late.daemon = True
        late.start()
    _end_children()
    for path in list(_unfinished):
        with suppress(OSError):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    with suppress(OSError):
        os.write(2, SHOW_CURSOR * os.isatty(2) + MESSAGE)
    LEAVE(STOPPED)


def say_who_leaves() -> None:
    """From now on `os._exit` in this process, in the file of a law say, is no good end: the place
    that calls it is said, and the exit code is never 0. Forked children leave as they do."""
    own = os.getpid()

    def leave(status: int) -> NoReturn:
        if os.getpid() == own:
            caller = sys._getframe(1)
            place = f"{caller.f_code.co_filename}:{caller.f_lineno}"
            with suppress(OSError):
                os.write(2, f"jtts: error: os._exit({status!r}) in {place}\n".encode())
            LEAVE(status or SUDDEN)
        LEAVE(status)

    os._exit = leave


def _end_children() -> None:
    started = sys.modules.get("multiprocessing.process")  # in use only where it is loaded
    for child in started.active_children() if started else ():
        with suppress(OSError, ValueError):
            child.kill()
