"""How associative memories are written and read; no formula of their theory."""

from jtts.associative_memory.keys import (
    KEY_LAWS,
    draw_keys,
    draw_overlapping_keys,
    noisy_queries,
    require_key_law,
)
from jtts.associative_memory.memory import memorise, recall, run
from jtts.associative_memory.steps import run_by_steps, step

__all__ = [
    "KEY_LAWS",
    "draw_keys",
    "draw_overlapping_keys",
    "memorise",
    "noisy_queries",
    "recall",
    "require_key_law",
    "run",
    "run_by_steps",
    "step",
]
