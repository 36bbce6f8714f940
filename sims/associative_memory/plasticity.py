"""Oja's rule, followed input by input."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_nonnegative, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.associative_memory.memories import normal
from jtts.simulations import simulation


def require_rule(*, duration, num_steps, **_):
    """Raise InputError unless the rule can be followed."""
    require_nonnegative(duration=duration)
    require_whole(num_steps=num_steps)


@simulation(chunk=1024, validate=require_rule)
def oja_flow(
    key: jax.Array,
    trials: int,
    duration: Numbers,
    spectrum: Numbers,
    initial: Numbers,
    *,
    num_steps: Numbers,
) -> Estimate:
    """Weights learned by Oja's rule from normal inputs, one at a time.

    Args:
      duration: sum of the steps.
      spectrum: variances of the inputs, [d].
      initial: weights, [d].
      num_steps: whole number; time grows with it.

    Returns:
      Estimate of the weights, [d]; a datum is one neuron.

    Raises:
      InputError: a negative duration, or a number of steps that is not whole.

    >>> neuron = oja_flow(jax.random.key(0), 10, 0.0, [1.0, 0.5], [0.5, 0.25], num_steps=2)
    >>> neuron.mean.tolist()
    [0.5, 0.25]
    """
    step = duration / num_steps

    def learn(i, weights):
        inputs = jnp.sqrt(spectrum) * normal(jax.random.fold_in(key, i), *weights.shape)
        output = jnp.sum(weights * inputs, -1, keepdims=True)
        return weights + step * output * (inputs - output * weights)

    start = jnp.broadcast_to(initial, (trials, *initial.shape))
    return Estimate.of(lax.fori_loop(0, num_steps, learn, start))
