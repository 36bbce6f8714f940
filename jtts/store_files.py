"""The files of a store: what stands in its metadata, how they are written and what is damaged."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import zarr
from zarr.codecs import ZstdCodec
from zarr.storage import LocalStore, MemoryStore

from jtts.files import write_whole

METADATA = "zarr.json"  # of the group and of each array
FINISHED = "finished"  # per block: 0, or the digest of its numbers
SLACK = 2**16  # bytes that packing may add to the numbers of a block
READ = ("shape", "data_type", "chunk_grid", "chunk_key_encoding", "fill_value", "codecs")


class WholeFiles(LocalStore):
    """A local store whose files take their names when all of their bytes are on the disk."""

    async def set(self, key: str, value: Any) -> None:
        self._check_writable()
        await asyncio.to_thread(write_whole, self.root / key, value.to_bytes())

    async def set_if_not_exists(self, key: str, value: Any) -> None:
        if not (self.root / key).exists():
            await self.set(key, value)

    def set_sync(self, key: str, value: Any) -> None:
        self._check_writable()
        write_whole(self.root / key, value.to_bytes())


def metadata(
    attributes: Mapping[str, Any], shape: tuple[int, int], variables: Sequence[str], block: int
) -> dict[str, bytes]:
    """Path -> content of the metadata of a store: the same whatever the version of zarr prefers."""
    files: dict[str, Any] = {}
    group = zarr.create_group(MemoryStore(files), attributes=dict(attributes), zarr_format=3)
    options: dict[str, Any] = {"compressors": [ZstdCodec(level=0)]}
    for name in variables:
        group.create_array(
            name,
            shape=shape,
            chunks=(min(block, shape[0]), shape[1]),
            dtype="float64",
            fill_value=float("nan"),
            dimension_names=("point", "component"),
            **options,
        )
    group.create_array(
        FINISHED,
        shape=(-(-shape[0] // block),),
        chunks=(1,),
        dtype="uint64",
        fill_value=0,
        dimension_names=("block",),
        **options,
    )
    return {path: content.to_bytes() for path, content in files.items()}


def reads_alike(held: Any, meant: bytes) -> bool:
    """Whether the metadata of an array gives its chunks the meaning that they were written with."""
    wanted = json.loads(meant)
    return isinstance(held, dict) and all(
        held.get(name) == wanted.get(name) for name in ("zarr_format", "node_type", *READ)
    )


def misplaced(root: Path, variables: Sequence[str], numbers: int) -> Path | None:
    """The first path of a store where something else stands than its file or folder.

    A file that is far larger than the `numbers` of a block is none of its files, and an array that
    is another one's folder, by a link, is none of its arrays.
    """
    seen: set[tuple[int, int]] = set()
    for name in (*variables, FINISHED):
        folder, chunks = root / name, root / name / "c"
        files, folders = [], [folder, chunks]
        if chunks.is_dir():
            places = [place for place in chunks.iterdir() if place.name.isdigit()]
            if name == FINISHED:
                files += places
            else:
                folders += places
                files += [place / "0" for place in places]
        for path in folders:
            if os.path.lexists(path) and not path.is_dir():
                return path
        if folder.exists():
            status = folder.stat()
            if (status.st_dev, status.st_ino) in seen:
                return folder
            seen.add((status.st_dev, status.st_ino))
        for path in (folder / METADATA, *files):
            if os.path.lexists(path) and not path.is_file():
                return path
        for path in files:
            if path.exists() and path.stat().st_size > 2 * 8 * numbers + SLACK:
                return path
    return None
