"""Synthetic samples with known parameters, a file for every model: `jtts fit --example FOLDER`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from jtts.arguments import require_whole

DIFFICULTY = {"a": 1.5, "b": 3.0, "unsolvable": 0.2}
VERIFIER = {"true_positive": 0.9, "false_positive": 0.15}
PROXY = {"truth deviation": 0.5, "slope": 2.0, "error scale": 0.8, "dof": 3.0}
JUDGE = {"predictive_var": 0.5, "mean_error": 0.3, "judge_error": 0.2, "judge_cross": 0.1}
VOTE_WRONG = (0.5, 0.3, 0.2)  # how wrong answers share what is not right

Generator = np.random.Generator
Rows = dict[str, np.ndarray]


def chances(generator: Generator, questions: int, *, a: float, b: float, unsolvable: float) -> Any:
    """Chance of a right sample, of every question."""
    return generator.beta(a, b, questions) * (generator.random(questions) >= unsolvable)


def attempts(generator: Generator, questions: int, samples: int) -> Rows:
    """Right and wrong samples."""
    p = chances(generator, questions, **DIFFICULTY)
    return _rows(correct=(generator.random((samples, questions)) < p).T.astype(int))


def verified(generator: Generator, questions: int, samples: int) -> Rows:
    """Right and wrong samples, accepted (score 1) or not."""
    rows = attempts(generator, questions, samples)
    accept = np.where(rows["correct"] == 1, VERIFIER["true_positive"], VERIFIER["false_positive"])
    return {**rows, "score": (generator.random(len(accept)) < accept).astype(int)}


def scored(generator: Generator, questions: int, samples: int) -> Rows:
    """A true score, and a judge's with an offset per question and Student-t errors."""
    shape = questions, samples
    truth = generator.normal(size=(questions, 1)) + PROXY["truth deviation"] * generator.normal(
        size=shape
    )
    scale = PROXY["error scale"] * PROXY["slope"] * PROXY["truth deviation"]
    error = scale * generator.standard_t(PROXY["dof"], shape)
    offset = generator.normal(size=(questions, 1))
    return _rows(score=offset + PROXY["slope"] * truth + error, truth=truth)


def judged(generator: Generator, questions: int, samples: int) -> Rows:
    """Proposed values around a mean that is off the target, and a judge that is off it too."""
    cross = JUDGE["judge_cross"]
    covariance = [[JUDGE["mean_error"], cross], [cross, JUDGE["judge_error"]]]
    mean, judge = generator.multivariate_normal([0, 0], covariance, questions).T
    target = generator.normal(size=questions)
    noise = np.sqrt(JUDGE["predictive_var"]) * generator.normal(size=(questions, samples))
    value = (target + mean)[:, None] + noise
    score = -((value - (target + judge)[:, None]) ** 2)
    return _rows(score=score, value=value, target=np.repeat(target[:, None], samples, 1))


def harness_lines(generator: Generator, questions: int, samples: int) -> Iterable[str]:
    """A log of lm-evaluation-harness: repeated answers to questions of three wrong ones."""
    p = chances(generator, questions, **DIFFICULTY)
    for question, chance in enumerate(p):
        law = np.append(chance, (1 - chance) * np.array(VOTE_WRONG))
        answers = generator.choice(["42", "41", "24", "none"], samples, p=law).tolist()
        yield json.dumps(
            {
                "doc_id": question,
                "target": "42",
                "resps": [[f"The answer is {answer}." for answer in answers]],
                "filtered_resps": [answers],
                "filter": "last-number",
            }
        )


def _rows(**columns: np.ndarray) -> Rows:
    questions, samples = next(iter(columns.values())).shape
    return {
        "question": np.repeat(np.arange(questions), samples),
        "sample": np.tile(np.arange(samples), questions),
        **{name: column.ravel() for name, column in columns.items()},
    }


FILES: dict[str, tuple[Callable[..., Any], int, int, dict[str, float]]] = {
    "attempts.csv": (attempts, 400, 32, DIFFICULTY),
    "verified.csv": (verified, 400, 32, {**DIFFICULTY, **VERIFIER}),
    "scored.jsonl": (scored, 400, 32, PROXY),
    "judged.csv": (judged, 400, 32, JUDGE),
    "samples_votes.jsonl": (harness_lines, 200, 16, DIFFICULTY),
}


def write_examples(folder: Path, seed: int = 0) -> list[str]:
    """Make every file of FILES in `folder`, and parameters.json with what a fit should find."""
    import pandas as pd

    require_whole(0, seed=seed)
    for stream, (name, (make, questions, samples, _)) in enumerate(FILES.items()):
        made = make(np.random.default_rng((seed, stream)), questions, samples)
        if make is harness_lines:
            (folder / name).write_text("".join(f"{line}\n" for line in made), encoding="utf-8")
        elif name.endswith(".csv"):
            pd.DataFrame(made).to_csv(folder / name, index=False)
        else:
            pd.DataFrame(made).to_json(
                folder / name, orient="records", lines=True, double_precision=15
            )
    known = {name: parameters for name, (_, _, _, parameters) in FILES.items()}
    (folder / "parameters.json").write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    return [*FILES, "parameters.json"]
