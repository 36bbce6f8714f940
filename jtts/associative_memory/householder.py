"""Products of generalised Householder matrices."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import require_broadcast, require_finite, require_numbers
from jtts.associative_memory.products import at_least_single, product, transpose
from jtts.associative_memory.sequences import require_rows
from jtts.associative_memory.triangular import unit_lower_inverse


def householder_product(keys: jax.Array, erase: Any = 2.0) -> jax.Array:
    """(I - b_1 k_1 k_1^T) ... (I - b_N k_N k_N^T), by the UT transform.

    P = I - K^T T^T K with T = (I + tril(diag(b) K K^T, -1))^-1 diag(b): what N delta-rule writes
    do to the state that they find. Orthogonal for unit keys and b = 2.

    Args:
      keys: K, [..., N, dim].
      erase: b, of shape [] or broadcasting to [..., N].

    Returns:
      [..., dim, dim].

    Raises:
      InputError: keys without two axes, or erase not finite.

    Source: docs, associative memory section 10; arXiv:2406.06484, arXiv:2505.16381.

    >>> householder_product(jnp.eye(2), jnp.array([2.0, 1.0])).tolist()
    [[-1.0, 0.0], [0.0, 0.0]]
    """
    require_finite(erase=erase)
    require_numbers(keys=keys)
    dtype, wide = at_least_single(keys, erase)
    keys, erase = jnp.asarray(keys, wide), jnp.asarray(erase, wide)
    require_rows("keys", keys, ("time", "dim"))
    require_broadcast(erase=np.shape(erase), keys=keys.shape[:-1])
    scaled = erase[..., None] * keys
    inverse = unit_lower_inverse(jnp.tril(product(scaled, transpose(keys)), -1))
    changed = product(transpose(product(inverse, scaled)), keys)
    return (jnp.eye(keys.shape[-1], dtype=wide) - changed).astype(dtype)
