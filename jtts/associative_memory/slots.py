"""Slots of unit length, written along directions orthogonal to what they hold."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import require_broadcast, require_finite, require_numbers
from jtts.associative_memory.keys import normalise
from jtts.associative_memory.products import at_least_single


def write_slots(slots: jax.Array, inputs: jax.Array, step_size: Any) -> jax.Array:
    """Slots after one write, s <- normalise(s + step_size (x - (s.x) s)).

    Args:
      slots: s, unit vectors, [..., dim].
      inputs: x, [..., dim]; broadcast against the slots.
      step_size: finite; broadcasts against [...].

    Raises:
      InputError: a step size that is not finite, or shapes that do not broadcast.

    Source: docs, associative_memory section 5, in the spirit of arXiv:2504.05646, whose gates
    are not reproduced.

    >>> print(write_slots(jnp.array([1.0, 0.0]), jnp.array([0.0, 1.0]), 0.75))
    [0.8 0.6]
    """
    require_finite(step_size=step_size)
    require_numbers(slots=slots, inputs=inputs)
    require_broadcast(slots=np.shape(slots), inputs=np.shape(inputs))
    dtype, wide = at_least_single(slots, inputs, step_size)
    slots, inputs, step_size = (jnp.asarray(array, wide) for array in (slots, inputs, step_size))
    along = jnp.sum(slots * inputs, -1, keepdims=True)
    return normalise(slots + step_size[..., None] * (inputs - along * slots)).astype(dtype)
