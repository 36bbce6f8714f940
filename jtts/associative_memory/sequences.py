"""What a memory is given, checked and brought to one form: [memories, time, ...]."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import (
    InputError,
    concrete,
    require_finite,
    require_nonnegative,
    require_numbers,
    require_whole,
)
from jtts.associative_memory.products import at_least_single


class Writes(NamedTuple):
    """A batch of sequences of writes: [memories, time, ...], the last field [memories, V, dim]."""

    keys: jax.Array
    values: jax.Array
    decay: jax.Array
    erase: jax.Array
    write: jax.Array
    initial: jax.Array | None


def gather(
    keys: Any, values: Any, decay: Any, erase: Any, write: Any, initial: Any = None
) -> tuple[Writes, tuple[int, ...], Any]:
    """Broadcast over the leading axes and flatten them; also returns their shape and the dtype of
    the arguments together, which results have. Writes are at least float32.

    Raises:
      InputError: no pairs, shapes that do not fit, decay < 0, a strength that is not finite, or
        one known before tracing under which the state grows without bound.
    """
    require_nonnegative(decay=decay)
    require_finite(erase=erase, write=write)
    require_numbers(keys=keys, values=values)
    if initial is not None:
        require_numbers(initial=initial)
    keys, values = jnp.asarray(keys), jnp.asarray(values)
    require_rows("keys", keys, ("time", "dim"))
    require_rows("values", values, ("time", "value_dim"))
    time, dim = keys.shape[-2:]
    require_whole(time=time)
    width = values.shape[-1]
    strengths = [jnp.asarray(strength) for strength in (decay, erase, write)]
    given = [keys, values, *strengths]
    own = [(time, dim), (time, width), *[(time,)] * 3, (width, dim)]
    if initial is not None:
        given.append(jnp.asarray(initial))
    dtype, wide = at_least_single(*given)
    names = ("keys", "values", "decay", "erase", "write", "initial")
    lead = leading_axes(dict(zip(names, given, strict=False)), own)
    _require_stable(keys, decay, erase)
    if initial is None:
        given.append(jnp.zeros((width, dim), wide))
    flat = [
        jnp.broadcast_to(array.astype(wide), lead + shape).reshape(math.prod(lead), *shape)
        for array, shape in zip(given, own, strict=True)
    ]
    return Writes(*flat), lead, dtype


def _require_stable(keys: Any, decay: Any, erase: Any) -> None:
    """Raise InputError if the mean write, whose factor along its key is decay (1 - erase |k|^2),
    lets the state grow more than decay alone does. Keys of random length may overshoot at times."""
    rows, kept, erased = (concrete(value) for value in (keys, decay, erase))
    if rows is None or kept is None or erased is None or not np.any(erased):
        return
    squares = np.sum(np.square(rows, dtype=float), -1)
    strength, rate = float(np.mean(erased * squares)), float(np.mean(kept))
    if rate * abs(1 - strength) > max(rate, 1.0) * (1 + 1e-5):
        raise InputError(
            "erase must lie between 0 and 2 / |k|^2, or the state grows without bound, got a mean "
            f"of erase |k|^2 = {strength:g}"
        )


def require_rows(name: str, rows: Any, axes: tuple[str, str], **lengths: int) -> None:
    """Raise InputError unless `rows` has the axes named last, of the lengths named."""
    shape = jnp.shape(rows)
    wanted = [lengths.get(axis) for axis in axes]
    if len(shape) < 2 or any(w not in (None, n) for w, n in zip(wanted, shape[-2:], strict=True)):
        expected = ", ".join(str(lengths.get(axis, axis)) for axis in axes)
        raise InputError(f"{name} must be [..., {expected}], got shape {shape}")


def leading_axes(arrays: dict[str, Any], own: list[tuple[int, ...]]) -> tuple[int, ...]:
    """Common leading shape of arrays whose trailing axes broadcast to `own`."""
    lead: tuple[int, ...] = ()
    for (name, array), shape in zip(arrays.items(), own, strict=False):
        split = max(array.ndim - len(shape), 0)
        try:
            if np.broadcast_shapes(array.shape[split:], shape) != shape:
                raise ValueError
            lead = np.broadcast_shapes(lead, array.shape[:split])
        except ValueError:
            expected = f"[..., {', '.join(map(str, shape))}]"
            raise InputError(
                f"{name} must broadcast to {expected}, got shape {array.shape}"
            ) from None
    return lead


def like_writes(queries: Any, writes: Writes, lead: tuple[int, ...]) -> jax.Array:
    """Queries, one for each write, in the form of `writes`."""
    require_numbers(queries=queries)
    queries = jnp.asarray(queries)
    _, time, dim = writes.keys.shape
    require_rows("queries", queries, ("time", "dim"), time=time, dim=dim)
    try:
        queries = jnp.broadcast_to(queries, (*lead, time, dim))
    except ValueError:
        expected = ", ".join(map(str, (*lead, time, dim)))
        raise InputError(f"queries must broadcast to [{expected}], got {queries.shape}") from None
    return queries.reshape(writes.keys.shape).astype(writes.keys.dtype)


def known_to_be(number: float, strength: Any) -> bool:
    """Whether a strength is known, before tracing, to equal `number` throughout."""
    known = concrete(strength)
    return known is not None and bool(np.all(known == number))
