"""What each parameter of a law takes: numbers, an object, or text."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Collection, Mapping
from dataclasses import is_dataclass
from typing import Any

from jtts.arguments import InputError, is_numeric, require_instance, shortly


def parameters_of(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """The parameters of a function, annotations evaluated where their names are known."""
    try:
        return dict(inspect.signature(function, eval_str=True).parameters)
    except NameError:
        return dict(inspect.signature(function).parameters)


def object_types(annotation: Any) -> list[Any]:
    """The parameter objects among the types of an annotation."""
    return [kind for kind in _options(annotation) if isinstance(kind, type) and is_dataclass(kind)]


def require_kinds(
    parameters: Mapping[str, inspect.Parameter], given: Mapping[str, Any], text: Collection[str]
) -> None:
    """Raise InputError naming the first argument that is no number where one is taken, or no object
    of the type annotated, or no word for the parameters in `text`."""
    for name, value in given.items():
        parameter = parameters.get(name)
        if parameter is None or value is parameter.default:
            continue
        if name in text:
            require_instance(str, **{name: value})
            continue
        objects = object_types(parameter.annotation)
        if isinstance(value, tuple(objects)):
            continue
        others = [kind for kind in _options(parameter.annotation) if kind is not types.NoneType]
        numbers = not objects or len(others) > len(objects)
        if numbers and is_numeric(value):
            continue
        accepted = [kind.__name__ for kind in objects] + ["a number or an array"] * numbers
        raise InputError(f"{name} must be {' or '.join(accepted)}, got {shortly(value)}")


def _options(annotation: Any) -> tuple[Any, ...]:
    return typing.get_args(annotation) or (annotation,)
