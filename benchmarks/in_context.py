"""Speed of training in context: a step of the urns model against PyTorch, many seeds at once.

    python benchmarks/in_context.py [--repeat 3] [--json FILE]

Two threads, float32. A step draws its batch, goes forward and backward through one layer of
attention and MLP, and updates by Adam; both libraries do all of it. The rivals of a row run in
turn, `repeat` times each after a warm-up; medians are reported, per step of one network. PyTorch
rows are skipped where it is not installed (`pip install torch`), its compiled row where no C++
compiler is.
"""

from __future__ import annotations

from jtts.application import prepare

prepare()

import jax
import jax.numpy as jnp
import numpy as np
from common import compared, flops_per_second, in_turn, main, torch

from jtts.in_context import Architecture, Optimizer, balls_and_urns, runs

SMALL = {"vocabulary": 4, "context": 32, "width": 32, "batch_size": 32}
MEDIUM = {"vocabulary": 8, "context": 128, "width": 64, "batch_size": 64}
RATE, NUM_TASKS, SEEDS = 3e-3, 32, 8
STEPS = 200  # in a repetition; a tenth of it at width 64


def ours(sizes, steps, seeds=1, side_by_side=None):
    """Training of so many seeds for so many steps."""
    task = balls_and_urns(
        num_tasks=NUM_TASKS,
        vocabulary=sizes["vocabulary"],
        context=sizes["context"],
        dtype=jnp.float32,
    )
    model = Architecture(width=sizes["width"], max_positions=sizes["context"])
    plan = runs.Plan(model, Optimizer(RATE), sizes["batch_size"], 1, (), side_by_side, 0)
    tasks = jax.tree.map(lambda leaf: np.stack([leaf] * seeds), task)
    start = runs.begin(plan, tasks, np.arange(seeds))

    def run(_):
        jax.block_until_ready(runs.advance(plan, start, tasks, np.arange(seeds), 0, steps))

    return run


def rival(sizes, steps, *, compiled=False):
    """The same network, batches and optimiser in PyTorch."""
    vocabulary, context, width = sizes["vocabulary"], sizes["context"], sizes["width"]
    nn, functional = torch.nn, torch.nn.functional

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.read_in = nn.Embedding(vocabulary + 1, width)
            self.positions = nn.Parameter(0.02 * torch.randn(context, width))
            self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
            self.queries_keys_values = nn.Linear(width, 3 * width, bias=False)
            self.mix = nn.Linear(width, width, bias=False)
            self.hidden, self.shrink = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
            self.read_out = nn.Linear(width, vocabulary)

        def forward(self, tokens):
            stream = self.read_in(tokens) + self.positions
            projected = self.queries_keys_values(self.norms[0](stream))
            queries, keys, values = (a.unsqueeze(1) for a in projected.chunk(3, -1))
            read = functional.scaled_dot_product_attention(queries, keys, values, is_causal=True)
            stream = stream + self.mix(read.squeeze(1))
            activity = functional.gelu(self.hidden(self.norms[1](stream)), approximate="tanh")
            return self.read_out(self.norms[2](stream + self.shrink(activity)))

    network = Network()
    optimizer = torch.optim.Adam(network.parameters(), RATE)
    shares = torch.distributions.Exponential(1.0).sample((NUM_TASKS, vocabulary))
    edges = torch.cumsum(shares / shares.sum(-1, keepdim=True), -1)[:, :-1]
    size = (sizes["batch_size"], context)
    start = torch.full((size[0], 1), vocabulary)

    def loss_of(tokens, symbols):
        logits = network(tokens)
        return functional.cross_entropy(logits.reshape(-1, vocabulary), symbols.reshape(-1))

    loss_of = torch.compile(loss_of) if compiled else loss_of

    def run(_):
        for _ in range(steps):
            chosen = edges[torch.randint(NUM_TASKS, size[:1])]
            symbols = (torch.rand(*size, 1) >= chosen[:, None]).sum(-1)
            optimizer.zero_grad()
            loss_of(torch.cat([start, symbols[:, :-1]], 1), symbols).backward()
            optimizer.step()

    return run


def flops(sizes):
    """Of a step's products: twice a number of the weights for every token, and the attention."""
    vocabulary, context, width = sizes["vocabulary"], sizes["context"], sizes["width"]
    weights = 12 * width**2 + width * vocabulary
    forward = 2 * weights * context + 4 * context**2 * width
    return 3 * sizes["batch_size"] * forward  # the gradient takes twice the forward pass


def against_torch(sizes, steps, repeat, baseline):
    rivals = {"jtts": ours(sizes, steps)}
    if torch is not None:
        rivals["PyTorch, eager"] = rival(sizes, steps)
        compiled = rival(sizes, steps, compiled=True)
        try:
            compiled(0)
            rivals["PyTorch, compiled"] = compiled
        except torch._inductor.exc.InductorError as error:
            print(f"  skipped: PyTorch, compiled ({str(error).splitlines()[0]})")
    seconds = {name: spent / steps for name, (spent, _) in in_turn(rivals, repeat).items()}
    return compared(seconds, baseline, limit=flops(sizes) / flops_per_second()), baseline


def small_step(repeat):
    """A step of the small urns model: V = 4, C = 32, width 32, batch 32.

    The limit is the speed of a large product, for the products of forward and backward pass.
    Matrices of 32 columns do not reach it: fetching them, softmax, normalisation and the random
    numbers of the batch take most of the time.
    """
    return against_torch(SMALL, STEPS, repeat, "PyTorch, eager")


def medium_step(repeat):
    """A step at width 64, batch 64: V = 8, C = 128.

    The limit is the speed of a large product, for the products of forward and backward pass.
    """
    return against_torch(MEDIUM, STEPS // 10, repeat, "PyTorch, compiled")


def many_seeds(repeat):
    """A step of one of 8 seeds of the small model: all side by side, and one after the other.

    The limit is as before. `train` takes seeds in turn on a CPU unless told.
    """
    rivals = {
        "8 seeds side by side": ours(SMALL, STEPS, SEEDS),
        "8 seeds in turn": ours(SMALL, STEPS, SEEDS, 1),
        "one seed": ours(SMALL, STEPS),
    }
    measured = in_turn(rivals, repeat)
    trained = {"one seed": 1}
    seconds = {
        name: spent / STEPS / trained.get(name, SEEDS) for name, (spent, _) in measured.items()
    }
    return compared(seconds, "one seed", limit=flops(SMALL) / flops_per_second()), "one seed"


ROWS = [small_step, medium_step, many_seeds]

if __name__ == "__main__":
    main(ROWS, __doc__)
