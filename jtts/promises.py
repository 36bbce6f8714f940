"""What a closed form promises: the arguments it takes, as data that every reader shares.

The door of a law, its corner rows, the generated tests and its page all read the same sets. A set
knows its words for an error message, whether a number lies in it (NumPy or JAX, also traced) and
its ends.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import InputError, concrete, is_numeric, shortly

Traced = jax.core.Tracer


@dataclass(frozen=True)
class Accepted:
    """A set of values. `contains` is elementwise on arrays; `ndim` trailing axes belong to one
    value, which lies in the set when all its entries do."""

    text: str
    contains: Callable[[Any], Any] = lambda x: x == x
    low: float = -np.inf
    high: float = np.inf
    whole: bool = False
    step: int = 1  # between whole numbers
    open_ends: tuple[bool, bool] = (False, False)
    words: tuple[str, ...] = ()
    types: tuple[type, ...] = ()
    ndim: int = 0
    or_axes: int = 0  # that a value may have besides, before which it broadcasts
    static: bool = False

    def own_axes(self, value: Any) -> int:
        """The trailing axes of `value` that are one value."""
        return self.ndim + min(self.or_axes, np.ndim(value) - self.ndim)

    def __str__(self) -> str:
        return self.text


def between(low: float, high: float, *, open: str = "") -> Accepted:
    """Reals from low to high, without the ends that `open` names: "low", "high" or "both"."""
    left, right = open in ("low", "both"), open in ("high", "both")
    if not (left or right):
        text = f"between {low:g} and {high:g}"
    else:
        signs = "above" if left else "at least", "below" if right else "at most"
        text = f"{signs[0]} {low:g} and {signs[1]} {high:g}"
    return _interval(text, low, high, left, right)


def _interval(text, low, high, left=False, right=False, **more) -> Accepted:
    def contains(x):
        return ((x > low) if left else (x >= low)) & ((x < high) if right else (x <= high))

    return Accepted(text, contains, low, high, open_ends=(left, right), **more)


def _up_to(text: str, high: float | None) -> str:
    return text if high is None else f"{text}, at most {high:g}"


def positive(high: float | None = None) -> Accepted:
    """Positive finite numbers, up to `high` if one is given."""
    if high is None:
        return _interval("positive and finite", 0.0, np.inf, True, True)
    return _interval(_up_to("positive", high), 0.0, high, True)


def nonnegative(high: float | None = None) -> Accepted:
    """Finite numbers from 0 on, up to `high` if one is given."""
    if high is None:
        return _interval("zero or positive, and finite", 0.0, np.inf, False, True)
    return _interval(_up_to("zero or positive", high), 0.0, high)


def finite() -> Accepted:
    """All real numbers."""
    return _interval("finite", -np.inf, np.inf, True, True)


def at_least(low: float) -> Accepted:
    """Reals from `low` on, infinity among them."""
    return _interval(f"at least {low:g}", low, np.inf)


def probability() -> Accepted:
    """Reals from 0 to 1."""
    return between(0, 1)


def whole(low: int = 1, high: float | None = None, *, endless: bool = False) -> Accepted:
    """Whole numbers from `low` on, up to `high` if one is given; infinity where `endless`."""
    top = np.inf if high is None else high
    text = _up_to(f"a whole number, at least {low:g}", high) + " or infinite" * endless

    def contains(x):
        among = (x >= low) & (x <= top) & (x == _module(x).round(x)) & (x < np.inf)
        return among | (x == np.inf) if endless else among

    return Accepted(
        text, contains, low, top, whole=True, open_ends=(False, high is None and not endless)
    )


def odd(low: int = 1, high: float | None = None) -> Accepted:
    """Odd whole numbers from `low` on, up to `high` if one is given."""
    top = np.inf if high is None else high
    return Accepted(
        _up_to(f"an odd number, at least {low:g}", high),
        lambda x: (x >= low) & (x <= top) & (x % 2 == 1),
        low,
        top,
        whole=True,
        step=2,
        open_ends=(False, high is None),
    )


def words(*accepted: str) -> Accepted:
    """One of these words."""
    return Accepted(f"one of {', '.join(accepted)}", words=accepted)


def instance(*types: type) -> Accepted:
    """A parameter object of one of these types.

    What the fields may be the types say themselves: `holds` of the class names the set of each, and
    `field_axes` the number of axes that a field has of its own (0 where they are numbers).
    """
    return Accepted(" or ".join(t.__name__ for t in types), types=types)


def vector(of: Accepted) -> Accepted:
    """An axis of entries, each in the set `of`, after those that broadcast."""
    return dataclasses.replace(of, text=f"a list, each entry {of.text}", ndim=of.ndim + 1)


def number_or_vector(of: Accepted) -> Accepted:
    """A number in the set `of`, or an axis of them after those that broadcast."""
    return dataclasses.replace(of, or_axes=of.or_axes + 1)


def static(of: Accepted) -> Accepted:
    """Values of the set `of` that must be known before tracing: sizes of arrays, say."""
    return dataclasses.replace(of, static=True)


def _module(x: Any) -> Any:
    return jnp if isinstance(x, jax.Array) else np


def as_float(value: Any) -> Any:
    """A number or array in double precision, before any arithmetic: an int8 overflows at 127."""
    if isinstance(value, (bool, int, float, np.number, np.bool_)):
        return float(value)
    if isinstance(value, jax.Array) and value.dtype == jnp.float64:
        return value
    if isinstance(value, list | tuple | np.ndarray):
        value = np.asarray(value, float)
        found = jnp.asarray(value)
        # inside a program an array that is known would become a traced one
        return value if isinstance(found, Traced) else found
    return jnp.asarray(value, float)


def _fields(instance: Any) -> list[str]:
    return [
        field.name for field in dataclasses.fields(instance) if not field.metadata.get("static")
    ]


def _is_object(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def fields_as_floats(instance: Any) -> Any:
    """The parameter object with every number in it in double precision."""
    changed = {}
    for name in _fields(instance):
        value = getattr(instance, name)
        if _is_object(value):
            new = fields_as_floats(value)
        else:
            new = as_float(value) if is_numeric(value) else value
        if new is not value:
            changed[name] = new
    if not changed:
        return instance
    copy = object.__new__(type(instance))  # what was checked when it was made is not asked again
    for field in dataclasses.fields(instance):
        object.__setattr__(copy, field.name, changed.get(field.name, getattr(instance, field.name)))
    return copy


def _is_traced(value: Any) -> bool:
    return any(isinstance(leaf, Traced) for leaf in jax.tree.leaves(value))


def _inside(accepted: Accepted, value: Any) -> Any:
    good = accepted.contains(value)
    axes = tuple(range(-accepted.own_axes(value), 0))
    return good.all(axes) if axes and np.ndim(good) else good


def require_fields(instance: Any) -> None:
    """Raise InputError naming the first field that does not lie where its class says (`holds`)."""
    for name, accepted in getattr(type(instance), "holds", {}).items():
        require_inside(name, accepted, getattr(instance, name))


def require_inside(name: str, accepted: Accepted, value: Any) -> None:
    """Raise InputError if `value`, where it is known, does not lie in the set."""
    if accepted.words:
        if value not in accepted.words:
            raise InputError(f"{name} must be {accepted}, got {shortly(value)}")
        return
    if not is_numeric(value):
        raise InputError(f"{name} must be {accepted}, got {shortly(value)}")
    known = concrete(value)
    if known is None:
        return
    try:
        known = np.asarray(known, float)  # single precision may not hold the ends
    except OverflowError:
        raise InputError(f"{name} must be {accepted}, got {shortly(value)}") from None
    if known.ndim < accepted.ndim:
        raise InputError(f"{name} must be {accepted}, got {shortly(value)}")
    with np.errstate(invalid="ignore"):
        good = np.asarray(accepted.contains(known))
    if not np.all(good):
        raise InputError(f"{name} must be {accepted}, got {float(known[~good].flat[0]):g}")


def _traced_fields(instance: Any) -> list[Any]:
    """Whether each traced field of the object lies where its class says."""
    found = []
    for name in _fields(instance):
        value = getattr(instance, name)
        accepted = getattr(type(instance), "holds", {}).get(name)
        if _is_object(value):
            found += _traced_fields(value)
        elif accepted is not None and isinstance(value, Traced):
            found.append(_inside(accepted, value))
    return found


class Door:
    """Lets in what a function promises to take: refused where it is known, masked where traced."""

    def __init__(
        self,
        function: Callable[..., Any],
        holds: Mapping[str, Accepted],
        jointly: Mapping[str, Any],
    ):
        self.signature = inspect.signature(function)
        self.holds, self.jointly = holds, jointly

    @functools.cached_property
    def _defaults(self) -> dict[str, Any]:
        return {name: p.default for name, p in self.signature.parameters.items()}

    def admit(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[dict, list[Any]]:
        """The arguments as floats, and whether traced ones lie in the promise.

        Raises:
          InputError: a value known before tracing that the function does not take.
        """
        bound = self.signature.bind(*args, **kwargs).arguments
        admitted: dict[str, Any] = {}
        inside: list[Any] = []
        shapes: dict[str, tuple[int, ...]] = {}
        for name, value in bound.items():
            accepted = self.holds.get(name)
            if accepted is None or value is self._defaults[name]:
                admitted[name] = value
                continue
            if _is_object(value) and accepted.types:
                inside += _traced_fields(value)
            else:
                require_inside(name, accepted, value)
            admitted[name] = self._converted(name, value)
            if isinstance(value, Traced):
                inside.append(_inside(accepted, admitted[name]))
            shapes |= {name: _batch_shape(admitted[name], accepted)}
        batch = _require_broadcast(shapes)
        inside += self._joint(admitted)
        # the last of them for its shape alone
        return admitted, [*inside, np.ones(batch, bool)] if inside else []

    def converted(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments as the function gets them, whether or not it promises anything for them."""
        return {name: self._converted(name, value) for name, value in given.items()}

    def _converted(self, name: str, value: Any) -> Any:
        accepted = self.holds.get(name)
        if accepted is None or accepted.words or value is self._defaults.get(name):
            return value
        if _is_object(value) and accepted.types:
            return fields_as_floats(value)
        if not accepted.static:
            return as_float(value)
        known = concrete(value)
        if known is None:
            raise InputError(f"{name} must be known before tracing")
        return int(known) if accepted.whole and known.ndim == 0 and known == known // 1 else known

    def _joint(self, admitted: Mapping[str, Any]) -> list[Any]:
        found = []
        for text, predicate in self.jointly.items():
            names = list(inspect.signature(predicate).parameters)
            given = {name: admitted.get(name, self._defaults[name]) for name in names}
            if _is_traced(given):
                found.append(jnp.asarray(predicate(**given)))
                continue
            with np.errstate(all="ignore"):
                good = np.asarray(predicate(**jax.tree.map(_as_numpy, given)))
            if not np.all(good):
                axes = {name: self.holds[name].ndim for name in names if name in self.holds}
                raise InputError(f"{text}, got {_first_outside(given, good, axes)}")
        return found


def masked(value: Any, inside: list[Any]) -> Any:
    """`value` where all of `inside` hold, NaN elsewhere."""
    if not inside:
        return value
    good = functools.reduce(jnp.logical_and, inside)

    def mask(leaf):
        leaf = jnp.asarray(leaf)
        if not jnp.issubdtype(leaf.dtype, jnp.inexact):
            return leaf
        own = good.reshape(good.shape + (1,) * max(leaf.ndim - good.ndim, 0))
        return jnp.where(own, leaf, jnp.nan)

    return jax.tree.map(mask, value)


def _as_numpy(leaf: Any) -> Any:
    return leaf if isinstance(leaf, str) or callable(leaf) else np.asarray(leaf)


def _first_outside(given: Mapping[str, Any], good: np.ndarray, axes: Mapping[str, int]) -> str:
    """The arguments at the first place that is not good; `axes` of each belong to one value."""
    place = np.argwhere(~np.atleast_1d(good))[0]

    def shown(name, value):
        known, own = concrete(value), axes.get(name, 0)
        if known is None or known.ndim > good.ndim + own:
            return shortly(value if known is None else known.tolist())
        shape = np.atleast_1d(good).shape + known.shape[known.ndim - own :]
        there = np.broadcast_to(known, shape)[tuple(place)]
        return shortly(there.tolist()) if own else f"{there:g}"

    return ", ".join(f"{name} = {shown(name, value)}" for name, value in given.items())


def _batch_shape(value: Any, accepted: Accepted) -> tuple[int, ...]:
    """Of what broadcasts against the other arguments."""
    if accepted.words or accepted.static:
        return ()
    if not _is_object(value):
        shape = np.shape(value)
        return shape[: len(shape) - accepted.own_axes(value)]
    axes = getattr(type(value), "field_axes", 0)
    leaves = [np.shape(leaf) for leaf in jax.tree.leaves(value) if is_numeric(leaf)]
    return np.broadcast_shapes(*(shape[: max(len(shape) - axes, 0)] for shape in leaves))


def _require_broadcast(shapes: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    shapes = {name: shape for name, shape in shapes.items() if shape}
    try:
        return np.broadcast_shapes(*shapes.values())
    except ValueError:
        text = " and ".join(map(str, shapes.values()))
        raise InputError(
            f"{', '.join(shapes)} must have shapes that broadcast, got {text}"
        ) from None
