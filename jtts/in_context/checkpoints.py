"""Checkpoints of training runs: a folder that one configuration made, and no other may resume."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import warnings
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jax
import numpy as np

from jtts.arguments import InputError
from jtts.files import PARTIAL, read_json, require_writable, write_whole
from jtts.in_context.saved_steps import (
    configuration_of,
    read_step,
    reason_of,
    steps_in,
    write_step,
)
from jtts.locks import folder_locked

MANIFEST = "configuration.json"
PATIENCE = 2.0  # seconds that another run may take to read what is finished
STEPS = "steps"


class Checkpoints:
    """The checkpoints of one configuration, newest last; a context manager.

    Every step knows its configuration and the digests of its files: a step that is not what was
    written does not count, and is written again when training reaches it. A damaged manifest is
    written again too. What is finished may lie where nothing can be written. One run trains in a
    folder at a time.

    Args:
      folder: made if need be.
      configuration: names and values, all that the numbers depend on; kept in the folder.
      keep: number of checkpoints kept; None keeps all.

    Raises:
      InputError: the folder cannot be written, is in use by another run, or holds checkpoints of
        another configuration, or something that has to be deleted.
    """

    def __init__(self, folder: Path, configuration: Mapping[str, Any], *, keep: int | None = 1):
        folder = Path(folder).absolute()
        if os.path.lexists(folder) and not folder.is_dir():
            kind = "a file" if folder.is_file() else "none"
            raise InputError(f"checkpoints must be a folder, {str(folder)!r} is {kind}")
        if not folder.exists():
            require_writable(folder)
        text = json.dumps(dict(configuration), indent=1)
        ordered = json.dumps(json.loads(text), sort_keys=True).encode()
        self._belongs = hashlib.blake2b(ordered, digest_size=16).hexdigest()
        self._folder, self._steps, self._keep = folder, folder / STEPS, keep
        with _explained(folder):
            _require_place(self._steps, Path.is_dir, "a folder")
            if not folder.exists():
                folder.mkdir(parents=True)
            lock = folder_locked(
                folder, f"folder {folder.name!r} of checkpoints", patience=PATIENCE
            )
            self._leave = weakref.finalize(self, _release, lock)
            try:
                self._settle_manifest(text)
                if not self._steps.exists():
                    self._steps.mkdir(parents=True)
                for left in self._steps.glob(f".*{PARTIAL}"):
                    shutil.rmtree(left, ignore_errors=True)
            except BaseException:
                self.leave()
                raise

    def leave(self) -> None:
        """Let other runs in: nothing more is written."""
        self._leave()

    def require_writable(self) -> None:
        """Raise InputError unless steps can be saved; for what is not finished."""
        require_writable(self._steps)

    def save(self, step: int, state: Any, history: Mapping[str, np.ndarray]) -> None:
        """Write what training needs to go on after `step`, and the curves so far."""
        arrays = {f"{i}": np.asarray(leaf) for i, leaf in enumerate(jax.tree.leaves(state))}
        with _explained(self._steps):
            write_step(
                self._steps, step, self._belongs, {"state": arrays, "history": dict(history)}
            )
            if self._keep is not None:
                older = [number for number in steps_in(self._steps) if number <= step]
                for number in older[: -self._keep]:
                    shutil.rmtree(self._steps / str(number))

    def latest(self, like: Any) -> tuple[int, Any, dict[str, np.ndarray]] | None:
        """Step, state (a tree such as `like`) and curves of the newest whole checkpoint, if any."""
        damaged: list[int] = []
        for step in reversed(steps_in(self._steps)):
            found = read_step(self._steps, step)
            if found is not None:
                if configuration_of(self._steps, step) != self._belongs:
                    raise self._of_another()
                _warn(self._steps, damaged, f"from step {step}")
                state = _as_tree(self._steps / str(step), found["state"], like)
                return step, state, found["history"]
            damaged.append(step)
        _warn(self._steps, damaged, "from its beginning")
        return None

    def _settle_manifest(self, text: str) -> None:
        """Refuse another configuration; write this one where none can be read."""
        manifest, configuration = self._folder / MANIFEST, json.loads(text)
        _require_place(manifest, Path.is_file, "a file")
        kept = read_json(manifest)
        if not isinstance(kept, dict):  # the steps know where they belong
            others = {configuration_of(self._steps, step) for step in steps_in(self._steps)}
            if others - {None, self._belongs}:
                raise self._of_another()
            write_whole(manifest, text.encode())
            return
        for name in sorted(kept.keys() | configuration.keys()):
            if kept.get(name) != configuration.get(name):
                raise InputError(
                    f"checkpoints in {self._folder.name!r} are of another configuration: "
                    f"{name} is {kept.get(name)}, here {configuration.get(name)}"
                )

    def _of_another(self) -> InputError:
        return InputError(
            f"checkpoints in {self._folder.name!r} are of another configuration: give another "
            "folder, or delete this one"
        )

    def __enter__(self) -> Checkpoints:
        return self

    def __exit__(self, *_: Any) -> None:
        self.leave()


def _release(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)


def networks_in(folder: str | Path) -> list[np.ndarray]:
    """Leaves of the newest checkpoint in a folder, those of the networks first; [runs, ...] each.

    Raises:
      InputError: no checkpoint there, or a damaged one.
    """
    steps = Path(folder).absolute() / STEPS
    numbers = steps_in(steps) if steps.is_dir() else []
    if not numbers:
        raise InputError(f"start must be a folder of checkpoints, got {str(folder)!r}")
    found = read_step(steps, numbers[-1])
    if found is None:
        raise InputError(
            f"checkpoint {str(steps / str(numbers[-1]))!r} is damaged: delete it to start from an "
            "older one"
        )
    return [found["state"][f"{i}"] for i in range(len(found["state"]))]


def _require_place(path: Path, fits: Any, what: str) -> None:
    if os.path.lexists(path) and not fits(path):
        raise InputError(f"{str(path)!r} is not {what}: delete it")


def _as_tree(path: Path, arrays: Mapping[str, np.ndarray], like: Any) -> Any:
    leaves, tree = jax.tree.flatten(like)
    found = [arrays.get(f"{i}") for i in range(len(leaves))]
    kinds = [None if values is None else (values.shape, values.dtype) for values in found]
    if len(arrays) != len(leaves) or kinds != [(leaf.shape, leaf.dtype) for leaf in leaves]:
        raise InputError(
            f"checkpoint {str(path)!r} holds other arrays than training needs, as of other "
            "versions of its libraries: delete it"
        )
    return jax.tree.unflatten(tree, found)


def _warn(folder: Path, damaged: list[int], where: str) -> None:
    if damaged:
        steps = ", ".join(map(str, damaged))
        warnings.warn(
            f"checkpoints in {str(folder)!r} are damaged: {steps}; training goes on {where}",
            stacklevel=4,
        )


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn a failure of the file system into one line; what is whole stays."""
    try:
        yield
    except InputError:
        raise
    except (OSError, ValueError) as problem:  # of orbax, a full disk is a ValueError
        at = getattr(problem, "filename", None) or path
        raise InputError(
            f"checkpoint {os.fsdecode(at)!r} cannot be written: {reason_of(problem)}"
        ) from problem
