"""Locks on files and folders, which the system frees when a process ends."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path
from typing import Any

from jtts.arguments import InputError

CANNOT_WRITE = (errno.EROFS, errno.EACCES, errno.EPERM)


def locks(what: str) -> Any:
    """What locks files, of the POSIX systems."""
    try:
        import fcntl
    except ImportError as missing:
        raise InputError(
            f"{what}: stores need the file locks of a POSIX system (Linux, macOS)"
        ) from missing
    return fcntl


def locked(file: Path, what: str, *, shared: bool = False) -> tuple[int, bool]:
    """A descriptor that holds the lock of a file, and whether the file can be written.

    Raises:
      InputError: another run holds it; `what` is the name of it for the user.
    """
    fcntl = locks(what)
    try:
        lock, writable = os.open(file, os.O_RDWR), True
    except OSError as problem:
        if problem.errno not in CANNOT_WRITE:
            raise
        lock, writable = os.open(file, os.O_RDONLY), False
    several = shared or not writable
    try:
        fcntl.flock(lock, (fcntl.LOCK_SH if several else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise InputError(f"{what} is in use by another run") from None
    return lock, writable


def folder_locked(folder: Path, what: str, *, patience: float) -> int | None:
    """A descriptor that holds the lock of a folder; None on systems without locks.

    Raises:
      InputError: another run still holds it after so many seconds.
    """
    try:
        fcntl = locks(what)
    except InputError:
        return None
    lock, ends = os.open(folder, os.O_RDONLY), time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < ends:
                time.sleep(0.05)
                continue
            os.close(lock)
            raise InputError(f"{what} is in use by another run") from None
        except OSError:  # a file system without locks
            os.close(lock)
            return None
        return lock
