"""Writing results: whole files or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import xarray as xr

from jtts.arguments import InputError


def write_data(data: xr.Dataset, path: Path) -> None:
    """Write a dataset as .nc (NetCDF 3, which every tool reads) or .csv (a row per point)."""
    if path.suffix == ".nc":
        data.to_netcdf(path, engine="scipy")
    else:
        as_table(data).to_csv(path, index=False)


def as_table(data: xr.Dataset) -> pd.DataFrame:
    """A row per point, also where there is only one."""
    return (data if data.sizes else data.expand_dims(point=[0])).to_dataframe().reset_index()


def require_writable(folder: Path) -> None:
    """Raise InputError unless files can be made in `folder`; creates nothing."""
    whole = folder.absolute()
    present = next(path for path in (whole, *whole.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=present):
            pass
    except OSError as problem:
        reason = os.strerror(problem.errno) if problem.errno else str(problem)
        raise InputError(f"output folder {str(folder)!r} is not writable: {reason}") from problem


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A folder whose files move into `folder` when the block ends well, and vanish otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder))
    try:
        yield staging
        for path in staging.iterdir():
            path.replace(folder / path.name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
