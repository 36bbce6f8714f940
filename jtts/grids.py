"""From a grid of named values to the arguments of a law, many points at a time."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from jtts.arguments import InputError, concrete
from jtts.grid_names import Names
from jtts.laws import Law
from jtts.simulations import Simulation
from jtts.sizes import power_of_two

MOST_POINTS = 10**8


@dataclass(frozen=True)
class Rows:
    """Points that one program serves: their arguments differ in numbers only.

    `places` says where among the points asked for they stand; `fixed` are arguments that are no
    numbers or that the program is compiled for; the leaves of `stacked` lead with an axis of
    points.
    """

    places: np.ndarray
    fixed: dict[str, Any]
    stacked: dict[str, Any]

    def take(self, names: Collection[str]) -> Rows:
        """The same points with only these arguments."""
        return Rows(
            self.places,
            {n: v for n, v in self.fixed.items() if n in names},
            {n: v for n, v in self.stacked.items() if n in names},
        )

    def padded(self) -> Rows:
        """These points and the last one again, to a number that many sweeps share.

        A program is compiled for a number of points: without this, for every length of a grid.
        """
        extra = size_class(len(self.places)) - len(self.places)

        def pad(leaf: np.ndarray) -> np.ndarray:
            return np.concatenate([leaf, np.repeat(leaf[-1:], extra, axis=0)])

        return Rows(pad(self.places), self.fixed, jax.tree.map(pad, self.stacked))

    def row(self, i: int) -> dict[str, Any]:
        """The arguments of one of the points."""
        return self.fixed | jax.tree.map(lambda leaf: leaf[i], self.stacked)


@dataclass(frozen=True)
class Column:
    """Every value of one argument; it varies along some dimensions of the grid only.

    The values are sorted by structure: value i is the `rows[i]`-th of `parts[codes[i]]`, which is
    either one fixed value or a tree of stacked numbers.
    """

    axes: tuple[int, ...]
    codes: np.ndarray
    rows: np.ndarray
    parts: list[tuple[bool, Any]]


@dataclass(frozen=True)
class Grid:
    """Named axes and the points they span, in row-major order.

    `dims` maps each dimension to its coordinate labels; `constants` are values not swept, `zipped`
    the labels along the one dimension of paired lists.
    """

    dims: dict[str, list[Any]]
    constants: dict[str, Any]
    zipped: dict[str, list[Any]]
    columns: dict[str, Column]

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(labels) for labels in self.dims.values())

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))

    def rows(self, indices: np.ndarray) -> Iterator[Rows]:
        """The points of these indices, sorted by the structure of their arguments."""
        if not self.columns:
            yield Rows(np.arange(len(indices)), {}, {})
            return
        along = np.unravel_index(indices, self.shape) if self.dims else ()
        held = {}
        for name, column in self.columns.items():
            shape = tuple(self.shape[axis] for axis in column.axes)
            own = tuple(along[axis] for axis in column.axes)
            at = np.ravel_multi_index(own, shape) if own else np.zeros(len(indices), int)
            held[name] = (column.codes[at], column.rows[at])
        codes = np.stack([codes for codes, _ in held.values()], -1)
        if (codes == codes[0]).all():
            groups = [np.arange(len(indices))]
        else:
            _, group = np.unique(codes, axis=0, return_inverse=True)
            groups = [np.flatnonzero(group == g) for g in range(group.max() + 1)]
        for places in groups:
            fixed, stacked = {}, {}
            for name, (own_codes, own_rows) in held.items():
                is_fixed, value = self.columns[name].parts[own_codes[places[0]]]
                rows = own_rows[places]
                if is_fixed:
                    fixed[name] = value
                else:
                    stacked[name] = jax.tree.map(lambda leaf, rows=rows: leaf[rows], value)
            yield Rows(places, fixed, stacked)


def size_class(count: int) -> int:
    """The next of 1, 2, 3, 4, 6, 8, 12, ..., 1024; above, a sixteenth more at most.

    >>> [size_class(count) for count in (1, 5, 13, 33, 101, 200_000)]
    [1, 6, 16, 48, 128, 212992]
    """
    power = power_of_two(count)
    step = max(power // (4 if power <= 1024 else 16), 1)
    return -(-count // step) * step


def whole_numbers(low: int, high: int, count: int) -> np.ndarray:
    """Distinct integers from `low` to `high`, about `count`, evenly spaced in the logarithm.

    >>> whole_numbers(1, 100, 5).tolist()
    [1, 3, 10, 32, 100]
    """
    return np.unique(np.round(np.geomspace(low, high, count)).astype(int))


def make_grid(
    law: Law[..., Any],
    values: Mapping[str, Any],
    simulation: Simulation[...] | None,
    *,
    zipped: bool = False,
    static: Collection[str] = (),
    simulated: bool = False,
) -> Grid:
    """Resolve the names in `values` and lay out the points.

    A name is a parameter of the law or its simulation, a field `parameter.field` of a parameter
    object, or an argument of one of its named constructors (`rho` for `Statistics.from_rho`). A
    list or array is a dimension, except that one array of a vector parameter is a constant.
    Programs are compiled for the arguments named in `static`. A point that is `simulated` needs the
    sizes of its simulation too.
    """
    names = Names(law, simulation)
    swept: dict[str, list[Any]] = {}
    constants: dict[str, Any] = {}
    for name, value in values.items():
        names.require_known(name)
        listed = _as_axis(value, names.value_ndim(name))
        if listed is None:
            constants[name] = value
        elif not listed:
            raise InputError(f"{name} is an empty list; give at least one value")
        else:
            swept[name] = listed
    names.require_complete(values, simulated=simulated)
    if zipped:
        lengths = {name: len(column) for name, column in swept.items()}
        if len(set(lengths.values())) > 1:
            raise InputError(f"zipped values need equal lengths, got {lengths}")
    points = (
        max(map(len, swept.values()), default=1) if zipped else math.prod(map(len, swept.values()))
    )
    if points > MOST_POINTS:
        raise InputError(f"the grid has {points} points, at most {MOST_POINTS} fit into memory")
    labels = {name: [_label(value) for value in column] for name, column in swept.items()}
    paired = zipped and bool(swept)
    dims = {"point": list(range(len(next(iter(swept.values())))))} if paired else labels
    columns = _columns(names, values, swept, paired=paired, static=static)
    return Grid(dims, constants, labels if zipped else {}, columns)


def _columns(names, values, swept, *, paired: bool, static) -> dict[str, Column]:
    """Each argument, built once for every combination of the axes that it depends on."""
    owners: dict[str, dict[str, str]] = {}
    for name in values:
        argument, part = names.owner(name)
        owners.setdefault(argument, {})[name] = part
    order = list(swept)
    columns = {}
    for argument, parts in owners.items():
        held = {part: values[name] for name, part in parts.items() if name not in swept}
        varying = [name for name in order if name in parts]
        lists = [swept[name] for name in varying]
        combinations = zip(*lists, strict=True) if paired and lists else itertools.product(*lists)
        axes = ((0,) if lists else ()) if paired else tuple(order.index(n) for n in varying)
        own = [parts[name] for name in varying]
        built = [
            names.build(argument, held | dict(zip(own, combination, strict=True)))
            for combination in combinations
        ]
        columns[argument] = _column(axes, built, static=argument in static)
    return columns


def _column(axes: tuple[int, ...], values: Sequence[Any], *, static: bool) -> Column:
    codes, rows = np.zeros(len(values), int), np.zeros(len(values), int)
    members: dict[Any, list[Any]] = {}
    code: dict[Any, int] = {}
    for i, value in enumerate(values):
        if isinstance(value, (list, tuple)) and concrete(value) is not None:
            value = np.asarray(value)
        if static and isinstance(value, float | np.floating) and value.is_integer():
            value = int(value)  # a size of arrays, which text and grids give as a float
        leaves, tree = jax.tree.flatten(value)
        fixed = static or isinstance(value, str) or not leaves
        key = (True, value) if fixed else (False, tree, tuple(np.shape(leaf) for leaf in leaves))
        held = members.setdefault(key, [])
        codes[i], rows[i] = code.setdefault(key, len(code)), len(held)
        held.append(value if fixed else leaves)
    parts: list[tuple[bool, Any]] = []
    for key, held in members.items():
        if key[0]:
            parts.append((True, held[0]))
        else:
            stacked = [np.stack(leaf) for leaf in zip(*held, strict=True)]
            parts.append((False, jax.tree.unflatten(key[1], stacked)))
    return Column(axes, codes, rows, parts)


def _as_axis(value: Any, value_ndim: int) -> list[Any] | None:
    if isinstance(value, (list, tuple)):
        first = np.ndim(value[0]) if value and concrete(value[0]) is not None else 0
        nested = first >= max(value_ndim, 1)
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
