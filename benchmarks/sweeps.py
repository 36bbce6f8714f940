"""Cost of a sweep beyond the work in it: per point, for a store, for a second process.

    python benchmarks/sweeps.py [--repeat 3] [--json FILE]

Two threads. The work of a point is next to nothing in the first row, so its seconds are overhead;
a store is finished in one go and then found finished; two processes pinned to a core each share a
store against one process pinned to one core. Start-up and compiling are outside the timings of the
first three rows and subtracted in the fourth, by a run that finds its store finished.
"""

from __future__ import annotations

from jtts.application import prepare

prepare()

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import jax.numpy as jnp
import numpy as np
from common import bytes_per_second, compared, in_turn, main

from jtts import Estimate, law, simulation, sweep
from jtts.domain import reals
from jtts.kinds import Exact
from jtts.theory import best_of_k

POINTS = 100_000


@law(kind=Exact(), formula="x", source="benchmark", domain={"x": reals(0, 1), "y": reals(0, 1)})
def nothing(x, y):
    """The cheapest law there is."""
    return x + y


@nothing.simulated_by
@simulation(chunk=1)
def nothing_simulated(key, trials, x, y):
    return Estimate.of(jnp.full((trials,), x + y))


GRID = {"x": np.linspace(0, 1, POINTS // 100), "y": np.linspace(0, 1, 100)}


def timed(rivals, repeat, points, *, limit=None):
    measured = in_turn({name: lambda _, run=run: run() for name, run in rivals.items()}, repeat)
    results = compared({name: own for name, (own, _) in measured.items()}, None, limit=limit)
    for result in results.values():
        result["microseconds_a_point"] = 1e6 * result["seconds"] / points
    return results


def overhead(repeat):
    """100,000 points of no work.

    The limit is to write five numbers a point at the speed of a copy. The rest is a digest of every
    point's parameters, which seeds it, and starting the tiles.
    """
    rivals = {
        "theory alone": lambda: sweep(nothing, GRID),
        "theory and simulation": lambda: sweep(nothing, GRID, trials=1),
    }
    return timed(rivals, repeat, POINTS, limit=40 * POINTS / bytes_per_second()), None


def stored(repeat):
    """The same into a store, and finding the store finished.

    The limit is the disk: every block is written and synchronised before the next is begun.
    """
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"

        def fresh():
            shutil.rmtree(store, ignore_errors=True)
            sweep(nothing, GRID, trials=1, store=store)

        rivals = {
            "written": fresh,
            "found finished": lambda: sweep(nothing, GRID, trials=1, store=store, resume=True),
        }
        return timed(rivals, repeat, POINTS), None


def theory_only(repeat):
    """A million points of the exact best-of-k law at T = 0.

    The limit is arithmetic: a few thousand normal probabilities a point at T = 0, and up to 200,000
    nodes a point for the averaged softmax.
    """
    grid = {"k": np.geomspace(1, 1e6, 1000), "rho": np.geomspace(0.02, 1.5, 1000)}
    softmax = {"k": [4, 64, 1024], "rho": np.geomspace(0.02, 1.5, 10), "temperature": [0.3, 1.0]}
    begun = time.perf_counter()  # without a warm-up: compiling is nothing beside it
    sweep(best_of_k.error, grid)
    spent = time.perf_counter() - begun
    results = {"T = 0": {"seconds": spent, "microseconds_a_point": spent}}
    results |= timed({"averaged softmax": lambda: sweep(best_of_k.error, softmax)}, repeat, 60)
    return results, None


def resumed(repeat):
    """A sweep of 2000 simulated points: into a store, and finding that store finished.

    What finding takes over what the run took is the cost of resuming, which the rest of a run adds.
    """
    grid = {"k": np.arange(1, 101), "rho": np.linspace(0.05, 1, 20)}
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"

        def fresh():
            shutil.rmtree(store, ignore_errors=True)
            sweep(best_of_k.error, grid, trials=2**14, store=store)

        rivals = {
            "whole": fresh,
            "found finished": lambda: sweep(
                best_of_k.error, grid, trials=2**14, store=store, resume=True
            ),
        }
        results = timed(rivals, repeat, 2000)
    found, whole = results["found finished"], results["whole"]
    found["share_of_run"] = found["seconds"] / whole["seconds"]
    return results, None


DEVICES = """
import time
from jtts.application import prepare
prepare()
import jax, numpy as np
from jtts import sweep
from jtts.theory import best_of_k
grid = {"k": [64], "rho": np.linspace(0.05, 1, 32), "temperature": 0.0}
spent = []
for seed in range(4):
    begun = time.perf_counter()
    sweep(best_of_k.error, grid, trials=2**10, seed=seed)
    spent.append(time.perf_counter() - begun)
print(np.median(spent[1:]))
"""


def devices(repeat):
    """A compute-bound sweep over 1, 2 and 4 devices made of the two cores.

    The limit is the cores: a gain of 2, where XLA leaves one device's draws to a single core. Four
    devices share two cores.
    """
    results = {}
    for count in (1, 2, 4):
        flags = f"--xla_force_host_platform_device_count={count}"
        environment = os.environ | {"XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}
        told = subprocess.run(
            [sys.executable, "-c", DEVICES], env=environment, check=True, capture_output=True
        )
        results[f"{count} device{'s' * (count > 1)}"] = float(told.stdout.split()[-1])
    return compared(results, "1 device"), "1 device"


WORK = "best_of_k.error --rho 0.05:1:lin{} --k 64 --temperature 0 --trials 16384 --block 8"
FEW, MANY = 16, 192  # points: to fill the compilation cache, and to outweigh tracing


def processes(repeat):
    """A compute-bound sweep by two processes pinned to a core each, against one pinned to one.

    The limit is a gain of 2. The draws of the candidates take all the time.
    """
    cores = sorted(os.sched_getaffinity(0))[:2]

    def run(store, ranks, points):
        begun = time.perf_counter()
        running = []
        for rank in range(ranks):
            command = ["taskset", "-c", str(cores[rank]), sys.executable, "-m", "jtts", "sweep"]
            command += [*WORK.format(points).split(), "--store", store, "--resume"]
            if ranks > 1:
                command += ["--distributed", "--coordinator", "127.0.0.1:29871"]
                command += ["--processes", str(ranks), "--process", str(rank)]
            quiet = subprocess.DEVNULL
            running.append(subprocess.Popen(command, stdout=quiet, stderr=quiet))
        if any(process.wait() for process in running):
            raise RuntimeError("a process of the benchmark failed")
        return time.perf_counter() - begun

    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for ranks in (1, 2):
            run(f"{folder}/{ranks}-few", ranks, FEW)
            spans = []
            for repetition in range(repeat):
                store = f"{folder}/{ranks}-{repetition}"
                worked, found = run(store, ranks, MANY), run(store, ranks, MANY)
                spans.append(worked - found)
            name = "one process" if ranks == 1 else "two processes"
            results[name] = float(np.median(spans))
    return compared(results, "one process"), "one process"


if __name__ == "__main__":
    main([overhead, stored, resumed, theory_only, devices, processes], __doc__)
