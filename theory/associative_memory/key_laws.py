"""The laws of keys: unit mean square, and the moments that decide what a memory recalls."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np

from jtts.arguments import InputError, concrete, require_at_least
from jtts.associative_memory import require_key_law


def require_keys(keys, erase=0.0):
    """Raise InputError unless the law of keys is known, and known to allow erasing."""
    require_key_law(keys)
    known = concrete(erase)
    if keys == "rad" and known is not None and np.any(known != 0):
        raise InputError(f"keys must be sphere or gauss where erase is not 0, got {keys!r}")


def require_sizes(num_pairs, dim):
    """Raise InputError unless there is a pair and a dimension to hold it."""
    require_at_least(1, num_pairs=num_pairs)
    require_at_least(1, dim=dim)


class Moments(NamedTuple):
    """E|k|^4, E|k|^6, and one write seen from two fixed vectors x, y.

    A write (I - b k k^T) keeps E|y (I - b k k^T)|^2 = kappa |y|^2 and shrinks (x.y)^2, up to |y|^2,
    by alpha; `erased` is 1 - kappa and `forgotten` 1 - alpha, which stay accurate for small b / d.
    """

    fourth: object
    sixth: object
    erased: object
    forgotten: object


def moments(keys, dim, erase):
    """`Moments` of a law of keys; NaN for sign keys where erase is not 0."""
    if keys == "gauss":
        fourth = 1 + 2 / dim
        forgotten = 2 * erase / dim - 2 * erase**2 / dim**2
        return Moments(
            fourth, fourth * (1 + 4 / dim), 2 * erase / dim - erase**2 * fourth / dim, forgotten
        )
    forgotten = 2 * erase / dim - 2 * erase**2 / (dim * (dim + 2))
    if keys == "rad":
        erase = jnp.where(erase == 0, erase, jnp.nan)
    return Moments(1.0, 1.0, erase * (2 - erase) / dim, forgotten)
