"""What the machine has and what a run used of it: memory and compiled programs."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jax

PROGRAM_MADE = "/jax/core/compile/backend_compile_duration"
CACHE_HIT = "/jax/compilation_cache/cache_hits"
CONTROL_GROUPS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def workers() -> int:
    """Threads that compile and run independent programs at once: one per core, at most 8."""
    return min(os.cpu_count() or 1, 8)


def memory_limit(device: jax.Device) -> int | None:
    """Bytes that a device, or on a CPU the machine or its control group, lets a process use.

    None where the system does not say: Windows.
    """
    reported = (device.memory_stats() or {}).get("bytes_limit")
    if reported:
        return int(reported)
    if not hasattr(os, "sysconf"):
        return None
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in CONTROL_GROUPS:
        text = path.read_text().strip() if path.exists() else ""
        limits += [int(text)] if text.isdigit() else []
    return min(limits)


def peak_memory() -> int | None:
    """Most bytes this process has held so far, on its devices where they report it.

    None where nobody does: on a CPU under Windows.
    """
    stats = [device.memory_stats() or {} for device in jax.local_devices()]
    on_devices = sum(own.get("peak_bytes_in_use", 0) for own in stats)
    if on_devices:
        return on_devices
    return _most_resident()


def resident_memory() -> int | None:
    """Bytes that this process holds now; None where the system does not say, as on macOS."""
    return _of_status("VmRSS")


def _of_status(field: str) -> int | None:
    status = Path("/proc/self/status")
    found = re.search(rf"{field}:\s+([0-9]+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) * 1024 if found else None


def _most_resident() -> int | None:
    if most := _of_status("VmHWM"):  # getrusage on Linux counts what was there before `exec`
        return most
    try:
        import resource
    except ImportError:
        return None
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return own * (1 if sys.platform == "darwin" else 1024)


class CompileCount:
    """Programs made since it was made: compiled, or taken from the persistent cache."""

    def __init__(self) -> None:
        self.programs, self.cached = 0, 0

    def __str__(self) -> str:
        return f"{self.programs - self.cached} programs compiled, {self.cached} from the cache"

    def count_program(self, event: str, duration_secs: float, **details: str | int) -> None:
        self.programs += event == PROGRAM_MADE

    def count_hit(self, event: str, **details: str | int) -> None:
        self.cached += event == CACHE_HIT


@contextmanager
def counted_compiles() -> Iterator[CompileCount]:
    """Count the programs that are made in the block."""
    count = CompileCount()
    jax.monitoring.register_event_duration_secs_listener(count.count_program)
    jax.monitoring.register_event_listener(count.count_hit)
    try:
        yield count
    finally:
        jax.monitoring.unregister_event_duration_listener(count.count_program)
        jax.monitoring.unregister_event_listener(count.count_hit)
