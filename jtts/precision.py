"""The one place that knows about 64-bit mode; the switch itself belongs to the user."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

import jax
import jax.numpy as jnp

from jtts.arguments import InputError

P = ParamSpec("P")
R = TypeVar("R")
SWITCH = 'call jax.config.update("jax_enable_x64", True) first'


def is_64_bit() -> bool:
    return jnp.result_type(float) == jnp.float64


def in_64_bits(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], name: str
) -> Any:
    """What `function` returns in double precision, rounded to single; for 32-bit mode.

    Raises:
      InputError: numbers that are traced, which keep the precision of the program around them.
        Closed forms subtract numbers close to each other: few digits would be right, or none.
    """
    if any(isinstance(leaf, jax.core.Tracer) for leaf in jax.tree.leaves((args, dict(kwargs)))):
        raise InputError(f"{name} under jit, vmap or grad needs 64-bit mode: {SWITCH}")
    with jax.enable_x64(True):
        return jax.tree.map(_rounded, function(*args, **kwargs))


def always_in_64_bits(function: Callable[P, R]) -> Callable[P, R]:
    """`function` in 64-bit mode, whatever the mode around it."""

    @functools.wraps(function)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        with jax.enable_x64(True):
            return function(*args, **kwargs)

    return answer


def _rounded(leaf):
    if isinstance(leaf, jax.Array) and leaf.dtype == jnp.float64:
        return leaf.astype(jnp.float32)
    return leaf


def warn_if_32_bit() -> None:
    """Warn once per process when 64-bit mode is off."""
    if not is_64_bit():
        _warn()


@functools.cache
def _warn():
    warnings.warn(
        f"simulations of small quantities lose digits in 32-bit mode: {SWITCH}", stacklevel=4
    )
