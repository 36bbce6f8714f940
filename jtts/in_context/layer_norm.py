"""Layer norm whose gradient takes its two means as products with a vector of ones."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

# that of flax takes a fifth longer for a training step on a CPU, where XLA is slow in sums over the
# last axis of a product


class LayerNorm(nnx.LayerNorm):
    """The layer norm of flax, with scale and bias; same numbers, reverse-mode gradients only."""

    def __call__(self, stream: jax.Array, **options: Any) -> jax.Array:
        return normalised(stream, self.scale[...], self.bias[...], self.epsilon)


@jax.custom_vjp
def normalised(stream: jax.Array, scale: jax.Array, bias: jax.Array, epsilon: float) -> jax.Array:
    """scale (x - mean x) / sqrt(var x + epsilon) + bias, over the last axis."""
    return _forward(stream, scale, bias, epsilon)[0]


def _forward(stream, scale, bias, epsilon):
    centred = stream - jnp.mean(stream, -1, keepdims=True)
    precision = jax.lax.rsqrt(jnp.mean(centred**2, -1, keepdims=True) + epsilon)
    unit = centred * precision
    return unit * scale + bias, (unit, precision, scale)


def _backward(kept, slope):
    unit, precision, scale = kept
    width = unit.shape[-1]
    mean = jnp.full((width, 1), 1 / width, unit.dtype)
    along = slope * scale
    of_stream = precision * (along - along @ mean - unit * ((along * unit) @ mean))
    others = tuple(range(slope.ndim - 1))
    return of_stream, jnp.sum(slope * unit, others), jnp.sum(slope, others), None


normalised.defvjp(_forward, _backward)
