"""Products of matrices at full precision: defaults of accelerators would fake a bias."""

from __future__ import annotations

import jax
import jax.numpy as jnp


def product(left: jax.Array, right: jax.Array) -> jax.Array:
    return jnp.matmul(left, right, precision="highest")


def transpose(matrix: jax.Array) -> jax.Array:
    return jnp.swapaxes(matrix, -1, -2)
