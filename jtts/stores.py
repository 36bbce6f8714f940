"""A folder that takes the results of a sweep block by block and survives a kill at any moment."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from jtts.arguments import InputError

IDENTITY = "jtts_sweep"
LOCK = "zarr.json"  # of the group: written once, so its inode stays
FINISHED = "finished"  # per block: 0, or the digest of its numbers


class Store:
    """A zarr group with one array [points, components] per variable.

    A block of points is written variable by variable and then declared finished by the digest of
    what was written, each file replaced as a whole: a run that is killed loses the block under way
    and nothing else. A block whose numbers do not match its digest counts as not finished.

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
        if path.exists() and not resume:
            raise InputError(f"store {str(path)!r} exists; add resume to go on with it")
        with _explained(path):
            if not path.exists():
                _create(path, identity, shape, variables, block)
            self._lock = _locked(path, shared)
            try:
                if not shared:
                    for left in path.rglob("*.partial"):
                        left.unlink()
                group = _open(path, identity)
                self._arrays = {name: group[name] for name in variables}
                self._block = self._arrays[variables[0]].chunks[0]
                self._finished = group[FINISHED]
                self._size = shape[0]
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
        return self._points(self._finished[:])

    def _points(self, digests: np.ndarray) -> int:
        blocks = np.flatnonzero(digests)
        return int(np.sum(np.minimum(self._size - blocks * self._block, self._block)))

    def read(self) -> dict[str, np.ndarray]:
        """Every variable; NaN where nothing was computed yet."""
        return {name: kept[:] for name, kept in self._arrays.items()}

    def _places(self, block: int) -> np.ndarray:
        return np.arange(block * self._block, min((block + 1) * self._block, self._size))

    def _verified(self) -> np.ndarray:
        """The digests of the blocks, 0 for those whose numbers are not what was written."""
        digests = self._finished[:]
        if digests.any():
            numbers = self.read()
            for block in np.flatnonzero(digests).tolist():
                own = [values[self._places(block)] for values in numbers.values()]
                if _digest(own) != digests[block]:
                    self._finished[block] = digests[block] = 0
        return digests


def _digest(arrays: Sequence[np.ndarray]) -> np.uint64:
    digest = hashlib.blake2b(digest_size=8)
    for values in arrays:
        digest.update(np.ascontiguousarray(values, np.float64).tobytes())
    return np.uint64(int.from_bytes(digest.digest(), "little") or 1)


def _create(path: Path, identity, shape, variables, block: int) -> None:
    """Make the folder in one step: whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        group = zarr.open_group(making, mode="w", attributes={IDENTITY: dict(identity)})
        for name in variables:
            group.create_array(
                name,
                shape=shape,
                chunks=(min(block, shape[0]), shape[1]),
                dtype="float64",
                fill_value=float("nan"),
                dimension_names=("point", "component"),
            )
        group.create_array(
            FINISHED,
            shape=(-(-shape[0] // block),),
            chunks=(1,),
            dtype="uint64",
            fill_value=0,
            dimension_names=("block",),
        )
        try:
            making.rename(path)
        except OSError:
            if not path.exists():  # unless another process has made it meanwhile
                raise
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _locked(path: Path, shared: bool) -> int:
    """A file descriptor that holds the store's lock; the system frees it when the process ends."""
    if not (path / LOCK).exists():
        raise InputError(f"{str(path)!r} is not a store of jtts sweep")
    lock = os.open(path / LOCK, os.O_RDWR)
    try:
        fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise InputError(f"store {str(path)!r} is in use by another run") from None
    return lock


def _open(path: Path, identity: Mapping[str, str]) -> Any:
    try:
        # of format 3: one of the codecs of format 2 unpickles
        group = zarr.open_group(path, mode="r+", zarr_format=3)
    except (FileNotFoundError, ValueError, TypeError, KeyError) as problem:
        raise InputError(f"{str(path)!r} is not a store of jtts sweep") from problem
    held = group.attrs.get(IDENTITY)
    if not isinstance(held, dict):
        raise InputError(f"{str(path)!r} is not a store of jtts sweep")
    for name in dict.fromkeys([*identity, *held]):
        if held.get(name) != identity.get(name):
            raise InputError(
                f"store {str(path)!r} holds another sweep: {name} is {held.get(name, 'not given')} "
                f"there and {identity.get(name, 'not given')} here"
            )
    return group


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn a failure of the file system into one line; what is finished stays."""
    try:
        yield
    except OSError as problem:
        reason = os.strerror(problem.errno) if problem.errno else str(problem)
        raise InputError(
            f"store {str(path)!r} cannot be written: {reason}; what is finished stays, "
            "resume goes on from there"
        ) from problem
