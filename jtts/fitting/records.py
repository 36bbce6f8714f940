"""Files as records with the place where each stands, one at a time."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from jtts.arguments import InputError
from jtts.fitting.labels import shown
from jtts.fitting.packed import members, opened

Record = tuple[int, Mapping[str, Any]]
ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".eval", ".json")
TABLES = (".csv", ".tsv")  # all is text
LARGEST_JSON = 2**30  # bytes of a file that is one JSON value
LONGEST_CELL = 10**8  # characters; a quotation mark that never ends is told from a long text
DIGITS = 4000  # from where Python refuses to convert a whole number
BINARY = (".parquet", ".eval")
BATCH = 1024  # rows of a parquet file held at once
EVERY = 2000  # records between reports of progress
EMPTY = "{}: no samples in it"


def silent(*said: object) -> None:
    """Progress that nobody asked for."""


def records(path: Path, progress: Callable[[float], None] = silent) -> Iterator[Record]:
    """Number of the line (of the row in a parquet file), and what stands there by column.

    `progress` hears the share of the file that has been read.

    Raises:
      InputError: no such file, another ending, a line that does not parse, or nothing in it.
    """
    kind = kind_of(path)
    if kind not in ENDINGS or (kind != path.suffix.lower() and kind in BINARY):
        raise InputError(
            f"{str(path)!r} must end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}, texts also "
            "with .gz after it"
        )
    if not path.is_file():
        raise InputError(f"no file {str(path)!r}")
    if path.stat().st_size == 0:
        raise InputError(f"{path.name}: the file is empty")
    reader = READERS[kind]
    found = False
    try:
        for record in reader(path, progress):
            found = True
            yield record
    except UnicodeDecodeError as problem:
        raise InputError(f"{path.name}: not UTF-8 text ({problem.reason})") from problem
    except OSError as problem:
        reason = problem.strerror or " ".join(str(problem).split())
        raise InputError(f"{path.name} cannot be read: {reason}") from problem
    if not found:
        raise InputError(EMPTY.format(path.name))


def peeked(found: Iterator[Record], source: str) -> tuple[Record, Iterator[Record]]:
    """The first record, and all of them; InputError if there is none."""
    first = next(found, None)
    if first is None:
        raise InputError(EMPTY.format(source))
    return first, itertools.chain([first], found)


def kind_of(path: Path) -> str:
    """The ending of a file's name, that before .gz where it is packed; in small letters.

    >>> kind_of(Path("a.b.CSV")), kind_of(Path("samples.jsonl.gz"))
    ('.csv', '.jsonl')
    """
    whole = Path(path.name.lower())
    return Path(whole.stem).suffix if whole.suffix == ".gz" else whole.suffix


def _csv(path: Path, progress: Callable[[float], None]) -> Iterator[Record]:
    usual = csv.field_size_limit(LONGEST_CELL)
    try:
        yield from _csv_rows(path, progress)
    finally:
        csv.field_size_limit(usual)


def _csv_rows(path: Path, progress: Callable[[float], None]) -> Iterator[Record]:
    size = path.stat().st_size
    delimiter = "\t" if kind_of(path) == ".tsv" else ","
    with (
        path.open("rb") as raw,
        TextIOWrapper(opened(path, raw), "utf-8-sig", newline="") as file,
    ):
        reader = csv.reader(file, strict=True, delimiter=delimiter)
        header: list[str] = []
        try:
            for number, row in enumerate(reader):
                if number % EVERY == 0:
                    progress(raw.tell() / size)
                if not row:
                    continue
                if not header:
                    header = [name.strip() for name in row]
                    _require_each_once(header, f"{path.name}, line {reader.line_num}")
                elif len(row) != len(header):
                    raise InputError(
                        f"{path.name}, line {reader.line_num}: {len(row)} fields where the header "
                        f"has {len(header)}"
                    )
                else:
                    yield reader.line_num, dict(zip(header, row, strict=True))
        except csv.Error as problem:
            raise InputError(f"{path.name}, line {reader.line_num}: {problem}") from problem


def _json_lines(path: Path, progress: Callable[[float], None]) -> Iterator[Record]:
    size = path.stat().st_size
    with path.open("rb") as raw, TextIOWrapper(opened(path, raw), "utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if number % EVERY == 1:
                progress(raw.tell() / size)
            if not line.strip():
                continue
            yield number, _object(line, f"{path.name}, line {number}")


def _object(text: str | bytes, where: str) -> dict[str, Any]:
    record = _value(text, where)
    if not isinstance(record, dict):
        raise InputError(f"{where}: must be a JSON object {{...}}")
    return record


def _value(text: str | bytes, where: str) -> Any:
    try:
        record = json.loads(text, parse_int=_whole, object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise
    except ValueError as problem:
        raise InputError(f"{where}: not one complete JSON object ({problem})") from problem
    except RecursionError as problem:
        raise InputError(f"{where}: brackets nested too deep to be read") from problem
    if isinstance(record, _Doubled):
        raise InputError(f"{where}: column {shown(record.name)} stands twice")
    return record


def _samples(path: Path, progress: Callable[[float], None]) -> Iterator[Record]:
    """The samples of a log that is one JSON value, or an archive of one for each sample."""
    if kind_of(path) == ".eval":
        for number, (name, data) in enumerate(members(path, "samples/"), 1):
            yield number, _object(data, f"{path.name}, {name}")
        return
    with path.open("rb") as raw:
        data = opened(path, raw).read(LARGEST_JSON + 1)
    if len(data) > LARGEST_JSON:
        raise InputError(f"{path.name}: one JSON value of more than {LARGEST_JSON} bytes")
    samples = _listed(_value(data, path.name))
    if samples is None:
        raise InputError(
            f"{path.name}: a .json file must be a log of inspect-ai (eval, samples), HELM's "
            "per_instance_stats or results of promptfoo; rows of samples belong into .jsonl"
        )
    for number, sample in enumerate(samples, 1):
        if not isinstance(sample, dict):
            raise InputError(f"{path.name}, sample {number}: must be a JSON object {{...}}")
        progress(number / len(samples))
        yield number, sample


def _listed(log: Any) -> list[Any] | None:
    """The samples in a log, as the harness is known by what stands around them."""
    if isinstance(log, list) and all(isinstance(s, dict) and "instance_id" in s for s in log):
        return log
    if not isinstance(log, dict):
        return None
    if isinstance(log.get("samples"), list) and "eval" in log:
        return log["samples"]
    found = log.get("results")
    if isinstance(found, dict) and isinstance(found.get("results"), list):
        stats = found.get("stats")
        return found["results"] + ([] if stats is None else [{"results.stats": stats}])
    return None


class _Doubled(dict[str, Any]):
    """An object in which a name stands twice."""

    name = ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    doubled, names = _Doubled(found), [name for name, _ in pairs]
    doubled.name = next(name for name in names if names.count(name) > 1)
    return doubled


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= DIGITS else Decimal(digits)


def _parquet(path: Path, progress: Callable[[float], None]) -> Iterator[Record]:
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError as problem:
        raise InputError(
            f"{path.name}: reading parquet needs pyarrow, which is not installed; install it, or "
            "convert the file to .csv or .jsonl"
        ) from problem
    number = 0
    try:
        with parquet.ParquetFile(path) as file:
            names = [str(name) for name in file.schema_arrow.names]
            _require_each_once(names, path.name)
            for batch in file.iter_batches(BATCH):
                progress(number / max(file.metadata.num_rows, 1))
                columns = [column.to_pylist() for column in batch.columns]
                for row in zip(*columns, strict=True):
                    number += 1
                    yield number, dict(zip(names, row, strict=True))
    except arrow.ArrowException as problem:  # a damaged file, or one of a kind it cannot read
        said = " ".join(str(problem).split())[:200]
        where = f"{path.name}, after row {number}" if number else path.name
        raise InputError(f"{where}: not a readable parquet file ({said})") from problem


def _require_each_once(names: list[str], where: str) -> None:
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InputError(f"{where}: column {shown(twice[0])} stands twice")


READERS = {
    ".csv": _csv,
    ".tsv": _csv,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".parquet": _parquet,
    ".eval": _samples,
    ".json": _samples,
}
