"""JAX's persistent compilation cache in a folder of the user's own."""

from __future__ import annotations

import os
from pathlib import Path

import jax


def enable() -> Path:
    """Keep compiled programs between runs in $XDG_CACHE_HOME/jtts (or ~/.cache/jtts)."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = root / "jtts" / "xla"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)
    return folder
