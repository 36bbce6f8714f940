"""Docstrings of this project as Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

SECTION = re.compile(r"^(Args|Returns|Raises):\n")
ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def body(function: Callable[..., Any]) -> str:
    """All but the first line: paragraphs, arguments as a list, examples as code."""
    text = (inspect.getdoc(function) or "").partition("\n")[2]
    blocks = [block for block in re.split(r"\n\s*\n", text.strip("\n")) if block.strip()]
    return "\n\n".join(_block(block) for block in blocks if not block.startswith("Source:"))


def first_line(function: Callable[..., Any]) -> str:
    return (inspect.getdoc(function) or "").partition("\n")[0]


def signature(function: Callable[..., Any]) -> str:
    """Names and defaults; a default that is a function is not spelt out."""
    try:
        found = inspect.signature(function)
    except ValueError:
        return "(...)"
    empty = inspect.Parameter.empty
    plain = [
        p.replace(
            annotation=empty,
            default=... if callable(p.default) and p.default is not empty else p.default,
        )
        for p in found.parameters.values()
    ]
    return ADDRESS.sub("", str(inspect.Signature(plain))).replace("Ellipsis", "...")


def _block(block: str) -> str:
    if block.startswith(">>>"):
        return f"```python\n{block}\n```"
    if section := SECTION.match(block):
        items = re.split(r"\n {2}(?! )", "\n" + block[section.end() :])[1:]
        lines = [_item(" ".join(item.split())) for item in items]
        return f"**{section[1]}**\n\n" + "\n".join(lines)
    return "\n".join(line.strip() for line in block.splitlines())


def _item(text: str) -> str:
    name, colon, rest = text.partition(": ")
    return f"- `{name}`: {rest}" if colon else f"- {text}"
