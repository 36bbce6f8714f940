"""Products of matrices at full precision: defaults of accelerators would fake a bias."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp


def product(left: jax.Array, right: jax.Array) -> jax.Array:
    return jnp.matmul(left, right, precision="highest")


def at_least_single(*arrays: Any) -> tuple[Any, Any]:
    """The dtype of a result of these arrays, a float, and that in which to compute it.

    Sums of half precision stop growing at a few hundred terms, and whole numbers overflow.
    """
    plain = (jnp.asarray(x) if isinstance(x, list | tuple) else x for x in arrays)
    dtype = jnp.result_type(*plain, 1.0)
    return dtype, jnp.promote_types(dtype, jnp.float32)


def transpose(matrix: jax.Array) -> jax.Array:
    return jnp.swapaxes(matrix, -1, -2)
