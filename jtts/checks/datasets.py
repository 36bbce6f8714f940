"""Verdict on a swept dataset: the evidence under a figure."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import xarray as xr
from scipy import stats

from jtts.arguments import InputError, require_instance
from jtts.checks.verdicts import FALSE_ALARM, POWER, ROUNDING, Verdict, family_wise, two_sided

LOOSEST = 0.25  # points that could hide a larger error than this prove nothing


def judge(data: xr.Dataset) -> Verdict:
    """Compare the simulated points of a sweep with its theory.

    Points of one curve may share samples, so the p-value is Holm's, valid under any dependence. A
    gap that an asymptotic law declares at the simulated size is allowed for, as is any on the right
    side of a bound.

    Raises:
      InputError: not a dataset of a sweep or of an experiment.
    """
    require_instance(xr.Dataset, data=data)
    for name, held in (("law", data.attrs), ("kind", data.attrs), ("theory", data)):
        if name not in held and not (name == "theory" and "claims" in data.attrs):
            raise InputError(
                f"data must be of a sweep or an experiment, got none that has {name!r}"
            )
    law, kind = data.attrs["law"], data.attrs["kind"]
    if "claims" in data.attrs:
        return _judge_claims(data)
    if "simulation" not in data:
        return Verdict(law, kind, "theory only", "closed form alone", data.theory.size)
    theory, stderr = data.theory.values, data.stderr.values
    count = data["count"].values
    allowed = data.finite_size.values if "finite_size" in data else 0.0
    gap = data.simulation.values - theory
    # where the closed form is exactly 0, a simulation may spread at the rounding of other values
    largest = np.nanmax(np.abs(theory), initial=0.0)
    unit = np.where(theory == 0, largest, np.abs(theory))
    allowed = allowed + ROUNDING * unit
    beyond = np.sign(gap) * np.maximum(np.abs(gap) - allowed, 0.0)
    if "side" in data.attrs:  # a bound is violated on one side only
        beyond = (
            np.maximum(beyond, 0.0) if data.attrs["side"] == "upper" else np.minimum(beyond, 0.0)
        )
    usable = stderr > 0
    exact = ~usable & (np.abs(gap) <= np.maximum(allowed, ROUNDING * largest))
    z = np.where(usable, beyond / np.where(usable, stderr, 1.0), np.where(exact, 0.0, np.nan))
    tests = max(int(usable.sum()), 1)
    p_value = family_wise(two_sided(z[usable], count[usable]))
    reach = stats.norm.isf(FALSE_ALARM / 2 / tests) + stats.norm.ppf(POWER)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = (reach * stderr + allowed)[usable] / np.abs(theory[usable])
    detects = float(np.median(relative)) if usable.any() else float("nan")
    unresolved = int(np.isnan(z).sum())
    if p_value < FALSE_ALARM:
        status = "fail"
    elif unresolved or not detects <= LOOSEST:
        status = "inconclusive"
    else:
        status = "pass"
    worst = float(z[usable][np.argmax(np.abs(z[usable]))]) if usable.any() else float("nan")
    evidence = (
        f"worst z {worst:+.2f} of {tests}, family-wise p {p_value:.2g}, "
        f"a typical point would show an error of {100 * detects:.2g} %"
    )
    if unresolved:
        evidence += f"; {unresolved} points saw no event"
    return Verdict(law, kind, status, evidence, tests, worst, p_value, detects)


def with_claims(
    data: xr.Dataset, experiment: str, source: str, found: Mapping[str, bool]
) -> xr.Dataset:
    """The data of an experiment with what they must show, for `judge` to read.

    Args:
      data: what was measured.
      experiment: its full name, which stands in the place of a law.
      source: where the data are from: a stored run, with its date, or a run of its own.
      found: sentence, with its numbers -> whether it is as it must be.
    """
    claims = json.dumps({sentence: bool(held) for sentence, held in found.items()})
    return data.drop_attrs(deep=False).assign_attrs(
        law=experiment, kind="experiment", source=source, claims=claims
    )


def _judge_claims(data: xr.Dataset) -> Verdict:
    claims = json.loads(data.attrs["claims"])
    sentences = [said if held else f"NOT as it must be: {said}" for said, held in claims.items()]
    return Verdict(
        data.attrs["law"],
        data.attrs["kind"],
        "pass" if all(claims.values()) else "fail",
        f"{data.attrs['source']}: {'; '.join(sentences)}",
        len(claims),
    )
