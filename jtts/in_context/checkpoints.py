"""Checkpoints of training runs: a folder that one configuration made, and no other may resume."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import numpy as np

from jtts.arguments import InputError
from jtts.files import require_writable

MANIFEST = "configuration.json"


class Checkpoints:
    """The checkpoints of one configuration, newest last; a context manager.

    Args:
      folder: made if need be.
      configuration: names and values, all that the numbers depend on; kept in the folder.
      keep: number of checkpoints kept; None keeps all.

    Raises:
      InputError: the folder cannot be written, or holds checkpoints of another configuration.
    """

    def __init__(self, folder: Path, configuration: Mapping[str, Any], *, keep: int | None = 1):
        import orbax.checkpoint as ocp

        self._orbax, folder = ocp, Path(folder).absolute()
        if folder.is_file():
            raise InputError(f"checkpoints must be a folder, {str(folder)!r} is a file")
        require_writable(folder)
        folder.mkdir(parents=True, exist_ok=True)
        manifest, configuration = folder / MANIFEST, json.loads(json.dumps(dict(configuration)))
        if manifest.exists():
            _require_same(folder, json.loads(manifest.read_text("utf-8")), configuration)
        else:
            manifest.write_text(json.dumps(configuration, indent=1), "utf-8")
        options = ocp.CheckpointManagerOptions(max_to_keep=keep, enable_async_checkpointing=False)
        self._manager = ocp.CheckpointManager(folder / "steps", options=options)

    def save(self, step: int, state: Any, history: Mapping[str, np.ndarray]) -> None:
        """Write what training needs to go on after `step`, and the curves so far."""
        arrays = {f"{i}": np.asarray(leaf) for i, leaf in enumerate(jax.tree.leaves(state))}
        self._manager.save(
            step, args=self._orbax.args.StandardSave({"state": arrays, "history": dict(history)})
        )

    def latest(self, like: Any) -> tuple[int, Any, dict[str, np.ndarray]] | None:
        """Step, state (a tree such as `like`) and curves of the newest checkpoint, if any."""
        step = self._manager.latest_step()
        if step is None:
            return None
        found = self._manager.restore(step, args=self._orbax.args.StandardRestore())
        leaves, tree = jax.tree.flatten(like)
        state = jax.tree.unflatten(tree, [found["state"][f"{i}"] for i in range(len(leaves))])
        return step, state, {name: np.asarray(rows) for name, rows in found["history"].items()}

    def __enter__(self) -> Checkpoints:
        return self

    def __exit__(self, *_: Any) -> None:
        self._manager.close()


def networks_in(folder: str | Path) -> list[np.ndarray]:
    """Leaves of the newest checkpoint in a folder, those of the networks first; [runs, ...] each.

    Raises:
      InputError: no checkpoint there.
    """
    import orbax.checkpoint as ocp

    steps = Path(folder).absolute() / "steps"
    with ocp.CheckpointManager(steps) if steps.is_dir() else contextlib.nullcontext() as manager:
        step = manager.latest_step() if manager else None
        if manager is None or step is None:
            raise InputError(f"start must be a folder of checkpoints, got {str(folder)!r}")
        found = manager.restore(step, args=ocp.args.StandardRestore())["state"]
    return [np.asarray(found[f"{i}"]) for i in range(len(found))]


def _require_same(folder, kept, wanted):
    for name in sorted(kept.keys() | wanted.keys()):
        if kept.get(name) != wanted.get(name):
            raise InputError(
                f"checkpoints in {folder.name!r} are of another configuration: "
                f"{name} is {kept.get(name)}, here {wanted.get(name)}"
            )
