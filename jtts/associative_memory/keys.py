"""Laws of the keys that a memory stores, all with E k k^T = I / dim."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import (
    InputError,
    require_key,
    require_nonnegative,
    require_probability,
    require_whole,
)
from jtts.associative_memory.products import at_least_single

KEY_LAWS = ("sphere", "rad", "gauss")


def require_key_law(keys: Any) -> None:
    """Raise InputError unless `keys` names a law of keys."""
    if keys not in KEY_LAWS:
        raise InputError(f"keys must be one of {', '.join(KEY_LAWS)}, got {keys!r}")


def draw_keys(key: jax.Array, shape: tuple[int, ...], dim: int, law: str = "sphere") -> jax.Array:
    """Independent keys with E k k^T = I / dim.

    Args:
      key: of the random numbers.
      shape: numbers of memories and of keys in each, say.
      dim: length of a key; static.
      law: `sphere`, uniform on the unit sphere; `rad`, entries +-1/sqrt(dim); `gauss`, N(0, I/dim).

    Returns:
      [*shape, dim], of the default float. Normal deviates are float32; unit norms are exact to the
      default float.

    Raises:
      InputError: an unknown law, or dim not a whole number >= 1.

    >>> keys = draw_keys(jax.random.key(0), (2, 3), 16)
    >>> keys.shape, bool(jnp.allclose(jnp.sum(keys**2, -1), 1))
    ((2, 3, 16), True)
    """
    require_key_law(law)
    require_key(key=key)
    require_whole(dim=dim)
    require_whole(0, shape=shape)
    if law == "rad":
        return jax.random.rademacher(key, (*shape, dim), float) / jnp.sqrt(dim)
    entries = _normal(key, (*shape, dim))
    return entries / jnp.sqrt(dim) if law == "gauss" else normalise(entries)


def draw_overlapping_keys(
    key: jax.Array, shape: tuple[int, ...], dim: int, overlap: Any
) -> jax.Array:
    """Unit keys sqrt(overlap) mu + sqrt(1 - overlap) xi that share a direction mu.

    mu is uniform on the sphere and common to the keys along the last axis of `shape`; xi is uniform
    on the unit sphere orthogonal to it. The mean overlap of two keys is `overlap`.

    Args:
      key: of the random numbers.
      shape: [..., number of keys of one memory].
      dim: length of a key, at least 2; static.
      overlap: in [0, 1].

    Returns:
      [*shape, dim].

    Raises:
      InputError: overlap outside [0, 1], or dim not a whole number >= 2.

    >>> a, b = draw_overlapping_keys(jax.random.key(0), (2,), 4096, 0.25)
    >>> print(f"{jnp.sum(a * b):.1f} {jnp.sum(a * a):.1f}")
    0.2 1.0
    """
    require_whole(2, dim=dim)
    require_probability(overlap=overlap)
    of_mean, of_rest = jax.random.split(key)
    mean = normalise(_normal(of_mean, (*shape[:-1], 1, dim)))
    rest = _normal(of_rest, (*shape, dim))
    rest = normalise(rest - jnp.sum(rest * mean, -1, keepdims=True) * mean)
    return jnp.sqrt(overlap) * mean + jnp.sqrt(1 - overlap) * rest


def noisy_queries(key: jax.Array, keys: jax.Array, noise: Any) -> jax.Array:
    """Queries k + noise g / sqrt(dim), g ~ N(0, I): the mean square of what is added is noise^2.

    Args:
      key: of the random numbers.
      keys: [..., dim].
      noise: >= 0; broadcasts against [..., 1].

    Raises:
      InputError: noise < 0.

    >>> keys = draw_keys(jax.random.key(0), (3,), 8)
    >>> bool(jnp.all(noisy_queries(jax.random.key(1), keys, 0.0) == keys))
    True
    """
    require_nonnegative(noise=noise)
    return keys + noise * _normal(key, keys.shape) / jnp.sqrt(keys.shape[-1])


def normalise(vectors: jax.Array) -> jax.Array:
    """Vectors along the last axis scaled to unit length; zero stays zero, with zero gradient."""
    dtype, wide = at_least_single(vectors)
    vectors = jnp.asarray(vectors, wide)
    # entries whose squares would overflow or lose digits are scaled first
    largest = lax.stop_gradient(jnp.max(jnp.abs(vectors), -1, keepdims=True, initial=0.0))
    limits = jnp.finfo(wide)
    extreme = (largest > float(limits.max) ** 0.25) | (largest < float(limits.tiny) ** 0.25)
    vectors = vectors / jnp.where(extreme & (largest > 0), largest, 1.0)
    square = jnp.sum(vectors**2, -1, keepdims=True)
    scale = jnp.where(square > 0, jnp.where(square > 0, square, 1.0) ** -0.5, 0.0)
    return (vectors * scale).astype(dtype)


def _normal(key, shape):
    return jax.random.normal(key, shape, jnp.float32).astype(jnp.result_type(float))
