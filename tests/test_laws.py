"""Every law of the package: its evidence supports it and would not support a planted error."""

import functools
import inspect

import pytest

from jtts import registry
from jtts.checks import gather, routes, weigh
from jtts.checks.mutants import mutants

LAWS = registry.all_laws()
JOBS = [(name, route) for name, law in LAWS.items() for route in routes(law)]


@functools.cache
def evidence(name, route):
    return gather(LAWS[name], route=route, points=12)


@pytest.mark.parametrize(("name", "route"), JOBS)
def test_law_holds(name, route):
    verdict = weigh(LAWS[name], evidence(name, route), route=route)
    assert verdict.status == "pass", verdict.evidence


@pytest.mark.parametrize(
    ("name", "route", "mutant"),
    [
        (name, route, mutant)
        for name, route in JOBS
        for mutant in mutants(LAWS[name])
        # a second route sees its own part of the domain, where a declared mutant may be right
        if route is None or mutant not in LAWS[name].mutants
    ],
)
def test_planted_error_is_caught(name, route, mutant):
    law = LAWS[name]
    verdict = weigh(law, evidence(name, route), theory=mutants(law)[mutant], route=route)
    assert verdict.status == "fail", verdict.evidence


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
