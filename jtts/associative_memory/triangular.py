"""Inverses of batches of unit triangular matrices, without LAPACK."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.associative_memory.products import product

BASE = 16  # blocks inverted by substitution, written out


@jax.custom_jvp
@jax.jit
def unit_lower_inverse(strict: jax.Array) -> jax.Array:
    """Inverse of I + A for strictly lower triangular A, [..., size, size].

    Blocks of 16 on the diagonal are inverted by substitution; inverses of blocks of size s give
    those of size 2s by two products. As stable as substitution; a Neumann product is not, since
    powers of A grow where keys repeat. What is not strictly below the diagonal must be zero.

    >>> unit_lower_inverse(jnp.array([[0.0, 0.0], [3.0, 0.0]])).tolist()
    [[1.0, 0.0], [-3.0, 1.0]]
    """
    size = strict.shape[-1]
    block = min(BASE, size)
    full = block
    while full < size:
        full *= 2
    strict = jnp.pad(strict, [(0, 0)] * (strict.ndim - 2) + [(0, full - size)] * 2)

    def tiles(block, below, stride):
        """Blocks `below` the diagonal, one every `stride`, [..., blocks, block, block]."""
        corners = range(0, full, stride)
        rows = [strict[..., at + below : at + below + block, :] for at in corners]
        return jnp.stack(
            [row[..., at : at + block] for at, row in zip(corners, rows, strict=True)], -3
        )

    inverses = _substitute(tiles(block, 0, block))
    while block < full:
        first, second = inverses[..., 0::2, :, :], inverses[..., 1::2, :, :]
        corner = -product(second, product(tiles(block, block, 2 * block), first))
        above = jnp.concatenate([first, jnp.zeros_like(first)], -1)
        inverses = jnp.concatenate([above, jnp.concatenate([corner, second], -1)], -2)
        block *= 2
    return inverses[..., 0, :size, :size]


@unit_lower_inverse.defjvp
def _(primals, tangents):
    inverse, (change,) = unit_lower_inverse(*primals), tangents
    return inverse, -product(inverse, product(change, inverse))


def _substitute(strict):
    size = strict.shape[-1]
    rows: list[jax.Array] = []
    for r, unit in enumerate(jnp.eye(size, dtype=strict.dtype)):
        row = jnp.broadcast_to(unit, (*strict.shape[:-2], size))
        for s, above in enumerate(rows):
            row = row - strict[..., r, s, None] * above
        rows.append(row)
    return jnp.stack(rows, -2)
