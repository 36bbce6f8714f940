"""A law: one quantity, computed by a closed form and by a simulation that share nothing.

A closed form keeps what it promises: its door lets in what it holds for, in double precision.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, ParamSpec, TypeVar, get_args

from jtts import precision
from jtts.arguments import InputError, shortly
from jtts.domain import Range
from jtts.families import family_of
from jtts.kinds import Kind
from jtts.nearest import nearest
from jtts.promises import Accepted, Door, masked
from jtts.signatures import parameters_of, require_kinds
from jtts.simulations import Simulation

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")


@dataclass(frozen=True)
class Route:
    """A second, independent simulation of a law, over its own part of the domain."""

    simulation: str
    domain: Mapping[str, Range] = field(default_factory=dict)


class ClosedForm(Generic[P, R]):
    """A theory function with its promise; calling it calls the function through its door.

    Attributes:
      holds: parameter -> what it takes; None where nothing is promised, and all is let in.
      jointly: text -> predicate of the arguments that must hold as well.
      relative, absolute: stated accuracy, |found - right| <= relative |right| + absolute.
      gives: what the value lies in, where that is known.
    """

    def __init__(
        self,
        function: Callable[P, R],
        *,
        holds: Mapping[str, Accepted] | None = None,
        jointly: Mapping[str, Any] | None = None,
        relative: float | None = None,
        absolute: float = 0.0,
        gives: Accepted | None = None,
    ):
        functools.update_wrapper(self, function)
        self.function: Callable[P, R] = function
        self.holds: Mapping[str, Accepted] | None = holds
        self.jointly: dict[str, Any] = dict(jointly or {})
        self.relative: float | None = relative
        self.absolute: float = absolute
        self.gives: Accepted | None = gives
        self.name: str = function.__name__
        self.parameters: tuple[str, ...] = tuple(inspect.signature(function).parameters)
        self.family: str = family_of(function.__module__)
        unknown = set(holds or ()) - set(self.parameters)
        if unknown:
            raise ValueError(f"{self.name} promises {sorted(unknown)}, which it does not take")

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """As of a function; so `help` shows a signature."""
        return self if instance is None else types.MethodType(self, instance)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        given = dict(zip(self.parameters, args, strict=False)) | kwargs
        require_kinds(self._annotated, given, self._text)
        if precision.is_64_bit():
            return self._answer(*args, **kwargs)
        return precision.in_64_bits(self._answer, args, kwargs, name=self.name)

    def _answer(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if self._door is None:
            return self.function(*args, **kwargs)
        admitted, inside = self._door.admit(args, kwargs)
        return masked(self.function(**admitted), inside)  # type: ignore[call-arg]

    def converted(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments as `function` gets them, whether or not it promises anything for them.

        Of a point that has parameters of the simulation too, those of the law are taken. One
        program answers numbers of all types.
        """
        own = {name: value for name, value in given.items() if name in self.parameters}
        return own if self._door is None else self._door.converted(own)

    @functools.cached_property
    def _door(self) -> Door | None:
        return None if self.holds is None else Door(self.function, self.holds, self.jointly)

    @functools.cached_property
    def _annotated(self) -> dict[str, inspect.Parameter]:
        return parameters_of(self.function)

    @functools.cached_property
    def _text(self) -> set[str]:
        """Parameters that take a word."""
        defaults = {n for n, p in self._annotated.items() if isinstance(p.default, str)}
        return defaults | {name for name, taken in (self.holds or {}).items() if taken.words}

    @property
    def full_name(self) -> str:
        return f"{self.family}.{self.name}"

    @property
    def accuracy(self) -> str:
        """The stated accuracy in words; empty where none is stated."""
        if self.relative is None:
            return ""
        parts = [f"{self.relative:g} relative"] * bool(self.relative)
        parts += [f"{self.absolute:g} absolute"] * bool(self.absolute)
        return " and ".join(parts) or "exact"

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return (inspect.getdoc(self.function) or "").split("\n")[0]


class Law(ClosedForm[P, R]):
    """A closed form that knows its evidence.

    The simulation of a law `jtts.theory.<family>.<name>` is `jtts.sims.<family>.<name>`; a law in a
    file of its own names its simulation with `@the_law.simulated_by`.
    """

    def __init__(
        self,
        function: Callable[P, R],
        *,
        kind: Kind,
        formula: str,
        source: str,
        domain: Mapping[str, Range],
        simulated: Mapping[str, Range] | None = None,
        routes: tuple[Route, ...] = (),
        mutants: Mapping[str, Callable[P, R]] | None = None,
        **promise: Any,
    ):
        super().__init__(function, **promise)
        _require_declared(self, kind, {"formula": formula, "source": source}, domain, simulated)
        self.kind: Kind = kind
        self.formula: str = formula
        self.source: str = source
        self.domain: dict[str, Range] = dict(domain)
        self.simulated: dict[str, Range] = dict(simulated or {})
        self.routes: tuple[Route, ...] = routes
        self.mutants: dict[str, Callable[P, R]] = dict(mutants or {})
        self._in_package = function.__module__.startswith("jtts.theory.")
        self._simulation: Simulation[...] | None = None

    @functools.cached_property
    def _text(self) -> set[str]:
        return super()._text | {name for name, drawn in self.domain.items() if drawn.words}

    def __repr__(self) -> str:
        return f"<law {self.full_name}>"

    def simulated_by(self, simulation: Simulation[Q]) -> Simulation[Q]:
        """Name the simulation of a law that lives outside the package's families."""
        self._simulation = simulation
        return simulation

    def simulation(self, route: str | None = None) -> Simulation[...] | None:
        """The twin in `jtts.sims`, or the second route of that name; None for a derived law."""
        if not self._in_package:
            return None if route else self._simulation
        try:
            twins = importlib.import_module(f"jtts.sims.{self.family}")
        except ModuleNotFoundError as missing:
            if missing.name != f"jtts.sims.{self.family}":
                raise
            return None
        twin = getattr(twins, route or self.name, None)
        return twin if isinstance(twin, Simulation) else None  # not the file of that name

    def require_simulation(self, route: str | None = None) -> Simulation[...]:
        """The simulation, or an InputError that names what is called like it in the family."""
        found = self.simulation(route)
        if found is not None:
            return found
        if self.kind.name in ("derived", "fit") and not route:
            raise InputError(f"{self.full_name} has no simulation: it is a {self.kind.name} law")
        name, home = route or self.name, f"jtts.sims.{self.family}"
        twins = vars(sys.modules[home]).items() if home in sys.modules else ()
        near = nearest(name, [other for other, value in twins if isinstance(value, Simulation)])
        there = f"; {home} has {', '.join(near)}" if near and self._in_package else ""
        raise InputError(f"{self.full_name} has no simulation {shortly(name)}{there}")


def _require_declared(
    law: Law, kind: Any, texts: Mapping[str, Any], domain: Any, simulated: Any
) -> None:
    """Refuse what would fail later, far from the file that declares the law."""
    if not isinstance(kind, get_args(Kind)):
        named = ", ".join(f"{one.__name__}()" for one in get_args(Kind))
        raise InputError(f"{law.name}: kind must be one of {named}, got {shortly(kind)}")
    for name, text in texts.items():
        if not isinstance(text, str):
            raise InputError(f"{law.name}: {name} must be text, got {shortly(text)}")
    for name, ranges in {"domain": domain, "simulated": simulated or {}}.items():
        if not isinstance(ranges, Mapping):
            raise InputError(f"{law.name}: {name} must be a dictionary, got {shortly(ranges)}")
        for parameter, drawn in ranges.items():
            if not isinstance(drawn, Range):
                raise InputError(
                    f"{law.name}: {name} of {parameter} must be a range of jtts.domain, got "
                    f"{shortly(drawn)}"
                )
    if unknown := set(domain) - set(law.parameters):
        raise InputError(f"{law.name} draws {sorted(unknown)}, which it does not take")


def law(
    *,
    kind: Kind,
    formula: str,
    source: str,
    domain: Mapping[str, Range],
    simulated: Mapping[str, Range] | None = None,
    routes: tuple[Route, ...] = (),
    mutants: Mapping[str, Callable[..., Any]] | None = None,
    holds: Mapping[str, Accepted] | None = None,
    jointly: Mapping[str, Any] | None = None,
    relative: float | None = None,
    absolute: float = 0.0,
    gives: Accepted | None = None,
) -> Callable[[Callable[P, R]], Law[P, R]]:
    """Declare a theory function as a law.

    Args:
      kind: what the check must establish and how (`jtts.kinds`).
      formula: LaTeX of the closed form.
      source: arXiv id, or the section of our derivation in docs/.
      domain: parameter -> range from which a check draws.
      simulated: narrower ranges that a simulation can resolve, where the domain is too wide.
      routes: further simulations of the same quantity.
      mutants: name -> wrong variant of the function that the check must catch.
      holds, jointly, relative, absolute, gives: the promise (see `ClosedForm`).
    """

    def declare(function: Callable[P, R]) -> Law[P, R]:
        return Law(
            function,
            kind=kind,
            formula=formula,
            source=source,
            domain=domain,
            simulated=simulated,
            routes=routes,
            mutants=mutants,
            holds=holds,
            jointly=jointly,
            relative=relative,
            absolute=absolute,
            gives=gives,
        )

    return declare


def closed_form(
    *,
    holds: Mapping[str, Accepted],
    jointly: Mapping[str, Any] | None = None,
    relative: float | None = None,
    absolute: float = 0.0,
    gives: Accepted | None = None,
) -> Callable[[Callable[P, R]], ClosedForm[P, R]]:
    """Declare a theory function that is no law of its own; the arguments are those of a promise."""

    def declare(function: Callable[P, R]) -> ClosedForm[P, R]:
        return ClosedForm(
            function,
            holds=holds,
            jointly=jointly,
            relative=relative,
            absolute=absolute,
            gives=gives,
        )

    return declare
