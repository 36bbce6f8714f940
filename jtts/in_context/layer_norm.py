"""Layer norm whose sums, forward and backward, are products with ones."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx

from jtts.in_context.row_sums import column_sums, row_sums

EPSILON = 1e-6


class LayerNorm(nnx.Module):
    """scale (x - mean x) / sqrt(var x + epsilon) + bias, over the last axis; float32."""

    def __init__(self, width: int):
        self.scale = nnx.Param(jnp.ones(width, jnp.float32))
        self.bias = nnx.Param(jnp.zeros(width, jnp.float32))

    def __call__(self, stream: jax.Array) -> jax.Array:
        return normalised(stream, self.scale[...], self.bias[...])


@jax.custom_vjp
def normalised(stream: jax.Array, scale: jax.Array, bias: jax.Array) -> jax.Array:
    """What `LayerNorm` computes; differentiable in reverse mode."""
    return _forward(stream, scale, bias)[0]


def _forward(stream, scale, bias):
    centred = stream - _mean(stream)
    precision = jax.lax.rsqrt(_mean(centred**2) + EPSILON)
    unit = centred * precision
    return unit * scale + bias, (unit, precision, scale)


def _backward(kept, slope):
    unit, precision, scale = kept
    along = slope * scale
    of_stream = precision * (along - _mean(along) - unit * _mean(along * unit))
    return of_stream, column_sums(slope * unit), column_sums(slope)


def _mean(values):
    return row_sums(values) / values.shape[-1]


normalised.defvjp(_forward, _backward)
