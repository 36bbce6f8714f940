"""Choices that belong to an application, not to a library: the command and the tests make them."""

from __future__ import annotations

import os
from pathlib import Path

# in products and solves of many small matrices, the threads of the linear algebra library wait for
# each other: on a machine with other work, a hundred times slower than one thread
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1"}
MOST_MAPS = 20_000  # memory maps, a third of what a process may have


def prepare() -> None:
    """Turn on 64-bit mode and the compilation cache; settle threads. Call before JAX is imported.

    What the user has set in the environment stays.
    """
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_compilation_cache_dir", str(cache_folder()))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)


def cache_folder() -> Path:
    """Private folder of compiled programs, $XDG_CACHE_HOME/jtts or ~/.cache/jtts."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = root / "jtts" / "xla"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def release_programs() -> None:
    """Forget compiled programs before the process has no memory maps left for more.

    Every program keeps a few maps; Linux grants a process 65,530, which a few hundred laws use up.
    """
    maps = Path("/proc/self/maps")
    if maps.exists() and maps.read_bytes().count(b"\n") > MOST_MAPS:
        import jax

        jax.clear_caches()
