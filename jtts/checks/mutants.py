"""Planted errors: wrong variants of a law that its check must catch."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import jax
import numpy as np

from jtts.arguments import InputError
from jtts.domain import draw_points
from jtts.keys import parameter_digest
from jtts.laws import Law

Theory = Callable[..., Any]


def mutants(law: Law[..., Any]) -> dict[str, Theory]:
    """Name -> wrong theory: the two generic errors, of the size the law's kind promises to find,
    and those the law declares."""
    size = law.kind.detects
    theory = _remembered(law)
    found: dict[str, Theory] = {f"{size:.0%} factor": _scaled(theory, 1 + size)}
    # no shift moves a whole number by so little, and a constant has nothing to shift
    if law.parameters and not getattr(law.kind, "whole", False) and not _only_whole(law):
        found[f"parameter shift of {size:.0%} in value"] = _shifted(theory, size)
    return found | law.mutants


def _only_whole(law: Law[..., Any]) -> bool:
    """Whether the law refuses what is not whole, for every parameter."""
    if not all(accepted.whole for accepted in law.domain.values()):
        return False
    (point,) = draw_points(law.domain, 1, 0)
    try:
        law.function(**{name: value + 0.01 for name, value in point.items()})
    except InputError:
        return True
    return False


def _remembered(law: Law[..., Any]) -> Theory:
    """The closed form, asked once for every point: both generic errors begin with its value."""
    known: dict[tuple[int, int], Any] = {}

    def theory(**point: Any) -> Any:
        asked = parameter_digest(point)
        if asked not in known:
            known[asked] = law.function(**law.converted(point))
        return known[asked]

    return theory


def _scaled(theory: Theory, factor: float) -> Theory:
    return lambda **point: jax.tree.map(lambda value: factor * value, theory(**point))


def _shifted(theory: Theory, size: float) -> Theory:
    """Evaluate at a shifted parameter: the first to which the value responds at this point.

    A vector is shifted as a whole, then entry by entry. The shift is chosen, point by point, to
    raise the value (the first component that responds) by `size`; where no parameter can, the value
    is left alone.
    """

    def value(point: dict[str, Any]) -> np.ndarray:
        return np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(theory(**point))])

    def shifted(**point: Any) -> Any:
        leaves, tree = jax.tree.flatten(point)
        base = value(point)
        for index, direction in _directions(leaves):
            for step in (0.01, -0.01):
                slope = _response(value, leaves, tree, index, step * direction, base)
                if slope is None or not 0.1 < abs(slope / step) < 100:
                    continue
                amount = size * step / slope
                if np.sign(amount) != np.sign(step):
                    continue
                with contextlib.suppress(InputError):  # the shift may leave the parameter's range
                    return theory(**_with(leaves, tree, index, amount * direction))
        return theory(**point)

    return shifted


def _directions(leaves: list[Any]) -> Iterator[tuple[int, np.ndarray]]:
    """Which leaf to shift, and which of its entries."""
    for index, leaf in enumerate(leaves):
        if isinstance(leaf, str) or not np.all(np.isfinite(leaf)) or not np.any(leaf):
            continue
        shape = np.shape(leaf)
        yield index, np.ones(shape)
        if shape:
            yield from ((index, one.reshape(shape)) for one in np.eye(np.size(leaf)))


def _with(leaves: list[Any], tree: Any, index: int, relative: np.ndarray) -> dict[str, Any]:
    changed = list(leaves)
    changed[index] = np.asarray(leaves[index], float) * (1 + relative)
    return jax.tree.unflatten(tree, changed)


def _response(value, leaves, tree, index, shift, base) -> float | None:
    """Relative change of the first component that is not zero and moves, if it can be had."""
    try:
        moved = value(_with(leaves, tree, index, shift))
    except InputError:  # the shift leaves the parameter's range
        return None
    for before, after in zip(base, moved, strict=True):
        if before != 0 and np.isfinite(after) and after != before:
            return after / before - 1
    return None
