"""Simulations: the author writes one chunk; this file loops, merges and bounds the memory."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Mapping
from typing import Any, Generic, ParamSpec, overload

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts import precision
from jtts.arguments import InputError, require_key, require_whole
from jtts.estimate import Estimate
from jtts.signatures import object_types, parameters_of, require_kinds

MOST_CHUNKS = 2**31 - 1  # a chunk is known by 32 bits
Size = Callable[..., int]
Static = tuple[tuple[str, Any], ...]
P = ParamSpec("P")


class Simulation(Generic[P]):
    """A chunk function `(key, trials, ...) -> Estimate`, made to run any number of trials.

    Calling it runs `trials` trials, rounded up to whole chunks, as one compiled loop whose memory
    is that of one chunk. The number of trials and every argument that is not static are traced, so
    one program serves all their values. Chunk i draws from `fold_in(key, i)`: the result depends on
    the key and the arguments, never on what else is computed beside it.
    """

    def __init__(
        self,
        chunk_function: Callable[P, Estimate],
        *,
        chunk: int | Size,
        min_chunks: int,
        static: tuple[str, ...],
        sizes: Mapping[str, Size],
        curve: str | None,
        validate: Callable[..., None] | None,
    ):
        functools.update_wrapper(self, chunk_function)
        self.name: str = chunk_function.__name__
        self.chunk_function: Callable[..., Estimate] = chunk_function
        self.chunk: int | Size = chunk
        self.min_chunks: int = min_chunks
        self.static: tuple[str, ...] = static
        self.sizes: dict[str, Size] = dict(sizes)
        self.curve: str | None = curve
        self.validate: Callable[..., None] | None = validate
        signature = inspect.signature(chunk_function)
        shown = [p for name, p in signature.parameters.items() if name not in self.sizes]
        self.__signature__: inspect.Signature = signature.replace(parameters=shown)
        # of the simulated quantity: all but key and trials
        self._own_signature = signature.replace(parameters=shown[2:])
        self.parameters: tuple[str, ...] = tuple(self._own_signature.parameters)
        annotated = parameters_of(chunk_function).items()
        self._objects = {n: p for n, p in annotated if object_types(p.annotation)}
        self._jitted = jax.jit(self.run, static_argnames="static")

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """As of a function; so `help` shows a signature."""
        return self if instance is None else types.MethodType(self, instance)

    def bind(self, *args: Any, **kwargs: Any) -> tuple[dict[str, Any], Static]:
        """Split arguments into traced pytrees and hashable static items, sizes computed."""
        bound = self._own_signature.bind(*args, **kwargs)
        bound.apply_defaults()
        require_kinds(self._objects, bound.arguments, ())
        if self.validate is not None:
            self.validate(**bound.arguments)
        static = {
            name: value
            for name, value in bound.arguments.items()
            if name in self.static or isinstance(value, str)
        }
        static |= {name: size(**bound.arguments) for name, size in self.sizes.items()}
        traced = {
            name: _array(value) if isinstance(value, list | tuple) else jax.tree.map(_array, value)
            for name, value in bound.arguments.items()
            if name not in static
        }
        return traced, tuple(sorted(static.items()))

    def requires(self, name: str) -> bool:
        """Whether an argument has no default."""
        return self._own_signature.parameters[name].default is inspect.Parameter.empty

    def trials_per_chunk(self, static: Static) -> int:
        return self.chunk if isinstance(self.chunk, int) else max(1, self.chunk(**dict(static)))

    def num_chunks(self, trials: int, static: Static) -> int:
        """Whole chunks that hold at least `trials` trials.

        Raises:
          InputError: more chunks than are counted, 2^31 - 1.
        """
        own = self.trials_per_chunk(static)
        if trials > MOST_CHUNKS * own:
            raise InputError(f"trials must be at most {MOST_CHUNKS * own}, got {trials}")
        return max(self.min_chunks, -(-int(trials) // own))

    def run(
        self,
        key: jax.Array,
        start: Any,
        stop: Any,
        traced: dict[str, Any],
        static: Static,
    ) -> Estimate:
        """Chunks start, ..., stop - 1 merged; a pure function, ready to be jitted or mapped."""
        trials = self.trials_per_chunk(static)

        def one(i):
            return self.chunk_function(jax.random.fold_in(key, i), trials, **traced, **dict(static))

        empty = jax.tree.map(
            lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), jax.eval_shape(one, jnp.int32(0))
        )
        return lax.fori_loop(start, stop, lambda i, total: total.merge(one(i)), empty)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Estimate:
        return self._play(*args, **kwargs)  # type: ignore[arg-type]

    def _play(self, key: jax.Array, trials: int, *args: Any, **kwargs: Any) -> Estimate:
        precision.warn_if_32_bit()
        require_whole(trials=trials)
        require_key(key=key)
        traced, static = self.bind(*args, **kwargs)
        return self._jitted(key, 0, self.num_chunks(trials, static), traced, static=static)


def _array(value: Any) -> Any:
    """`value` as an array, without the cost of a trip to the device."""
    return value if isinstance(value, jax.Array) else np.asarray(value)


@overload
def simulation(
    *,
    chunk: int | Size = 4096,
    min_chunks: int = 1,
    static: tuple[str, ...] = (),
    curve: str | None = None,
    validate: Callable[..., None] | None = None,
) -> Callable[[Callable[P, Estimate]], Simulation[P]]: ...


@overload
def simulation(
    *,
    chunk: int | Size = 4096,
    min_chunks: int = 1,
    static: tuple[str, ...] = (),
    sizes: Mapping[str, Size],
    curve: str | None = None,
    validate: Callable[..., None] | None = None,
) -> Callable[[Callable[..., Estimate]], Simulation[...]]: ...


def simulation(
    *,
    chunk: int | Size = 4096,
    min_chunks: int = 1,
    static: tuple[str, ...] = (),
    sizes: Mapping[str, Size] | None = None,
    curve: str | None = None,
    validate: Callable[..., None] | None = None,
) -> Callable[[Callable[..., Estimate]], Simulation[...]]:
    """Declare a chunk function `(key, trials, ...) -> Estimate` as a simulation.

    Args:
      chunk: trials in one chunk, or a function of the static arguments that returns it.
      min_chunks: fewest chunks run; 32 for a stratified design, whose datum is one chunk.
      static: arguments whose value fixes shapes or control flow; they are hashable. Text is
        static without being named.
      sizes: further static arguments of the chunk function, computed from the public arguments
        (a number of samples from a ratio, say); they do not appear in the public signature.
      curve: an argument that may be an array, all of whose values are served by one sample set.
      validate: called with the public arguments by name; raises InputError on bad ones.
    """

    def declare(chunk_function: Callable[..., Estimate]) -> Simulation[...]:
        return Simulation(
            chunk_function,
            chunk=chunk,
            min_chunks=min_chunks,
            static=static,
            sizes=sizes or {},
            curve=curve,
            validate=validate,
        )

    return declare
