"""The one place that knows about 64-bit mode."""

from __future__ import annotations

import functools
import warnings

import jax.numpy as jnp


@functools.cache
def _warn() -> None:
    warnings.warn(
        "jtts is running in 32-bit mode: closed forms keep 3 to 6 digits. "
        'Call jax.config.update("jax_enable_x64", True) first.',
        stacklevel=4,
    )


def warn_if_32_bit() -> None:
    """Warn once per process when 64-bit mode is off; the switch itself belongs to the user."""
    if jnp.result_type(float) != jnp.float64:
        _warn()
