"""Every law of the package: its evidence supports it and would not support a planted error.

Evidence is stored; where its simulation has changed since, it is gathered afresh.
"""

import functools
import inspect

import numpy as np
import pytest

from jtts import registry
from jtts.checks import POINTS, gather, routes, seed_of, simulated, stored, weigh
from jtts.checks.mutants import mutants

LAWS = registry.all_laws()
JOBS = [(name, route) for name, law in LAWS.items() for route in routes(law)]
ROUNDED = 1e-3  # of a standard error: sums in single precision
ONE_OF_EACH = {law.family: name for name, law in reversed(LAWS.items()) if law.simulation()}


@functools.cache
def evidence(name, route):
    record = stored.fresh_record(LAWS[name], route)
    return record.evidence if record else gather(LAWS[name], route=route)


@pytest.fixture(autouse=True)
def say_what_is_gathered(request):
    """The summary names the laws whose stored evidence is missing or stale."""
    given = getattr(request.node, "callspec", None)
    if given and "route" in given.params:
        law, route = LAWS[given.params["name"]], given.params["route"]
        if law.simulation(route) and not stored.fresh_record(law, route):
            request.node.user_properties.append(("gathered", f"{law.full_name} {route or ''}"))


@pytest.mark.parametrize(("name", "route"), JOBS)
def test_law_holds(name, route):
    verdict = weigh(LAWS[name], evidence(name, route), route=route)
    assert verdict.status == "pass", verdict.evidence


@pytest.mark.parametrize(("name", "route"), JOBS)
def test_planted_errors_are_caught(name, route):
    law, found = LAWS[name], {}
    for mutant, theory in mutants(law).items():
        # a second route sees its own part of the domain, where a declared mutant may be right
        if route is None or mutant not in law.mutants:
            found[mutant] = weigh(law, evidence(name, route), theory=theory, route=route)
    assert found
    assert {m: v.evidence for m, v in found.items() if v.status != "fail"} == {}


@pytest.mark.parametrize("name", LAWS)
def test_law_is_declared_completely(name):
    law = LAWS[name]
    assert law.formula
    assert law.source
    undeclared = set(law.parameters) - set(law.domain)
    assert set(law.domain) <= set(law.parameters)
    assert undeclared <= {getattr(law.kind, "argument", None)}
    documentation = law.function.__doc__ or ""
    raises = "require_" in inspect.getsource(law.function)
    for part in (">>>", "arXiv" if "arXiv" in law.source else "derived", *["Raises:"] * raises):
        assert part in documentation, f"{name} has no {part}"
    if law.kind.name not in ("derived", "fit"):
        assert law.simulation() is not None


@pytest.mark.parametrize("family", ONE_OF_EACH)
def test_stored_evidence_can_be_had_again(family):
    """The same draws with the same versions, but for rounding: processors differ in the width of
    their vectors. Within the bars elsewhere."""
    law = LAWS[ONE_OF_EACH[family]]
    record = stored.fresh_record(law, None)
    if record is None:
        pytest.skip("stale")
    again = simulated.gather(
        law,
        route=None,
        points=POINTS,
        trials=2**8,
        max_trials=2**22,
        seed=seed_of(law, None, 0),
        only=slice(1),
    )
    kept = record.evidence
    bars = np.hypot(again.stderr[0], kept.stderr[0])
    if record.gathered.split(",")[1:] == stored.environment().split(",")[1:]:
        # other draws would move a mean by about a bar
        moved = np.abs(again.mean[0] - kept.mean[0])
        assert np.all(moved <= ROUNDED * bars + 1e-12 * np.abs(kept.mean[0]))
        np.testing.assert_allclose(again.stderr[0], kept.stderr[0], rtol=ROUNDED)
    else:
        assert np.all(np.abs(again.mean[0] - kept.mean[0]) <= 6 * bars)
