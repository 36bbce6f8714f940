"""Parameter objects: frozen dataclasses that travel through JAX as pytrees."""

from __future__ import annotations

import dataclasses
from typing import TypeVar, dataclass_transform

import jax

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def parameters(cls: type[T]) -> type[T]:
    """Make `cls` a frozen dataclass and a pytree whose leaves are its fields.

    `__post_init__` validates what a user constructs. Unflattening goes around it: there the leaves
    may be tracers, tangents (a negative "variance" is a fine gradient) or placeholders.
    """
    cls = dataclasses.dataclass(frozen=True)(cls)
    names = tuple(field.name for field in dataclasses.fields(cls))  # type: ignore[arg-type]

    def flatten_with_keys(instance):
        return [(jax.tree_util.GetAttrKey(n), getattr(instance, n)) for n in names], None

    def flatten(instance):
        return [getattr(instance, n) for n in names], None

    def unflatten(_, leaves):
        instance = object.__new__(cls)
        for name, leaf in zip(names, leaves, strict=True):
            object.__setattr__(instance, name, leaf)
        return instance

    jax.tree_util.register_pytree_with_keys(cls, flatten_with_keys, unflatten, flatten)
    return cls
