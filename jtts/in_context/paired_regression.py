"""Linear regression with x and y in one token, as one layer of linear attention needs it."""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp

from jtts.arguments import require_whole
from jtts.in_context.labelled_items import at_query
from jtts.in_context.linear_regression import LinearRegression, linear_regression, pairs
from jtts.in_context.sequences import Sequences, draw, sample
from jtts.parameters import parameters


@parameters
class PairedRegression:
    """Tokens (x_i, y_i), and (x, 0) for the query.

    Attributes:
      regression: the tasks; its last pair is the query.
    """

    regression: LinearRegression

    @property
    def num_examples(self) -> int:
        """Pairs before the query, n."""
        return self.regression.num_examples - 1


def paired_regression(*, num_examples: int, **options: Any) -> PairedRegression:
    """Tasks y = w.x + noise; y is asked for at the last of n + 1 tokens of d + 1 entries.

    Args:
      num_examples: pairs before the query, n.
      options: of `linear_regression`.

    Raises:
      InputError: a number outside its range.

    Source: arXiv:2212.07677.

    >>> from jtts.in_context import sample
    >>> task = paired_regression(num_tasks=4, dim=8, num_examples=16, noise_var=0.25)
    >>> sample(task, jax.random.key(0), 2).inputs.shape
    (2, 17, 9)
    """
    require_whole(num_examples=num_examples)
    return PairedRegression(linear_regression(num_examples=num_examples + 1, **options))


@draw.register
@functools.partial(jax.jit, static_argnames=("batch_size", "from_pool"))
def _sample(
    task: PairedRegression, key: jax.Array, batch_size: int, *, from_pool: bool = True
) -> Sequences:
    batch = sample(task.regression, key, batch_size, from_pool=from_pool)
    x, y = pairs(batch)
    length, shown = y.shape[1], y.at[:, -1].set(0)
    return Sequences(
        jnp.concatenate([x, shown[..., None]], -1),
        at_query(y[:, -1], length),
        at_query(jnp.ones_like(y[:, -1]), length),
        at_query(batch.oracle[:, -2], length),
    )
