"""Which names a grid may use for a law, and the arguments they stand for."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from jtts.arguments import InputError
from jtts.laws import Law
from jtts.nearest import nearest
from jtts.signatures import object_types, parameters_of
from jtts.simulations import Simulation


class Names:
    """Knows which names a law accepts and builds its arguments from them.

    A name is an argument of the law, a size that only its simulation has, a field
    `argument.field` of a parameter object, or an argument of one of its named constructors
    (`rho` of `Statistics.from_rho`).
    """

    def __init__(self, law: Law[..., Any], simulation: Simulation[...] | None):
        self.law = law
        self.parameters = parameters_of(law.function)
        self.required = {
            n for n, p in self.parameters.items() if p.default is inspect.Parameter.empty
        }
        self.sizes = tuple(
            n for n in (simulation.parameters if simulation else ()) if n not in self.parameters
        )
        self.needed_sizes = [n for n in self.sizes if simulation and simulation.requires(n)]
        self.objects = {n: object_types(p.annotation) for n, p in self.parameters.items()}
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
        near = nearest(name, choices) or choices
        raise InputError(
            f"{self.law.full_name} has no parameter {name!r}; it takes {', '.join(near)}"
        )

    def require_complete(self, names: Mapping[str, Any], *, simulated: bool) -> None:
        """Raise InputError naming what has no value; sizes are needed where they are simulated."""
        given = {self.owner(name)[0] for name in names}
        missing = [name for name in self.parameters if name in self.required - given]
        missing += [name for name in self.needed_sizes if simulated and name not in given]
        if missing:
            wanted = ", ".join(name + self._ways(name) for name in missing)
            raise InputError(f"{self.law.full_name} needs a value for {wanted}")

    def value_ndim(self, name: str) -> int:
        domain = self.law.domain.get(name)
        return domain.value_ndim if domain else 0

    def owner(self, name: str) -> tuple[str, str]:
        """The argument that a name gives, and which part of it ("" for the whole)."""
        if name in self.parameters or name in self.sizes:
            return name, ""
        if name in self.constructors:
            return self.constructors[name][0], name
        parameter, _, field = name.partition(".")
        return parameter, field

    def build(self, argument: str, parts: Mapping[str, Any]) -> Any:
        """The argument whose parts are given, as `owner` names them."""
        if "" in parts:
            if len(parts) > 1:
                others = ", ".join(part for part in parts if part)
                raise InputError(f"{argument} is given both whole and by {others}")
            return parts[""]
        builders = [
            method
            for owner, method in self.constructors.values()
            if owner == argument and set(parts) <= set(inspect.signature(method).parameters)
        ]
        builders += [
            kind
            for kind in self.objects[argument]
            if set(parts) <= {field.name for field in fields(kind)}
        ]
        for builder in builders:
            try:
                inspect.signature(builder).bind(**parts)
            except TypeError:
                continue
            return builder(**parts)
        names = ", ".join(k.__name__ for k in self.objects[argument])
        raise InputError(f"{', '.join(parts)} do not make a {names} for {argument}")

    def _ways(self, parameter: str) -> str:
        """By which names an object can be given; empty for numbers."""
        by_constructor = [n for n, (owner, _) in self.constructors.items() if owner == parameter]
        objects = self.objects.get(parameter, ())
        needed = [
            f"{parameter}.{f.name}"
            for kind in objects[:1]
            for f in fields(kind)
            if f.default is MISSING
        ]
        ways = filter(None, (", ".join(by_constructor[:1]), " and ".join(needed)))
        text = " or ".join(ways)
        return f" ({text})" if text else ""

    def _fields(self, parameter: str) -> list[str]:
        return [f.name for kind in self.objects[parameter] for f in fields(kind)]
