"""Learning the query instead of the memory: gradient ascent of the needle's attention."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from jtts.arguments import (
    InputError,
    concrete,
    require_broadcast,
    require_finite,
    require_numbers,
    require_whole,
)
from jtts.associative_memory.products import at_least_single
from jtts.associative_memory.sequences import require_rows


def update_query(
    query: jax.Array,
    keys: jax.Array,
    target: Any,
    *,
    step_size: Any,
    inverse_temperature: Any = 1.0,
) -> jax.Array:
    """The query after one step up ln p_target, p = softmax(inverse_temperature * keys q).

    q <- q + step_size inverse_temperature (k_target - sum_j p_j k_j).

    Args:
      query: q, [..., dim].
      keys: k, [..., num_keys, dim].
      target: index of the key looked for, in 0 ... num_keys - 1; one for all.
      step_size, inverse_temperature: finite numbers.

    Raises:
      InputError: keys without two axes, shapes that do not fit, numbers that are not finite, or a
        target that is none of the keys.

    Source: docs, associative_memory section 8; arXiv:2512.13898.

    >>> update_query(jnp.zeros(2), jnp.eye(2), 0, step_size=1.0).tolist()
    [0.5, -0.5]
    """
    require_finite(step_size=step_size, inverse_temperature=inverse_temperature)
    require_whole(0, target=target)
    require_numbers(query=query, keys=keys)
    dtype, wide = at_least_single(query, keys, step_size, inverse_temperature)
    query, keys = jnp.asarray(query, wide), jnp.asarray(keys, wide)
    require_rows("keys", keys, ("num_keys", "dim"))
    known = concrete(target)
    if known is not None and (known.ndim or known >= keys.shape[-2]):
        raise InputError(f"target must be an index below {keys.shape[-2]}, got {target}")
    if query.shape[-1:] != keys.shape[-1:]:
        raise InputError(f"query must be [..., {keys.shape[-1]}], got shape {query.shape}")
    require_broadcast(query=query.shape[:-1], keys=keys.shape[:-2])
    logits = jnp.einsum("...jd,...d->...j", keys, query, precision="highest")
    weights = jax.nn.softmax(inverse_temperature * logits, -1)
    average = jnp.einsum("...j,...jd->...d", weights, keys, precision="highest")
    climb = step_size * inverse_temperature * (keys[..., target, :] - average)
    return (query + climb).astype(dtype)
