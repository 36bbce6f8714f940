"""Kernels of one point, mapped over arrays of points in bounded memory."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
from jax import lax

from jtts.rewards import Discrete


@functools.partial(jax.jit, static_argnames=("kernel", "block"))
def over_points(kernel, *arguments, vectors=(), block=1):
    """`kernel(*arguments, *vectors)` at every point of arguments that broadcast.

    Args:
      arguments: numbers, arrays, or parameter objects of such; the kernel gets single numbers, of a
        `Discrete` law its vectors.
      vectors: arrays whose last axis goes to the kernel whole.
      block: points evaluated at once.
    """
    leaves, tree = jax.tree.flatten((*arguments, *vectors))
    leaves = [jnp.asarray(x, float) for x in leaves]
    ranks = [*_ranks(arguments), *(1 for _ in vectors)]
    cores = [x.shape[x.ndim - rank :] for x, rank in zip(leaves, ranks, strict=True)]
    outer = [x.shape[: x.ndim - len(core)] for x, core in zip(leaves, cores, strict=True)]
    shape = jnp.broadcast_shapes(*outer)
    columns = [
        jnp.broadcast_to(x, shape + core).reshape(-1, *core)
        for x, core in zip(leaves, cores, strict=True)
    ]
    count = columns[0].shape[0]
    values = lax.map(
        lambda point: kernel(*jax.tree.unflatten(tree, point)),
        columns,
        batch_size=max(1, min(block, count)),
    )
    return jax.tree.map(lambda x: x.reshape(shape + x.shape[1:]), values)


def _ranks(arguments):
    """Axes of every leaf that belong to one point."""

    def is_discrete(node):
        return isinstance(node, Discrete)

    marked = jax.tree.map(
        lambda node: jax.tree.map(lambda _: 1, node) if is_discrete(node) else 0,
        arguments,
        is_leaf=is_discrete,
    )
    return jax.tree.leaves(marked)
