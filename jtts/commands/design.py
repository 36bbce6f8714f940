"""`jtts design`: how to spend a budget on training, candidates and judging."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from rich.console import Console

from jtts.commands.applications import two_parts, write, written_by
from jtts.designing import Prices, Question, answered
from jtts.designing.plot import plot
from jtts.designing.report import as_json, sentences
from jtts.files import require_writable

GIVEN = (
    "budget", "prompts", "dim", "noise_var", "prior_var", "judge_noise_var", "num_samples",
    "num_candidates", "judge_samples", "temperature",
)  # fmt: skip


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:
    """Find and report the best design; InputError for anything that cannot be used."""
    require_writable(options.out, *written_by(options))
    judge_price = 0.0 if options.price_judge_data is None else options.price_judge_data
    given = {name: getattr(options, name) for name in GIVEN}
    if options.price_judge_data is None and options.judge_samples is None:
        given["judge_samples"] = float("inf")  # the judge that knows the truth
    prices = Prices(
        sample=options.price_data,
        candidate=options.price_candidate,
        judging=options.price_judging,
        judge_sample=judge_price,
    )
    question = Question(prices=prices, **given)
    with two_parts(0.0) as (_, announce):
        numbers = as_json(answered(question, progress=announce))
        names = write(options, numbers, plot)
    console = Console(markup=False, emoji=False)
    for sentence in sentences(numbers):
        console.print(sentence)
    print(f"{names} written")
    return 0
