"""Spectra of input covariances, and vectors given in their eigenbasis."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import (
    InputError,
    concrete,
    require_finite,
    require_nonnegative,
    require_whole,
)


def power_law_spectrum(dim: int, exponent: Any) -> jax.Array:
    """Eigenvalues l_i = i^-exponent, i = 1 ... dim; shape [dim].

    Args:
      dim: number of eigenvalues, at least 1; static.
      exponent: real; 0 gives the isotropic spectrum.

    Raises:
      InputError: dim < 1, or an exponent that is not finite.

    >>> power_law_spectrum(3, 1.0).round(3).tolist()
    [1.0, 0.5, 0.333]
    """
    require_whole(dim=dim)
    require_finite(exponent=exponent)
    return jnp.arange(1, dim + 1, dtype=jnp.result_type(float)) ** -exponent


def require_spectrum(spectrum: Any, **vectors: Any) -> int:
    """Check a spectrum and the vectors in its eigenbasis; the length they share, 1 if all are 1.

    Vectors are [..., d]; one of length 1 stands for d equal entries. None is passed by, and
    so are parameter objects.

    Raises:
      InputError: a negative or no positive eigenvalue, a vector that is not finite, or lengths that
        do not match.
    """
    require_nonnegative(spectrum=spectrum)
    known = concrete(spectrum)
    if known is not None and not np.all(np.any(known > 0, -1)):
        raise InputError("spectrum must have a positive eigenvalue, got zeros only")
    given = {n: v for n, v in vectors.items() if v is not None and not is_dataclass(v)}
    require_finite(**given)
    length, first = 1, ""
    for name, vector in {"spectrum": spectrum, **given}.items():
        if np.ndim(vector) == 0:
            raise InputError(f"{name} must be a vector, one entry per eigenvalue, got {vector}")
        own = np.shape(vector)[-1]
        if length > 1 and own not in (1, length):
            raise InputError(f"{name} must have 1 or {length} entries like {first}, got {own}")
        if own > length:
            length, first = own, name
    return length


def repeat_to(dim: int, vector: Any) -> jax.Array:
    """The vector repeated along its last axis to length `dim`, a multiple of its own."""
    vector = jnp.asarray(vector)
    return jnp.tile(vector, dim // vector.shape[-1])
