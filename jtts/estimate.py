"""A Monte Carlo estimate that streams: count, mean and sum of squared deviations."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import InputError, require_numbers
from jtts.parameters import parameters


@parameters
class Estimate:
    """Mean of independent, identically distributed data, with its standard error.

    `mean` and `squares` (the sum of squared deviations from the mean) are arrays or pytrees of
    arrays of the same shape; `count` is the number of data. A datum is whatever is independent of
    the other data: a trial, a training set, or one randomised replicate of a stratified design.

    >>> estimate = Estimate.of(jnp.array([1.0, 2.0, 3.0]))
    >>> float(estimate.mean), round(float(estimate.stderr), 6), float(estimate.count)
    (2.0, 0.57735, 3.0)
    """

    count: Any
    mean: Any
    squares: Any

    @classmethod
    def of(cls, data: Any) -> Estimate:
        """Estimate from data along the leading axis of every leaf of `data`."""

        def as_real(x):
            return x.astype(jnp.result_type(float)) if x.dtype == bool else x

        for leaf in jax.tree.leaves(data) or [data]:
            require_numbers(data=leaf)
        data = jax.tree.map(lambda x: as_real(jnp.asarray(x)), data)
        if not all(map(jnp.ndim, jax.tree.leaves(data) or [0])):
            raise InputError("data must have an axis of data, got a single number or nothing")
        count = jax.tree.leaves(data)[0].shape[0]
        mean = jax.tree.map(lambda x: jnp.mean(x, 0), data)
        squares = jax.tree.map(lambda x, m: jnp.sum((x - m) ** 2, 0), data, mean)
        return cls(jnp.asarray(count, jnp.result_type(float)), mean, squares)

    @classmethod
    def of_one(cls, datum: Any) -> Estimate:
        """Estimate from a single datum, e.g. the mean of one stratified replicate."""
        return cls.of(jax.tree.map(lambda x: jnp.asarray(x)[None], datum))

    def merge(self, other: Estimate) -> Estimate:
        """Estimate from the data of both, by the pairwise update (exact in any order)."""
        count = self.count + other.count
        share = other.count / _numpy(count).maximum(count, 1)

        def mean(a, b):
            return a + (b - a) * _leading(share, a)

        def squares(sa, sb, a, b):
            return sa + sb + (b - a) ** 2 * _leading(self.count * share, a)

        return Estimate(
            count,
            jax.tree.map(mean, self.mean, other.mean),
            jax.tree.map(squares, self.squares, other.squares, self.mean, other.mean),
        )

    @property
    def variance(self) -> Any:
        """Unbiased sample variance; NaN below two data, where none can be known."""
        numpy = _numpy(self.count)
        freedom = numpy.where(self.count > 1, self.count - 1, numpy.nan)
        return jax.tree.map(lambda s: s / _leading(freedom, s), self.squares)

    @property
    def stderr(self) -> Any:
        """Standard error of the mean; 0 where the data differ by no more than rounding."""

        def root(v, mean):
            xp = _numpy(v)
            stderr = xp.sqrt(v / _leading(self.count, v))
            return xp.where(stderr <= xp.finfo(v.dtype).eps * abs(mean), 0, stderr)

        return jax.tree.map(root, self.variance, self.mean)


def _leading(weight: Any, values: Any) -> Any:
    """Shape a weight per estimate against values of stacked estimates, whose counts lead."""
    return weight.reshape(weight.shape + (1,) * (values.ndim - weight.ndim))


def _numpy(values: Any) -> Any:
    """The library that `values` belong to: what is on the host stays there."""
    return np if isinstance(values, np.ndarray | np.generic) else jnp
