"""A law: one quantity, computed by a closed form and by a simulation that share nothing."""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, ParamSpec, TypeVar

from jtts import precision
from jtts.domain import Range
from jtts.families import family_of
from jtts.kinds import Kind
from jtts.signatures import parameters_of, require_kinds
from jtts.simulations import Simulation

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Route:
    """A second, independent simulation of a law, over its own part of the domain."""

    simulation: str
    domain: Mapping[str, Range] = field(default_factory=dict)


class Law(Generic[P, R]):
    """A theory function that knows its evidence; calling it calls the function.

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
    ):
        functools.update_wrapper(self, function)
        self.function = function
        self.kind, self.formula, self.source = kind, formula, source
        self.domain = dict(domain)
        self.simulated = dict(simulated or {})
        self.routes = routes
        self.mutants = dict(mutants or {})
        self.name = function.__name__
        self.parameters = tuple(inspect.signature(function).parameters)
        self.family = family_of(function.__module__)
        self._in_package = function.__module__.startswith("jtts.theory.")
        self._simulation: Simulation | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        given = dict(zip(self.parameters, args, strict=False)) | kwargs
        require_kinds(self._annotated, given, self._text)
        if precision.is_64_bit():
            return self.function(*args, **kwargs)
        return precision.in_64_bits(self.function, args, kwargs)

    @functools.cached_property
    def _annotated(self) -> dict[str, inspect.Parameter]:
        return parameters_of(self.function)

    @functools.cached_property
    def _text(self) -> set[str]:
        """Parameters that take a word."""
        defaults = {n for n, p in self._annotated.items() if isinstance(p.default, str)}
        return defaults | {name for name, domain in self.domain.items() if domain.words}

    def __repr__(self) -> str:
        return f"<law {self.full_name}>"

    @property
    def full_name(self) -> str:
        return f"{self.family}.{self.name}"

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return (inspect.getdoc(self.function) or "").split("\n")[0]

    def simulated_by(self, simulation: Simulation) -> Simulation:
        """Name the simulation of a law that lives outside the package's families."""
        self._simulation = simulation
        return simulation

    def simulation(self, route: str | None = None) -> Simulation | None:
        """The twin in `jtts.sims`, or the second route of that name; None for a derived law."""
        if not self._in_package:
            return None if route else self._simulation
        try:
            twins = importlib.import_module(f"jtts.sims.{self.family}")
        except ModuleNotFoundError as missing:
            if missing.name != f"jtts.sims.{self.family}":
                raise
            return None
        return getattr(twins, route or self.name, None)


def law(
    *,
    kind: Kind,
    formula: str,
    source: str,
    domain: Mapping[str, Range],
    simulated: Mapping[str, Range] | None = None,
    routes: tuple[Route, ...] = (),
    mutants: Mapping[str, Callable[..., Any]] | None = None,
) -> Callable[[Callable[P, R]], Law[P, R]]:
    """Declare a theory function as a law.

    Args:
      kind: what the check must establish and how (`jtts.kinds`).
      formula: LaTeX of the closed form.
      source: arXiv id, or the section of our derivation in docs/.
      domain: parameter -> range in which the formula holds.
      simulated: narrower ranges that a simulation can resolve, where the domain is too wide.
      routes: further simulations of the same quantity.
      mutants: name -> wrong variant of the function that the check must catch.
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
        )

    return declare
