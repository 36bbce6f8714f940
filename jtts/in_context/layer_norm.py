"""Layer norm whose gradient takes its two means as products with a vector of ones.

With the layer norm of flax a training step takes a quarter longer on a CPU, where XLA is slow in
sums over the last axis of a product.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx

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
    centred = stream - jnp.mean(stream, -1, keepdims=True)
    precision = jax.lax.rsqrt(jnp.mean(centred**2, -1, keepdims=True) + EPSILON)
    unit = centred * precision
    return unit * scale + bias, (unit, precision, scale)


def _backward(kept, slope):
    unit, precision, scale = kept
    width = unit.shape[-1]
    mean = jnp.full((width, 1), 1 / width, unit.dtype)
    along = slope * scale
    of_stream = precision * (along - along @ mean - unit * ((along * unit) @ mean))
    others = tuple(range(slope.ndim - 1))
    return of_stream, jnp.sum(slope * unit, others), jnp.sum(slope, others)


normalised.defvjp(_forward, _backward)
