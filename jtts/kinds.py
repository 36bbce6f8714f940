"""The kinds of law: what a check of each must establish. `jtts.checks` knows how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Exact:
    """Holds at any size. `detects`: relative error the check must be able to find; `floor`: scale
    below which the error is measured absolutely (where the value may vanish)."""

    name: ClassVar[str] = "exact"
    detects: float = 0.02
    floor: float = 0.0


@dataclass(frozen=True)
class Asymptotic:
    """Holds as the simulated argument `size` grows: gap ~ size**-rate over `sizes`, at most
    `finite_size` * size**-rate relative to the value (or to `floor`). `finite_size` is a number
    or a function of the point."""

    name: ClassVar[str] = "asymptotic"
    size: str
    sizes: tuple[int, ...]
    finite_size: float | Callable[[Mapping[str, Any]], float]
    rate: float = 1.0
    detects: float = 0.05
    floor: float = 0.0

    def gap(self, point: Mapping[str, Any]) -> float:
        """Largest relative gap that is declared at a point, its size included."""
        constant = self.finite_size(point) if callable(self.finite_size) else self.finite_size
        return constant * float(point[self.size]) ** -self.rate


@dataclass(frozen=True)
class Bound:
    """The simulated value lies on one side: `side` is "upper" or "lower" for the theory curve.
    `tight`: parameters at which equality holds and a violation of `detects` must be found."""

    name: ClassVar[str] = "bound"
    side: str
    tight: Mapping[str, Any] = field(default_factory=dict)
    detects: float = 0.02


@dataclass(frozen=True)
class Limit:
    """Derived: the value that the law `of` tends to as `argument` runs through `values`.

    `of` is a law or, as in every derived kind, a function made of laws (several parameters that
    grow together, say). The gap is fitted by `gap(value, point)` times a polynomial, and must
    vanish with it; `compare` is "value", or "ratio" for laws that go to zero."""

    name: ClassVar[str] = "derived"
    of: Any
    argument: str
    values: tuple[float, ...]
    gap: Callable[[float, dict[str, Any]], float]
    compare: str = "value"
    detects: float = 0.02


@dataclass(frozen=True)
class Expansion:
    """Derived: a truncated series of the law `of`, whose remainder shrinks as argument**-order.

    The order is measured as `argument` runs through `values`: an error in any term that is kept
    lowers it."""

    name: ClassVar[str] = "derived"
    of: Any
    argument: str
    values: tuple[float, ...]
    order: float
    detects: float = 0.02


@dataclass(frozen=True)
class Minimizer:
    """Derived: the value of `argument` that minimises `of`, a law or a function made of one.
    `candidates(point)` is the grid searched by brute force before refining; `whole` keeps to
    integers. A claim of infinity is held to mean that the last candidate is the best."""

    name: ClassVar[str] = "derived"
    of: Any
    argument: str
    candidates: Callable[[dict[str, Any]], Any]
    whole: bool = False
    detects: float = 0.02


@dataclass(frozen=True)
class LogSlope:
    """Derived: d ln(of) / d ln(argument**power); power -1 where the claim is a slope in the inverse
    of an argument."""

    name: ClassVar[str] = "derived"
    of: Any
    argument: str
    power: float = 1.0
    detects: float = 0.02


@dataclass(frozen=True)
class Root:
    """Derived: where `residual(value, **point)` vanishes, between the two of `bracket(**point)`."""

    name: ClassVar[str] = "derived"
    residual: Callable[..., Any]
    bracket: Callable[..., tuple[float, float]]
    detects: float = 0.02


@dataclass(frozen=True)
class Fit:
    """An empirical form: its `parameters` are recovered from synthetic data, with coverage.

    Data are the law at the `values` of `argument` plus normal noise of standard deviation `noise`.
    `fitted(values, data, noise, point)` returns the estimated parameters and their standard errors,
    by means that share nothing with the law; two-standard-error intervals must cover."""

    name: ClassVar[str] = "fit"
    parameters: tuple[str, ...]
    argument: str
    values: tuple[float, ...]
    noise: float
    fitted: Callable[..., tuple[Any, Any]]
    detects: float = 0.02


Kind = Exact | Asymptotic | Bound | Limit | Expansion | Minimizer | LogSlope | Root | Fit
