"""One step of a training on disk: a folder of arrays that is whole by its digests, or is not."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from jtts.arguments import InputError
from jtts.files import PARTIAL, read_json, write_whole
from jtts.stopping import unfinished

ARRAYS = "arrays"  # as orbax writes them
DIGESTS = "digests.json"  # of every file of them, and of what the step belongs to
Arrays = dict[str, dict[str, np.ndarray]]


def steps_in(folder: Path) -> list[int]:
    """Numbers of the steps that a folder has a place for, whole or not, in order."""
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    return sorted(int(name) for name in names if re.fullmatch(r"0|[1-9][0-9]{0,17}", name))


def configuration_of(folder: Path, step: int) -> str | None:
    """What a step belongs to, as far as it can be read."""
    path = folder / str(step) / DIGESTS
    held = read_json(path) if _is_plain_file(path) else None
    return held.get("belongs") if isinstance(held, dict) else None


def write_step(folder: Path, step: int, belongs: str, arrays: Mapping[str, Any]) -> None:
    """Keep arrays as a step of `folder`, in the place of a damaged one if need be.

    What was written is on the disk before the step takes its name.

    Args:
      belongs: digest of the configuration that made them.
    """
    import orbax.checkpoint as ocp

    part = folder / f".{step}-{uuid.uuid4().hex}{PARTIAL}"
    with unfinished(part):
        try:
            with _quiet(), ocp.Checkpointer(ocp.StandardCheckpointHandler()) as writer:
                writer.save(part / ARRAYS, args=ocp.args.StandardSave(dict(arrays)))
            content = {"step": step, "belongs": belongs, "files": _flushed(part / ARRAYS)}
            content["sizes"] = _sizes(part / ARRAYS)
            write_whole(part / DIGESTS, json.dumps(content, indent=1).encode())
            if (folder / str(step)).exists():
                shutil.rmtree(folder / str(step))
            part.rename(folder / str(step))
        finally:
            shutil.rmtree(part, ignore_errors=True)


def read_step(folder: Path, step: int) -> Arrays | None:
    """The arrays of a step; None where they are not what was written.

    Raises:
      InputError: what stands there is no folder, or cannot be read although it may be whole.
    """
    import orbax.checkpoint as ocp

    path = folder / str(step)
    if path.is_symlink() or not path.is_dir():
        raise InputError(f"checkpoint {str(path)!r} is not a folder: delete it")
    try:
        if not _is_whole(path, step):
            return None
        with _quiet(), ocp.Checkpointer(ocp.StandardCheckpointHandler()) as reader:
            found = reader.restore(path / ARRAYS, args=ocp.args.StandardRestore())
    except (OSError, ValueError, TypeError, LookupError, RuntimeError) as problem:
        raise InputError(
            f"checkpoint {str(path)!r} cannot be read: {reason_of(problem)}; mend that, or delete "
            "it"
        ) from problem
    return {
        group: {name: np.asarray(values) for name, values in found[group].items()}
        for group in found
    }


def reason_of(problem: Exception) -> str:
    """Why a file could not be read or written, in a few words; orbax buries them."""
    text = " ".join(str(problem).split())
    code = getattr(problem, "errno", None)
    if found := re.search(r"os_error_code='([0-9]+)'", text):
        code = int(found[1])
    return os.strerror(code) if code else text[:200]


@contextmanager
def _quiet() -> Iterator[None]:
    """Let orbax raise its errors without printing the traceback of every thread as well."""
    logger = logging.getLogger("absl")
    logger.addFilter(_is_less_than_an_error)
    try:
        yield
    finally:
        logger.removeFilter(_is_less_than_an_error)


def _is_less_than_an_error(record: logging.LogRecord) -> bool:
    return record.levelno < logging.ERROR


def _is_whole(path: Path, step: int) -> bool:
    if not _is_plain_file(path / DIGESTS):
        return False
    held = read_json(path / DIGESTS)
    if not isinstance(held, dict) or held.get("step") != step:
        return False
    if (path / ARRAYS).is_symlink() or not (path / ARRAYS).is_dir():
        return False
    files = dict(_files(path / ARRAYS))
    if not all(_is_plain_file(file) for file in files.values()):
        return False
    # a file that has become enormous is not read
    if "sizes" in held and held["sizes"] != _sizes(path / ARRAYS):
        return False
    return {name: _digest(file) for name, file in files.items()} == held.get("files")


def _is_plain_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Relative name and path of whatever stands below a folder and is no folder."""
    for root, folders, names in os.walk(folder, onerror=_raise):
        for name in names + [link for link in folders if (Path(root) / link).is_symlink()]:
            path = Path(root) / name
            yield path.relative_to(folder).as_posix(), path


def _sizes(folder: Path) -> dict[str, int]:
    return {name: path.stat().st_size for name, path in _files(folder)}


def _raise(problem: OSError) -> None:
    raise problem


def _flushed(folder: Path) -> dict[str, str]:
    """Digests of all files below a folder, once they are on the disk."""
    digests = {}
    for name, path in _files(folder):
        with path.open("r+b") as file:
            os.fsync(file.fileno())
        digests[name] = _digest(path)
    return digests


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
