"""Check a law: does its closed form agree with evidence that shares nothing with it?"""

from __future__ import annotations

import dataclasses
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from jtts.arguments import InputError, require_instance, require_whole
from jtts.checks import derived, fitted, simulated, stored
from jtts.checks.derived import NumericalEvidence
from jtts.checks.fitted import FittedEvidence
from jtts.checks.simulated import SimulatedEvidence
from jtts.checks.verdicts import FALSE_ALARM, POWER, Verdict
from jtts.kinds import Asymptotic, Bound, Exact, Fit
from jtts.laws import Law
from jtts.machine import workers
from jtts.precision import always_in_64_bits

__all__ = ["FALSE_ALARM", "POWER", "Verdict", "check", "check_all", "gather", "routes", "weigh"]

POINTS = 12  # of a check
MOST_POINTS = 10**6
Evidence = SimulatedEvidence | NumericalEvidence | FittedEvidence


def routes(law: Law[..., Any]) -> tuple[str | None, ...]:
    """The main simulation (None) and the further ones a law names."""
    return (None, *(route.simulation for route in law.routes))


@always_in_64_bits
def check(
    law: Law[..., Any],
    *,
    route: str | None = None,
    fresh: bool = False,
    points: int = POINTS,
    trials: int = 2**8,
    max_trials: int = 2**22,
    seed: int = 0,
) -> Verdict:
    """Check a law by simulation, or a derived law by a numerical route.

    A simulated law is compared at `points` points of its domain. Trials are doubled from `trials`
    up to `max_trials` until an error of the size its kind must find would be found. A true law
    fails with probability below 0.001. What the simulations of the package found is stored, and
    weighed as long as their code is the same; the verdict says so.

    Args:
      law: the law.
      route: name of a second simulation, from `routes(law)`.
      fresh: gather the evidence anew though it is stored; so does any budget but the usual one.
      points, trials, max_trials: budget.
      seed: of points and random numbers.

    Raises:
      InputError: a budget below 1, or no such simulation.
    """
    began = time.perf_counter()
    require_instance(Law, law=law)
    usual = (points, trials, max_trials, seed) == (POINTS, 2**8, 2**22, 0)
    record = stored.fresh_record(law, route) if usual and not fresh else None
    if record is not None:
        verdict = weigh(law, record.evidence, route=route)
        verdict = dataclasses.replace(
            verdict, evidence=f"stored, {record.date}: {verdict.evidence}"
        )
    else:
        evidence = gather(
            law, route=route, points=points, trials=trials, max_trials=max_trials, seed=seed
        )
        verdict = weigh(law, evidence, route=route)
    return dataclasses.replace(verdict, seconds=time.perf_counter() - began)


def check_all(
    laws: Iterable[Law[..., Any]], *, fresh: bool = False, **budget: int
) -> Iterator[Verdict]:
    """Verdicts on every law by every route, in order; as many at a time as there are cores."""
    jobs = [(law, route) for law in laws for route in routes(law)]
    with ThreadPoolExecutor(workers()) as pool:
        yield from pool.map(lambda job: check(job[0], route=job[1], fresh=fresh, **budget), jobs)


def seed_of(law: Law[..., Any], route: str | None, seed: int) -> int:
    """Seed of a law's own points and random numbers."""
    return zlib.crc32(f"{law.full_name}:{route}:{seed}".encode())


@always_in_64_bits
def gather(
    law: Law[..., Any],
    *,
    route: str | None = None,
    points: int = POINTS,
    trials: int = 2**8,
    max_trials: int = 2**22,
    seed: int = 0,
) -> Evidence:
    """The evidence of a check: it does not depend on the theory that it will be held against."""
    require_instance(Law, law=law)
    require_whole(points=points, trials=trials, max_trials=max_trials)
    if points > MOST_POINTS:
        raise InputError(f"points must be at most {MOST_POINTS}, got {points}")
    require_whole(0, seed=seed)
    own_seed = seed_of(law, route, seed)
    if isinstance(law.kind, Fit):
        return fitted.gather(law, points=points, seed=own_seed)
    if not isinstance(law.kind, Exact | Asymptotic | Bound):
        return derived.gather(law, points=points, seed=own_seed)
    return simulated.gather(
        law, route=route, points=points, trials=trials, max_trials=max_trials, seed=own_seed
    )


@always_in_64_bits
def weigh(
    law: Law[..., Any],
    evidence: Evidence,
    *,
    theory: Callable[..., Any] | None = None,
    route: str | None = None,
) -> Verdict:
    """Verdict on `theory` (the law's own function, or a planted error) in view of the evidence."""
    theory = theory or law.function
    if isinstance(evidence, NumericalEvidence):
        return _numerical_verdict(law, derived.weigh(law, evidence, theory))
    weighing = fitted if isinstance(evidence, FittedEvidence) else simulated
    agreement = weighing.weigh(law, evidence, theory)
    used = len(evidence.points)
    status = "fail" if agreement.p_value < FALSE_ALARM else "pass"
    weak = not agreement.detects <= law.kind.detects
    if status == "pass" and (weak or agreement.unresolved):
        status = "inconclusive"
    broken = simulated.not_finite(evidence) if isinstance(evidence, SimulatedEvidence) else 0
    if broken:
        status = "fail"
    text = (
        f"worst z {agreement.worst_z:+.2f} of {used}, family-wise p {agreement.p_value:.2g}, "
        f"would find an error of {100 * agreement.detects:.2g} %"
    )
    if agreement.unresolved:
        text += f"; {agreement.unresolved} points saw no event"
    if broken:
        text += f"; the simulation is not finite at {broken} points"
    seen = law.domain if weighing is fitted else simulated.simulated_domain(law, route)
    unseen = tuple(
        f"{name} in {law.domain[name]} beyond {seen[name]}"
        for name in law.domain
        if not seen[name].covers(law.domain[name])
    )
    return Verdict(
        law=law.full_name + (f" [{route}]" if route else ""),
        kind=law.kind.name,
        status=status,
        evidence=text,
        points=used,
        worst_z=agreement.worst_z,
        p_value=agreement.p_value,
        detects=agreement.detects,
        unseen=unseen,
    )


def _numerical_verdict(law: Law[..., Any], errors: np.ndarray) -> Verdict:
    allowed = law.kind.detects / 2
    worst = float(np.max(np.where(np.isnan(errors), 0.0, errors)))
    unknown = int(np.isnan(errors).sum())
    status = "fail" if worst > allowed else "inconclusive" if unknown else "pass"
    text = f"worst relative error {worst:.2g} of {len(errors)} points, {allowed:.2g} allowed"
    if unknown:
        text += f"; {unknown} points could not be decided"
    return Verdict(
        law=law.full_name,
        kind=law.kind.name,
        status=status,
        evidence=text,
        points=len(errors),
        detects=law.kind.detects,
    )
