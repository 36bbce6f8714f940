"""Inverses of batches of unit triangular matrices by matrix products alone."""

from __future__ import annotations

import jax
import jax.numpy as jnp


def unit_lower_inverse(strict: jax.Array) -> jax.Array:
    """Inverse of I + A for strictly lower triangular A, [..., size, size].

    Inverses of the diagonal blocks of size s give those of size 2s, in log2(size) steps of batched
    products: as stable as substitution (a Neumann product is not: powers of A grow where keys
    repeat), without LAPACK, and parallel.

    >>> unit_lower_inverse(jnp.array([[0.0, 0.0], [3.0, 0.0]])).tolist()
    [[1.0, 0.0], [-3.0, 1.0]]
    """
    size = strict.shape[-1]
    padding = (1 << (size - 1).bit_length()) - size
    lead = strict.shape[:-2]
    strict = jnp.pad(strict, [(0, 0)] * len(lead) + [(0, padding)] * 2)
    full = size + padding
    inverses, block = jnp.ones((*lead, full, 1, 1), strict.dtype), 1
    while block < full:
        pairs = full // (2 * block)
        tiles = strict.reshape(*lead, pairs, 2, block, pairs, 2, block)[..., 1, :, :, 0, :]
        below = jnp.moveaxis(jnp.diagonal(tiles, axis1=-4, axis2=-2), -1, -3)
        first, second = inverses[..., 0::2, :, :], inverses[..., 1::2, :, :]
        corner = -_product(second, _product(below, first))
        upper = jnp.concatenate([first, jnp.zeros_like(first)], -1)
        inverses = jnp.concatenate([upper, jnp.concatenate([corner, second], -1)], -2)
        block *= 2
    return inverses[..., 0, :size, :size]


def _product(left, right):
    return jnp.matmul(left, right, precision="highest")
