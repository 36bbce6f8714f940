"""Gradient descent on a large chunk of pairs at once, plain or with orthogonalised steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import (
    InputError,
    require_callable,
    require_finite,
    require_numbers,
    require_whole,
)
from jtts.associative_memory.keys import normalise
from jtts.associative_memory.products import at_least_single, product, transpose
from jtts.associative_memory.sequences import gather

# a, b, c of X <- a X + b (X X^T) X + c (X X^T)^2 X
MUON = (3.4445, -4.7750, 2.0315)  # fast, but leaves singular values between about 0.7 and 1.2
TO_CONVERGENCE = (15 / 8, -5 / 4, 3 / 8)  # of third order: ends at the orthogonal factor itself


def descend(
    keys: jax.Array,
    values: jax.Array,
    *,
    step_size: Any,
    num_steps: Any = 1,
    direction: Callable[[jax.Array], jax.Array] | None = None,
    initial: jax.Array | None = None,
) -> jax.Array:
    """The state after full-batch descent of sum_j |v_j - W k_j|^2 / 2, [..., value_dim, dim].

    W <- W + step_size direction((Y - W K^T) K), with rows v_j^T of Y^T and k_j^T of K.

    Args:
      keys: k, [..., time, dim].
      values: v, [..., time, value_dim].
      step_size: finite number.
      num_steps: whole number >= 0; may be traced, but is then not differentiated in reverse.
      direction: of a step given minus the gradient; None takes it as it is, `orthogonalise` is
        the step of Muon.
      initial: state to start from, [..., value_dim, dim]; None is zero. A stream of chunks is
        learned by passing each the state of the one before.

    Raises:
      InputError: shapes that do not fit, or numbers outside their ranges.

    Source: docs, associative_memory section 5; arXiv:2505.23884.

    >>> descend(jnp.eye(2), jnp.array([[1.0], [2.0]]), step_size=0.5, num_steps=2).tolist()
    [[0.75, 1.5]]
    """
    require_finite(step_size=step_size)
    require_whole(0, num_steps=num_steps)
    if direction is not None:
        require_callable(direction=direction)
    writes, lead, dtype = gather(keys, values, 1.0, 0.0, 1.0, initial)

    def descend_once(_, state):
        missing = writes.values - product(writes.keys, transpose(state))
        downhill = product(transpose(missing), writes.keys)
        step = downhill if direction is None else direction(downhill)
        return state + jnp.asarray(step_size, state.dtype) * step

    state = lax.fori_loop(0, num_steps, descend_once, writes.initial)
    return state.reshape(*lead, *state.shape[1:]).astype(dtype)


def orthogonalise(
    matrix: jax.Array,
    *,
    num_steps: int = 5,
    coefficients: tuple[float, float, float] = MUON,
) -> jax.Array:
    """U V^T of a matrix U S V^T, approximately: Newton-Schulz steps, matrix products alone.

    The singular values of the matrix, scaled to norm 1, go through s <- a s + b s^3 + c s^5.

    Args:
      matrix: [..., rows, columns]; a zero matrix stays zero.
      num_steps: at least 1; static. Those of `TO_CONVERGENCE` grow a small singular value by 15/8
        each before they converge.
      coefficients: (a, b, c); `MUON` or `TO_CONVERGENCE`.

    Raises:
      InputError: a matrix without two axes, or num_steps < 1.

    Source: arXiv:2502.16982 (MUON); Bjorck and Bowie 1971 (TO_CONVERGENCE).

    >>> matrix = jnp.diag(jnp.array([3.0, 1.0]))
    >>> orthogonalise(matrix, coefficients=TO_CONVERGENCE).round(3).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    require_whole(num_steps=num_steps)
    require_numbers(matrix=matrix)
    if jnp.ndim(matrix) < 2:
        raise InputError(f"matrix must be [..., rows, columns], got shape {jnp.shape(matrix)}")
    require_finite(coefficients=coefficients)
    if np.shape(coefficients) != (3,):
        raise InputError(f"coefficients must be three numbers, got {coefficients}")
    matrix = jnp.asarray(matrix)
    dtype, wide = at_least_single(matrix)
    tall = matrix.shape[-2] > matrix.shape[-1]
    a, b, c = coefficients

    def improve(_, rows):
        gram = product(rows, transpose(rows))
        return a * rows + product(b * gram + c * product(gram, gram), rows)

    entries = matrix.astype(wide).reshape(*matrix.shape[:-2], -1)
    matrix = normalise(entries).reshape(matrix.shape)
    result = lax.fori_loop(0, num_steps, improve, transpose(matrix) if tall else matrix)
    return (transpose(result) if tall else result).astype(dtype)
