"""Speed of the memory's kernels: chunks against steps, softmax over a million keys.

    python benchmarks/associative_memory.py [--repeat 3] [--json FILE]

Two threads, float32; steps in PyTorch take one, since their small products are several times slower
on two. The rivals of a row run in turn, `repeat` times each after a warm-up; medians
are reported, with the temporary memory of the compiled program. A row states the least time that
this machine could take: its products at the speed of one large product, its bytes at the speed of a
copy, or its random numbers alone, all measured beside it. PyTorch rows are skipped where it is not
installed (`pip install torch`).
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import platform
import statistics
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts import associative_memory as memory

try:
    import torch
except ImportError:
    torch = None

if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])

BATCH, TIME, DIM, CHUNK = 8, 4096, 64, 64
SEEDS, NUM_KEYS, BLOCK = 4, 10**6, 4000
INVERSE_TEMPERATURE = 40.0


class Compiled:
    """A JAX function compiled for its arguments, with its temporary memory."""

    def __init__(self, function, *args):
        self.args = args
        self.program = jax.jit(function).lower(*args).compile()
        self.megabytes = self.program.memory_analysis().temp_size_in_bytes / 1e6

    def __call__(self):
        return jax.block_until_ready(self.program(*self.args))


def in_turn(rivals, repeat):
    """Median seconds and temporary megabytes of every rival."""
    for run in rivals.values():
        run()
    seconds = {name: [] for name in rivals}
    for _ in range(repeat):
        for name, run in rivals.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return {
        name: {
            "seconds": statistics.median(seconds[name]),
            "megabytes": getattr(rivals[name], "megabytes", None),
        }
        for name in rivals
    }


def arrays():
    """Keys, values and queries, [BATCH, TIME, DIM]."""
    of_keys, of_values, of_queries = jax.random.split(jax.random.key(0), 3)
    keys, queries = (memory.draw_keys(key, (BATCH, TIME), DIM) for key in (of_keys, of_queries))
    return keys, jax.random.normal(of_values, (BATCH, TIME, DIM)), queries


def delta(kernel, **options):
    return lambda *arrays: kernel(*arrays, erase=1.0, write=1.0, **options)[0]


def squares(function):
    return jax.grad(lambda *arrays: jnp.sum(function(*arrays) ** 2), (0, 1, 2))


def torch_loop(keys, values, queries):
    """The delta rule step by step."""
    state, reads = torch.zeros(BATCH, DIM, DIM), []
    rows = (array.unbind(1) for array in (keys, values, queries))
    for key, value, query in zip(*rows, strict=True):
        update = value - torch.bmm(state, key.unsqueeze(-1)).squeeze(-1)
        state = torch.baddbmm(state, update.unsqueeze(-1), key.unsqueeze(1))
        reads.append(torch.bmm(state, query.unsqueeze(-1)).squeeze(-1))
    return torch.stack(reads, 1)


def torch_forward(leaves):
    with torch.no_grad(), one_thread():
        torch_loop(*leaves)


def torch_gradient(leaves):
    with one_thread():
        torch.autograd.grad(torch_loop(*leaves).square().sum(), leaves)


@contextlib.contextmanager
def one_thread():
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(2)


def products_limit(solves, passes, tensors):
    """Least seconds of the chunked form: its products, or its arrays through memory."""
    # K K^T, and the inverse times the updates; what the state holds at K; its update; Q K^T and
    # its use; the state's read-out
    products = 2 * CHUNK * DIM * (2 if solves else 0) + 2 * DIM * DIM * (2 if solves else 1)
    products += 2 * CHUNK * DIM * 2 + 2 * DIM * DIM
    flops = BATCH * TIME * products * passes
    moved = BATCH * TIME * DIM * 4 * tensors
    return max(flops / flops_per_second(), moved / bytes_per_second())


@functools.cache
def flops_per_second(size=2048):
    """Of one large matrix product."""
    matrix = jax.random.normal(jax.random.key(0), (size, size))
    run = Compiled(lambda m: jnp.matmul(m, m, precision="highest"), matrix)
    return 2 * size**3 / in_turn({"": run}, 5)[""]["seconds"]


@functools.cache
def bytes_per_second(size=2**25):
    """Read and written by a large copy."""
    vector = jnp.zeros(size)
    return 8 * size / in_turn({"": Compiled(lambda v: v + 1, vector)}, 5)[""]["seconds"]


def delta_rule_gradient(repeat):
    """Delta rule, forward and gradient: 4096 steps, 8 sequences, width 64."""
    given = arrays()
    rivals = {
        "chunks": Compiled(squares(delta(memory.run, chunk=CHUNK)), *given),
        "steps": Compiled(squares(delta(memory.run_by_steps)), *given),
    }
    if torch is not None:
        leaves = [torch.tensor(np.asarray(array), requires_grad=True) for array in given]
        rivals["PyTorch, steps"] = functools.partial(torch_gradient, leaves)
    return in_turn(rivals, repeat), "steps", products_limit(True, passes=3, tensors=8)


def delta_rule(repeat):
    """Delta rule, read-out at every step: 4096 steps, 8 sequences, width 64."""
    given = arrays()
    rivals = {
        "chunks": Compiled(delta(memory.run, chunk=CHUNK), *given),
        "steps": Compiled(delta(memory.run_by_steps), *given),
    }
    if torch is not None:
        leaves = [torch.tensor(np.asarray(array)) for array in given]
        rivals["PyTorch, steps"] = functools.partial(torch_forward, leaves)
    return in_turn(rivals, repeat), "steps", products_limit(True, passes=1, tensors=4)


def linear_attention(repeat):
    """Linear attention, nothing erased, forward and gradient: the same sizes."""
    given = arrays()
    rivals = {
        "chunks": Compiled(squares(lambda *arrays: memory.run(*arrays, chunk=CHUNK)[0]), *given),
        "steps": Compiled(squares(lambda *arrays: memory.run_by_steps(*arrays)[0]), *given),
    }
    return in_turn(rivals, repeat), "steps", products_limit(False, passes=3, tensors=8)


def needle_in_blocks(key):
    """Attention of the first of NUM_KEYS unit keys, its own query, for SEEDS memories at once."""
    of_query, of_keys = jax.random.split(key)
    query = memory.draw_keys(of_query, (SEEDS, 1), DIM)
    needle = jnp.full((SEEDS, 1, 1), INVERSE_TEMPERATURE)
    attention = memory.Attention.empty((SEEDS, 1), 1).absorb(needle, jnp.ones((1, 1)))

    def one_block(i, attention):
        keys = memory.draw_keys(jax.random.fold_in(of_keys, i), (SEEDS, BLOCK), DIM)
        logits = INVERSE_TEMPERATURE * jnp.einsum("sqd,skd->sqk", query, keys, precision="highest")
        return attention.absorb(logits, jnp.zeros((BLOCK, 1)))

    return lax.fori_loop(0, NUM_KEYS // BLOCK, one_block, attention).read


def deviates(key):
    """The normal deviates of `needle_in_blocks` and nothing else."""

    def one_block(i, total):
        drawn = jax.random.normal(jax.random.fold_in(key, i), (SEEDS, BLOCK, DIM))
        return total + jnp.sum(drawn)

    return lax.fori_loop(0, NUM_KEYS // BLOCK, one_block, 0.0)


def torch_needle():
    for _ in range(SEEDS):
        query = torch.nn.functional.normalize(torch.randn(DIM), dim=0)
        keys = torch.nn.functional.normalize(torch.randn(NUM_KEYS, DIM), dim=-1)
        keys[0] = query
        torch.softmax(INVERSE_TEMPERATURE * keys @ query, 0)[0].item()


def softmax_dilution(repeat):
    """Attention of a needle among a million keys of width 64, four memories, keys drawn."""
    key = jax.random.key(0)
    rivals = {"blocks": Compiled(needle_in_blocks, key), "draws alone": Compiled(deviates, key)}
    if torch is not None:
        rivals["PyTorch, memory by memory"] = torch_needle
    whole = SEEDS * NUM_KEYS * (DIM + 1) * 4 / 1e6
    print(f"  keys and scores of all memories at once would be {whole:.0f} MB")
    measured = in_turn(rivals, repeat)
    return measured, "PyTorch, memory by memory", measured["draws alone"]["seconds"]


ROWS = [delta_rule_gradient, delta_rule, linear_attention, softmax_dilution]


def machine():
    return {
        "processor": platform.processor() or platform.machine(),
        "cores_used": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
        "load": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "platform": platform.platform(),
        "python": platform.python_version(),
        "jax": jax.__version__,
        "device": jax.devices()[0].device_kind,
        "torch": torch.__version__ if torch else None,
        "flops_per_second": flops_per_second(),
        "bytes_per_second": bytes_per_second(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=3, help="repetitions of every method")
    parser.add_argument("--json", metavar="FILE", help="save the measurements")
    options = parser.parse_args()
    if torch is None:
        print("PyTorch rows are skipped (torch is not installed)")
    else:
        torch.set_num_threads(2)

    report = {"machine": machine(), "rows": {}}
    speeds = (
        report["machine"]["flops_per_second"] / 1e9,
        report["machine"]["bytes_per_second"] / 1e9,
    )
    print(f"One large product: {speeds[0]:.0f} GFLOP/s; a copy: {speeds[1]:.1f} GB/s")
    for row in ROWS:
        print(row.__doc__.splitlines()[0])
        results, baseline, limit = row(options.repeat)
        for name, result in results.items():
            line = f"  {name:26}{result['seconds']:9.3f} s"
            if baseline in results:
                result["gain"] = results[baseline]["seconds"] / result["seconds"]
                line += f", gain x {result['gain']:.3g}"
            result["of_limit"] = result["seconds"] / limit
            line += f", {result['of_limit']:.3g} times the limit of {limit:.3f} s"
            if result["megabytes"] is not None:
                line += f", {result['megabytes']:.0f} MB"
            print(line, flush=True)
        report["rows"][row.__name__] = {"baseline": baseline, "limit": limit, "methods": results}
    if options.json:
        with open(options.json, "w") as file:
            json.dump(report, file, indent=2)


if __name__ == "__main__":
    main()
