"""Tutorials and notebooks: their code is run when the site is built."""

from __future__ import annotations

import base64
import contextlib
import io
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

BLOCK = re.compile(r"^```python\n(.*?)^```\n", re.DOTALL | re.MULTILINE)


def tutorial(path: Path, docs: Path) -> dict[str, str | bytes]:
    """The page with what its Python blocks print and draw put after them, and the pictures."""
    name, names = path.stem, {"__name__": path.stem}
    made: dict[str, str | bytes] = {}
    uri = path.relative_to(docs).as_posix()

    def run(match: re.Match[str]) -> str:
        printed = io.StringIO()
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            with contextlib.redirect_stdout(printed):
                exec(compile(match[1], str(path), "exec"), names)
            drawn = {file.name: file.read_bytes() for file in sorted(Path().glob("*.png"))}
        parts = [match[0]]
        if printed.getvalue():
            parts.append(f"```text\n{printed.getvalue().rstrip()}\n```\n")
        for file, content in drawn.items():
            made[f"tutorials/{name}-{file}"] = content
            parts.append(f"![What this draws]({name}-{file})\n")
        return "\n".join(parts)

    page = BLOCK.sub(run, path.read_text(encoding="utf-8"))
    return {uri: page, **made}


def notebook(path: Path, docs: Path) -> dict[str, str | bytes]:
    """A notebook, run from its first cell to its last, as a page and its pictures.

    Raises:
      nbclient.exceptions.CellExecutionError: a cell raised an error.
    """
    book = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        places = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
        settings = os.environ | {"PATH": os.pathsep.join(places)}  # where `jtts` is
        client = NotebookClient(book, timeout=120, resources={"metadata": {"path": folder}})
        client.execute(env=settings)
    made: dict[str, str | bytes] = {}
    parts = []
    for cell in book.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        for output in cell.outputs:
            data: dict[str, Any] = output.get("data", {})
            if "image/png" in data:
                file = f"{path.stem}-{len(made)}.png"
                made[f"notebooks/{file}"] = base64.b64decode(data["image/png"])
                parts.append(f"![What this draws]({file})")
            elif text := output.get("text") or data.get("text/plain"):
                parts.append(f"```text\n{text.rstrip()}\n```")
    parts.append(f"[The notebook]({path.name})")
    return {path.relative_to(docs).with_suffix(".md").as_posix(): "\n\n".join(parts), **made}
