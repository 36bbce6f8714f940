"""The identity of code and of values, by what they are made of and never by how they print.

The digest of a function covers the functions that it calls, where they belong to the package or to
the user. Comments, docstrings and layout are no part of it. What stands in the engine (keys, tiles,
merging) is not followed: it has a version of its own, raised by hand.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import inspect
import types
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from jtts.arguments import InputError
from jtts.source_text import (
    PACKAGE,
    compiled,
    enclosed,
    has_source,
    in_library,
    is_users,
    names_in,
    tokens,
)

ENGINE = {
    f"{PACKAGE}{name}"
    for name in (
        *("arguments", "estimate", "keys", "parameters", "points", "precision", "promises"),
        *("signatures", "simulations", "sizes", "tiles"),
    )
}
PROMISES = f"{PACKAGE}promises"  # what is refused is no part of what code computes
ENGINE_VERSION = 1  # raised by hand when keys, tiles or merging change the bits of a simulation
EXACT = 2**53  # whole numbers up to here are doubles too
SIMPLE = (str, bytes, type(None), types.EllipsisType)
NUMBERS = (bool, int, float, complex, np.generic, np.ndarray, jax.Array)

CONSTANTS = (
    *(*SIMPLE, *NUMBERS, list, tuple, dict, set, frozenset),
    *(functools.partial, types.MethodType),
)


def code_digest(*functions: Any) -> str:
    """16 hexadecimal digits that change when the code of the functions does, or what they call.

    Followed are functions, classes and constants that the code names or encloses, where they belong
    to the package, to the function's own module or to files outside of installed packages.
    """
    listing = _Listing(strict=False)
    for function in functions:
        listing.home = getattr(_function(function), "__module__", None) or ""
        listing.visit(function)
    return listing.digest()


def content_digest(value: Any) -> str:
    """16 hexadecimal digits that change when the content of a value does.

    Numbers count to the last digit, whatever their type; of an object its type and its fields; of a
    function or a type its code too.

    Raises:
      InputError: an object that does not show what it holds.

    >>> content_digest([1, 2, 3]) == content_digest(np.array([1.0, 2.0, 3.0]))
    True
    >>> content_digest(0.1234567891) == content_digest(0.1234567892)
    False
    """
    listing = _Listing(strict=True)
    listing.value("", value)
    return listing.digest()


def _function(value: Any) -> Any:
    """What a wrapper (of `jit`, a law, a simulation) calls."""
    value = getattr(value, "chunk_function", value)
    return inspect.unwrap(getattr(value, "function", value)) if callable(value) else value


class _Listing:
    """Everything that was met, each thing once: its label -> what it is made of.

    `strict` means that a value must be known in full; otherwise, among the constants that code
    names, objects without fields are passed over.
    """

    def __init__(self, *, strict: bool):
        self.strict, self.home = strict, ""
        self.found: dict[str, str] = {}
        self.code: set[int] = set()
        self.values: dict[int, str] = {}
        self.alive: list[Any] = []  # an id is one object's for as long as the object lives

    def digest(self) -> str:
        content = repr(sorted(self.found.items()))
        return hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()

    def visit(self, value: Any) -> None:
        """List the code of a function, class, law or simulation."""
        if id(value) in self.code:
            return
        self.code.add(id(value))
        self.alive.append(value)
        if hasattr(value, "chunk_function"):
            for also in ("sizes", "validate", "chunk", "min_chunks"):
                self.value(f"{value.name}.{also}", getattr(value, also))
        function = _function(value)
        module = getattr(function, "__module__", None) or ""
        if module in ENGINE or not self._followed(module):
            return
        if inspect.isclass(function):
            self.found[f"{module}.{function.__qualname__}"] = self._code(function)
            for name, method in list(vars(function).items()):
                method = getattr(method, "__func__", getattr(method, "fget", method))
                if isinstance(method, types.FunctionType):
                    if method.__code__.co_filename.startswith("<") and has_source(function):
                        continue  # made by a decorator: the source of the class says all
                    self._follow(method)
                elif isinstance(method, functools.cached_property):
                    self.visit(method.func)
                elif not name.startswith("__"):
                    self._constant(f"{module}.{function.__qualname__}.{name}", method)
            for base in function.__bases__:
                self.visit(base)
        elif isinstance(function, types.FunctionType):
            key, text = f"{module}.{function.__qualname__}", self._code(function)
            while self.found.get(key, text) != text:  # another lambda of the same place
                key += "'"
            self.found[key] = text
            self._follow(function)

    def value(self, label: str, value: Any) -> None:
        """List what a value holds."""
        if isinstance(value, SIMPLE):
            self.found[label] = repr(value)
        elif isinstance(value, NUMBERS) and not isinstance(value, jax.core.Tracer):
            self._numbers(label, value)
        elif id(value) in self.values:
            self.found[label] = f"as {self.values[id(value)]}"
        elif not self.strict and type(value).__module__ == PROMISES:
            self.found[label] = "a promise"
        else:
            self.values[id(value)] = label
            self.alive.append(value)
            self._holder(label, value)

    def _numbers(self, label: str, value: Any) -> None:
        if isinstance(value, jax.Array) and jax.dtypes.issubdtype(value.dtype, jax.dtypes.prng_key):
            value = jax.random.key_data(value)
        known = np.asarray(value)
        if known.dtype == object:  # a whole number beyond 64 bits, or anything
            if isinstance(value, int):
                self.found[label] = repr(value)
            else:
                self.found[label] = f"{known.shape}"
                self.value(f"{label}.items", known.ravel().tolist())
            return
        if known.dtype.kind in "iu":
            exact = bool(np.all(known <= EXACT) and np.all(known >= -EXACT))
        else:  # a half or single precision number is a double too
            real = jax.dtypes.issubdtype(known.dtype, np.floating)
            exact = bool(real) and known.dtype.itemsize <= 8
        known = known.astype(np.float64) if exact else known
        content = hashlib.blake2b(np.ascontiguousarray(known).tobytes(), digest_size=16)
        self.found[label] = f"{known.dtype.str} {known.shape} {content.hexdigest()}"

    def _holder(self, label: str, value: Any) -> None:
        kind = type(value)
        name = f"{kind.__module__}.{kind.__qualname__}"
        if isinstance(value, list | tuple) and kind in (list, tuple):
            if value and all(isinstance(item, bool | int | float | np.number) for item in value):
                self._numbers(label, _array(value))
                return
            self.found[label] = f"{len(value)} items"
            for i, item in enumerate(value):
                self.value(f"{label}[{i}]", item)
        elif isinstance(value, Mapping):
            self.found[label] = f"{name} of {len(value)}"
            for i, (key, item) in enumerate(value.items()):
                self.value(f"{label}.key {i}", key)
                self.value(f"{label}.item {i}", item)
        elif isinstance(value, set | frozenset):
            self.found[label] = f"{name} {sorted(map(content_digest, value))}"
        elif isinstance(value, functools.partial):
            self.found[label] = name
            self.value(f"{label}.func", value.func)
            self.value(f"{label}.args", list(value.args))
            self.value(f"{label}.keywords", dict(value.keywords))
        elif isinstance(value, types.MethodType):
            self.found[label] = f"method {value.__func__.__qualname__}"
            self.value(f"{label}.self", value.__self__)
        elif inspect.isclass(value):
            self.found[label] = f"{value.__module__}.{value.__qualname__}"
            self.visit(value)
        elif isinstance(value, types.ModuleType):
            self.found[label] = f"module {value.__name__}"
        elif _is_function(value):
            self._function(label, value)
        elif dataclasses.is_dataclass(value):
            self.found[label] = name
            self.visit(kind)
            for item in dataclasses.fields(value):
                self.value(f"{label}.{item.name}", getattr(value, item.name))
        else:
            self._object(label, name, value)

    def _object(self, label: str, name: str, value: Any) -> None:
        """An object of any other class: what it would be copied from."""
        self.found[label] = name
        if isinstance(value, np.dtype):
            self.found[label] = f"dtype {value}"
            return
        if hasattr(value, "__array__"):
            self._numbers(f"{label}.array", np.asarray(value))
            return
        self.visit(type(value))
        try:
            made = value.__reduce_ex__(4)
        except TypeError as problem:
            if self.strict:
                raise InputError(f"an object of {name} does not show what it holds") from problem
            return
        if isinstance(made, str):
            self.found[label] = f"{name} {made}"
            return
        make, arguments, state, items, pairs = (*made, None, None, None)[:5]
        self.found[label] = f"{name} by {getattr(make, '__qualname__', '')}"
        cached = functools.cached_property
        if isinstance(state, dict):
            kind = type(value)
            state = {k: v for k, v in state.items() if not isinstance(getattr(kind, k, 0), cached)}
        parts = [arguments[1:] if arguments[:1] == (type(value),) else arguments, state]
        parts += [None if more is None else list(more) for more in (items, pairs)]
        for i, part in enumerate(parts):
            self.value(f"{label}.{i}", part)

    def _function(self, label: str, value: Any) -> None:
        """A function with what it encloses: another one of the same code is another one."""
        names = self._wrappers(label, value)
        function = _function(value)
        module = getattr(function, "__module__", None) or type(function).__module__
        own = getattr(function, "__qualname__", getattr(function, "__name__", ""))
        self.found[label] = f"{module}.{own} {names}"
        if hasattr(value, "chunk_function") or not isinstance(function, types.FunctionType):
            self.visit(value)
            return
        if in_library(module):
            return
        held, self.home = self.home, module
        self.found[f"{label}.code"] = self._code(function)
        self.visit(function)
        for cell, content in enclosed(function):
            self.value(f"{label}.{cell}", content)
        self.home = held

    def _wrappers(self, label: str, value: Any) -> list[str]:
        """Of what a function is wrapped in (`grad`, say), the names; with which options is listed.

        The parts of a wrapper enclose each other.
        """
        names = [getattr(value, "__qualname__", "")]
        if isinstance(value, types.FunctionType):
            names = [value.__code__.co_qualname]
            if in_library(value.__globals__.get("__name__", "")):
                for cell, content in enclosed(value):
                    if isinstance(content, (*SIMPLE, bool, int, float, tuple)):
                        self._constant(f"{label}.{names[0]}.{cell}", content)
                    elif isinstance(content, types.FunctionType):
                        names += self._wrappers(label, content)
        inner = getattr(value, "__wrapped__", None)
        return names if inner is None else names + self._wrappers(label, inner)

    def _code(self, value: Any) -> str:
        """The source of a function or class, or where there is none what was compiled."""
        if not has_source(value):
            methods = [value] if isinstance(value, types.FunctionType) else vars(value).values()
            methods = [m for m in methods if isinstance(m, types.FunctionType)]
            return " ".join(compiled(method.__code__) for method in methods)
        if self.strict and getattr(value, "__name__", "") == "<lambda>":
            # its source is the whole line, and perhaps not all of its own lines
            return f"{tokens(value)} {compiled(value.__code__)}"
        return tokens(value)

    def _followed(self, module: str) -> bool:
        return module.startswith(PACKAGE) or module == self.home or is_users(module)

    def _follow(self, function: types.FunctionType) -> None:
        """List what the code of a function names and encloses."""
        if not self._followed(function.__globals__.get("__name__", "")):
            return  # a method that a library made
        names = set(names_in(function.__code__))
        for cell, content in enclosed(function):
            self._constant(f"{function.__module__}.{function.__qualname__}.<{cell}>", content)
        for name in sorted(names & function.__globals__.keys()):
            value = function.__globals__[name]
            if isinstance(value, types.ModuleType):
                if value.__name__ not in ENGINE and self._followed(value.__name__):
                    for attribute in sorted(names & vars(value).keys()):
                        label = f"{value.__name__}.{attribute}"
                        self._constant(label, vars(value)[attribute])
            else:
                self._constant(f"{function.__module__}.{name}", value)

    def _constant(self, label: str, value: Any) -> None:
        """A value that code names: functions by their code, the rest by content."""
        if _is_function(value) or inspect.isclass(value):
            self.visit(value)
        elif (
            isinstance(value, CONSTANTS)
            or dataclasses.is_dataclass(value)
            or is_users(type(value).__module__)
        ):
            self.value(label, value)


def _is_function(value: Any) -> bool:
    """Whether this is called for its code: a function, or a law or simulation around one."""
    if isinstance(value, functools.partial | types.MethodType) or inspect.isclass(value):
        return False
    return callable(value) and (
        hasattr(value, "__qualname__")
        or hasattr(value, "chunk_function")
        or hasattr(value, "__wrapped__")
        or isinstance(value, np.ufunc)
    )


def _array(values: Any) -> np.ndarray:
    """As an array, without rounding a whole number beside reals."""
    known = np.asarray(values)
    exact = known.dtype == object or all(
        a == b for a, b in zip(known.tolist(), values, strict=True) if isinstance(b, int)
    )
    return known if exact and known.dtype != object else np.array([repr(v) for v in values])
