"""The text of code without its comments, annotations and layout, and what a function carries."""

from __future__ import annotations

import ast
import functools
import inspect
import io
import os
import sys
import sysconfig
import textwrap
import tokenize
import types
from collections.abc import Iterator
from typing import Any

PACKAGE = "jtts."
LIBRARIES = sys.stdlib_module_names | {"jax", "jaxlib", "numpy", "scipy", "flax", "optax"}
SKIPPED = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
    tokenize.ENDMARKER,
}  # fmt: skip


def enclosed(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    """Names and values that a function carries with it: what it encloses, and its defaults."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield name, cell.cell_contents
        except ValueError:  # not given yet
            continue
    for i, default in enumerate(function.__defaults__ or ()):
        yield f"default {i}", default
    for name, default in (function.__kwdefaults__ or {}).items():
        yield f"default {name}", default


def in_library(module: str) -> bool:
    """Whether a module is Python's own or one that everything here stands on."""
    return module.partition(".")[0] in LIBRARIES


def is_users(module: str) -> bool:
    """Whether a module is a file of the user's own: of no installed package, nor of Python."""
    if module == "__main__":
        return True
    if not module or in_library(module) or module.startswith(PACKAGE):
        return False
    file = getattr(sys.modules.get(module), "__file__", None)
    return file is not None and not file.startswith(_installed())


@functools.cache
def _installed() -> tuple[str, ...]:
    kinds = ("stdlib", "platstdlib", "purelib", "platlib")
    return tuple({f"{sysconfig.get_path(kind)}{os.sep}" for kind in kinds})


def names_in(code: types.CodeType) -> Iterator[str]:
    """Global names and attributes that code uses."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from names_in(constant)


def has_source(value: Any) -> bool:
    """Whether the source of a function or class can be read."""
    try:
        return bool(inspect.getsource(value))
    except (OSError, TypeError):
        return False


def compiled(code: types.CodeType) -> str:
    """What Python runs, for code whose source says too little."""
    constants = [
        compiled(item) if isinstance(item, types.CodeType) else repr(item)
        for item in code.co_consts
    ]
    return f"{code.co_code.hex()} {code.co_names} {constants}"


@functools.cache
def tokens(value: Any) -> str:
    """The source without comments, docstrings, annotations (`ClassVar` stays) and layout."""
    source = textwrap.dedent(inspect.getsource(value))
    annotations, signatures = _annotations(source)
    kept: list[str] = []
    line: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type not in SKIPPED:
                if token.string == "->" or _within(token.start, annotations):
                    continue
                if token.string == ")" and line[-1] == "," and _within(token.start, signatures):
                    line.pop()  # layout of a long signature; what a default holds is told apart
                line.append(token.string)
                alone = token.type == tokenize.STRING and len(line) == 1
            elif token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
                if not (len(line) == 1 and alone):
                    kept += line
                line = []
    except (tokenize.TokenError, IndentationError):  # a lambda in the middle of a statement
        return " ".join(source.split())
    return "".join(kept)


Place = tuple[int, int]  # line, from 1, and column, from 0, as tokens have it
Stretch = tuple[Place, Place]


def _annotations(source: str) -> tuple[list[Stretch], list[Stretch]]:
    """Where annotations stand, with their colon but without an arrow; and signatures."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a lambda in the middle of a statement
        return [], []
    lines = source.splitlines()

    def place(line: int, byte: int) -> Place:
        return line, len(lines[line - 1].encode()[:byte].decode())

    def end(node: Any) -> Place:
        return place(node.end_lineno, node.end_col_offset)

    found, signatures = [], []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation is not None:
            name = node.col_offset + len(node.arg.encode())
            found.append((place(node.lineno, name), end(node.annotation)))
        elif isinstance(node, ast.AnnAssign):
            kept: ast.expr = node.target
            if ast.unparse(node.annotation).startswith("ClassVar"):  # says that it is no field
                kept = getattr(node.annotation, "value", node.annotation)
            found.append((end(kept), end(node.annotation)))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = place(node.body[0].lineno, node.body[0].col_offset)
            signatures.append((place(node.lineno, node.col_offset), body))
            if node.returns is not None:
                found.append(
                    (place(node.returns.lineno, node.returns.col_offset), end(node.returns))
                )
    return found, signatures


def _within(start: Place, stretches: list[Stretch]) -> bool:
    return any(first <= start < last for first, last in stretches)
