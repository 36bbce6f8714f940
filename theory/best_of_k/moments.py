"""Moments of the selected candidate for arrays of points: averaged, in blocks, differentiable."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.custom_derivatives import SymbolicZero

from jtts.arguments import concrete
from jtts.theory.best_of_k.nearest import density, nearest_moments
from jtts.theory.best_of_k.nodes import gauss_legendre
from jtts.theory.best_of_k.softmax import softmax_moments

BLOCK = 16  # points evaluated at once: bounds the memory of a large grid


def averaged(moments, count):
    """E x^2 and E[g^2 (x / c)] over offsets c = sqrt(rho) g, g ~ N(0, 1), at `count` nodes."""
    nodes, weights = gauss_legendre(count // 2)
    inner = 1 - (1 - nodes) ** 3, 3 * (1 - nodes) ** 2 * weights
    outer = nodes**3, 3 * nodes**2 * weights

    def average(k, rho, t):
        # The integrand decays like exp(-g^2 (1 - 2 rho) / 2) while the judge is inside the cloud
        # of candidates, g^2 rho < 2 ln k, and like exp(-g^2 / 2) beyond. Nodes crowd at the edge.
        covered = 60 / jnp.maximum(1 - 2 * rho, 1e-9)
        beyond = (2 * jnp.log(k) + 1) / jnp.maximum(rho, 1e-9) + 60
        reach = jnp.sqrt(jnp.minimum(covered, beyond))
        far = 2 * jnp.log(k)  # k phi(b) = b, nearly
        far = jnp.maximum(far - np.log(2 * np.pi) - jnp.log(jnp.maximum(far, 1.0)), 1.0)
        edge = jnp.minimum(jnp.sqrt(far / jnp.maximum(rho, 1e-9)), reach)
        edge, reach = lax.stop_gradient((edge, reach))
        g = jnp.concatenate([edge * inner[0], edge + (reach - edge) * outer[0]])
        weight = jnp.concatenate([edge * inner[1], (reach - edge) * outer[1]])
        weight = 2 * weight * density(g)
        weight = weight / (weight @ g**2)
        # the moments are even in c: their derivatives by rho = 0 are those close by
        c = jnp.sqrt(rho + jnp.where(rho < 1e-6, 1e-9, 0.0)) * g
        square, slope = jax.vmap(moments, (None, 0, None))(k, c, t)
        return weight @ square, (weight * g**2) @ slope

    return average


POINTWISE = nearest_moments, softmax_moments
AVERAGED = averaged(nearest_moments, 128), averaged(softmax_moments, 64)


def selected_moments(kernels, k, place, temperature, predictive_var):
    """Broadcast (k, place, T / (2 s^2)) through a pair of kernels; a known zero T compiles less."""
    known = concrete(temperature)
    cold = known is not None and not known.any()
    t = 0.0 if cold else temperature / (2 * predictive_var)
    columns = jnp.broadcast_arrays(*(jnp.asarray(x, jnp.result_type(float)) for x in (k, place, t)))
    flat = _compiled_moments(kernels, not cold, *(column.ravel() for column in columns))
    return tuple(moment.reshape(columns[0].shape) for moment in flat)


@functools.partial(jax.custom_jvp, nondiff_argnums=(0, 1))
def _moments(kernels, may_be_hot, k, place, t):
    return over_blocks(_block(kernels, may_be_hot), k, place, t)


# Partial derivatives are taken forward, point by point: reverse mode then stores six numbers a
# point and not every node.
@functools.partial(_moments.defjvp, symbolic_zeros=True)
def _moments_jvp(kernels, may_be_hot, primals, tangents):
    moving = [i for i, tangent in enumerate(tangents) if not isinstance(tangent, SymbolicZero)]
    function = _block(kernels, may_be_hot)

    def with_partials(*point):
        directions = tuple(
            jnp.stack([jnp.full_like(x, i == j) for i in moving]) for j, x in enumerate(point)
        )
        partials = jax.vmap(lambda *along: jax.jvp(function, point, along)[1])(*directions)
        return function(*point), jax.tree.map(list, partials)

    values, partials = over_blocks(with_partials, *primals)
    slopes = tuple(
        sum(slope * tangents[i] for i, slope in zip(moving, partial, strict=True))
        for partial in partials
    )
    return values, slopes


_compiled_moments = jax.jit(_moments, static_argnums=(0, 1))


def _block(kernels, may_be_hot):
    """Kernel of a block of points; temperature 0 takes the cheap one.

    That one has slope 0 in t, and so has the softmax at t = 0: two candidates whose scores differ
    by less than T are exchanged, which to first order changes nothing on average.
    """
    nearest, softmax = kernels
    cold = jax.vmap(nearest)
    if not may_be_hot:
        return cold

    def point_by_point(*columns):  # the softmax has 200,000 nodes
        return lax.map(lambda point: lax.cond(point[2] > 0, softmax, nearest, *point), columns)

    return lambda k, place, t: lax.cond(jnp.any(t > 0), point_by_point, cold, k, place, t)


def over_blocks(function, *columns):
    count = columns[0].shape[0]
    block = max(1, min(BLOCK, count))
    padding = -count % block
    blocks = [jnp.pad(x, (0, padding), mode="edge").reshape(-1, block) for x in columns]
    results = lax.map(lambda block: function(*block), blocks)
    return jax.tree.map(lambda x: x.reshape(-1)[:count], results)
