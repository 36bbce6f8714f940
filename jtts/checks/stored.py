"""Evidence as data: what a simulation found at the points of a check, kept with the simulations.

A file a family, `sims/evidence/<family>.json`, made by a command, never by hand. Evidence is stale
when the code of its simulation has changed since, or the engine's version; what JAX and processor
it was gathered with is recorded and no reason for staleness.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import json
import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jax
import numpy as np

from jtts.arguments import InputError
from jtts.checks.simulated import SimulatedEvidence
from jtts.files import write_whole
from jtts.laws import Law
from jtts.sources import ENGINE_VERSION, code_digest

TRUSTED = ("jtts", "jax")  # packages whose functions and objects a stored point may name


@dataclass(frozen=True)
class Record:
    """Stored evidence of one law by one route."""

    evidence: SimulatedEvidence
    digest: str
    engine: int
    seed: int
    gathered: str  # date, version of JAX, processor

    @property
    def date(self) -> str:
        return self.gathered.partition(",")[0]


def name_of(law: Law[..., Any], route: str | None) -> str:
    return law.name + (f" [{route}]" if route else "")


def folder() -> Path:
    return Path(importlib.import_module("jtts.sims").__path__[0]) / "evidence"


def record_of(law: Law[..., Any], route: str | None) -> Record | None:
    """What is stored of a law, stale or not; None if nothing is."""
    if not law._in_package:
        return None
    entry = _file(law.family).get(name_of(law, route))
    return None if entry is None else _read(entry)


def fresh_record(law: Law[..., Any], route: str | None) -> Record | None:
    """What is stored of a law and not stale."""
    record = record_of(law, route)
    return record if record is not None and not is_stale(law, route, record) else None


def is_stale(law: Law[..., Any], route: str | None, record: Record) -> bool:
    """Whether the simulation has changed since, or how simulations are run."""
    return (record.digest, record.engine) != (simulation_digest(law, route), ENGINE_VERSION)


def simulation_digest(law: Law[..., Any], route: str | None) -> str:
    simulation = law.simulation(route)
    return code_digest(simulation) if simulation is not None else ""


def environment() -> str:
    """Date, version of JAX and processor of evidence gathered now."""
    return f"{datetime.now(UTC):%Y-%m-%d}, jax {jax.__version__}, {platform.machine()}"


def write(family: str, found: Mapping[str, tuple[SimulatedEvidence, str, int]]) -> None:
    """Keep evidence (name -> evidence, digest, seed) of laws of a family beside what is there."""
    entries = dict(_file(family))
    for name, (evidence, digest, seed) in found.items():
        entries[name] = {
            "digest": digest,
            "engine": ENGINE_VERSION,
            "seed": seed,
            "gathered": environment(),
            "points": [
                {
                    "at": {n: _written(v) for n, v in point.items()},
                    "mean": evidence.mean[i].tolist(),
                    "stderr": evidence.stderr[i].tolist(),
                    "count": evidence.count[i, :, 0].tolist(),
                }
                for i, point in enumerate(evidence.points)
            ],
        }
    _save(family, entries)


def forget(family: str, keep: Iterable[str]) -> None:
    """Drop what is stored of laws or routes that are no more."""
    entries = _file(family)
    kept = {name: entry for name, entry in entries.items() if name in set(keep)}
    if len(kept) < len(entries):
        _save(family, kept)


def _save(family: str, entries: Mapping[str, Any]) -> None:
    path = folder() / f"{family}.json"
    blocks = []
    for name, entry in sorted(entries.items()):
        head = {key: value for key, value in entry.items() if key != "points"}
        points = ",\n  ".join(json.dumps(point) for point in entry["points"])
        blocks.append(f'{json.dumps(name)}: {json.dumps(head)[:-1]}, "points": [\n  {points}\n]}}')
    write_whole(path, ("{\n" + ",\n".join(blocks) + "\n}\n").encode())
    _file.cache_clear()


@functools.cache
def _file(family: str) -> dict[str, Any]:
    path = folder() / f"{family}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (OSError, ValueError) as problem:
        raise InputError(
            f"{path} cannot be read; delete it, then make evidence: {problem}"
        ) from None


def _read(entry: Mapping[str, Any]) -> Record:
    rows = entry["points"]
    mean, stderr = (np.array([row[key] for row in rows], float) for key in ("mean", "stderr"))
    count = np.array([row["count"] for row in rows], float)[:, :, None]
    points = [{name: _value(text) for name, text in row["at"].items()} for row in rows]
    evidence = SimulatedEvidence(points, mean, stderr, np.broadcast_to(count, mean.shape))
    return Record(evidence, entry["digest"], entry["engine"], entry["seed"], entry["gathered"])


def _written(value: Any) -> Any:
    """A parameter as JSON: numbers and words as they are, everything else named by its kind."""
    if value is None or isinstance(value, bool | str | int | float):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple | list):
        return {type(value).__name__: [_written(item) for item in value]}
    if isinstance(value, np.ndarray | jax.Array):
        return {"array": np.asarray(value).tolist()}
    if dataclasses.is_dataclass(value):
        fields = {f.name: _written(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"object": _address(type(value)), "fields": fields}
    if callable(value):
        return {"function": _address(value)}
    raise InputError(f"evidence cannot be stored at a point that holds {value!r}")


def _address(value: Any) -> str:
    name = getattr(value, "__qualname__", getattr(value, "__name__", "?"))
    address = f"{value.__module__}:{name}"
    if _found(address) is not value:
        raise InputError(f"evidence cannot be stored at a point that holds {address}: name it")
    return address


def _found(address: str) -> Any:
    module, _, name = address.partition(":")
    if module.partition(".")[0] not in TRUSTED:
        raise InputError(f"stored evidence names {address}, which is not of this package")
    try:
        return getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None


_READ: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "tuple": lambda entry: tuple(map(_value, entry["tuple"])),
    "list": lambda entry: list(map(_value, entry["list"])),
    "array": lambda entry: np.array(entry["array"]),
    "function": lambda entry: _found(entry["function"]),
    "object": lambda entry: _found(entry["object"])(
        **{name: _value(value) for name, value in entry["fields"].items()}
    ),
}


def _value(entry: Any) -> Any:
    return _READ[next(iter(entry))](entry) if isinstance(entry, dict) else entry
