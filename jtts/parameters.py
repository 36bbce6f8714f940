"""Parameter objects: frozen dataclasses that travel through JAX as pytrees."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar, dataclass_transform

import jax

from jtts.promises import require_fields

T = TypeVar("T")


def static(**options: Any) -> Any:
    """A field of a parameter object that is no number; hashable."""
    return dataclasses.field(metadata={"static": True}, **options)


@dataclass_transform(frozen_default=True)
def parameters(cls: type[T]) -> type[T]:
    """Make `cls` a frozen dataclass and a pytree whose leaves are its fields.

    A field declared with `static()` (a function, say) is part of the tree's structure instead.
    A class may state what its fields take: `holds: ClassVar = {"a": positive()}`. That and
    `__post_init__` validate what a user constructs. Unflattening goes around it: there the leaves
    may be tracers, tangents (a negative "variance" is a fine gradient) or placeholders.
    """
    check = getattr(cls, "__post_init__", lambda self: None)

    def validate(self: T) -> None:
        require_fields(self)
        check(self)

    cls.__post_init__ = validate  # type: ignore[attr-defined]
    cls = dataclasses.dataclass(frozen=True)(cls)
    fields = dataclasses.fields(cls)  # type: ignore[arg-type]
    names = tuple(field.name for field in fields if not field.metadata.get("static"))
    statics = tuple(field.name for field in fields if field.metadata.get("static"))

    def structure(instance):
        return tuple(getattr(instance, n) for n in statics)

    def flatten_with_keys(instance):
        return [(jax.tree_util.GetAttrKey(n), getattr(instance, n)) for n in names], structure(
            instance
        )

    def flatten(instance):
        return [getattr(instance, n) for n in names], structure(instance)

    def unflatten(structure, leaves):
        instance = object.__new__(cls)
        for name, leaf in zip((*names, *statics), (*leaves, *structure), strict=True):
            object.__setattr__(instance, name, leaf)
        return instance

    jax.tree_util.register_pytree_with_keys(cls, flatten_with_keys, unflatten, flatten)
    return cls
