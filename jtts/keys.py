"""Random keys that depend on parameters and seed alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

ADDRESS = re.compile(r" at 0x[0-9a-f]+")  # of a function in the tree: another one every time


def parameter_digest(parameters: Mapping[str, Any]) -> tuple[int, int]:
    """64 bits, as two words, that depend on names and values but not on their order or dtype."""
    digest = hashlib.blake2b(digest_size=8)
    for name in sorted(parameters):
        leaves, tree = jax.tree_util.tree_flatten_with_path(parameters[name])
        digest.update(f"{name}:{ADDRESS.sub('', str(tree))}".encode())
        for path, leaf in leaves:
            digest.update(jax.tree_util.keystr(path).encode())
            if isinstance(leaf, str):
                digest.update(leaf.encode())
            else:
                array = np.asarray(leaf, np.float64)
                digest.update(f"{array.shape}".encode() + array.tobytes())
    words = np.frombuffer(digest.digest(), "<u4")
    return int(words[0]), int(words[1])


def point_keys(seed: int, points: list[Mapping[str, Any]]) -> jax.Array:
    """One key per point: a point's random numbers do not depend on the points beside it."""
    words = np.array([parameter_digest(point) for point in points], np.uint32)
    return _fold(jax.random.key(seed), words)


@jax.jit
def _fold(key: jax.Array, words: jax.Array) -> jax.Array:
    return jax.vmap(lambda w: jax.random.fold_in(jax.random.fold_in(key, w[0]), w[1]))(words)
