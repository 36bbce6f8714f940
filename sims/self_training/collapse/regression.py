"""Least squares on labels of the model before, every row drawn."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import InputError, concrete, require_nonnegative, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation
from jtts.sizes import power_of_two

WORK = 2**13  # rows at once


SIZES = {
    "columns": lambda dim, **_: max(4, power_of_two(dim)),
    "rows": lambda samples, **_: max(16, power_of_two(samples)),
}


def chunk(rows, **_):
    return max(1, WORK // rows)


def require_rows(*, dim, samples, t, noise, design="fresh"):
    """Raise InputError unless so many weights can be fitted to so many rows."""
    require_whole(1, dim=dim, samples=samples, t=t)
    require_nonnegative(noise=noise)
    features, known = concrete(dim), concrete(samples)
    if features is not None and known is not None and (known <= features + 1).any():
        raise InputError(f"samples must be above dim + 1, got dim = {dim}, samples = {samples}")
    if design not in ("same", "fresh"):
        raise InputError(f"design must be one of same, fresh, got {design!r}")


def _one_loop(key, dim, samples, t, noise, columns, rows, accumulates, same):
    """Squared error of the weights after t generations; features and truth are standard normal."""
    used = (jnp.arange(rows) < samples)[:, None] & (jnp.arange(columns) < dim)
    spare = jnp.diag(jnp.where(jnp.arange(columns) < dim, 0.0, 1.0))
    design_key, label_key = jax.random.split(key)

    def generation(i, state):
        weights, gram, moments = state
        own_key = jax.random.fold_in(design_key, 0 if same else i)
        x = jnp.where(used, jax.random.normal(own_key, (rows, columns), float), 0.0)
        y = x @ weights
        y = y + noise * jax.random.normal(jax.random.fold_in(label_key, i), (rows,), float)
        # rows that are not used have features 0: their labels do not count
        gram, moments = accumulates * gram + x.T @ x, accumulates * moments + x.T @ y
        return jnp.linalg.solve(gram + spare, moments), gram, moments

    zero = jnp.zeros(columns)
    begun = zero, jnp.zeros((columns, columns)), zero
    weights = lax.fori_loop(0, jnp.asarray(t, int), generation, begun)[0]
    return jnp.sum(weights**2)


def _loops(key, trials, *point):
    keys = jax.random.split(key, trials)
    return Estimate.of(jax.vmap(lambda one: _one_loop(one, *point))(keys))


@simulation(sizes=SIZES, chunk=chunk, validate=require_rows)
def replaced_regression_error(
    key: jax.Array,
    trials: int,
    dim: Numbers,
    samples: Numbers,
    t: Numbers,
    noise: Numbers,
    *,
    columns: int,
    rows: int,
) -> Estimate:
    """Fit weights to labels of the weights before, on rows that are fresh each time.

    Args:
      dim, samples: features and rows of a generation.
      t: generations, whole, from 1 on; the first is labelled by the truth.
      noise: standard deviation of a label.

    Returns:
      Estimate of the mean squared error of a prediction; a datum is a loop.

    Raises:
      InputError: an argument out of its range, or not enough rows.

    >>> found = replaced_regression_error(jax.random.key(0), 2**10, 3, 16, 2, 1.0)
    >>> bool(abs(found.mean - 0.5) < 0.08)
    True
    """
    return _loops(key, trials, dim, samples, t, noise, columns, rows, 0.0, False)


@simulation(sizes=SIZES, chunk=chunk, validate=require_rows)
def accumulated_regression_error(
    key: jax.Array,
    trials: int,
    dim: Numbers,
    samples: Numbers,
    t: Numbers,
    noise: Numbers,
    design: Literal["same", "fresh"] = "fresh",
    *,
    columns: int,
    rows: int,
) -> Estimate:
    """Fit weights to the rows of all generations, each labelled by the weights before.

    Args:
      dim, samples: features and rows of a generation.
      t: generations, whole, from 1 on; the first is labelled by the truth.
      noise: standard deviation of a label.
      design: whether every generation has fresh rows or all the same.

    Returns:
      Estimate of the mean squared error of a prediction; a datum is a loop.

    Raises:
      InputError: an argument out of its range, or not enough rows.

    >>> key = jax.random.key(0)
    >>> found = accumulated_regression_error(key, 2**10, 3, 16, 2, 1.0, design="same")
    >>> bool(abs(found.mean - 0.3125) < 0.06)
    True
    """
    return _loops(key, trials, dim, samples, t, noise, columns, rows, 1.0, design == "same")
