"""Rollouts of reinforcement learning: a prompt, what was sampled for it, and its reward."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from jtts.arguments import InputError
from jtts.fitting.labels import listed
from jtts.fitting.layout import Asked, Layout, Rows
from jtts.fitting.records import Record

SAMPLED = ("completion", "response")
REWARD = "reward"  # it counts where there are other numbers too
NO_REWARDS = ("step", "advantage", "id", "index", "epoch")


def _verl(found: Iterable[Record], source: str, asked: Asked) -> Rows:
    """Several prompts of a step, each as often as it was sampled."""
    for line, record in found:
        row = {**record, "question": record.get("input")}
        if "acc" in record or not asked.graded:
            row["correct"] = record.get("acc", record.get("score"))
        yield line, row


def _rows(found: Iterable[Record], source: str, asked: Asked) -> Rows:
    reward = None
    for line, record in found:
        if reward is None and not asked.graded:
            reward = _reward(record, f"{source}, {asked.place} {line}")
        sampled = next(name for name in SAMPLED if name in record)
        row = {**record, "question": text_of(record.get("prompt"))}
        row[sampled] = text_of(record[sampled])
        yield line, row if reward is None else {**row, "correct": record.get(reward)}


def _reward(record: Mapping[str, Any], where: str) -> str:
    """The column of the one reward that there is."""
    if REWARD in record:
        return REWARD
    names = [
        name
        for name, cell in record.items()
        if isinstance(cell, int | float) and name not in NO_REWARDS
    ]
    if len(names) != 1:
        there = f"rewards {listed(names)}" if names else f"no reward among {listed(record)}"
        raise InputError(
            f"{where}: {there}; choose one with --correct, or with --truth if it is not 0 or 1"
        )
    return names[0]


def text_of(cell: Any) -> Any:
    """A prompt or completion that may be a list of messages, as text."""
    return json.dumps(cell, default=str) if isinstance(cell, list | Mapping) else cell


VERL = Layout(
    "verl",
    lambda record: {"input", "output", "score", "step"} <= set(record) and "question" not in record,
    _verl,
)
LAYOUT = Layout(
    "rollouts",
    lambda record: (
        "prompt" in record and bool({*SAMPLED} & set(record)) and "question" not in record
    ),
    _rows,
)
