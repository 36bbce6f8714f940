"""From a grid of named values to the parameters of a law, point by point."""

from __future__ import annotations

import difflib
import inspect
import itertools
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from jtts.arguments import InputError, concrete
from jtts.laws import Law
from jtts.simulations import Simulation


@dataclass(frozen=True)
class Grid:
    """Named axes and the points they span.

    `dims` maps each dimension to its coordinate labels; `points` holds one set of keyword
    arguments per point in row-major order of the dimensions; `constants` are values not swept, and
    `zipped` the labels along the one dimension of paired lists.
    """

    dims: dict[str, list[Any]]
    points: list[dict[str, Any]]
    constants: dict[str, Any]
    zipped: dict[str, list[Any]]

    @property
    def sizes(self) -> tuple[str, ...]:
        """Names given at every point."""
        return tuple(self.points[0])

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(labels) for labels in self.dims.values())


def whole_numbers(low: int, high: int, count: int) -> np.ndarray:
    """Distinct integers from `low` to `high`, about `count`, evenly spaced in the logarithm.

    >>> whole_numbers(1, 100, 5).tolist()
    [1, 3, 10, 32, 100]
    """
    return np.unique(np.round(np.geomspace(low, high, count)).astype(int))


def make_grid(
    law: Law, values: Mapping[str, Any], simulation: Simulation | None, *, zipped: bool = False
) -> Grid:
    """Resolve the names in `values` and lay out the points.

    A name is a parameter of the law or its simulation, a field `parameter.field` of a parameter
    object, or an argument of one of its named constructors (`rho` for `Statistics.from_rho`). A
    list or array is a dimension, except that one array of a vector parameter is a constant.
    """
    resolver = _Resolver(law, simulation)
    swept: dict[str, list[Any]] = {}
    constants: dict[str, Any] = {}
    for name, value in values.items():
        resolver.require_known(name)
        listed = _as_axis(value, resolver.value_ndim(name))
        if listed is None:
            constants[name] = value
        elif not listed:
            raise InputError(f"{name} is an empty list; give at least one value")
        else:
            swept[name] = listed
    resolver.require_complete(values)
    if zipped:
        lengths = {name: len(column) for name, column in swept.items()}
        if len(set(lengths.values())) > 1:
            raise InputError(f"zipped values need equal lengths, got {lengths}")
        rows = list(zip(*swept.values(), strict=True))
    else:
        rows = list(itertools.product(*swept.values()))
    labels = {name: [_label(value) for value in column] for name, column in swept.items()}
    dims = {"point": list(range(len(rows)))} if zipped and swept else labels
    points = [
        resolver.arguments(constants | dict(zip(swept, row, strict=True)), values) for row in rows
    ]
    return Grid(dims, points, constants, labels if zipped else {})


def _as_axis(value: Any, value_ndim: int) -> list[Any] | None:
    if isinstance(value, (list, tuple)):
        nested = bool(value) and np.ndim(value[0] if concrete(value[0]) is not None else 0) > 0
        return list(value) if value_ndim == 0 or nested or concrete(value) is None else None
    known = concrete(value)
    if known is None or known.ndim <= value_ndim:
        return None
    if known.ndim > value_ndim + 1:
        raise InputError(f"a swept value has {known.ndim} dimensions; give one list per parameter")
    return list(known)


def _label(value: Any) -> Any:
    known = concrete(value)
    return known.item() if known is not None and known.ndim == 0 else str(value)


class _Resolver:
    """Knows which names a law accepts and builds its arguments from them."""

    def __init__(self, law: Law, simulation: Simulation | None):
        signature = inspect.signature(law.function, eval_str=True)
        self.law = law
        self.required = {
            n for n, p in signature.parameters.items() if p.default is inspect.Parameter.empty
        }
        self.parameters = dict(signature.parameters)
        self.sizes = tuple(
            n for n in (simulation.parameters if simulation else ()) if n not in self.parameters
        )
        self.objects = {n: _object_types(p.annotation) for n, p in self.parameters.items()}
        self.constructors: dict[str, tuple[str, Any]] = {}
        for parameter, types in self.objects.items():
            for kind in types:
                for _, method in inspect.getmembers(kind, inspect.ismethod):
                    if method.__name__.startswith("from_"):
                        for argument in inspect.signature(method).parameters:
                            self.constructors.setdefault(argument, (parameter, method))

    def require_known(self, name: str) -> None:
        if name in self.parameters or name in self.sizes or name in self.constructors:
            return
        parameter, _, field = name.partition(".")
        choices = [*self.parameters, *self.sizes, *self.constructors]
        if field and parameter in self.parameters:
            choices = [f"{parameter}.{f}" for f in self._fields(parameter)]
            if name in choices:
                return
        near = difflib.get_close_matches(name, choices, n=3, cutoff=0.4) or choices
        raise InputError(
            f"{self.law.full_name} has no parameter {name!r}; it takes {', '.join(near)}"
        )

    def require_complete(self, values: Mapping[str, Any]) -> None:
        given = {name.partition(".")[0] for name in values}
        given |= {self.constructors[n][0] for n in values if n in self._free_constructors()}
        missing = [name for name in self.parameters if name in self.required - given]
        if missing:
            raise InputError(f"{self.law.full_name} needs a value for {', '.join(missing)}")

    def _free_constructors(self) -> dict[str, tuple[str, Any]]:
        return {n: c for n, c in self.constructors.items() if n not in self.parameters}

    def value_ndim(self, name: str) -> int:
        domain = self.law.domain.get(name)
        return domain.value_ndim if domain else 0

    def _fields(self, parameter: str) -> list[str]:
        return [f.name for kind in self.objects[parameter] for f in fields(kind)]

    def arguments(self, flat: dict[str, Any], order: Mapping[str, Any]) -> dict[str, Any]:
        """Keyword arguments of the law (and sizes of its simulation) for one point."""
        built: dict[str, Any] = {}
        pieces: dict[str, dict[str, Any]] = {}
        for name in order:
            value = flat[name]
            if name in self.parameters or name in self.sizes:
                built[name] = value
            elif name in self.constructors:
                pieces.setdefault(self.constructors[name][0], {})[name] = value
            else:
                parameter, _, field = name.partition(".")
                pieces.setdefault(parameter, {})[field] = value
        for parameter, given in pieces.items():
            if parameter in built:
                raise InputError(f"{parameter} is given both whole and by {', '.join(given)}")
            built[parameter] = self._build(parameter, given)
        return built

    def _build(self, parameter: str, given: dict[str, Any]) -> Any:
        builders = [
            method
            for owner, method in self.constructors.values()
            if owner == parameter and set(given) <= set(inspect.signature(method).parameters)
        ]
        builders += [
            kind
            for kind in self.objects[parameter]
            if set(given) <= {field.name for field in fields(kind)}
        ]
        for builder in builders:
            try:
                inspect.signature(builder).bind(**given)
            except TypeError:
                continue
            return builder(**given)
        names = ", ".join(k.__name__ for k in self.objects[parameter])
        raise InputError(f"{', '.join(given)} do not make a {names} for {parameter}")


def _object_types(annotation: Any) -> list[Any]:
    options = typing.get_args(annotation) or (annotation,)
    return [kind for kind in options if isinstance(kind, type) and is_dataclass(kind)]
