"""Chains of gradient steps on prompts whose size grows in proportion."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import require_positive
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.in_context.chains import chain_error, flow_error, require_chain
from jtts.simulations import simulation
from jtts.sizes import power_of_two


def require_ratio(*, dim, dim_ratio, **numbers):
    """Raise InputError unless a prompt of that size can be played."""
    require_positive(dim_ratio=dim_ratio)
    require_chain(num_examples=1, dim=dim, **numbers)


def _examples(dim, dim_ratio):
    return jnp.maximum(jnp.round(dim / dim_ratio), 1.0)


def _chunk(dim, most):
    return max(2**17 // (most * int(dim)), 1)


PLAYED = {
    "most": lambda dim, dim_ratio, **_: power_of_two(
        int(np.max(np.maximum(np.round(dim / np.asarray(dim_ratio)), 1)))
    )
}


@simulation(chunk=_chunk, static=("dim",), sizes=PLAYED, validate=require_ratio)
def limit_flow_error(
    key: jax.Array,
    trials: int,
    time: Numbers,
    dim_ratio: Numbers,
    noise_ratio: Numbers,
    dim: int,
    most: Numbers,
) -> Estimate:
    """Follow the gradient flow on prompts of d/g examples with noise r d.

    Args:
      time: T.
      dim_ratio: g; the number of examples is rounded.
      noise_ratio: r.
      dim: d, whole.

    Returns:
      Estimate of the squared distance to the weights, per dimension; a datum is a prompt.

    Raises:
      InputError: a number out of range.

    >>> found = limit_flow_error(jax.random.key(0), 2**10, 3.0, 0.5, 0.1, dim=32)
    >>> bool(abs(found.mean - 0.1237) < 0.005)
    True
    """
    return flow_error.chunk_function(
        key, trials, time, _examples(dim, dim_ratio), dim, noise_ratio * dim, most
    )


@simulation(chunk=_chunk, static=("dim",), sizes=PLAYED, validate=require_ratio)
def limit_chain_error(
    key: jax.Array,
    trials: int,
    num_steps: Numbers,
    dim_ratio: Numbers,
    noise_ratio: Numbers,
    step_size: Numbers,
    dim: int,
    most: Numbers,
) -> Estimate:
    """Take gradient steps on prompts of d/g examples with noise r d.

    Args:
      num_steps: t, whole.
      dim_ratio: g; the number of examples is rounded.
      noise_ratio: r.
      step_size: eta of a step.
      dim: d, whole.

    Returns:
      Estimate of the squared distance to the weights, per dimension; a datum is a prompt.

    Raises:
      InputError: a number out of range.

    >>> found = limit_chain_error(jax.random.key(0), 2**10, 6, 0.5, 0.1, 0.4, dim=32)
    >>> bool(abs(found.mean - 0.139) < 0.01)
    True
    """
    return chain_error.chunk_function(
        key, trials, num_steps, _examples(dim, dim_ratio), dim, noise_ratio * dim, step_size, most
    )
