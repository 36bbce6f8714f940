"""Pages from the templates of this package: everything that they show is escaped."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined


def environment(**filters: Callable[..., Any]) -> Environment:
    """The templates, with filters of their own."""
    templates = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_source),
    )
    templates.filters |= filters
    return templates


def _source(name: str) -> str:
    return resources.files("jtts").joinpath(name).read_text(encoding="utf-8")
