"""What a design says, as JSON and in sentences."""

from __future__ import annotations

import sys
from typing import Any

import jtts
from jtts.provenance import command

WORDS = {
    "num_samples": "training samples",
    "num_candidates": "candidates",
    "judge_samples": "samples for the judge",
}
PARTS = {"num_samples": "training", "num_candidates": "candidates", "judge_samples": "the judge"}


def as_json(found: dict[str, Any]) -> dict[str, Any]:
    """All of it, with the version and the command."""
    return {"jtts": jtts.__version__, "command": command(sys.argv), **found}


def sentences(found: dict[str, Any]) -> list[str]:
    """What to do, what it costs, and how firmly that is fixed."""
    asked, best, whole = found["question"], found["best"], found["whole"]
    judge = "keep the best by a judge that knows the truth"
    if whole["judge_samples"] != "inf":
        judge = f"keep one by a judge trained on {whole['judge_samples']:,}"
    prompts = f" for each of {asked['prompts']:g} prompts" if asked["prompts"] != 1 else ""
    said = [
        f"Train on {whole['num_samples']:,} samples, draw {whole['num_candidates']:,} candidates"
        f"{prompts}, {judge} (T = {whole['temperature']:.3g}): mean squared error "
        f"{whole['error']:.4g}.",
        f"This spends {whole['cost']:,.6g} of {asked['budget']:,.6g}: "
        + ", ".join(f"{share:.0%} {PARTS[name]}" for name, share in found["shares"].items())
        + ".",
    ]
    exponent = best["budget_exponent"]
    if exponent == 0:
        said.append("The rest is left: more candidates would over-optimise the judge.")
    else:
        said.append(f"Around it the error falls as budget^{exponent:.2f}.")
    loosest = found["loosest"]
    if loosest is not None:
        ways = " and ".join(
            f"{'more' if change > 0 else 'fewer'} {WORDS[name]}"
            for name, change in loosest["change"].items()
            if name in WORDS and abs(change) > 0.1
        )
        if ways:
            said.append(
                f"Loosest: a factor of {loosest['reach']:.3g} towards {ways} (or away) costs 1 %."
            )
    said.append(
        f"Model: Bayesian linear regression, d = {asked['dim']:g} inputs of equal variances, noise "
        f"variance {asked['noise_var']:g}, prior variance {asked['prior_var']:g}; closed forms for "
        "large d and n."
    )
    return said
