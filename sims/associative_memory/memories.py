"""What the simulations of this family share: sizes, and memories drawn in a batch."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from jtts.arguments import require_nonnegative, require_positive, require_whole
from jtts.associative_memory import draw_keys, require_key_law
from jtts.simulations import simulation

NUM_VALUES = 8  # components of a value: they share keys, and average
NUMBERS = 2**18  # held by one chunk


def memories_per_chunk(num_pairs, dim, num_values=NUM_VALUES, **_):
    return max(1, NUMBERS // (num_pairs * (dim + num_values + num_pairs)))


def require_drawable(*, keys="sphere", **arguments):
    """Raise InputError unless memories of these sizes and strengths can be drawn."""
    whole = {name: arguments[name] for name in ("num_pairs", "dim") if name in arguments}
    require_whole(1, **whole)
    require_key_law(keys)
    numbers = ("write", "erase", "query_noise", "value_noise", "noise_var", "age")
    require_nonnegative(**{name: arguments[name] for name in numbers if name in arguments})
    require_positive(**{name: arguments[name] for name in ("decay",) if name in arguments})


def memories(**options):
    """Declare a simulation whose trials are memories of static sizes."""
    fixed: dict[str, Any] = {"static": ("num_pairs", "dim"), "validate": require_drawable}
    return simulation(chunk=memories_per_chunk, **fixed | options)


def normal(key, *shape):
    return jax.random.normal(key, shape, jnp.float32).astype(jnp.result_type(float))


def signs(key, *shape):
    return jax.random.rademacher(key, shape, jnp.result_type(float))


def draw_memories(key, trials, num_pairs, dim, keys="sphere", values=normal):
    """Keys [trials, num_pairs, dim] and values [trials, num_pairs, NUM_VALUES]."""
    of_keys, of_values = jax.random.split(key)
    return (
        draw_keys(of_keys, (trials, num_pairs), dim, keys),
        values(of_values, trials, num_pairs, NUM_VALUES),
    )
