"""Parameter domains: where the check of a law draws its points."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from jtts.arguments import concrete


@dataclass(frozen=True)
class Range:
    """A set of values, as a map from the unit cube: `at(u)` takes `dims` coordinates in [0, 1)."""

    text: str
    at: Callable[[np.ndarray], Any]
    dims: int = 1
    value_ndim: int = 0  # 1 for a parameter that is itself a vector, such as a spectrum
    whole: bool = False  # integers only
    bounds: tuple[float, float] | None = None  # of a range of numbers
    words: tuple[str, ...] = ()  # of a choice between names

    def __str__(self) -> str:
        return self.text

    def covers(self, other: Range) -> bool:
        """Whether it reaches as far as `other`, as far as bounds tell."""
        if self.bounds and other.bounds:
            return self.bounds[0] <= other.bounds[0] and self.bounds[1] >= other.bounds[1]
        return self.text == other.text


def reals(low: float, high: float) -> Range:
    """Reals, uniform on [low, high]."""
    return Range(
        f"[{low:g}, {high:g}]", lambda u: float(low + (high - low) * u[0]), bounds=(low, high)
    )


def log_reals(low: float, high: float) -> Range:
    """Positive reals, log-uniform on [low, high]."""
    return Range(
        f"[{low:g}, {high:g}]", lambda u: float(low * (high / low) ** u[0]), bounds=(low, high)
    )


def log_integers(low: int, high: int) -> Range:
    """Integers, log-uniform on low..high."""
    span = (high + 1) / low
    return Range(
        f"{{{low:g}, ..., {high:g}}}",
        lambda u: min(int(high), int(np.floor(low * span ** u[0]))),
        whole=True,
        bounds=(low, high),
    )


def choices(*values: Any, ndim: int = 0) -> Range:
    """One of the values given; `ndim=1` if a vector would be accepted though none is listed."""
    shown = ", ".join(f"{v:g}" if isinstance(v, float) else str(v) for v in values)
    return Range(
        f"{{{shown}}}",
        lambda u: values[min(int(u[0] * len(values)), len(values) - 1)],
        value_ndim=max(ndim, *(_ndim(v) for v in values)),
        words=tuple(v for v in values if isinstance(v, str)),
    )


def weighted(weights: Mapping[Any, float]) -> Range:
    """One of the values, drawn as often as its weight says."""
    values, shares = list(weights), np.array(list(weights.values()), float)
    ends = np.cumsum(shares / shares.sum())
    shown = choices(*values)

    def at(u: np.ndarray) -> Any:
        return values[min(int(np.searchsorted(ends, u[0], side="right")), len(values) - 1)]

    return dataclasses.replace(shown, at=at)


def several(of: Range, count: int) -> Range:
    """Lists of so many numbers, each drawn by itself."""

    def at(u: np.ndarray) -> np.ndarray:
        return np.array([of.at(u[i * of.dims : (i + 1) * of.dims]) for i in range(count)])

    return Range(f"{count} numbers in {of}", at, dims=count * of.dims, value_ndim=1)


def simplex(lengths: tuple[int, ...], concentration: tuple[float, float]) -> Range:
    """Lists of shares that add up to 1 in ten digits; small concentrations reach corners.

    A draw has one of the lengths and is Dirichlet with all shapes equal, log-uniform between the
    two of `concentration`.
    """
    low, high = concentration

    def at(u: np.ndarray) -> np.ndarray:
        length = lengths[min(int(u[0] * len(lengths)), len(lengths) - 1)]
        shape = low * (high / low) ** u[1]
        # in logarithms: a Gamma variate of shape 0.01 underflows
        logs = scipy.stats.loggamma.ppf(np.clip(u[2 : 2 + length], 1e-12, 1 - 1e-12), shape)
        return shares_of(logs)

    text = f"shares of {', '.join(map(str, lengths))} with concentration {low:g} to {high:g}"
    return Range(text, at, dims=2 + max(lengths), value_ndim=1)


def shares_of(logs: np.ndarray) -> np.ndarray:
    """Shares along the last axis from logarithms, in ten digits."""
    shares = np.exp(logs - logs.max(-1, keepdims=True))
    return in_digits(shares / shares.sum(-1, keepdims=True), 10)


def in_digits(values: np.ndarray, digits: int) -> np.ndarray:
    """Values to so many digits.

    The last ones of a quantile or an eigenvalue are those of a machine, and evidence is compared to
    the bit.
    """
    return np.vectorize(lambda value: float(f"{value:.{digits}g}"))(values)


def constant(value: Any, *, ndim: int = 0) -> Range:
    """A single value; `ndim` as for `choices`."""
    return Range(
        str(value),
        lambda u: value,
        dims=0,
        value_ndim=max(ndim, _ndim(value)),
        words=(value,) if isinstance(value, str) else (),
    )


def _ndim(value: Any) -> int:
    known = concrete(value)
    return 0 if known is None else known.ndim


def built(constructor: Callable[..., Any], **ranges: Range) -> Range:
    """A parameter object (or any joint value) built from independent ranges.

    This is how parameters that constrain each other are declared: the ranges are free, the
    constructor maps them into the admissible set.
    """
    dims = sum(r.dims for r in ranges.values())

    def at(u: np.ndarray) -> Any:
        return constructor(**_assign(ranges, u))

    shown = ", ".join(f"{name} in {r}" for name, r in ranges.items())
    return Range(f"{constructor.__qualname__}({shown})", at, dims)


def _assign(ranges: Mapping[str, Range], u: np.ndarray) -> dict[str, Any]:
    values, used = {}, 0
    for name, r in ranges.items():
        values[name] = r.at(u[used : used + r.dims])
        used += r.dims
    return values


def draw_points(domain: Mapping[str, Range], count: int, seed: int) -> list[dict[str, Any]]:
    """`count` points of the domain from a scrambled Sobol sequence: they fill it evenly."""
    dims = sum(r.dims for r in domain.values())
    if dims == 0:
        return [_assign(domain, np.empty(0))]
    sobol = scipy.stats.qmc.Sobol(dims, rng=np.random.default_rng(seed))
    cube = sobol.random_base2(int(np.ceil(np.log2(max(count, 1)))))[:count]
    return [_assign(domain, u) for u in cube]
