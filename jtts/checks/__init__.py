"""Check a law: does its closed form agree with evidence that shares nothing with it?"""

from __future__ import annotations

import dataclasses
import time
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from jtts.arguments import require_at_least
from jtts.checks import derived, simulated
from jtts.checks.verdicts import FALSE_ALARM, POWER, Verdict
from jtts.kinds import Asymptotic, Bound, Exact
from jtts.laws import Law

__all__ = ["FALSE_ALARM", "POWER", "Verdict", "check", "routes"]

_SIMULATED: dict[type, Callable[..., Any]] = {
    Exact: simulated.check_exact,
    Asymptotic: simulated.check_asymptotic,
    Bound: simulated.check_bound,
}


def routes(law: Law) -> tuple[str | None, ...]:
    """The main simulation (None) and the further ones a law names."""
    return (None, *(route.simulation for route in law.routes))


def check(
    law: Law,
    *,
    route: str | None = None,
    theory: Callable[..., Any] | None = None,
    points: int = 16,
    trials: int = 2**14,
    max_trials: int = 2**22,
    seed: int = 0,
) -> Verdict:
    """Check `law` by simulation, or a derived law by a numerical route.

    A simulated law is compared at `points` points of its domain. Trials are doubled from `trials`
    up to `max_trials` until an error of the size its kind must find would be found. A true law
    fails with probability below 0.001.

    Args:
      law: the law.
      route: name of a second simulation, from `routes(law)`.
      theory: a function to test in place of the law's own (a planted error, a new derivation).
      points, trials, max_trials: budget.
      seed: of points and random numbers.

    Raises:
      InputError: a budget below 1, or no such simulation.
    """
    require_at_least(1, points=points, trials=trials, max_trials=max_trials)
    require_at_least(0, seed=seed)
    began = time.perf_counter()
    kind = law.kind
    # every law has points of its own
    own_seed = zlib.crc32(f"{law.full_name}:{route}:{seed}".encode())
    if type(kind) in _SIMULATED:
        verdict = _by_simulation(
            law, theory or law.function, route, points, trials, max_trials, own_seed
        )
    else:
        verdict = _by_derivation(law, theory or law.function, points, own_seed)
    return dataclasses.replace(verdict, seconds=time.perf_counter() - began)


def _by_simulation(law, theory, route, points, trials, max_trials, seed) -> Verdict:
    kind = law.kind
    agreement, used = _SIMULATED[type(kind)](
        law,
        kind,
        theory=theory,
        route=route,
        points=points,
        trials=trials,
        max_trials=max_trials,
        seed=seed,
    )
    status = agreement.status
    weak = not agreement.detects <= kind.detects
    if status == "pass" and (weak or agreement.unresolved):
        status = "inconclusive"
    evidence = (
        f"worst z {agreement.worst_z:+.2f} of {used}, family-wise p {agreement.p_value:.2g}, "
        f"would find an error of {agreement.detects:.2%}"
    )
    if agreement.unresolved:
        evidence += f"; {agreement.unresolved} points saw no event"
    seen = simulated.simulated_domain(law, route)
    unseen = tuple(
        f"{name} in {law.domain[name]} beyond {seen[name]}"
        for name in law.domain
        if str(seen[name]) != str(law.domain[name])
    )
    return Verdict(
        law.full_name + (f" [{route}]" if route else ""),
        kind.name,
        status,
        evidence,
        used,
        agreement.worst_z,
        agreement.p_value,
        agreement.detects,
        unseen,
    )


def _by_derivation(law, theory, points, seed) -> Verdict:
    errors = derived.relative_errors(law, law.kind, theory=theory, points=points, seed=seed)
    allowed = law.kind.detects / 2
    worst = float(np.max(np.nan_to_num(errors, nan=0.0)))
    unknown = int(np.isnan(errors).sum())
    status = "fail" if worst > allowed else "inconclusive" if unknown else "pass"
    evidence = f"worst relative error {worst:.2g} of {len(errors)} (allowed {allowed:.2g})"
    if unknown:
        evidence += f"; {unknown} points could not be decided"
    return Verdict(
        law.full_name, law.kind.name, status, evidence, len(errors), detects=law.kind.detects
    )
