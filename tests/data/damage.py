"""Ways in which a file of a store can be damaged: name -> what to do to the path."""

import json
import os
import shutil

import numpy as np


def truncated(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path):
    path.write_bytes(b"")


def random_bytes(path):
    path.write_bytes(np.random.default_rng(1).bytes(200))


def longer(path):
    path.write_bytes(path.read_bytes() + b"\x00" * 100)


def removed(path):
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def directory(path):
    removed(path)
    path.mkdir()


def full_directory(path):
    directory(path)
    (path / "notes.txt").write_text("somebody's")


def fifo(path):
    removed(path)
    os.mkfifo(path)


def file(path):
    removed(path)
    path.write_text("text")


def dangling(path):
    removed(path)
    path.symlink_to("nowhere")


def loop(path):
    removed(path)
    path.symlink_to(path.name)


def enormous(path):
    os.truncate(path, 2**33)  # a hole: nothing on the disk, and more than memory may hold


def twin(path):
    """An array that is another one, by a link."""
    removed(path)
    path.symlink_to("stderr")


BYTES = (truncated, empty, random_bytes, longer, enormous, removed)
KINDS = (directory, full_directory, fifo, dangling, loop)


def edited(**changes):
    """A damage of metadata: these keys (a__b for b within a) take other values."""

    def edit(path):
        held = json.loads(path.read_text())
        for name, value in changes.items():
            *outer, last = name.split("__")
            part = held
            for key in outer:
                part = part[int(key) if isinstance(part, list) else key]
            part[int(last) if isinstance(part, list) else last] = value
        path.write_text(json.dumps(held))

    return edit


def text(content):
    return lambda path: path.write_text(content)


GRIDDED = "chunk_grid__configuration__chunk_shape"
METADATA = {
    "longer shape": edited(shape=[40, 1]),
    "shorter shape": edited(shape=[3, 1]),
    "flat shape": edited(shape=[24]),
    "no shape": edited(shape=[]),
    "huge shape": edited(shape=[10**15, 1]),
    "other chunks": edited(**{GRIDDED: [7, 1]}),
    "huge chunks": edited(**{GRIDDED: [10**15, 1]}),
    "no chunks": edited(**{GRIDDED: [0, 1]}),
    "other type": edited(data_type="float32"),
    "unknown type": edited(data_type="complex512"),
    "unknown codec": edited(codecs=[{"name": "bytes"}, {"name": "no_such_codec"}]),
    "no codecs": edited(codecs=[]),
    "other codec": edited(codecs=[{"name": "bytes", "configuration": {"endian": "big"}}]),
    "other fill": edited(fill_value=0.0),
    "a group": edited(node_type="group"),
    "format 2": edited(zarr_format=2),
    "format 9": edited(zarr_format=9),
    "a list": text("[]"),
    "null": text("null"),
    "deep": text("[" * 100_000),
    "no text": lambda path: path.write_bytes(b"\xff\xfe\x00"),
}
MANIFEST = {
    "no attributes": edited(attributes={}),
    "attributes a list": edited(attributes=[1]),
    "identity a text": edited(attributes__jtts_sweep="text"),
    "an array": edited(node_type="array"),
    "format 2": edited(zarr_format=2),
    "a list": text("[]"),
    "deep": text("[" * 100_000),
    "no text": lambda path: path.write_bytes(b"\xff\xfe\x00"),
}


def of(damages):
    return {damage.__name__: damage for damage in damages}


def flat(changes):
    """The same damages of an array with one axis."""
    kept = {n: d for n, d in changes.items() if "shape" not in n and "chunks" not in n}
    return kept | {
        "longer shape": edited(shape=[40]),
        "shorter shape": edited(shape=[3]),
        "deeper shape": edited(shape=[6, 1]),
        "other chunks": edited(**{GRIDDED: [7]}),
    }


SCENARIOS = {
    f"{path}: {name}": (path, damage)
    for path, damages in {
        "zarr.json": of(BYTES + KINDS) | MANIFEST,
        "theory/zarr.json": of(BYTES + KINDS) | METADATA,
        "simulation/zarr.json": of(BYTES + KINDS) | METADATA,
        "finished/zarr.json": of(BYTES + KINDS) | flat(METADATA),
        "simulation/c/1/0": of(BYTES + KINDS),
        "finished/c/1": of(BYTES + KINDS),
        "simulation/c/1": of((removed, file, fifo, dangling, loop)),
        "simulation/c": of((removed, file, fifo, dangling, loop)),
        "finished/c": of((removed, file, fifo, dangling, loop)),
        "simulation": of((removed, file, fifo, dangling, loop, twin)),
        "finished": of((removed, file, fifo, dangling, loop)),
    }.items()
    for name, damage in damages.items()
}  # fmt: skip
