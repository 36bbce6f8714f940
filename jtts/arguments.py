"""Checks of arguments whose value is known before tracing."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np


class InputError(ValueError):
    """A value the user gave is not acceptable; the message is one line that names it."""


def concrete(value: Any) -> np.ndarray | None:
    """`value` as a numeric array, or None where no number is known yet (a tracer, say)."""
    if isinstance(value, (bool, int, float, np.ndarray, np.number)):
        return np.asarray(value)
    if isinstance(value, (list, tuple)):
        return None if any(concrete(item) is None for item in value) else np.asarray(value)
    if isinstance(value, jax.Array) and not isinstance(value, jax.core.Tracer):
        return np.asarray(value)
    return None


def is_numeric(value: Any) -> bool:
    """Whether `value` is a real number, an array or even lists of them, traced or not."""
    if isinstance(value, (list, tuple)):
        return all(map(is_numeric, value)) and len({np.shape(item) for item in value}) <= 1
    if isinstance(value, (bool, float, np.number, jax.core.Tracer)):
        return True
    dtype = getattr(value, "dtype", np.asarray(value).dtype if isinstance(value, int) else None)
    return dtype is not None and any(
        jax.dtypes.issubdtype(dtype, kind) for kind in (np.floating, np.integer, np.bool_)
    )


def shortly(value: Any) -> str:
    """`value` on one line of an error message."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def _require(accepted: str, holds, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if isinstance(value, int) and not -(2**63) <= value < 2**64:
            raise InputError(f"{name} must be {accepted}, in 64 bits, got {shortly(value)}")
        if not is_numeric(value):
            raise InputError(f"{name} must be {accepted}, got {shortly(value)}")
        known = concrete(value)
        if known is None:
            continue
        good = holds(known)
        if not np.all(good):
            raise InputError(f"{name} must be {accepted}, got {float(known[~good].flat[0]):g}")


def require_numbers(**values: Any) -> None:
    """Raise InputError naming the first argument that is neither real numbers nor traced."""
    _require("a number or an array", lambda x: np.ones(x.shape, bool), values)


def require_broadcast(**shapes: tuple[int, ...]) -> None:
    """Raise InputError naming the arguments that have these shapes if they do not broadcast."""
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        names, text = ", ".join(shapes), " and ".join(map(str, shapes.values()))
        raise InputError(f"{names} must have shapes that broadcast, got {text}") from None


def require_instance(*kinds: type, **values: Any) -> None:
    """Raise InputError naming the first argument that is of none of these types."""
    for name, value in values.items():
        if not isinstance(value, kinds):
            names = " or ".join("text" if kind is str else kind.__name__ for kind in kinds)
            raise InputError(f"{name} must be {names}, got {shortly(value)}")


def require_callable(**values: Any) -> None:
    """Raise InputError naming the first argument that is no function."""
    for name, value in values.items():
        if not callable(value):
            raise InputError(f"{name} must be a function, got {shortly(value)}")


def require_key(**values: Any) -> None:
    """Raise InputError naming the first argument that is no key of random numbers."""
    for name, value in values.items():
        dtype = getattr(value, "dtype", None)
        if dtype is None or not (
            jax.dtypes.issubdtype(dtype, jax.dtypes.prng_key) or dtype == np.uint32
        ):
            raise InputError(
                f"{name} must be a key such as jax.random.key(0), got {shortly(value)}"
            )


def require_positive(**values: Any) -> None:
    """Raise InputError naming the first argument that is not a positive finite number."""
    _require("positive and finite", lambda x: (x > 0) & np.isfinite(x), values)


def require_nonnegative(**values: Any) -> None:
    """Raise InputError naming the first argument that is negative or not finite."""
    _require("zero or positive, and finite", lambda x: (x >= 0) & np.isfinite(x), values)


def require_at_least(bound: float, **values: Any) -> None:
    """Raise InputError naming the first argument below `bound`; infinity is accepted."""
    _require(f"at least {bound:g}", lambda x: x >= bound, values)


def require_between(low: float, high: float, **values: Any) -> None:
    """Raise InputError naming the first value outside [low, high] (traced values pass)."""
    _require(f"between {low:g} and {high:g}", lambda x: (x >= low) & (x <= high), values)


def require_whole(bound: float = 1, **values: Any) -> None:
    """Raise InputError naming the first argument that is not a whole number from `bound` on."""
    _require(
        f"a whole number, at least {bound:g}",
        lambda x: (x >= bound) & (x == np.round(x)) & np.isfinite(x),
        values,
    )


def require_finite(**values: Any) -> None:
    """Raise InputError naming the first argument that is not a finite number."""
    _require("finite", np.isfinite, values)


def require_probability(**values: Any) -> None:
    """Raise InputError naming the first argument that does not lie between 0 and 1."""
    _require("between 0 and 1", lambda x: (x >= 0) & (x <= 1), values)
