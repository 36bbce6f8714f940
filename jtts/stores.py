"""A folder that takes the results of a sweep block by block and survives a kill at any moment."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from jtts.arguments import InputError
from jtts.files import PARTIAL, read_json, write_whole
from jtts.locks import locked, locks
from jtts.store_files import (
    FINISHED,
    METADATA,
    WholeFiles,
    metadata,
    misplaced,
    reads_alike,
)

IDENTITY = "jtts_sweep"
BLOCK = "points_in_a_block"
DAMAGED = (RuntimeError, ValueError, TypeError, MemoryError)  # of bytes that are no such block
LOCK = METADATA  # of the group: written once, so its inode stays


class Store:
    """A zarr group with one array [points, components] per variable.

    A block of points is written variable by variable and then declared finished by the digest of
    what was written, each file replaced as a whole: a run that is killed loses the block under way
    and nothing else. A block whose numbers do not match its digest, or cannot be read, counts as
    not finished; damaged metadata of an array are written again. What stands in the place of a file
    and is none is named, for the user to delete. A finished store may lie where nothing can be
    written.

    One run holds a store at a time, or several that share its blocks (`shared`): then a block is
    computed by one of them, and by two at once it would be written twice with the same bits.
    """

    def __init__(
        self,
        path: Path,
        identity: Mapping[str, str],
        shape: tuple[int, int],
        variables: Sequence[str],
        block: int,
        resume: bool,
        *,
        shared: bool = False,
    ):
        self.path = path
        locks(f"store {str(path)!r}")
        with _explained(path):
            if path.exists() and not resume:
                raise InputError(f"store {str(path)!r} exists; add resume to go on with it")
            if not path.exists():
                _create(path, identity, shape, variables, block)
            self._lock, self._writable = _locked(path, shared)
            try:
                self._block = _require_same(path, identity)
                wrong = misplaced(path, variables, self._block * shape[1])
                if wrong is not None:
                    raise InputError(
                        f"store {str(path)!r} is damaged: delete {str(wrong)!r}, and resume "
                        "computes again what it held"
                    )
                if self._writable and not shared:
                    for left in path.rglob(f"*{PARTIAL}*"):
                        left.unlink()
                self._size, self._components = shape
                files = metadata({}, shape, variables, self._block)
                self._arrays = {name: self._array(name, files) for name in variables}
                self._finished = self._array(FINISHED, files)
                self._done = self._verified()
            except BaseException:
                os.close(self._lock)
                raise

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._lock)

    def unfinished(self, share: tuple[int, int]) -> Iterator[tuple[int, np.ndarray]]:
        """Points of each block that this share still has to compute, after how many were done."""
        own, total = share
        left = self._size - self._points(self._done)
        if left and not self._writable:
            raise InputError(
                f"store {str(self.path)!r} cannot be written, and {left} of its points are not "
                "finished; copy it to where it can"
            )
        for block in np.flatnonzero(self._done == 0):
            if block % total == own:
                yield self._points(self._done), self._places(int(block))

    def write(self, places: np.ndarray, arrays: Mapping[str, np.ndarray]) -> None:
        """Keep the numbers of a block, then declare it finished."""
        block = int(places[0]) // self._block
        with _explained(self.path):
            for name, kept in self._arrays.items():
                kept[places[0] : places[-1] + 1] = arrays[name]
            digest = _digest([arrays[name] for name in self._arrays])
            self._finished[block] = self._done[block] = digest

    def finished_points(self) -> int:
        """Points of the blocks declared finished so far, by whatever process."""
        with _explained(self.path):
            return self._points(self._digests())

    def _points(self, digests: np.ndarray) -> int:
        blocks = np.flatnonzero(digests)
        return int(np.sum(np.minimum(self._size - blocks * self._block, self._block)))

    def read(self) -> dict[str, np.ndarray]:
        """Every variable; NaN in blocks that are not finished."""
        with _explained(self.path):
            numbers = self._numbers()
            for block in np.flatnonzero(self._digests() == 0).tolist():
                for values in numbers.values():
                    values[self._places(block)] = np.nan
        return numbers

    def _array(self, name: str, files: Mapping[str, bytes]) -> Any:
        """An array, with metadata as they are meant to be."""
        at = f"{name}/{METADATA}"
        if not reads_alike(read_json(self.path / at), files[at]):
            if not self._writable:
                raise InputError(f"store {str(self.path)!r} is damaged and cannot be written: {at}")
            write_whole(self.path / at, files[at])
        store = WholeFiles(self.path, read_only=not self._writable)
        # of format 3: one of the codecs of format 2 unpickles
        mode: Any = "r+" if self._writable else "r"
        return zarr.open_array(store, path=name, mode=mode, zarr_format=3)

    def _numbers(self) -> dict[str, np.ndarray]:
        shape = (self._size, self._components)
        return {
            name: _readable(kept, np.full(shape, np.nan), self._block)
            for name, kept in self._arrays.items()
        }

    def _digests(self) -> np.ndarray:
        return _readable(self._finished, np.zeros(-(-self._size // self._block), np.uint64), 1)

    def _places(self, block: int) -> np.ndarray:
        return np.arange(block * self._block, min((block + 1) * self._block, self._size))

    def _verified(self) -> np.ndarray:
        """The digests of the blocks, 0 for those whose numbers are not what was written."""
        digests = self._digests()
        if digests.any():
            numbers = self._numbers()
            for block in np.flatnonzero(digests).tolist():
                own = [values[self._places(block)] for values in numbers.values()]
                if _digest(own) != digests[block]:
                    digests[block] = 0
                    if self._writable:
                        self._finished[block] = 0
        return digests


def _readable(kept: Any, values: np.ndarray, block: int) -> np.ndarray:
    """What an array holds; a block that cannot be read keeps its `values`."""
    try:
        return kept[:]
    except DAMAGED:
        for first in range(0, len(values), block):
            with suppress(*DAMAGED):  # this block, which is then computed again
                values[first : first + block] = kept[first : first + block]
        return values


def _digest(arrays: Sequence[np.ndarray]) -> np.uint64:
    digest = hashlib.blake2b(digest_size=8)
    for values in arrays:
        digest.update(np.ascontiguousarray(values, np.float64).tobytes())
    return np.uint64(int.from_bytes(digest.digest(), "little") or 1)


def _create(path: Path, identity, shape, variables, block: int) -> None:
    """Make the folder in one step: whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    attributes = {IDENTITY: dict(identity), BLOCK: block}
    try:
        for name, content in metadata(attributes, shape, variables, block).items():
            write_whole(making / name, content)
        try:
            making.rename(path)
        except OSError:
            if not path.exists():  # unless another process has made it meanwhile
                raise
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _locked(path: Path, shared: bool) -> tuple[int, bool]:
    """A file descriptor that holds the store's lock, and whether the store can be written."""
    if not (path / LOCK).is_file():
        raise _no_store(path)
    return locked(path / LOCK, f"store {str(path)!r}", shared=shared)


def _require_same(path: Path, identity: Mapping[str, str]) -> int:
    """The points in a block of a store of this sweep; InputError if it is of another."""
    held = read_json(path / METADATA)
    held = held if isinstance(held, dict) else {}
    attributes = held.get("attributes")
    attributes = attributes if isinstance(attributes, dict) else {}
    known = attributes.get(IDENTITY)
    if not isinstance(known, dict) or (held.get("node_type"), held.get("zarr_format")) != (
        "group",
        3,
    ):
        raise _no_store(path)
    for name in dict.fromkeys([*identity, *known]):
        if known.get(name) != identity.get(name):
            raise InputError(
                f"store {str(path)!r} holds another sweep: {name} is "
                f"{known.get(name, 'not given')} there and {identity.get(name, 'not given')} here"
            )
    block = attributes.get(BLOCK)
    if type(block) is not int or block < 1:
        raise _no_store(path)
    return block


def _no_store(path: Path) -> InputError:
    return InputError(
        f"{str(path)!r} is not a store of jtts sweep, or its {METADATA} is damaged: give another "
        "folder, or delete this one"
    )


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn a failure of the file system into one line; what is finished stays."""
    try:
        yield
    except OSError as problem:
        reason = os.strerror(problem.errno) if problem.errno else str(problem)
        if problem.filename and Path(os.fsdecode(problem.filename)).is_relative_to(path):
            reason += f" ({os.fsdecode(problem.filename)})"
        raise InputError(
            f"store {str(path)!r} cannot be written: {reason}; what is finished stays, "
            "resume goes on from there"
        ) from problem
