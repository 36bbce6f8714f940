"""Run many points of a simulation, a tile of them at a time on every device.

Points are mapped one after the other inside a tile (side by side on an accelerator), and tiles are
spread over the devices without a word between them: a point's numbers depend on its parameters and
the seed, not on the tile, the devices or the points beside it.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from jax import lax
from jax.sharding import Mesh
from jax.sharding import PartitionSpec as P

from jtts.arguments import InputError
from jtts.estimate import Estimate
from jtts.keys import fold_words
from jtts.machine import memory_limit
from jtts.simulations import Simulation, Static

TILE = 16  # points per device and dispatch; the rest of a tile is points that run no chunk
STRANDS = 8  # parts that the trials of one point are split into, whatever the number of devices
MOST_IN_FLIGHT = 8
FASTER_COMPILES: Any = {"xla_backend_optimization_level": 1}  # in half the time, and as fast
OUT_OF_MEMORY = "RESOURCE_EXHAUSTED"


@dataclass(frozen=True)
class Work:
    """Points of one program: `words` identify them, `traced` are their stacked arguments."""

    simulation: Simulation[...]
    static: Static
    words: np.ndarray
    traced: dict[str, Any]

    def take(self, places: np.ndarray) -> Work:
        traced = jax.tree.map(lambda leaf: leaf[places], self.traced)
        return Work(self.simulation, self.static, self.words[places], traced)

    def __len__(self) -> int:
        return len(self.words)


@dataclass
class Runner:
    """Where and how tiles are run.

    Attributes:
      devices: all of one kind.
      memory: bytes that tiles in flight may hold on each; None for half of what it has.
      split_trials: share the trials of each point between the devices instead of the points.
      lanes: points computed side by side in a tile; None for one on a CPU, a tile elsewhere.
    """

    devices: Sequence[jax.Device]
    memory: int | None = None
    split_trials: bool = False
    lanes: int | None = None

    def run(
        self,
        work: Work,
        start: np.ndarray,
        stop: np.ndarray,
        seed: int,
        progress: Callable[[int], None] = lambda done: None,
    ) -> Estimate:
        """Chunks start, ..., stop - 1 of each point: an Estimate of stacked NumPy arrays."""
        if not self.split_trials:
            return self._run(work, start, stop, seed, progress)
        strands = np.arange(STRANDS + 1)
        edges = start[:, None] + (stop - start)[:, None] * strands // STRANDS
        parts = self._run(
            work.take(np.repeat(np.arange(len(work)), STRANDS)),
            edges[:, :-1].ravel(),
            edges[:, 1:].ravel(),
            seed,
            lambda done: progress(done // STRANDS),
        )
        of_strand = [jax.tree.map(lambda x, i=i: x[i::STRANDS], parts) for i in range(STRANDS)]
        return functools.reduce(Estimate.merge, of_strand)

    # programs are compiled whatever JAX_DISABLE_JIT says: it is for the law that is looked into
    @jax.disable_jit(False)
    def _run(self, work: Work, start, stop, seed, progress) -> Estimate:
        lanes = self.lanes or (1 if self.devices[0].platform == "cpu" else TILE)
        width = TILE * len(self.devices)
        finished: list[Estimate] = []
        waiting: deque[tuple[int, int, Any]] = deque()
        at, in_flight = 0, 0
        while at < len(work) or waiting:
            try:
                if at < len(work) and len(waiting) < max(in_flight, 1):
                    end = min(at + width, len(work))
                    tile = _padded(work, start, stop, seed, at, end, width)
                    program = _program(
                        work.simulation, work.static, _signature(tile), tuple(self.devices), lanes
                    )
                    in_flight = in_flight or self._in_flight(program, work.simulation)
                    waiting.append((at, end, program(*tile)))
                    at = end
                else:
                    first, end, result = waiting[0]
                    finished.append(_trimmed(jax.device_get(result), end - first))
                    waiting.popleft()
                    progress(end - first)
            except jax.errors.JaxRuntimeError as problem:
                if OUT_OF_MEMORY not in str(problem):
                    raise
                if in_flight <= 1 and lanes == 1:
                    raise InputError(
                        f"{work.simulation.name} does not fit into the memory of "
                        f"{self.devices[0].device_kind}, one point at a time"
                    ) from problem
                # results under way are lost with the memory: take them up again, fewer at a time
                at = waiting[0][0] if waiting else at
                waiting.clear()
                lanes = lanes if in_flight > 1 else lanes // 2
                in_flight = max(in_flight // 2, 1)
                self.lanes = lanes
        return jax.tree.map(lambda *leaves: np.concatenate(leaves), *finished)

    def _in_flight(self, program, simulation: Simulation[...]) -> int:
        """Tiles that may be under way at once."""
        limit = self.memory or (memory_limit(self.devices[0]) or 0) // 2
        if self.devices[0].platform == "cpu":
            limit //= len(self.devices)
        sizes = program.memory_analysis()
        if sizes is None or not (limit or self.memory):  # nobody says what there is
            return 1
        need = sizes.temp_size_in_bytes + sizes.output_size_in_bytes + sizes.argument_size_in_bytes
        if self.memory and need > limit:
            raise InputError(
                f"{simulation.name} needs {need / 2**20:.0f} MiB for a tile, more than the "
                f"memory it is given, {limit / 2**20:.0f} MiB a device"
            )
        return int(np.clip(limit // max(need, 1), 1, MOST_IN_FLIGHT))


def _padded(work: Work, start, stop, seed, first: int, last: int, width: int):
    """Arguments of a tile: the points first, ..., last - 1, and points without a chunk."""
    places = np.minimum(np.arange(first, first + width), last - 1)
    own = work.take(places)
    until = np.where(np.arange(first, first + width) < last, stop[places], start[places])
    return (
        np.uint32(seed),
        own.words,
        start[places].astype(np.int32),
        until.astype(np.int32),
        own.traced,
    )


def _trimmed(estimate: Estimate, count: int) -> Estimate:
    return jax.tree.map(lambda leaf: leaf[:count], estimate)


def _signature(tile):
    """Shapes and types of a tile's arguments, hashable."""
    leaves, tree = jax.tree.flatten(tile)
    return tree, tuple((leaf.shape, leaf.dtype) for leaf in leaves)


@functools.lru_cache(maxsize=64)
def _program(simulation: Simulation[...], static: Static, signature, devices, lanes: int):
    """The compiled program of a tile."""

    def tile(seed, words, start, stop, traced):
        def one(point):
            own, first, last, arguments = point
            return simulation.run(fold_words(seed, own), first, last, arguments, static)

        points = (words, start, stop, traced)
        return lax.map(one, points, batch_size=lanes if lanes > 1 else None)

    mesh = Mesh(np.array(devices), ("points",))
    spread = jax.shard_map(
        tile,
        mesh=mesh,
        in_specs=(P(), P("points"), P("points"), P("points"), P("points")),
        out_specs=P("points"),
        check_vma=False,
    )
    tree, leaves = signature
    shapes = [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in leaves]
    options = FASTER_COMPILES if devices[0].platform == "cpu" else None
    return jax.jit(spread).lower(*jax.tree.unflatten(tree, shapes)).compile(options)
