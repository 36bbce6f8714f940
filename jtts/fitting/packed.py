"""Packed files, read as they stream: never unpacked to disk, and never more than a bound.

The only file of the package that may import `zipfile`.
"""

from __future__ import annotations

import copy
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from jtts.arguments import InputError

LARGEST = 2**34  # bytes out of one file
MEMBER = 2**28  # bytes of one member of an archive
RATIO = 300  # of bytes out and in, beyond FREE
FREE = 2**26
MEMBERS = 10**6
ZSTANDARD = 93  # the method of a member, as inspect-ai packs logs
DAMAGED = (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError)


class _Bounded(io.RawIOBase):
    """Bytes of a packed stream; refuses one that grows beyond what its size lets expect."""

    def __init__(self, packed: BinaryIO, name: str, size: int) -> None:
        self.packed, self.name, self.size, self.out = packed, name, size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self.packed.read(len(buffer))
        except DAMAGED as problem:
            raise InputError(f"{self.name}: not a readable packed file ({problem})") from problem
        self.out += len(data)
        if self.out > min(LARGEST, max(FREE, RATIO * self.size)):
            raise InputError(
                f"{self.name}: {self.out} bytes unpacked from {self.size}, more than is read"
            )
        buffer[: len(data)] = data
        return len(data)


def opened(path: Path, raw: BinaryIO) -> BinaryIO:
    """The bytes of a file, unpacked if its name ends in .gz."""
    if path.suffix.lower() != ".gz":
        return raw
    packed = gzip.GzipFile(fileobj=raw)
    return io.BufferedReader(_Bounded(packed, path.name, path.stat().st_size))  # type: ignore


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Its bytes up to one more than is read, whatever the archive says of its size."""
    if member.compress_type == ZSTANDARD and not hasattr(zipfile, "ZIP_ZSTANDARD"):
        return _zstandard(archive, member)
    with archive.open(member) as packed:
        return packed.read(MEMBER + 1)


def _zstandard(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """What Python unpacks from 3.14 on, by pyarrow."""
    try:
        import pyarrow as arrow
    except ImportError:
        raise InputError(
            f"{archive.filename}: packed with Zstandard, which needs pyarrow or Python 3.14; or "
            "write the log as .json"
        ) from None
    stored = copy.copy(member)  # the same bytes, read as they stand
    stored.compress_type, stored.file_size = zipfile.ZIP_STORED, member.compress_size
    stored.CRC = None  # type: ignore  # it is of what they unpack to
    with archive.open(stored) as packed:
        raw = packed.read(LARGEST)
    try:
        with arrow.CompressedInputStream(arrow.BufferReader(raw), "zstd") as stream:
            data = stream.read(MEMBER + 1)
    except (OSError, arrow.ArrowException) as problem:
        raise zipfile.BadZipFile(" ".join(str(problem).split())) from problem
    if len(data) <= MEMBER and zlib.crc32(data) != member.CRC:
        raise zipfile.BadZipFile(f"bad checksum of {member.filename!r}")
    return data


def members(path: Path, folder: str) -> Iterator[tuple[str, bytes]]:
    """Members of a zip archive under `folder`, one at a time, in their order.

    Raises:
      InputError: a damaged archive, or a member beyond the bounds.
    """
    size, total = path.stat().st_size, 0
    try:
        with zipfile.ZipFile(path) as archive:
            listed = [m for m in archive.infolist() if m.filename.startswith(folder)]
            if len(listed) > MEMBERS:
                raise InputError(f"{path.name}: {len(listed)} members, {MEMBERS} is the most")
            for member in listed:
                data = _unpacked(archive, member)
                total += len(data)
                if len(data) > MEMBER or total > min(LARGEST, max(FREE, RATIO * size)):
                    raise InputError(
                        f"{path.name}: {member.filename!r} unpacks to more than is read"
                    )
                yield member.filename, data
    except (*DAMAGED, RuntimeError) as problem:  # RuntimeError: under a password
        raise InputError(f"{path.name}: not a readable archive ({problem})") from problem
