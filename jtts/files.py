"""Writing results: whole files or none."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtts.arguments import InputError, shortly
from jtts.stopping import unfinished

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

MOST_METADATA = 2**26  # bytes that a file of metadata may have
PARTIAL = ".partial"  # in the name of a file that is being written


def write_data(data: xr.Dataset, path: Path) -> None:
    """Write a dataset as .nc (NetCDF 3, which every tool reads) or .csv (a row per point)."""
    with whole(path) as part:
        if path.suffix == ".nc":
            data.to_netcdf(part, engine="scipy")
        else:
            as_table(data).to_csv(part, index=False)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path to write to, which takes the place of `path` when the block ends well.

    What was written is on the disk by then; the path has the ending of `path`.
    """
    part = path.with_name(f".{uuid.uuid4().hex}{PARTIAL}{path.suffix}")
    with unfinished(part):
        try:
            yield part
            with part.open("r+b") as written:
                os.fsync(written.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, and its folder where there is none, as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part:
        part.write_bytes(content)


def read_json(path: Path) -> Any:
    """What a file of metadata says; None where it is no JSON, enormous, or not there."""
    try:
        return json.loads(path.read_bytes()) if path.stat().st_size <= MOST_METADATA else None
    except (FileNotFoundError, ValueError, RecursionError):
        return None


def as_table(data: xr.Dataset) -> pd.DataFrame:
    """A row per point, also where there is only one."""
    return (data if data.sizes else data.expand_dims(point=[0])).to_dataframe().reset_index()


def require_writable(folder: Path, *names: str) -> None:
    """Raise InputError unless files, these among them, can be made in `folder`; creates nothing."""
    where = f"output folder {shortly(str(folder))}"
    try:
        whole = folder.absolute()
        for name in names:
            where = f"output {shortly(str(folder / name))}"
            if (whole / name).is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            (whole / name).exists()  # fails for a name that is too long
        present = next(path for path in (whole, *whole.parents) if path.exists())
        with tempfile.TemporaryFile(dir=present):
            pass
    except (OSError, ValueError) as problem:
        code = getattr(problem, "errno", None)
        reason = os.strerror(code) if code else str(problem)
        raise InputError(f"{where} is not writable: {reason}") from problem


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A folder whose files move into `folder` when the block ends well, and vanish otherwise.

    So does `folder`, if it was made for them.
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder))
    with unfinished(staging):
        try:
            yield staging
            for path in staging.iterdir():
                path.replace(folder / path.name)
            made = []
        finally:
            shutil.rmtree(staging, ignore_errors=True)
            with suppress(OSError):  # what others have put there stays
                for path in made:
                    path.rmdir()
