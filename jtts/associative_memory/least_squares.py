"""The memory of all pairs at once: least squares, with a ridge or by writes in turn."""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.scipy.linalg import solve_triangular

from jtts.arguments import concrete, require_nonnegative
from jtts.associative_memory.products import product, transpose
from jtts.associative_memory.sequences import gather, known_to_be

FAINTEST = 64.0  # least root of the ridge, in rounding errors of all keys


def memorise_exactly(
    keys: jax.Array,
    values: jax.Array,
    *,
    ridge: Any = 0.0,
    initial: jax.Array | None = None,
) -> jax.Array:
    """The state of least squares, [..., value_dim, dim]: what recursive least squares ends with.

    W <- W + (v - W k) g^T, P <- P - P k g^T with gain g = P k / (ridge + k^T P k), P_1 = I. After
    N pairs W minimises sum_j |v_j - W k_j|^2 + ridge |W - W_0|^2; at ridge = 0, where P projects
    away from the keys written, every pair is recalled exactly while keys are independent.

    P is not formed at ridge > 0, it would lose what the ridge is below rounding: the keys are
    rotated into a triangle, one dimension after the other. The error is that of keys rounded to
    their dtype.

    Args:
      keys: k, [..., time, dim].
      values: v, [..., time, value_dim].
      ridge: >= 0, a number. At 0, a key in the span of those before it (k^T P k below rounding)
        has nowhere to go and is not written: of N > dim pairs, the first independent ones stay.
        Above 0, one below (64 eps)^2 sum_j |k_j|^2, the square of rounding, counts as that.
      initial: W_0, [..., value_dim, dim]; None is zero.

    Raises:
      InputError: shapes that do not fit, or ridge < 0.

    >>> keys, values = jnp.array([[1.0, 0.0], [1.0, 1.0]]), jnp.array([[1.0], [5.0]])
    >>> memorise_exactly(keys, values).tolist()
    [[1.0, 4.0]]
    """
    require_nonnegative(ridge=ridge)
    writes, lead, dtype = gather(keys, values, 1.0, 0.0, 1.0, initial)
    given = writes.keys, writes.values, writes.initial
    if known_to_be(0.0, ridge):
        state = _in_turn(*given)
    elif concrete(ridge) is not None:
        state = _at_once(*given, jnp.asarray(ridge, writes.keys.dtype))
    else:
        ridge = jnp.asarray(ridge, writes.keys.dtype)
        # the branch not taken must not divide by zero, nor its derivative
        positive = jnp.where(ridge > 0, ridge, 1.0)
        state = lax.cond(ridge > 0, lambda: _at_once(*given, positive), lambda: _in_turn(*given))
    return state.reshape(*lead, *state.shape[1:]).astype(dtype)


@jax.jit
@functools.partial(jax.vmap, in_axes=(0, 0, 0, None))
def _at_once(keys, values, initial, ridge):
    time, dim = keys.shape
    faintest = FAINTEST * jnp.finfo(keys.dtype).eps
    ridge = jnp.maximum(ridge, faintest**2 * jnp.sum(keys**2))
    missing = values - product(keys, transpose(initial))
    if time > dim:
        return initial + transpose(_solve(keys, missing, ridge))
    return initial + transpose(_solve_in_span(keys, missing, ridge))


def _solve(keys, missing, ridge):
    """(K^T K + ridge)^-1 K^T Y: reflections of (K, Y) into the rows below (sqrt(ridge) I, 0)."""
    root = jnp.sqrt(ridge)

    def reflect(rows, column):
        keys, missing = rows
        own = jnp.arange(keys.shape[-1]) == column
        entries = keys[:, column]
        length = jnp.sqrt(ridge + jnp.vdot(entries, entries))
        along = jnp.where(own, 0.0, product(entries, keys) / length)
        moved = product(entries, missing) / length
        entries = entries / (root + length)
        keys = jnp.where(own, 0.0, keys - jnp.outer(entries, along))
        missing = missing - jnp.outer(entries, moved)
        return (keys, missing), (jnp.where(own, length, along), moved)

    triangle, sides = lax.scan(reflect, (keys, missing), jnp.arange(keys.shape[-1]))[1]
    return solve_triangular(triangle, sides)


def _solve_in_span(keys, missing, ridge):
    """`_solve` of no more keys than dimensions: among those left open rounding would win.

    X and A with X = K^T A, K X + ridge A = Y. Differentiated as that system: a key may leave the
    span of the others.
    """

    dim = keys.shape[1]

    def system(unknown):
        found, weights = unknown[:dim], unknown[dim:]
        above = product(transpose(keys), weights) - found
        return jnp.concatenate([above, product(keys, found) + ridge * weights])

    def solve(_, sides):
        shift, missing = sides[:dim], sides[dim:]
        found, weights = _in_span(keys, missing + product(keys, shift), ridge)
        return jnp.concatenate([found - shift, weights])

    sides = jnp.concatenate([jnp.zeros((dim, missing.shape[1]), keys.dtype), missing])
    return lax.custom_linear_solve(system, sides, solve, symmetric=True)[:dim]


def _in_span(keys, missing, ridge):
    basis = lax.scan(_take_direction, jnp.eye(keys.shape[-1], dtype=keys.dtype), keys)[1]
    inner = product(keys, transpose(basis))
    found = _solve(inner, missing, ridge)
    # A is what is left of Y over the ridge: digits remain where a key brought no direction
    none = jnp.diagonal(inner) == 0
    left = (missing - product(inner, found)) / ridge
    sides = jnp.where(none[:, None], left, found)
    weights = solve_triangular(inner + jnp.diag(none), sides, lower=True, trans=1)
    return product(transpose(basis), found), weights


def _take_direction(free, key):
    """The unit vector of a key within the space still free, or zero; and what is free then."""
    # a projector applied twice stays one to rounding, whatever the condition of the keys
    room = product(free, product(free, key))
    square = jnp.vdot(room, room)
    rounding = (16 * len(key) * jnp.finfo(key.dtype).eps) ** 2
    fits = square > rounding * jnp.vdot(key, key)
    room = jnp.where(fits, room, 0.0) / jnp.sqrt(jnp.where(fits, square, 1.0))
    return free - jnp.outer(room, room), room


@jax.jit
@jax.vmap
def _in_turn(keys, values, initial):
    """Recursive least squares without a ridge."""

    def write(memory, pair):
        state, free = memory
        key, value = pair
        free, room = _take_direction(free, key)
        size = jnp.vdot(key, room)
        gain = room / jnp.where(size == 0, 1.0, size)
        return (state + jnp.outer(value - product(state, key), gain), free), None

    free = jnp.eye(keys.shape[-1], dtype=keys.dtype)
    return lax.scan(write, (initial, free), (keys, values))[0][0]
