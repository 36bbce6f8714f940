"""Synthetic judgements with known strengths: `jtts rank --example FOLDER`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy import special

from jtts.arguments import require_whole

STRENGTHS = {"amber": 1.0, "birch": 0.8, "cedar": 0.2, "dune": -0.4, "elm": -1.6}
BIAS = 0.4
TIES = 0.3
QUESTIONS = 60
NAME = "judged.csv"


def write_examples(folder: Path, seed: int = 0) -> list[str]:
    """Every pair judged on every question in both orders, by a judge that likes the first place."""
    require_whole(0, seed=seed)
    generator = np.random.default_rng(seed)
    names = list(STRENGTHS)
    lines = ["question,model_a,model_b,outcome,first"]
    for question in range(QUESTIONS):
        for i, one in enumerate(names):
            for other in names[i + 1 :]:
                for a, b in ((one, other), (other, one)):
                    lines.append(f"q{question},{a},{b},{_call(generator, a, b)},a")
    (folder / NAME).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [NAME]


def _call(generator: np.random.Generator, first: str, second: str) -> str:
    gap = STRENGTHS[first] - STRENGTHS[second] + BIAS
    weights = np.array([gap / 2, -gap / 2, np.log(TIES)])
    return ("a", "b", "tie")[generator.choice(3, p=special.softmax(weights))]
