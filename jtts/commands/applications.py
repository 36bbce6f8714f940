"""What the commands that put laws to use share: examples, a bar, and files of what was found."""

from __future__ import annotations

import argparse
import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.progress import TaskProgressColumn, TimeElapsedColumn

from jtts.arguments import InputError
from jtts.commands.terminal import progress
from jtts.files import require_writable, staged

Progress = Callable[[float], None]
Announce = Callable[[str, float], None]


def make_example(
    options: argparse.Namespace, write_examples: Callable[[Path, int], Sequence[str]]
) -> int:
    """What `--example FOLDER` asks for."""
    if options.file is not None:
        raise InputError("--example makes its own input; give no file with it")
    require_writable(options.example)
    with staged(options.example) as folder:
        names = write_examples(folder, options.seed)
    print(f"{options.example}: {', '.join(names)} written")
    return 0


def require_file(options: argparse.Namespace, holding: str) -> None:
    """InputError without a file, or where what comes of it could not be written."""
    if options.file is None:
        raise InputError(f"give a file of {holding}, or --example FOLDER to make some")
    require_writable(options.out, *written_by(options))


def written_by(options: argparse.Namespace) -> tuple[str, ...]:
    return tuple(f"{options.command}.{ending}" for ending in ("json", "pdf", "png"))


@contextlib.contextmanager
def two_parts(reading: float) -> Iterator[tuple[Progress, Announce]]:
    """A bar, and who tells it how far reading (that share of the time) and the rest are."""
    with progress(TaskProgressColumn(), TimeElapsedColumn()) as bar:
        task = bar.add_task("reading", total=1.0)

        def announce(text: str, share: float) -> None:
            bar.update(task, description=text, completed=reading + (1 - reading) * share)

        yield lambda share: bar.update(task, completed=reading * share), announce


def write(
    options: argparse.Namespace,
    found: Mapping[str, Any],
    plot: Callable[[Any, Sequence[Path]], None],
) -> str:
    """Numbers and figure into the folder, all or none; the files' names."""
    name, *figures = written_by(options)
    with staged(options.out) as folder:
        plot(found, [folder / figure for figure in figures])
        text = json.dumps(found, indent=2, allow_nan=False)
        (folder / name).write_text(text + "\n", encoding="utf-8")
    return ", ".join(str(options.out / written) for written in written_by(options))
