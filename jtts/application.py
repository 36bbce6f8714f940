"""Choices that belong to an application, not to a library: the command and the tests make them."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path
from typing import Any

from jtts.stopping import unfinished

# in products and solves of many small matrices, the threads of the linear algebra library wait for
# each other: on a machine with other work, a hundred times slower than one thread
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1"}
HEADLESS = "agg"  # figures go to files: no screen is needed, whatever the user has for windows
MOST_MAPS = 20_000  # memory maps, a third of what a process may have
MOST_RESIDENT = 3 * 2**29  # bytes


def prepare() -> None:
    """Turn on 64-bit mode and the compilation cache; settle threads. Call before JAX is imported.

    What the user has set in the environment stays, but for the windows of figures.
    """
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    os.environ["MPLBACKEND"] = HEADLESS
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it tells where it keeps its cache
    import jax

    jax.config.update("jax_enable_x64", True)
    own = os.environ.get("JAX_COMPILATION_CACHE_DIR")
    folder = own if own and "://" in own else _usable(Path(own)) if own else cache_folder()
    jax.config.update("jax_compilation_cache_dir", None if folder is None else str(folder))
    if folder is not None:
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)
        _write_entries_whole()


def cache_folder() -> Path | None:
    """Private folder of compiled programs, $XDG_CACHE_HOME/jtts or ~/.cache/jtts.

    None where it cannot be written: then nothing is kept.
    """
    try:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:  # no home at all
        return None
    return _usable(root / "jtts" / "xla")


def _usable(folder: Path) -> Path | None:
    """A folder that can be written, made if need be; else None."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK | os.X_OK) else None


def _write_entries_whole() -> None:
    """Let an entry of the cache appear under its name only when all of it is written.

    JAX writes it in place: another process reads half of it, and a kill leaves it so. There is no
    public way to change that; where a later JAX has another cache, nothing is changed.
    """
    from jax._src import lru_cache

    cache = getattr(lru_cache, "LRUCache", None)
    if cache is None or not hasattr(cache, "put") or hasattr(cache.put, "whole"):
        return
    in_place, suffix = cache.put, getattr(lru_cache, "_CACHE_SUFFIX", "-cache")

    def put(self: Any, key: str, value: bytes) -> None:
        if getattr(self, "eviction_enabled", True):  # then JAX locks its folder
            in_place(self, key, value)
            return
        final = Path(str(self.path)) / f"{key}{suffix}"
        if not final.exists():
            part = final.with_name(f".{os.getpid()}-{threading.get_ident()}.part")
            with unfinished(part):
                try:
                    part.write_bytes(value)
                    part.replace(final)
                except OSError:  # no room, say: the program runs, and is compiled again next time
                    part.unlink(missing_ok=True)

    put.whole = True  # type: ignore[attr-defined]
    cache.put = put


def release_programs() -> None:
    """Forget compiled programs before they take too many memory maps, or too much memory.

    Every program keeps a few maps; Linux grants a process 65,530, which a few hundred laws use up.
    """
    from jtts.machine import resident_memory

    maps = Path("/proc/self/maps")
    many = maps.exists() and maps.read_bytes().count(b"\n") > MOST_MAPS
    if many or (resident_memory() or 0) > MOST_RESIDENT:
        import jax

        jax.clear_caches()
        _return_memory()


def _return_memory() -> None:
    """Give the system what is free: the allocator of glibc keeps two thirds of it otherwise."""
    import ctypes

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
